//! `asm`.

use std::fs;

use crate::{folder_with, stderr, stdout, ulm_z80};

const SOURCE: &[u8] = b" org 100h\n ld a,WIDTH\n ret\nbuffer: ds 3\n";

#[test]
fn bytes_and_report() {
    let (folder, source) = folder_with("small.asm", SOURCE);
    let output = ulm_z80()
        .arg("asm")
        .arg(&source)
        .args(["-D", "WIDTH=0Fh"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let bytes = folder.path().join("small.bin");
    assert_eq!(fs::read(&bytes).unwrap(), [0x3E, 0x0F, 0xC9]);
    let report = format!(
        "{}: 3 bytes from 0100h; memory in use up to 0106h\n",
        bytes.display()
    );
    assert_eq!(stdout(&output), report);

    let padded = folder.path().join("padded.com");
    let mut command = ulm_z80();
    command
        .arg("asm")
        .arg(&source)
        .args(["--pad", "--define", "WIDTH", "-o"])
        .arg(&padded);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "0FFFFh is no byte");
    let output = command.args(["-DWIDTH=-1"]).output().unwrap();
    assert!(
        stderr(&output).contains("WIDTH is already defined"),
        "{}",
        stderr(&output)
    );
    let mut command = ulm_z80();
    command
        .arg("asm")
        .arg(&source)
        .args(["--pad", "-DWIDTH=-1", "-o"])
        .arg(&padded);
    assert!(command.output().unwrap().status.success());
    assert_eq!(fs::read(&padded).unwrap(), [0x3E, 0xFF, 0xC9, 0, 0, 0]);
}

#[test]
fn listing_on_standard_output_or_in_a_file() {
    let (folder, source) = folder_with("small.asm", SOURCE);
    let list = folder.path().join("small.lst");
    let run = |listing: String| {
        let mut command = ulm_z80();
        command
            .arg("asm")
            .arg(&source)
            .arg("-DWIDTH=7")
            .arg(listing)
            .output()
            .unwrap()
    };
    let output = run("--listing".to_owned());
    let row = "0100  3E 07        7         2   ld a,WIDTH\n";
    assert!(stdout(&output).contains(row), "{}", stdout(&output));
    let output = run(format!("--listing={}", list.display()));
    assert_eq!(stdout(&output).lines().count(), 1);
    assert!(fs::read_to_string(&list).unwrap().contains(row));
}

#[test]
fn errors_name_file_and_line_and_leave_no_output() {
    let (folder, source) = folder_with("wrong.asm", b" nop\n ld hl,(ix)\n");
    let output = ulm_z80().arg("asm").arg(&source).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let expected = format!(
        "ulm-z80: {}:2: the Z80 has no `ld hl,(ix)`\n",
        source.display()
    );
    assert_eq!(stderr(&output), expected);
    assert!(!folder.path().join("wrong.bin").exists());

    let output = ulm_z80()
        .args(["asm", "no/such/file.asm"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("no/such/file.asm"),
        "{}",
        stderr(&output)
    );

    let output = ulm_z80()
        .arg("asm")
        .arg(&source)
        .args(["-D", "X=12z"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("12z is no number"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_source_is_never_overwritten() {
    let (_folder, source) = folder_with("source.bin", b" nop\n");
    let output = ulm_z80().arg("asm").arg(&source).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read(&source).unwrap(), b" nop\n");
}
