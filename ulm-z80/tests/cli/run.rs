//! `run`, with a pipe as input.

use crate::{com_file, folder_with, run_with, stderr, stdout};

#[test]
fn one_reply_line_for_each_question_line() {
    let (_folder, echo) = com_file("echo");
    let output = run_with(&echo, &[], "hello\nhow are you\n");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), "hello\nhow are you\n");
    assert_eq!(stderr(&output), "");
}

#[test]
fn transcript() {
    let (_folder, echo) = com_file("echo");
    let output = run_with(&echo, &["--transcript"], "hello\n!\n");
    assert_eq!(stdout(&output), "ECHO: ! LEAVES\n> hello\nhello\n> !\n");
}

#[test]
fn words_and_options() {
    let (_folder, tail) = com_file("tail");
    let output = run_with(&tail, &["--tpa", "40", "hello", "there"], "");
    assert_eq!(
        stdout(&output),
        "[ HELLO THERE][HELLO   ]",
        "{}",
        stderr(&output)
    );
    let (_folder, tpa) = com_file("tpa");
    assert_eq!(stdout(&run_with(&tpa, &["--tpa", "31"], "")), "TOO SMALL");
    assert_eq!(stdout(&run_with(&tpa, &["--hostile"], "")), "ENOUGH");
    let (_folder, processor) = com_file("processor");
    assert_eq!(
        stdout(&run_with(&processor, &["--cpu", "8080"], "")),
        "NO Z80"
    );
}

#[test]
fn stats_go_to_standard_error() {
    let (_folder, echo) = com_file("echo");
    let output = run_with(&echo, &["--stats"], "abc\n");
    assert_eq!(stdout(&output), "abc\n");
    // 112 T-states a turn of the program's loop: `host.rs` beside the CP/M tests derives it.
    let line = "between two characters: 112 on average, 0.000 s (2 times; at most 112)\n";
    assert!(stderr(&output).contains(line), "{}", stderr(&output));
}

#[test]
fn trace() {
    let (_folder, path) = folder_with("ret.com", &[0x3E, 7, 0xC9]);
    let output = run_with(&path, &["--trace"], "");
    let trace = stderr(&output);
    assert!(trace.starts_with("0100  3E 07 C9 "), "{trace}");
    assert!(
        trace
            .lines()
            .nth(1)
            .is_some_and(|line| line.contains("AF=07")),
        "{trace}"
    );
}

#[test]
fn failures_have_a_status_and_a_cause() {
    let (_folder, path) = folder_with("open.com", &[0x0E, 15, 0xCD, 5, 0]);
    let output = run_with(&path, &[], "");
    assert_eq!(output.status.code(), Some(1));
    let expected = format!(
        "ulm-z80: {}: BDOS function 15 (F_OPEN), called at 0102h, is not emulated\n",
        path.display()
    );
    assert_eq!(stderr(&output), expected);

    let (_folder, path) = folder_with("loop.com", &[0x18, 0xFE]);
    let output = run_with(&path, &["--max-tstates", "1000000"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("not finished after 1000000 T-states (at 0100h)"));

    let (_folder, path) = folder_with("huge.com", &[0; 60_000]);
    let output = run_with(&path, &[], "");
    assert_eq!(output.status.code(), Some(2));
    let over = 60_000 - (58 * 1024 - 2048);
    let expected = format!(
        "{}: the program is {over} bytes too large for this TPA\n",
        path.display()
    );
    assert!(stderr(&output).ends_with(&expected), "{}", stderr(&output));

    for arguments in [
        ["--tpa", "3"],
        ["--tpa", "63"],
        ["--mhz", "0"],
        ["--mhz", "nan"],
        ["--max-tstates", "x"],
    ] {
        assert_eq!(
            run_with(&path, &arguments, "").status.code(),
            Some(2),
            "{arguments:?}"
        );
    }
    let output = run_with("no/such.com".as_ref(), &[], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("no/such.com: "),
        "{}",
        stderr(&output)
    );
}

#[test]
fn missing_devices_are_noted() {
    let (_folder, path) = folder_with("list.com", &[0x0E, 5, 0x1E, b'x', 0xC3, 5, 0]);
    let output = run_with(&path, &[], "");
    assert_eq!(output.status.code(), Some(0));
    assert!(
        stderr(&output).contains("L_WRITE: there is no printer"),
        "{}",
        stderr(&output)
    );
}
