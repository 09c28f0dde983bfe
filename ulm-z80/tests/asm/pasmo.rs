//! Debian's `pasmo`, where it is installed.

use std::path::Path;
use std::process::Command;

/// The bytes that pasmo makes of `root` in `folder`, or `None` (with a note) where there is no pasmo.
///
/// # Panics
///
/// Where pasmo refuses the source.
pub(crate) fn assemble(folder: &Path, root: &str, defines: &[(&str, i64)]) -> Option<Vec<u8>> {
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
