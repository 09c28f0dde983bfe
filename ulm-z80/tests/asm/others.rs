//! Debian's `pasmo` and `z80asm`, where they are installed.

use std::path::Path;
use std::process::Command;

/// The bytes that pasmo makes of `root` in `folder`, or `None` (with a note) where there is no pasmo.
///
/// # Panics
///
/// Where pasmo refuses the source.
pub(crate) fn pasmo(folder: &Path, root: &str, defines: &[(&str, i64)]) -> Option<Vec<u8>> {
    let out = folder.join("pasmo.out");
    let mut command = Command::new("pasmo");
    command.current_dir(folder).arg("--alocal");
    for (name, value) in defines {
        command.args(["--equ", &format!("{name}={value}")]);
    }
    let run = match command.arg(root).arg(&out).output() {
        Ok(run) => run,
        Err(error) => {
            eprintln!("skipped: pasmo is not installed ({error})");
            return None;
        }
    };
    assert!(
        run.status.success(),
        "pasmo: {}",
        String::from_utf8_lossy(&run.stderr)
    );
    Some(std::fs::read(out).expect("pasmo has written its output"))
}

/// The bytes that z80asm makes of `root` in `folder`, or `None` (with a note) where there is no z80asm.
///
/// # Panics
///
/// Where z80asm refuses the source.
pub(crate) fn z80asm(folder: &Path, root: &str) -> Option<Vec<u8>> {
    let out = folder.join("z80asm.out");
    let mut command = Command::new("z80asm");
    let run = match command
        .current_dir(folder)
        .arg("-o")
        .arg(&out)
        .arg(root)
        .output()
    {
        Ok(run) => run,
        Err(error) => {
            eprintln!("skipped: z80asm is not installed ({error})");
            return None;
        }
    };
    assert!(
        run.status.success(),
        "z80asm: {}",
        String::from_utf8_lossy(&run.stderr)
    );
    Some(std::fs::read(out).expect("z80asm has written its output"))
}
