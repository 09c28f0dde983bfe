//! The terminal that the program was started from.

#[cfg(not(unix))]
pub use lines::Terminal;
#[cfg(unix)]
pub use raw::Terminal;

#[cfg(unix)]
mod raw {
    use std::collections::VecDeque;
    use std::io::{self, Write};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::retry_on_intr;
    use rustix::termios::{
        InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
    };

    use crate::cpm::console::{Availability, Console};

    const CONTROL_C: u8 = 0x03;
    /// Stops the run at once.
    const CONTROL_BACKSLASH: u8 = 0x1C;
    /// How long an idle program waits for a key before it is asked again.
    const PATIENCE: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 10_000_000,
    };

    /// A terminal on standard input and output, keys passed on as they are typed, until it is dropped.
    ///
    /// Control-C goes to the program. A second one that comes while the program has not read the first stops the run,
    /// and Control-\ does so always.
    #[derive(Debug)]
    pub struct Terminal {
        /// The settings to go back to.
        original: Termios,
        typed: VecDeque<u8>,
        has_ended: bool,
        wants_stop: bool,
        /// The last byte written.
        last: u8,
    }

    impl Terminal {
        /// Takes the terminal over.
        ///
        /// # Errors
        ///
        /// Where standard input is no terminal.
        pub fn new() -> io::Result<Self> {
            let original = tcgetattr(io::stdin())?;
            let mut settings = original.clone();
            settings.local_modes -=
                LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG | LocalModes::IEXTEN;
            settings.input_modes -= InputModes::ICRNL | InputModes::IXON;
            settings.special_codes[SpecialCodeIndex::VMIN] = 1;
            settings.special_codes[SpecialCodeIndex::VTIME] = 0;
            tcsetattr(io::stdin(), OptionalActions::Now, &settings)?;
            Ok(Self {
                original,
                typed: VecDeque::new(),
                has_ended: false,
                wants_stop: false,
                last: b'\n',
            })
        }

        /// Takes what has been typed; waits for it as long as `patience` says, without end if it is `None`.
        fn listen(&mut self, patience: Option<&Timespec>) -> io::Result<()> {
            let stdin = io::stdin();
            let mut files = [PollFd::new(&stdin, PollFlags::IN)];
            if self.has_ended || retry_on_intr(|| poll(&mut files, patience))? == 0 {
                return Ok(());
            }
            let mut bytes = [0; 256];
            let count = retry_on_intr(|| rustix::io::read(&stdin, &mut bytes))?;
            self.has_ended = count == 0;
            for byte in &bytes[..count] {
                match byte {
                    &CONTROL_BACKSLASH => self.wants_stop = true,
                    // A terminal's Backspace key sends DEL, which CP/M 2.2 takes for something else.
                    0x7F => self.typed.push_back(0x08),
                    &byte => self.typed.push_back(byte),
                }
            }
            let unread = self.typed.iter().filter(|byte| **byte == CONTROL_C);
            self.wants_stop |= unread.count() >= 2;
            Ok(())
        }
    }

    const AT_ONCE: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };

    impl Console for Terminal {
        fn write(&mut self, byte: u8) -> io::Result<()> {
            self.last = byte;
            let mut stdout = io::stdout().lock();
            stdout.write_all(&[byte])?;
            stdout.flush()
        }

        fn read(&mut self) -> io::Result<Option<u8>> {
            loop {
                if self.wants_stop {
                    return Ok(None);
                }
                if let Some(byte) = self.typed.pop_front() {
                    return Ok(Some(byte));
                }
                if self.has_ended {
                    return Ok(None);
                }
                self.listen(None)?;
            }
        }

        fn poll(&mut self, is_idle: bool) -> io::Result<Availability> {
            if self.typed.is_empty() {
                self.listen(Some(if is_idle { &PATIENCE } else { &AT_ONCE }))?;
            }
            Ok(match (self.typed.is_empty(), self.has_ended) {
                (false, _) => Availability::Ready,
                (true, false) => Availability::Later,
                (true, true) => Availability::Never,
            })
        }

        fn wants_stop(&mut self) -> io::Result<bool> {
            self.listen(Some(&AT_ONCE))?;
            Ok(self.wants_stop)
        }

        fn finish(&mut self) -> io::Result<()> {
            // As CP/M's prompt does, what follows starts on a line of its own.
            if self.last != b'\n' {
                self.write(b'\r')?;
                self.write(b'\n')?;
            }
            Ok(())
        }
    }

    impl Drop for Terminal {
        fn drop(&mut self) {
            // There is nobody left to tell if this fails.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.original);
        }
    }
}

#[cfg(not(unix))]
mod lines {
    use std::io::{self, Read, Write};

    use crate::cpm::console::{Availability, Console};

    /// A terminal that gives whole lines and echoes them itself. Control-C ends the host program.
    #[derive(Debug)]
    pub struct Terminal {
        last_was_cr: bool,
    }

    impl Terminal {
        /// Standard input and output as they are.
        ///
        /// # Errors
        ///
        /// None on this host.
        pub fn new() -> io::Result<Self> {
            Ok(Self { last_was_cr: false })
        }
    }

    impl Console for Terminal {
        fn write(&mut self, byte: u8) -> io::Result<()> {
            let mut stdout = io::stdout().lock();
            stdout.write_all(&[byte])?;
            stdout.flush()
        }

        fn read(&mut self) -> io::Result<Option<u8>> {
            let mut byte = [0];
            loop {
                if io::stdin().lock().read(&mut byte)? == 0 {
                    return Ok(None);
                }
                let follows_cr = std::mem::replace(&mut self.last_was_cr, byte[0] == b'\r');
                match byte[0] {
                    b'\n' if follows_cr => {}
                    b'\n' => return Ok(Some(b'\r')),
                    other => return Ok(Some(other)),
                }
            }
        }

        fn poll(&mut self, is_idle: bool) -> io::Result<Availability> {
            Ok(match is_idle {
                true => Availability::Ready,
                false => Availability::Later,
            })
        }

        fn is_silent(&self) -> bool {
            true
        }

        fn finish(&mut self) -> io::Result<()> {
            io::stdout().flush()
        }
    }
}
