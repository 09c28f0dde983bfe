//! [Ollama](https://ollama.com): a language model on this machine or another one of yours.

use serde_json::{Value, json};

use super::http::{Endpoint, Retry};
use super::{Answer, Backend, BackendError, Prompt};

/// Where Ollama listens unless told otherwise.
pub const DEFAULT_URL: &str = "http://localhost:11434";

/// The model asked unless told otherwise: small, and willing to keep to a form.
pub const DEFAULT_MODEL: &str = "llama3.2";

/// Most tokens of an answer.
const MAX_TOKENS: u32 = 2048;

/// A model of an Ollama server.
#[derive(Debug, Clone)]
pub struct Ollama {
    endpoint: Endpoint,
    model: String,
}

impl Ollama {
    /// The model `model` of the server at `url`, such as [`DEFAULT_URL`].
    #[must_use]
    pub fn new(url: &str, model: impl Into<String>, retry: Retry) -> Self {
        let endpoint = Endpoint {
            url: format!("{}/api/generate", url.trim_end_matches('/')),
            headers: Vec::new(),
            retry,
        };
        let model = model.into();
        Self { endpoint, model }
    }
}

impl Backend for Ollama {
    fn ask(&self, prompt: &Prompt) -> Result<Answer, BackendError> {
        let body = json!({
            "model": self.model,
            "system": prompt.system,
            "prompt": prompt.user,
            "stream": false,
            "options": { "seed": prompt.seed, "num_predict": MAX_TOKENS },
        });
        self.endpoint.post(&body, answer)
    }
}

/// Reads an answer of `POST /api/generate` without streaming.
fn answer(body: &Value) -> Option<Answer> {
    let text = body.get("response")?.as_str()?.to_owned();
    let is_done = body.get("done")?.as_bool()?;
    let reason = body.get("done_reason").and_then(Value::as_str);
    let is_cut = !is_done || reason == Some("length");
    Some(Answer { text, is_cut })
}
