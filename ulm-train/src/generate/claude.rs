//! The Claude API: `POST /v1/messages`.

use serde_json::{Value, json};

use super::http::{Endpoint, Retry};
use super::{Answer, Backend, BackendError, Prompt};

/// Where the API is unless told otherwise. Needs the feature `https`.
pub const DEFAULT_URL: &str = "https://api.anthropic.com";

/// The model asked unless told otherwise.
pub const DEFAULT_MODEL: &str = "claude-haiku-4-5";

/// The version of the API that this module speaks.
const API_VERSION: &str = "2023-06-01";

/// Most tokens of an answer.
const MAX_TOKENS: u32 = 2048;

/// A model behind the Claude API. It has no seed: the same prompt gives another answer each time.
#[derive(Clone)]
pub struct Claude {
    endpoint: Endpoint,
    model: String,
}

impl Claude {
    /// The model `model` of the API at `url`, such as [`DEFAULT_URL`], with the user's key.
    #[must_use]
    pub fn new(url: &str, model: impl Into<String>, key: &str, retry: Retry) -> Self {
        let endpoint = Endpoint {
            url: format!("{}/v1/messages", url.trim_end_matches('/')),
            headers: vec![
                ("x-api-key", key.to_owned()),
                ("anthropic-version", API_VERSION.to_owned()),
            ],
            retry,
        };
        let model = model.into();
        Self { endpoint, model }
    }
}

impl Backend for Claude {
    fn ask(&self, prompt: &Prompt) -> Result<Answer, BackendError> {
        let body = json!({
            "model": self.model,
            "max_tokens": MAX_TOKENS,
            "system": prompt.system,
            "messages": [{ "role": "user", "content": prompt.user }],
        });
        self.endpoint.post(&body, answer)?
    }
}

/// Reads a message: its blocks of text, and why it ends.
fn answer(body: &Value) -> Option<Result<Answer, BackendError>> {
    let blocks = body.get("content")?.as_array()?;
    let texts = blocks
        .iter()
        .filter_map(|block| block.get("text")?.as_str());
    let text = texts.collect::<Vec<_>>().join("\n");
    match body.get("stop_reason")?.as_str()? {
        "refusal" => Some(Err(BackendError::Refused { reason: text })),
        reason => {
            let is_cut = reason == "max_tokens";
            Some(Ok(Answer { text, is_cut }))
        }
    }
}
