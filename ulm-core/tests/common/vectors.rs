//! The golden vectors of `tests/vectors`: cases that an independent statement of the arithmetic
//! computed. The Z80 engine's tests read them through this module, too.

use std::collections::BTreeMap;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::Deserialize;
use ulm_core::write::{LayerData, ModelData};

/// A model and the cases computed for it.
#[derive(Deserialize)]
pub(crate) struct Vectors {
    query_buckets: u16,
    context_buckets: u16,
    charset: String,
    max_len: u8,
    layers: Vec<LayerVector>,
    #[serde(default)]
    fallback: String,
    #[serde(default)]
    threshold: u16,
    pub(crate) cases: Vec<Case>,
}

#[derive(Deserialize)]
struct LayerVector {
    out: usize,
    r#in: usize,
    weights_i8_base64: String,
    biases: Vec<i16>,
}

/// A query and everything that follows from it.
#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) query: String,
    /// Count of each bucket that is not empty.
    pub(crate) query_buckets: BTreeMap<u16, u16>,
    pub(crate) reply: String,
    pub(crate) steps: Vec<Step>,
    /// Margins of the first choices, for a model with a threshold.
    pub(crate) margins: Option<Vec<u16>>,
}

/// A choice of the network.
#[derive(Deserialize)]
pub(crate) struct Step {
    pub(crate) context: String,
    pub(crate) context_buckets: BTreeMap<u16, u16>,
    pub(crate) logits: Vec<i16>,
    pub(crate) argmax: u8,
    /// Activations of the hidden layers, in the first step.
    pub(crate) hidden: Option<Vec<Vec<i16>>>,
}

impl Vectors {
    /// The vectors of `NAME.json`.
    pub(crate) fn load(name: &str) -> Self {
        let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ulm-core/tests/vectors");
        let text = std::fs::read_to_string(vectors.join(name).with_extension("json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// The model, to be written in our format.
    pub(crate) fn model(&self) -> ModelData {
        ModelData {
            query_buckets: self.query_buckets,
            context_buckets: self.context_buckets,
            charset: self.charset.bytes().collect(),
            max_reply: self.max_len,
            layers: self.layers.iter().map(LayerVector::data).collect(),
            fallback: self.fallback.bytes().collect(),
            threshold: self.threshold,
            ..ModelData::default()
        }
    }
}

impl LayerVector {
    /// From `[out][in]` to input-major.
    fn data(&self) -> LayerData {
        let rows = BASE64_STANDARD.decode(&self.weights_i8_base64).unwrap();
        assert_eq!(rows.len(), self.out * self.r#in);
        let inputs = 0..self.r#in;
        LayerData {
            weights: inputs
                .flat_map(|i| (0..self.out).map(move |n| (n, i)))
                .map(|(n, i)| rows[n * self.r#in + i] as i8)
                .collect(),
            biases: self.biases.clone(),
        }
    }
}
