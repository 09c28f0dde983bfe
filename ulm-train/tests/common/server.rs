//! A server that says what a test tells it to, one answer a request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;

/// What is sent back to a request.
pub(crate) enum Say {
    /// Status, further header lines, and a body.
    Answer(u16, &'static str, String),
    /// These bytes, and no more.
    Raw(Vec<u8>),
}

/// A request as it came in.
pub(crate) struct Request {
    pub(crate) path: String,
    /// Lower case names with their values.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A server on a port of its own.
pub(crate) struct Server {
    pub(crate) url: String,
    requests: Receiver<Request>,
}

impl Server {
    /// Serves these answers in turn, then no more.
    pub(crate) fn new(answers: Vec<Say>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = channel();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let request = read(&stream);
                let bytes = match answer {
                    Say::Raw(bytes) => bytes,
                    Say::Answer(status, headers, body) => format!(
                        "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
                        body.len()
                    )
                    .into_bytes(),
                };
                stream.write_all(&bytes).unwrap();
                let _ = sender.send(request);
            }
        });
        Self { url, requests }
    }

    /// The requests that came in so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.try_iter().collect()
    }
}

fn read(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let start = line();
    let path = start.split(' ').nth(1).unwrap().to_owned();
    let mut headers = Vec::new();
    loop {
        let line = line();
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.unwrap().1.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let body = serde_json::from_slice(&body).unwrap();
    Request {
        path,
        headers,
        body,
    }
}
