//! The network's parameters: one flat vector of latent numbers, and the integers they stand for.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use ulm_core::encode::{CONTEXT_WINDOWS, ONE};
use ulm_core::write::LayerData;

use crate::matmul::LANES;
use crate::quantizer;
use crate::rng::{Rng, Stream};

/// Shape of a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Architecture {
    pub(crate) query_buckets: u16,
    pub(crate) context_buckets: u16,
    /// Neurons of the hidden layers, then charset entries.
    pub(crate) widths: Vec<u16>,
}

/// Where a layer's parameters are in the flat vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    /// Rows of the weights: the inputs, padded as the layer before pads its neurons.
    pub(crate) inputs: usize,
    /// Neurons.
    pub(crate) width: usize,
    /// Neurons, padded to a multiple of [`LANES`]; parameters of the padding stay 0.
    pub(crate) stride: usize,
    /// Weights, `[inputs, stride]`: input-major, as in the model.
    pub(crate) weights: Range<usize>,
    /// Biases, `[stride]`.
    pub(crate) biases: Range<usize>,
}

/// Where everything is in the flat vector: the first layer's weights, its biases, those of the
/// layers after it, and last the temperature's logarithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) layers: Vec<Slot>,
    /// Length of the vector.
    pub(crate) len: usize,
}

impl Layout {
    pub(crate) fn new(architecture: &Architecture) -> Self {
        let mut inputs =
            usize::from(architecture.query_buckets) + usize::from(architecture.context_buckets);
        let mut len = 0;
        let mut layers = Vec::new();
        for &width in &architecture.widths {
            let width = usize::from(width);
            let stride = width.next_multiple_of(LANES);
            let weights = len..len + inputs * stride;
            let biases = weights.end..weights.end + stride;
            len = biases.end;
            layers.push(Slot {
                inputs,
                width,
                stride,
                weights,
                biases,
            });
            inputs = stride;
        }
        Self {
            layers,
            len: len + 1,
        }
    }

    /// Index of the temperature's logarithm: what the logits are multiplied by before the softmax.
    pub(crate) const fn temperature(&self) -> usize {
        self.len - 1
    }

    /// Weights of the first layer: the only part that is sparse.
    pub(crate) fn sparse(&self) -> usize {
        self.layers[0].weights.end
    }

    /// First latent parameters.
    ///
    /// The shift by two divides every layer's sum by 4, so weights of variance `16 / n`, n being
    /// the inputs that are usually not zero, keep the size of activations from layer to layer.
    pub(crate) fn initial(&self, seed: u64) -> Vec<f32> {
        let mut latents = vec![0.0; self.len];
        let mut active = (2 * CONTEXT_WINDOWS) as f32;
        for (number, layer) in self.layers.iter().enumerate() {
            let mut rng = Rng::new(seed, Stream::Weights, [number as u64, 0]);
            let deviation = (16.0 / active).sqrt().min(0.8);
            for row in latents[layer.weights.clone()].chunks_exact_mut(layer.stride) {
                for latent in &mut row[..layer.width] {
                    *latent = quantizer::clamp_weight(rng.normal() * deviation);
                }
            }
            active = layer.width as f32 * 0.5;
        }
        latents[self.temperature()] = -3.0;
        latents
    }

    /// Quantizes the range of the flat vector that starts at `start` into `grid`, in the units of
    /// a layer's sum: weights of the first layer times [`ONE`], so that its inputs are counts.
    pub(crate) fn quantize(&self, start: usize, latents: &[f32], grid: &mut [f32]) {
        let end = start + latents.len();
        for (number, layer) in self.layers.iter().enumerate() {
            let unit = if number == 0 { f32::from(ONE) } else { 1.0 };
            let part = overlap(&layer.weights, start, end);
            for (grid, &latent) in grid[part.clone()].iter_mut().zip(&latents[part]) {
                *grid = quantizer::weight(latent) * unit;
            }
            let part = overlap(&layer.biases, start, end);
            for (grid, &latent) in grid[part.clone()].iter_mut().zip(&latents[part]) {
                *grid = quantizer::bias(latent);
            }
        }
        if end == self.len {
            let last = latents.len() - 1;
            grid[last] = latents[last];
        }
    }

    /// The layers of the model, from latent parameters.
    pub(crate) fn layer_data(&self, latents: &[f32]) -> Vec<LayerData> {
        let mut inputs = self.layers[0].inputs;
        let mut layers = Vec::new();
        for layer in &self.layers {
            let rows = latents[layer.weights.clone()].chunks_exact(layer.stride);
            layers.push(LayerData {
                weights: rows
                    .take(inputs)
                    .flat_map(|row| &row[..layer.width])
                    .map(|&latent| quantizer::weight(latent) as i8)
                    .collect(),
                biases: latents[layer.biases.clone()][..layer.width]
                    .iter()
                    .map(|&latent| quantizer::bias(latent) as i16)
                    .collect(),
            });
            inputs = layer.width;
        }
        layers
    }
}

/// What `range` and `start..end` have in common, counted from `start`; empty if nothing.
pub(crate) fn overlap(range: &Range<usize>, start: usize, end: usize) -> Range<usize> {
    let from = range.start.clamp(start, end);
    let to = range.end.clamp(from, end);
    from - start..to - start
}
