//! Pairs from language models, spoken to as their servers want it, and from patterns.

mod common;
#[path = "common/server.rs"]
mod server;

use common::{Directory, Ran};
use serde_json::json;
use server::{Say, Server};

fn ollama(text: &str) -> Say {
    let body = json!({"model": "m", "response": text, "done": true, "done_reason": "stop"});
    Say::Answer(200, "", body.to_string())
}

fn claude(text: &str, stop_reason: &str) -> Say {
    let content = json!([{"type": "text", "text": text}]);
    let body = json!({"type": "message", "content": content, "stop_reason": stop_reason});
    Say::Answer(200, "", body.to_string())
}

/// Runs `generate` against a server, as this backend.
fn generate(directory: &Directory, server: &Server, backend: &str, arguments: &[&str]) -> Ran {
    let common = ["generate", "--backend", backend, "--url", &server.url];
    let mut command = directory.command(&[&common, arguments].concat());
    command.env("ANTHROPIC_API_KEY", "secret-key");
    Ran::new(&command.output().unwrap())
}

#[test]
fn ollama_is_asked_until_there_are_enough() {
    let server = Server::new(vec![
        ollama("1. Is it big?|YES\nis it red|no\nis it odd|PERHAPS\nSure! More?"),
        ollama("is it big?|NO\nis it an elephant|WIN\ndoes it fly|NO\ndoes it swim|YES"),
    ]);
    let directory = Directory::new();
    let arguments = [
        "--topic", "elephant", "--count", "4", "--model", "tiny", "--seed", "7",
    ];
    let ran = generate(&directory, &server, "ollama", &arguments);
    let progress = "2 of 4 pairs: 2 new, 1 with another reply, 1 no pair\n\
                    4 of 4 pairs: 3 new, 1 repeated\n";
    assert_eq!(ran.stderr, progress);
    let pairs = "is it big?|YES\nis it red|NO\nis it an elephant|WIN\ndoes it fly|NO\n";
    assert_eq!(ran.ok(), pairs);

    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    let (first, second) = (&requests[0], &requests[1]);
    assert_eq!(first.path, "/api/generate");
    assert_eq!(first.body["model"], "tiny");
    assert_eq!(first.body["stream"], false);
    assert!(first.body["prompt"].as_str().unwrap().contains("elephant"));
    assert_eq!(
        (
            &first.body["options"]["seed"],
            &second.body["options"]["seed"]
        ),
        (&7.into(), &8.into())
    );
}

#[test]
fn claude_is_asked_with_the_users_key() {
    let server = Server::new(vec![claude("is it grey|YES\nis it bl", "max_tokens")]);
    let directory = Directory::new();
    let ran = generate(
        &directory,
        &server,
        "claude",
        &["--topic", "elephant", "--kind", "yes-only", "--count", "1"],
    );
    // The line that was cut off does not count.
    assert_eq!(ran.stderr, "1 of 1 pairs: 1 new, 1 no pair\n");
    assert_eq!(ran.ok(), "is it grey|YES\n");
    let request = &server.requests()[0];
    assert_eq!(request.path, "/v1/messages");
    assert_eq!(request.header("x-api-key"), Some("secret-key"));
    assert_eq!(request.header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(request.body["messages"][0]["role"], "user");
    assert!(request.body["max_tokens"].as_u64().unwrap() > 0);
}

#[test]
fn half_an_answer_counts_up_to_its_last_line() {
    for end in [
        json!({"done": false}),
        json!({"done": true, "done_reason": "length"}),
    ] {
        let mut body = json!({"response": "is it grey|YES\nis it blue|N"});
        body.as_object_mut()
            .unwrap()
            .extend(end.as_object().unwrap().clone());
        let server = Server::new(vec![Say::Answer(200, "", body.to_string())]);
        let directory = Directory::new();
        let arguments = ["--topic", "elephant", "--count", "1"];
        let ran = generate(&directory, &server, "ollama", &arguments);
        assert_eq!(ran.stderr, "1 of 1 pairs: 1 new, 1 no pair\n");
        assert_eq!(ran.ok(), "is it grey|YES\n");
    }
}

#[test]
fn rate_limits_and_overloads_are_waited_out() {
    let error = json!({"error": {"type": "rate_limit_error", "message": "slow down"}}).to_string();
    let whole = "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"content\": [{\"ty";
    let server = Server::new(vec![
        Say::Answer(429, "retry-after: 0\r\n", error.clone()),
        Say::Answer(529, "retry-after: 0\r\n", error),
        Say::Raw(whole.into()),
        claude("is it grey|YES", "end_turn"),
    ]);
    let directory = Directory::new();
    let ran = generate(
        &directory,
        &server,
        "claude",
        &["--topic", "elephant", "--count", "1"],
    );
    assert_eq!(ran.ok(), "is it grey|YES\n");
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn a_limit_that_never_ends_is_an_error() {
    let error = r#"{"error":"too busy"}"#;
    let limit = || Say::Answer(503, "retry-after: 0\r\n", error.into());
    let server = Server::new((0..5).map(|_| limit()).collect());
    let directory = Directory::new();
    let ran = generate(&directory, &server, "ollama", &["--topic", "elephant"]);
    let url = format!("{}/api/generate", server.url);
    ran.refused(&format!(
        "0 of 100 pairs: {url}: status 503 (too busy), asked 5 times"
    ));
}

#[test]
fn errors_that_do_not_pass_are_not_asked_again() {
    let directory = Directory::new();
    let missing = r#"{"error":"model 'llama3.2' not found"}"#;
    let server = Server::new(vec![Say::Answer(404, "", missing.into())]);
    let ran = generate(&directory, &server, "ollama", &["--topic", "elephant"]);
    let url = format!("{}/api/generate", server.url);
    ran.refused(&format!(
        "0 of 100 pairs: {url}: status 404 (model 'llama3.2' not found)"
    ));

    let key = json!({"error": {"type": "authentication_error", "message": "invalid x-api-key"}});
    let server = Server::new(vec![Say::Answer(401, "", key.to_string())]);
    let ran = generate(&directory, &server, "claude", &["--topic", "elephant"]);
    assert!(
        ran.stderr.contains("status 401 (invalid x-api-key)"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("secret-key"), "{}", ran.stderr);
    assert_eq!(ran.status, Some(2));
}

#[test]
fn refusals_and_garbage_end_it_with_what_was_said() {
    let directory = Directory::new();
    let refusals = (0..3)
        .map(|_| claude("I would rather not.", "refusal"))
        .collect();
    let server = Server::new(refusals);
    let ran = generate(&directory, &server, "claude", &["--topic", "elephant"]);
    let error = "error: 0 of 100 pairs: 3 answers in a row without a new pair; \
                 the last: the model refuses: I would rather not.\n";
    assert!(ran.stderr.ends_with(error), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("0 of 100 pairs: 0 new, the model refused\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.status, Some(2));

    let server = Server::new((0..3).map(|_| ollama("I'm sorry, but I can't.")).collect());
    let ran = generate(&directory, &server, "ollama", &["--topic", "elephant"]);
    let error = "the last: \"I'm sorry, but I can't.\"\n";
    assert!(ran.stderr.ends_with(error), "{}", ran.stderr);

    let body = || {
        Say::Answer(
            200,
            "retry-after: 0\r\n",
            "<html>a proxy's page</html>".into(),
        )
    };
    let server = Server::new(vec![body(), body(), ollama("is it grey|YES")]);
    let ran = generate(
        &directory,
        &server,
        "ollama",
        &["--topic", "elephant", "--count", "1"],
    );
    assert_eq!(ran.ok(), "is it grey|YES\n");
}

#[test]
fn a_file_is_continued_where_it_ends() {
    let directory = Directory::new();
    directory.write("pairs.txt", "# mine\nis it big|YES\nis it sm|NO");
    let server = Server::new(vec![ollama("is it big|NO\nis it grey|YES\nis it blue|NO")]);
    let arguments = ["--topic", "elephant", "--count", "3", "-o", "pairs.txt"];
    generate(&directory, &server, "ollama", &arguments).ok();
    let text = std::fs::read_to_string(directory.path("pairs.txt")).unwrap();
    assert_eq!(text, "# mine\nis it big|YES\nis it sm|NO\nis it grey|YES\n");
    // Enough is enough: nobody is asked.
    let again = [&["generate", "--url", "http://127.0.0.1:1"], &arguments[..]].concat();
    assert_eq!(directory.run(&again).ok(), "");
}

#[test]
fn paraphrases_keep_their_replies() {
    let directory = Directory::new();
    directory.write("pairs.txt", "hello|hi\nbye|so long\n");
    let server = Server::new(vec![ollama("hey there|HI\nsee you|SO LONG\nwhat|HUH")]);
    let arguments = ["--paraphrase", "pairs.txt", "--count", "2"];
    let ran = generate(&directory, &server, "ollama", &arguments);
    assert_eq!(ran.ok(), "hey there|HI\nsee you|SO LONG\n");
    let prompt = server.requests()[0].body["prompt"].to_string();
    assert!(prompt.contains(r"hello|HI\nbye|SO LONG"), "{prompt}");
}

#[test]
fn nobody_there_and_nothing_to_ask_with_are_named() {
    let directory = Directory::new();
    let dead = ["generate", "--topic", "x", "--url", "http://127.0.0.1:1"];
    let ran = directory.run(&dead);
    assert_eq!(ran.status, Some(2));
    assert!(
        ran.stderr.contains("http://127.0.0.1:1/api/generate: "),
        "{}",
        ran.stderr
    );

    let mut command = directory.command(&["generate", "--topic", "x", "--backend", "claude"]);
    command
        .args(["--url", "http://127.0.0.1:1"])
        .env_remove("ANTHROPIC_API_KEY");
    Ran::new(&command.output().unwrap())
        .refused("ANTHROPIC_API_KEY: not set: the Claude API needs a key");
    if !cfg!(feature = "https") {
        let mut command = directory.command(&["generate", "--topic", "x", "--backend", "claude"]);
        command
            .env("ANTHROPIC_API_KEY", "secret-key")
            .env_remove("ANTHROPIC_BASE_URL");
        Ran::new(&command.output().unwrap()).refused(
            "https://api.anthropic.com: \
             this build speaks no HTTPS: build it with `--features https`",
        );
    }
    directory
        .run(&["generate", "--kind", "win-only"])
        .refused("--topic: pairs of this kind need one");
    assert_eq!(directory.run(&["generate"]).status, Some(2));
}

#[test]
fn patterns_are_expanded_without_anybody() {
    let directory = Directory::new();
    directory.write(
        "t.txt",
        "# greetings\n(hi|hello)( there)?|hi\n\n(are|r) (you|u) ok?|Yes\n",
    );
    let ran = directory.run(&["generate", "--template", "t.txt"]);
    assert_eq!(ran.stderr, "8 pairs from 2 patterns, of 8 possible\n");
    let expected = "hi there|HI\nhi|HI\nhello there|HI\nhello|HI\n\
                    are you ok?|YES\nare u ok?|YES\nr you ok?|YES\nr u ok?|YES\n";
    assert_eq!(ran.ok(), expected);
    let few = ["generate", "--template", "-", "--per-pattern", "2"];
    assert_eq!(
        directory.run_with(&few, b"(a|b|c|d) x|Y").ok(),
        "a x|Y\nc x|Y\n"
    );
    directory.write("bad.txt", "a|b\n(c|d\n");
    let bad = directory.run(&["generate", "--template", "bad.txt"]);
    bad.refused("bad.txt:2: the `(` in byte 1 is not closed");
}
