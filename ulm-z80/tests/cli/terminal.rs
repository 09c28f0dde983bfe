//! `run` on a terminal: keys as they are typed, Control-C, and the terminal's settings afterwards.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Child;

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::{com_file, folder_with, ulm_z80};

/// A program on a terminal of its own.
struct Session {
    keyboard_and_screen: File,
    /// Held open, so that the terminal outlives the program.
    line: OwnedFd,
    child: Child,
    seen: String,
}

impl Session {
    fn start(path: &Path, arguments: &[&str]) -> Self {
        let control = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudoterminal");
        grantpt(&control).expect("it may be used");
        unlockpt(&control).expect("it can be opened");
        let name = ptsname(&control, Vec::new()).expect("it has a name");
        let line = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("it opens");
        let end = || line.try_clone().expect("the terminal is shared");
        let child = ulm_z80()
            .arg("run")
            .arg(path)
            .args(arguments)
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .expect("it starts");
        Self {
            keyboard_and_screen: control.into(),
            line,
            child,
            seen: String::new(),
        }
    }

    /// Reads until the screen has shown `text` after what was waited for before.
    fn wait_for(&mut self, text: &str) {
        while !self.seen.contains(text) {
            let mut bytes = [0; 256];
            let count = self
                .keyboard_and_screen
                .read(&mut bytes)
                .expect("the screen is read");
            assert!(count > 0, "{text:?} never came: {:?}", self.seen);
            self.seen += &String::from_utf8_lossy(&bytes[..count]);
        }
        self.seen = self
            .seen
            .split_off(self.seen.find(text).unwrap_or(0) + text.len());
    }

    fn press(&mut self, keys: &str) {
        self.keyboard_and_screen
            .write_all(keys.as_bytes())
            .expect("keys are typed");
    }

    /// Waits for the end; the exit status. The terminal must be as it was.
    fn end(mut self) -> Option<i32> {
        let status = self.child.wait().expect("it ends");
        let modes = tcgetattr(&self.line)
            .expect("the terminal is there")
            .local_modes;
        let usual = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        assert!(modes.contains(usual), "{modes:?}");
        status.code()
    }
}

#[test]
fn a_dialogue_with_editing() {
    let (_folder, echo) = com_file("echo");
    let mut session = Session::start(&echo, &[]);
    session.wait_for("> ");
    session.press("helo\x7flo\r");
    session.wait_for("\r\nhello\r\r\n> ");
    session.press("\x03");
    session.wait_for("^C");
    assert_eq!(session.end(), Some(0));
}

#[test]
fn control_c_goes_to_the_program() {
    let (_folder, thinker) = com_file("thinker");
    let mut session = Session::start(&thinker, &["--mhz", "0.2"]);
    session.wait_for("A");
    session.press("\x03");
    session.wait_for(" STOPPED");
    assert_eq!(session.end(), Some(0));
}

#[test]
fn a_program_that_does_not_listen_is_stopped() {
    // Prints !, then loops.
    let program = [0x0E, 2, 0x1E, b'!', 0xCD, 5, 0, 0x18, 0xFE];
    let (_folder, path) = folder_with("deaf.com", &program);
    for keys in ["\x03\x03", "\x1c"] {
        let mut session = Session::start(&path, &[]);
        session.wait_for("!");
        session.press(keys);
        session.wait_for("stopped");
        assert_eq!(session.end(), Some(130));
    }
}
