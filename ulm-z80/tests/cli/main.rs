//! The command line, as its users meet it.

mod asm;
mod run;
#[cfg(unix)]
mod terminal;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program under test.
fn ulm_z80() -> Command {
    Command::new(env!("CARGO_BIN_EXE_ulm-z80"))
}

/// A folder with one file.
fn folder_with(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a file is written");
    (folder, path)
}

/// One of the programs that the CP/M tests are made with, assembled by the command line.
fn com_file(name: &str) -> (TempDir, PathBuf) {
    let source = format!("{}/tests/cpm/{name}.asm", env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(format!("{name}.com"));
    let output = ulm_z80()
        .args(["asm", &source, "-o"])
        .arg(&path)
        .output()
        .expect("it starts");
    assert!(output.status.success(), "{}", stderr(&output));
    (folder, path)
}

/// Runs a `.COM` with `input` in its pipe.
fn run_with(path: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = ulm_z80()
        .arg("run")
        .arg(path)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that doesn't read all of it closes the pipe.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
