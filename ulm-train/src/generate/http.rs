//! JSON over HTTP, asked again where that may help.

use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::Response;

use super::BackendError;

/// Longest body that is read, in bytes.
const MAX_BODY_BYTES: u64 = 4 << 20;

/// Longest wait for an answer: a large model on a slow machine takes its time.
const PATIENCE: Duration = Duration::from_secs(300);

/// Characters of an answer that an error message shows.
const SHOWN: usize = 120;

/// How often and how patiently to ask again, after a rate limit, an overload, a broken connection
/// or an answer that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all, at least 1.
    pub attempts: u32,
    /// Pause after the first one; it doubles each time, unless the server says how long.
    pub pause: Duration,
    /// Longest pause, whatever the server says.
    pub longest: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 5,
            pause: Duration::from_secs(1),
            longest: Duration::from_secs(60),
        }
    }
}

/// An address that takes JSON and gives JSON.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) retry: Retry,
}

/// Why an attempt failed, and when the next one makes sense, if ever.
struct Failed {
    error: BackendError,
    again: Again,
}

enum Again {
    Never,
    AfterPause,
    After(Duration),
}

impl Endpoint {
    /// Posts `body` until an answer is what `read` understands.
    pub(super) fn post<T>(
        &self,
        body: &Value,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<T, BackendError> {
        let agent = self.agent();
        let mut pause = self.retry.pause;
        let mut attempt = 1;
        loop {
            let failed = match self.attempt(&agent, body, &read, attempt) {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let wait = match failed.again {
                Again::Never => return Err(failed.error),
                Again::AfterPause => pause,
                Again::After(wait) => wait,
            };
            if attempt >= self.retry.attempts {
                return Err(failed.error);
            }
            sleep(wait.min(self.retry.longest));
            pause *= 2;
            attempt += 1;
        }
    }

    fn agent(&self) -> Agent {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE));
        let host = self.url.split("://").nth(1).unwrap_or_default();
        let is_local = ["localhost", "127.", "[::1]"]
            .iter()
            .any(|name| host.starts_with(name));
        let config = if is_local { config.proxy(None) } else { config };
        config.build().new_agent()
    }

    fn attempt<T>(
        &self,
        agent: &Agent,
        body: &Value,
        read: impl Fn(&Value) -> Option<T>,
        attempt: u32,
    ) -> Result<T, Failed> {
        let mut request = agent
            .post(&self.url)
            .header("content-type", "application/json");
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let mut response = request
            .send(body.to_string())
            .map_err(|error| self.broken(&error))?;
        let status = response.status().as_u16();
        let wait = retry_after(&response);
        let text = (response.body_mut().with_config().limit(MAX_BODY_BYTES))
            .read_to_vec()
            .map_err(|error| self.broken(&error))?;
        let text = String::from_utf8_lossy(&text);
        let json: Option<Value> = serde_json::from_str(&text).ok();
        if status == 200 {
            let garbage = || Failed {
                error: BackendError::Garbage {
                    url: self.url.clone(),
                    start: format!("{:?}", start(&text)),
                },
                again: Again::AfterPause,
            };
            return json.as_ref().and_then(read).ok_or_else(garbage);
        }
        let again = match status {
            408 | 429 | 500..=599 => wait.map_or(Again::AfterPause, Again::After),
            _ => Again::Never,
        };
        let message = json
            .as_ref()
            .and_then(error_message)
            .map_or_else(|| start(&text), start);
        Err(Failed {
            error: BackendError::Status {
                url: self.url.clone(),
                status,
                message,
                attempts: attempt,
            },
            again,
        })
    }

    /// A connection that cannot be made, or breaks: only the second may be a matter of chance.
    fn broken(&self, error: &ureq::Error) -> Failed {
        let is_chance = match error {
            ureq::Error::Io(error) => error.kind() != std::io::ErrorKind::ConnectionRefused,
            ureq::Error::Timeout(_) | ureq::Error::Protocol(_) => true,
            _ => false,
        };
        Failed {
            error: BackendError::Connection {
                url: self.url.clone(),
                cause: error.to_string(),
            },
            again: if is_chance {
                Again::AfterPause
            } else {
                Again::Never
            },
        }
    }
}

/// The pause that the server asks for (RFC 9110, 10.2.3), where it gives it in seconds.
fn retry_after<B>(response: &Response<B>) -> Option<Duration> {
    let seconds: f64 = response
        .headers()
        .get("retry-after")?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// What an error's body says: `{"error": "..."}` or `{"error": {"message": "..."}}`.
fn error_message(body: &Value) -> Option<&str> {
    let error = body.get("error")?;
    error.as_str().or_else(|| error.get("message")?.as_str())
}

/// The start of a text, on one line.
pub(super) fn start(text: impl AsRef<str>) -> String {
    let mut characters = text.as_ref().trim().chars();
    let mut start: String = characters.by_ref().take(SHOWN).collect();
    if characters.next().is_some() {
        start.push_str("...");
    }
    start.replace(char::is_control, " ")
}
