//! The writer of the `.ulm` format, for hosts.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::encode::CONTEXT_BYTES;
use crate::format::{
    ACTIVATION_SHIFT, CHECKSUM_BYTES, HEADER_BYTES, KIND_2_BIT, LAYER_SHIFT, MAGIC, VERSION,
    WEIGHTS_PER_BYTE, column_bytes, crc32,
};
use crate::model::{Model, ParseError};

/// A model to be written: what the fields of a [`Model`] hold, owned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModelData {
    /// Query buckets (Q), a power of two up to 4096.
    pub query_buckets: u16,
    /// Context buckets (C), a power of two up to 4096.
    pub context_buckets: u16,
    /// Characters of the charset, without EOS.
    pub charset: Vec<u8>,
    /// Most characters in a reply, 1 to 255.
    pub max_reply: u8,
    /// The layers, 1 to 8; the last is one neuron wider than `charset` is long.
    pub layers: Vec<LayerData>,
    /// Fallback reply, at most 255 bytes; empty: none.
    pub fallback: Vec<u8>,
    /// Threshold of doubt, 0 to 16383; 0: off.
    pub threshold: u16,
    /// Name, at most 255 bytes.
    pub name: String,
    /// Free text, at most 65535 bytes.
    pub metadata: String,
}

/// A layer to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LayerData {
    /// Weights, each -2, -1, 0 or 1, input-major: the one from input `i` to neuron `n` is at
    /// `i * biases.len() + n`.
    pub weights: Vec<i8>,
    /// Biases, one a neuron.
    pub biases: Vec<i16>,
}

/// Why a model cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// A layer's weights are not inputs times neurons.
    WeightCount {
        /// Layer, from 0.
        layer: usize,
        /// Inputs times neurons.
        needed: usize,
        /// Weights given.
        given: usize,
    },
    /// A weight is not -2, -1, 0 or 1.
    Weight {
        /// Layer, from 0.
        layer: usize,
        /// Input of the layer, from 0.
        input: usize,
        /// Neuron, from 0.
        neuron: usize,
        /// The weight.
        weight: i8,
    },
    /// A part is too large for the field that holds its size.
    TooLong {
        /// The part.
        part: &'static str,
        /// Its size.
        given: usize,
        /// The largest size that the field holds.
        limit: usize,
    },
    /// The model breaks a rule of the format: a reader would refuse it, with this error.
    Refused(ParseError),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WeightCount {
                layer,
                needed,
                given,
            } => write!(f, "layer {layer} has {given} weights and needs {needed}"),
            Self::Weight {
                layer,
                input,
                neuron,
                weight,
            } => write!(
                f,
                "layer {layer}: the weight from input {input} to neuron {neuron} is {weight}, \
                 must be -2 to 1"
            ),
            Self::TooLong { part, given, limit } => {
                write!(
                    f,
                    "the {part} has a size of {given}, at most {limit} can be stored"
                )
            }
            Self::Refused(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for WriteError {}

impl From<ParseError> for WriteError {
    fn from(error: ParseError) -> Self {
        Self::Refused(error)
    }
}

impl ModelData {
    /// The `.ulm` file. What this returns, [`Model::parse`] accepts.
    ///
    /// # Errors
    ///
    /// [`WriteError`] names the first thing that does not fit the format.
    pub fn to_bytes(&self) -> Result<Vec<u8>, WriteError> {
        let mut body = Vec::new();
        for layer in &self.layers {
            let width: u16 = size("layer width", layer.biases.len())?;
            body.push(KIND_2_BIT);
            body.extend(width.to_le_bytes());
        }
        body.extend(&self.charset);
        body.extend(&self.fallback);
        body.extend(self.name.as_bytes());
        body.extend(self.metadata.as_bytes());
        let mut inputs = usize::from(self.query_buckets) + usize::from(self.context_buckets);
        for (number, layer) in self.layers.iter().enumerate() {
            layer.write(number, inputs, &mut body)?;
            inputs = layer.biases.len();
        }

        let length = size::<u32>("file", HEADER_BYTES + body.len() + CHECKSUM_BYTES)?;
        let mut file = Vec::with_capacity(length as usize);
        file.extend(MAGIC);
        file.push(VERSION);
        file.push(0); // flags
        file.extend(length.to_le_bytes());
        file.extend(self.query_buckets.to_le_bytes());
        file.extend(self.context_buckets.to_le_bytes());
        file.extend([CONTEXT_BYTES as u8, ACTIVATION_SHIFT, LAYER_SHIFT]);
        file.push(size("number of layers", self.layers.len())?);
        file.push(size("charset", self.charset.len().saturating_add(1))?);
        file.push(self.max_reply);
        file.extend(self.threshold.to_le_bytes());
        file.push(size("fallback reply", self.fallback.len())?);
        file.push(size("name", self.name.len())?);
        file.extend(size::<u16>("metadata", self.metadata.len())?.to_le_bytes());
        file.append(&mut body);
        file.extend(crc32(&file).to_le_bytes());
        Model::parse(&file)?;
        Ok(file)
    }
}

impl LayerData {
    fn write(&self, layer: usize, inputs: usize, file: &mut Vec<u8>) -> Result<(), WriteError> {
        let width = self.biases.len();
        let needed = inputs * width;
        if self.weights.len() != needed {
            return Err(WriteError::WeightCount {
                layer,
                needed,
                given: self.weights.len(),
            });
        }
        if let Some(at) = self.weights.iter().position(|w| !(-2..=1).contains(w)) {
            return Err(WriteError::Weight {
                layer,
                input: at / width,
                neuron: at % width,
                weight: self.weights[at],
            });
        }
        let column = column_bytes(size("layer width", width)?);
        for input in 0..inputs {
            let weights = &self.weights[input * width..][..width];
            let packed = weights.chunks(WEIGHTS_PER_BYTE).map(pack);
            debug_assert_eq!(packed.len(), column);
            file.extend(packed);
        }
        file.extend(self.biases.iter().flat_map(|bias| bias.to_le_bytes()));
        Ok(())
    }
}

/// Up to four weights in a byte, the first in the lowest bits.
fn pack(weights: &[i8]) -> u8 {
    let bits = |weight: &i8| *weight as u8 & 3;
    weights
        .iter()
        .rev()
        .fold(0, |byte, weight| byte << 2 | bits(weight))
}

fn size<T: TryFrom<usize> + TryInto<usize>>(
    part: &'static str,
    given: usize,
) -> Result<T, WriteError> {
    let limit = (1usize << (8 * size_of::<T>())) - 1;
    T::try_from(given).map_err(|_| WriteError::TooLong { part, given, limit })
}
