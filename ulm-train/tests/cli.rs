//! The program as a user meets it: from pairs to a model, and what one does with it.

mod common;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use common::Directory;

/// Pairs that a small network learns in a second.
fn pairs() -> String {
    let mut text = String::from("# small talk\n");
    for (start, reply) in [
        ("hello", "hi"),
        ("good bye", "so long"),
        ("how are you", "fine"),
    ] {
        for end in [
            "",
            " there",
            " now",
            " my friend",
            " robot",
            " old thing",
            " again",
            "!",
        ] {
            let _ = writeln!(text, "{start}{end}|{reply}");
        }
    }
    text
}

const QUICK: [&str; 6] = [
    "--hidden",
    "16",
    "--epochs",
    "400",
    "--query-buckets",
    "256",
];

/// A directory with `pairs.txt` and the model trained on it, `m.ulm`.
fn trained(extra: &[&str]) -> Directory {
    let directory = Directory::new();
    directory.write("pairs.txt", pairs());
    let arguments = [&["fit", "pairs.txt", "-o", "m.ulm"], &QUICK[..], extra].concat();
    directory.run(&arguments).ok();
    directory
}

#[test]
fn from_pairs_to_a_chat() {
    let directory = Directory::new();
    directory.write("pairs.txt", pairs());
    let fit = directory.run(&[&["fit", "pairs.txt", "-o", "m.ulm"], &QUICK[..]].concat());
    assert!(
        fit.stderr.lines().all(|line| line.starts_with("epoch ")),
        "{}",
        fit.stderr
    );
    let report = fit.ok();
    assert!(
        report.contains("pack it:     ulm-z80 pack m.ulm -o M.COM\n"),
        "{report}"
    );
    assert_eq!(directory.files(), ["m.ulm", "pairs.txt"]);

    let chat = directory.run_with(
        &["chat", "m.ulm"],
        b"Hello there\r\ngood bye now\nhow are you",
    );
    assert_eq!(chat.ok(), "HI\nSO LONG\nFINE\n");
    let eval = directory
        .run(&["eval", "m.ulm", "pairs.txt", "--json"])
        .json();
    assert_eq!(eval["pairs"], 24);
    assert!(eval["overall"].as_f64().unwrap() > 0.9);
    assert!(eval["macro"].as_f64().unwrap() > 0.9);
    assert!(eval.get("strangers_recognized").is_none());
}

#[test]
fn the_same_pairs_options_and_seed_give_the_same_bytes() {
    let directory = trained(&["--threads", "1"]);
    let first = std::fs::read(directory.path("m.ulm")).unwrap();
    let again = [
        &["fit", "-", "-o", "other.ulm", "-q", "--threads", "2"],
        &QUICK[..],
    ]
    .concat();
    let quiet = directory.run_with(&again, pairs().as_bytes());
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    assert_eq!(quiet.status, Some(0));
    assert_eq!(std::fs::read(directory.path("other.ulm")).unwrap(), first);
    let seed = [
        &["fit", "pairs.txt", "-o", "other.ulm", "--seed", "2"],
        &QUICK[..],
    ]
    .concat();
    directory.run(&seed).ok();
    assert_ne!(std::fs::read(directory.path("other.ulm")).unwrap(), first);
}

#[test]
fn the_help_states_the_defaults() {
    let directory = Directory::new();
    directory.write("pairs.txt", pairs());
    directory
        .run(&["fit", "pairs.txt", "-o", "m.ulm", "--epochs", "1"])
        .ok();
    let info = directory.run(&["info", "m.ulm", "--json"]).json();
    let layers = info["layers"].as_array().unwrap();
    let hidden: Vec<_> = layers[..layers.len() - 1]
        .iter()
        .map(|l| l["width"].to_string())
        .collect();
    let help = directory.run(&["fit", "--help"]).ok();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for (option, default) in [
        ("--hidden", hidden.join(",")),
        ("--query-buckets", info["query_buckets"].to_string()),
        ("--context-buckets", info["context_buckets"].to_string()),
    ] {
        let (_, after) = help.split_once(option).unwrap();
        let (_, stated) = after.split_once("[default: ").unwrap();
        assert!(
            stated.starts_with(&format!("{default}]")),
            "{option} is {default}"
        );
    }
}

#[test]
fn a_chat_answers_each_line_at_once_and_whatever_it_holds() {
    let directory = trained(&[]);
    let mut chat = directory.command(&["chat", "m.ulm"]);
    let mut chat = chat
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = chat.stdin.take().unwrap();
    let mut output = BufReader::new(chat.stdout.take().unwrap());
    let long = "z".repeat(1 << 20);
    for question in [
        &b"hello"[..],
        b"",
        b"\xff\x00\x80",
        b"!",
        long.as_bytes(),
        b"good bye",
    ] {
        input.write_all(&[question, b"\n"].concat()).unwrap();
        let mut reply = String::new();
        output.read_line(&mut reply).unwrap();
        assert!(reply.ends_with('\n'));
    }
    drop(input);
    let mut rest = String::new();
    assert_eq!(output.read_line(&mut rest).unwrap(), 0, "{rest}");
    assert!(chat.wait().unwrap().success());
}

#[test]
fn a_closed_pipe_ends_a_chat_quietly() {
    let directory = trained(&[]);
    let mut chat = directory.command(&["chat", "m.ulm"]);
    chat.stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut chat = chat.spawn().unwrap();
    drop(chat.stdout.take());
    let mut input = chat.stdin.take().unwrap();
    // Sooner or later the program has noticed, and is gone.
    while input.write_all(b"hello\n").is_ok() {}
    let ended = chat.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
    assert!(ended.status.success());
}

#[test]
fn a_fallback_is_stored_shown_and_judged() {
    let directory = Directory::new();
    let strangers = [
        "what is the price of gold",
        "who won the match",
        "spell giraffe",
    ];
    let strangers: String = strangers.iter().map(|q| format!("{q}|idk\n")).collect();
    directory.write("pairs.txt", pairs() + &strangers);
    let fit = [
        "fit",
        "pairs.txt",
        "-o",
        "m.ulm",
        "--fallback",
        "idk",
        "--threshold",
        "9",
    ];
    directory.run(&[&fit, &QUICK[..]].concat()).ok();
    let info = directory.run(&["info", "m.ulm", "--json"]).json();
    assert_eq!(
        (&info["fallback"], &info["threshold"]),
        (&"IDK".into(), &9.into())
    );
    assert!(
        directory
            .run(&["info", "m.ulm"])
            .ok()
            .contains("`IDK` below threshold 9")
    );

    let eval = directory
        .run(&["eval", "m.ulm", "pairs.txt", "--json"])
        .json();
    assert_eq!(
        (&eval["known"], &eval["strangers"]),
        (&24.into(), &3.into())
    );
    let mut at_9 = eval["thresholds"].as_array().unwrap().iter();
    let at_9 = at_9
        .rfind(|at| at["threshold"].as_u64().unwrap() <= 9)
        .unwrap();
    assert_eq!(at_9["known_right"], eval["known_right"]);
    assert_eq!(at_9["strangers_recognized"], eval["strangers_recognized"]);
    // What eval counts is what chat says.
    let text = pairs() + &strangers;
    let lines: Vec<_> = text
        .lines()
        .filter_map(|line| line.split_once('|'))
        .collect();
    let questions: String = lines
        .iter()
        .map(|(question, _)| format!("{question}\n"))
        .collect();
    let said = directory
        .run_with(&["chat", "m.ulm"], questions.as_bytes())
        .ok();
    let right = said
        .lines()
        .zip(&lines)
        .filter(|(said, (_, reply))| *said == reply.to_uppercase());
    assert_eq!(eval["right"], right.count());
    assert!(said.lines().any(|line| line == "IDK"), "{said}");
    let alone = directory
        .run(&["eval", "m.ulm", "pairs.txt", "--json", "--no-fallback"])
        .json();
    assert!(alone.get("thresholds").is_none());
    assert!(
        directory
            .run(&["eval", "m.ulm", "pairs.txt"])
            .ok()
            .contains("<- the model's")
    );
}

#[cfg(feature = "plot")]
#[test]
fn charts_are_drawn() {
    let directory = trained(&["--plot", "curve.svg", "--fallback", "fine"]);
    let svg = |name| std::fs::read_to_string(directory.path(name)).unwrap();
    assert!(svg("curve.svg").contains("held out, macro"));
    directory
        .run(&["eval", "m.ulm", "pairs.txt", "--plot", "doubt.svg"])
        .ok();
    assert!(svg("doubt.svg").contains("strangers recognized"));

    let known = directory.write("known.txt", "hello|hi\ngood bye|so long\n");
    let known = [
        "eval",
        "m.ulm",
        known.to_str().unwrap(),
        "--plot",
        "doubt.svg",
    ];
    directory
        .run(&known)
        .refused("--plot: needs a model with a fallback reply, and pairs with it and without");
}

#[test]
fn bad_pairs_are_refused_by_file_and_line_and_leave_the_model_alone() {
    let directory = Directory::new();
    directory.write("m.ulm", "what was there");
    let long = format!("a|b\nq|{}\n", "x".repeat(256));
    for (pairs, message) in [
        (
            &b"a|b\nno bar here\n"[..],
            "bad.txt:2: no `|` between a question and a reply",
        ),
        (b"# nothing\n\n", "bad.txt: no question|reply pairs"),
        (
            long.as_bytes(),
            "bad.txt:2: the reply has 256 characters, at most 255 can be said",
        ),
        (
            "a|b\nc|na\u{ef}ve\n".as_bytes(),
            "bad.txt:2: the reply holds 'ï': only printable ASCII can be said",
        ),
        (
            b"a|b\nc|B\n",
            "bad.txt: every question has the reply `B`: there is nothing to learn",
        ),
    ] {
        directory.write("bad.txt", pairs);
        directory
            .run(&["fit", "bad.txt", "-o", "m.ulm"])
            .refused(message);
        assert_eq!(
            std::fs::read_to_string(directory.path("m.ulm")).unwrap(),
            "what was there"
        );
        assert_eq!(directory.files(), ["bad.txt", "m.ulm"]);
    }
    let missing = directory.run(&["fit", "none.txt", "-o", "m.ulm"]);
    missing.refused("none.txt: No such file or directory (os error 2)");
}

#[test]
fn bad_options_are_refused_before_training_starts() {
    let directory = Directory::new();
    directory.write("pairs.txt", pairs());
    for (options, message) in [
        (
            &["--hidden", "300"][..],
            "a hidden layer of 300 neurons: must be 1 to 256",
        ),
        (
            &["--hidden", "8,8,8,8,8,8,8,8"],
            "8 hidden layers: at most 7",
        ),
        (
            &["--query-buckets", "1000"],
            "1000 query buckets: must be a power of two from 1 to 4096",
        ),
        (&["--fallback", " "], "--fallback: the reply is empty"),
        (
            &["--threshold", "5"],
            "a threshold without a fallback reply",
        ),
        (
            &["-o", "no/such/m.ulm"],
            "no/such/m.ulm: No such file or directory (os error 2)",
        ),
        (&["-o", "."], ".: is a directory"),
        (
            &["--resume"],
            "m.ulm.ckpt: No such file or directory (os error 2)",
        ),
    ] {
        let output = if options[0] == "-o" {
            &[][..]
        } else {
            &["-o", "m.ulm"]
        };
        let ran = directory.run(&[&["fit", "pairs.txt"], output, options].concat());
        ran.refused(message);
        assert_eq!(directory.files(), ["pairs.txt"], "{options:?}");
    }
    for usage in [&["fit"][..], &["fit", "pairs.txt"], &["nonsense"], &[]] {
        assert_eq!(directory.run(usage).status, Some(2), "{usage:?}");
    }
    for time in ["0", "-1", "soon", "inf"] {
        let time = format!("--time={time}");
        let ran = directory.run(&["fit", "pairs.txt", "-o", "m.ulm", &time]);
        assert_eq!(ran.status, Some(2), "{time}");
    }
}

#[test]
fn a_model_that_no_z80_holds_is_called_too_large() {
    let directory = Directory::new();
    directory.write("pairs.txt", pairs());
    let large = [
        "fit",
        "pairs.txt",
        "-o",
        "m.ulm",
        "--epochs",
        "1",
        "--query-buckets",
        "4096",
    ];
    let report = directory
        .run(&[&large[..], &["--hidden", "256"]].concat())
        .ok();
    assert!(
        report.contains("pack it:     too large for a machine of 64 KB"),
        "{report}"
    );
}

#[test]
fn damaged_models_are_refused_by_name() {
    let directory = trained(&[]);
    let whole = std::fs::read(directory.path("m.ulm")).unwrap();
    directory.write("empty.ulm", "");
    directory.write("cut.ulm", &whole[..whole.len() - 1]);
    for command in ["chat", "info"] {
        let run = |model| directory.run(&[command, model]);
        run("empty.ulm").refused("empty.ulm: not a .ulm model: the magic is missing");
        let (cut, all) = (whole.len() - 1, whole.len());
        run("cut.ulm").refused(&format!("cut.ulm: cut off: {cut} bytes of {all} or more"));
        run("none.ulm").refused("none.ulm: No such file or directory (os error 2)");
    }
}

#[test]
fn lint_names_what_is_wrong_and_strict_fails() {
    let directory = Directory::new();
    directory.write("good.txt", pairs());
    directory.run(&["lint", "good.txt", "--strict"]).ok();
    directory.write("p.txt", "a|yes\na|no\nb|no\nb|no\nc|yes\nd|odd\n");
    let lint = directory.run(&["lint", "p.txt"]).ok();
    for line in [
        "questions with different replies: 1 (no model gets more than 83.3 % of the pairs right)",
        "  a: NO (p.txt:2), YES (p.txt:1)",
        "  p.txt:4: b|NO",
        "  p.txt:6: d|ODD",
        "6 pairs, 4 questions distinct; 3 replies over 6 characters",
    ] {
        assert!(lint.lines().any(|found| found == line), "{line}\n{lint}");
    }
    let strict = directory.run(&["lint", "p.txt", "--strict"]);
    assert_eq!((strict.status, strict.stderr.as_str()), (Some(1), ""));
    let bad = directory.run_with(&["lint", "-"], b"a|b\nnot a pair\n\xff|x\nc|d\n");
    assert_eq!(bad.status, Some(2));
    assert!(bad.stdout.contains("  <stdin>:2: no `|`"), "{}", bad.stdout);
    assert!(
        bad.stdout.contains("  <stdin>:3: byte 1 of the line"),
        "{}",
        bad.stdout
    );
}

#[test]
fn balance_prints_pairs_and_says_on_the_side_what_it_did() {
    let directory = Directory::new();
    let ran = directory.run_with(
        &["balance", "-", "--per-reply", "2", "--oversample"],
        b"a|yes\nb|yes\nc|yes\nd|no\n",
    );
    assert!(
        ran.stderr.starts_with("4 pairs before, 4 after\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.ok(), "a|YES\nb|YES\nd|NO\nd|NO\n");
}

/// Starts a training that would take hours, and waits until `enough` of a line it prints.
#[cfg(unix)]
fn start(
    directory: &Directory,
    extra: &[&str],
    enough: impl Fn(&str) -> bool,
) -> (std::process::Child, String) {
    let fit = [
        "fit",
        "pairs.txt",
        "-o",
        "m.ulm",
        "--hidden",
        "64",
        "--epochs",
        "9999999",
    ];
    let mut command = directory.command(&[&fit, extra].concat());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The training would not end if nobody read its lines: another thread reads on.
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        lines
            .map_while(Result::ok)
            .try_for_each(|line| sender.send(line))
    });
    let line = receiver.into_iter().find(|line| enough(line)).unwrap();
    (child, line)
}

#[cfg(unix)]
fn signal(child: &std::process::Child, name: &str) {
    let pid = child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args([name, &pid])
        .status()
        .unwrap();
    assert!(sent.success());
}

#[cfg(unix)]
fn epoch(line: &str) -> u32 {
    let number = line
        .strip_prefix("epoch ")
        .and_then(|rest| rest.split_once('/'));
    number.unwrap().0.parse().unwrap()
}

/// Lines come every five seconds at least: that is how long this test takes.
#[cfg(unix)]
#[test]
fn control_c_writes_the_model_and_a_resumed_training_goes_on() {
    let directory = Directory::new();
    directory.write("pairs.txt", pairs());
    let (child, line) = start(&directory, &[], |line| line.starts_with("epoch "));
    signal(&child, "-INT");
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success());
    let report = String::from_utf8(ended.stdout).unwrap();
    assert!(report.contains("interrupted; to go on:  "), "{report}");
    assert!(report.contains("--epochs 9999999 --resume\n"), "{report}");
    assert_eq!(directory.files(), ["m.ulm", "m.ulm.ckpt", "pairs.txt"]);
    directory.run(&["info", "m.ulm"]).ok();

    let first = epoch(&line);
    let (mut child, line) = start(&directory, &["--resume"], |line| line.starts_with("epoch "));
    assert!(epoch(&line) > first, "{line} after epoch {first}");
    // A kill leaves the model and the checkpoint whole.
    signal(&child, "-KILL");
    child.wait().unwrap();
    directory.run(&["info", "m.ulm"]).ok();
    let (child, line) = start(&directory, &["--resume"], |line| line.starts_with("epoch "));
    assert!(epoch(&line) > first, "{line} after epoch {first}");
    signal(&child, "-INT");
    assert!(child.wait_with_output().unwrap().status.success());

    let other = [
        "fit",
        "pairs.txt",
        "-o",
        "m.ulm",
        "--hidden",
        "8",
        "--resume",
    ];
    directory
        .run(&other)
        .refused("m.ulm.ckpt: made with other options: give the same ones, or leave out --resume");
}

#[test]
fn plain_methods_stand_beside_the_model() {
    let directory = trained(&[]);
    let arguments = ["eval", "m.ulm", "pairs.txt", "--baselines", "pairs.txt"];
    let eval = directory
        .run(&[&arguments[..], &["--json"]].concat())
        .json();
    let methods: Vec<_> = eval["baselines"].as_array().unwrap().iter().collect();
    let names: Vec<_> = methods
        .iter()
        .map(|method| method["method"].as_str().unwrap())
        .collect();
    let expected = [
        "majority",
        "nearest neighbour",
        "naive Bayes",
        "logistic regression",
    ];
    assert_eq!(names, expected);
    // Three replies of eight pairs each, asked of what the methods were trained on.
    assert!((methods[0]["overall"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(methods[1]["overall"], 1.0);
    let size = std::fs::metadata(directory.path("m.ulm")).unwrap().len();
    assert_eq!(eval["bytes"], size);

    let ran = directory.run(&arguments);
    assert_eq!(ran.stderr, "");
    let text = ran.ok();
    assert!(
        text.contains("\nDoes this data need a network?\n"),
        "{text}"
    );
}
