//! Forward and backward pass over a shard: a few questions of a batch and all steps of their
//! replies.
//!
//! Numbers are `f32`, but those of the forward pass are integers below 2^24, so that they are
//! exactly what `ulm-core` computes in 16 bits; [`wrap`] stands for those 16 bits. The first
//! layer is never a dense product: a question's buckets are summed once for all its steps, a
//! context's once for all questions.

use ulm_core::encode::CONTEXT_WINDOWS;

use crate::dataset::{Corpus, Step};
use crate::math;
use crate::matmul::{ROWS, add, multiply_add, multiply_transposed_add, transpose};
use crate::network::Layout;
use crate::rng::Rng;

/// A sum as 16 bits hold it in two's complement; |sum| below 2^22.
///
/// Half a step is added before rounding, so there are no ties.
#[inline(always)]
fn wrap(sum: f32) -> f32 {
    sum - 65536.0 * math::round(sum * (1.0 / 65536.0) + 1.0 / 131_072.0)
}

/// What the loss asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Objective {
    /// Share of a target that is spread over all entries, 0 to 1 (Szegedy and others: Rethinking
    /// the Inception architecture, 2016).
    pub(crate) smoothing: f32,
    /// Share of hidden neurons dropped, 0 to 1 (Srivastava and others: Dropout, 2014).
    pub(crate) dropout: f32,
}

/// A question to learn from, as buckets, and the reply to it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample {
    pub(crate) buckets: Vec<u16>,
    /// Index into [`Corpus::replies`].
    pub(crate) reply: u32,
}

/// A step of one sample's reply.
#[derive(Debug, Clone, Copy)]
struct Row {
    sample: usize,
    step: Step,
}

/// What all shards of a step read.
pub(crate) struct Shared<'a> {
    pub(crate) corpus: &'a Corpus,
    pub(crate) layout: &'a Layout,
    /// Quantized parameters, see [`Layout::quantize`].
    pub(crate) grid: &'a [f32],
    /// Columns of each context summed up, `[contexts, stride]`.
    pub(crate) contexts: &'a [f32],
    /// Weights of each layer after the first, transposed: `[stride, inputs]`.
    pub(crate) transposed: &'a [Vec<f32>],
    pub(crate) objective: Objective,
}

/// Buffers and outcome of a shard.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shard {
    pub(crate) samples: Vec<Sample>,
    rows: Vec<Row>,
    /// Activations of each hidden layer, `[rows, stride]`, then the logits.
    activations: Vec<Vec<f32>>,
    /// Gradients of each layer's sums, `[rows, stride]`.
    deltas: Vec<Vec<f32>>,
    /// Gradients of all parameters behind [`Layout::sparse`], summed over the rows.
    pub(crate) dense: Vec<f32>,
    /// Cross-entropy, summed over the rows.
    pub(crate) loss: f32,
}

impl Shard {
    /// Rows of the latest pass that are no padding.
    pub(crate) fn steps(&self) -> usize {
        self.rows.len()
    }

    /// Runs both passes over the samples; gradients and loss are sums, not means.
    pub(crate) fn run(&mut self, shared: &Shared<'_>, mut rng: Rng) {
        let layout = shared.layout;
        self.rows.clear();
        for (sample, Sample { reply, .. }) in self.samples.iter().enumerate() {
            let steps = &shared.corpus.replies[*reply as usize].steps;
            self.rows
                .extend(steps.iter().map(|&step| Row { sample, step }));
        }
        let padded = self.rows.len().next_multiple_of(ROWS);
        self.activations.resize_with(layout.layers.len(), Vec::new);
        self.deltas.resize_with(layout.layers.len(), Vec::new);
        for (number, layer) in layout.layers.iter().enumerate() {
            for buffer in [&mut self.activations[number], &mut self.deltas[number]] {
                buffer.clear();
                buffer.resize(padded * layer.stride, 0.0);
            }
        }
        self.dense.clear();
        self.dense.resize(layout.len - layout.sparse(), 0.0);

        self.forward(shared, &mut rng);
        self.compare(shared);
        self.backward(shared);
    }

    /// Fills `activations`.
    fn forward(&mut self, shared: &Shared<'_>, rng: &mut Rng) {
        let layers = &shared.layout.layers;
        self.first_layer(shared);
        for number in 0..layers.len() {
            let (before, rest) = self.activations.split_at_mut(number);
            let outcome = &mut rest[0];
            if let Some(inputs) = before.last() {
                let layer = &layers[number];
                let biases = &shared.grid[layer.biases.clone()];
                for row in outcome.chunks_exact_mut(layer.stride) {
                    row.copy_from_slice(biases);
                }
                let weights = &shared.grid[layer.weights.clone()];
                multiply_add(inputs, weights, outcome, layer.inputs, layer.stride);
            }
            if number + 1 == layers.len() {
                for sum in outcome {
                    *sum = math::shift(wrap(*sum));
                }
            } else {
                for sum in &mut *outcome {
                    *sum = math::shift(wrap(*sum)).max(0.0);
                }
                drop_out(outcome, shared.objective.dropout, rng);
            }
        }
    }

    /// Sums of the first layer: bias, question and context.
    fn first_layer(&mut self, shared: &Shared<'_>) {
        let layer = &shared.layout.layers[0];
        let stride = layer.stride;
        let biases = &shared.grid[layer.biases.clone()];
        let mut base = vec![0.0; stride];
        let mut heard = usize::MAX;
        let sums = self.activations[0].chunks_exact_mut(stride);
        for (row, sums) in self.rows.iter().zip(sums) {
            if heard != row.sample {
                heard = row.sample;
                base.copy_from_slice(biases);
                for &bucket in &self.samples[heard].buckets {
                    let column = usize::from(bucket) * stride;
                    add(&mut base, &shared.grid[column..column + stride]);
                }
            }
            let context = row.step.context as usize * stride;
            let context = &shared.contexts[context..context + stride];
            for ((sum, base), context) in sums.iter_mut().zip(&base).zip(context) {
                *sum = base + context;
            }
        }
    }

    /// Compares the logits with the targets: loss, and the gradient of the last layer's sums.
    fn compare(&mut self, shared: &Shared<'_>) {
        let layout = shared.layout;
        let (Some(last), Some(logits), Some(deltas)) = (
            layout.layers.last(),
            self.activations.last(),
            self.deltas.last_mut(),
        ) else {
            return;
        };
        let scale = math::exp(shared.grid[layout.temperature()]);
        let smoothing = shared.objective.smoothing;
        let spread = smoothing / last.width as f32;
        let (mut loss, mut scale_gradient) = (0.0, 0.0);
        let rows = logits.chunks_exact(last.stride);
        let deltas = deltas.chunks_exact_mut(last.stride);
        for ((logits, deltas), row) in rows.zip(deltas).zip(&self.rows) {
            let (logits, deltas) = (&logits[..last.width], &mut deltas[..last.width]);
            let largest = logits.iter().copied().fold(f32::MIN, f32::max);
            for (delta, logit) in deltas.iter_mut().zip(logits) {
                *delta = math::exp((logit - largest) * scale);
            }
            let sum: f32 = deltas.iter().sum();
            let entry = usize::from(row.step.entry);
            loss += math::ln(sum) - (logits[entry] - largest) * scale;
            for delta in &mut *deltas {
                *delta = *delta / sum - spread;
            }
            deltas[entry] -= 1.0 - smoothing;
            for (delta, logit) in deltas.iter_mut().zip(logits) {
                scale_gradient += *delta * logit * scale;
                *delta *= scale * 0.25;
            }
        }
        self.loss = loss;
        if let Some(gradient) = self.dense.last_mut() {
            *gradient = scale_gradient;
        }
    }

    /// Fills `dense`, and the gradients of every layer's sums.
    fn backward(&mut self, shared: &Shared<'_>) {
        let layers = &shared.layout.layers;
        let sparse = shared.layout.sparse();
        let kept = 1.0 / (1.0 - shared.objective.dropout);
        for (number, layer) in layers.iter().enumerate().rev() {
            let (before, rest) = self.deltas.split_at_mut(number);
            let deltas = &rest[0];
            let biases = layer.biases.start - sparse..layer.biases.end - sparse;
            let biases = &mut self.dense[biases];
            for row in deltas.chunks_exact(layer.stride) {
                add(biases, row);
            }
            let Some(inputs) = before.last_mut() else {
                continue;
            };
            let activations = &self.activations[number - 1];
            let weights = layer.weights.start - sparse..layer.weights.end - sparse;
            let weights = &mut self.dense[weights];
            multiply_transposed_add(activations, deltas, weights, layer.inputs, layer.stride);
            let transposed = &shared.transposed[number - 1];
            multiply_add(deltas, transposed, inputs, layer.stride, layer.inputs);
            for (delta, &activation) in inputs.iter_mut().zip(activations) {
                *delta = if activation > 0.0 {
                    *delta * 0.25 * kept
                } else {
                    0.0
                };
            }
        }
    }

    /// Adds the gradients of the first layer's weights: the buckets of questions to `gradient`,
    /// the contexts to `contexts` (`[contexts, stride]`), to be given on by [`scatter`].
    pub(crate) fn gather(&self, layout: &Layout, gradient: &mut [f32], contexts: &mut [f32]) {
        let stride = layout.layers[0].stride;
        let mut question = vec![0.0; stride];
        let mut rows = self
            .rows
            .iter()
            .zip(self.deltas[0].chunks_exact(stride))
            .peekable();
        while let Some((row, delta)) = rows.next() {
            add(&mut question, delta);
            let context = row.step.context as usize * stride;
            add(&mut contexts[context..context + stride], delta);
            if rows
                .peek()
                .is_none_or(|(next, _)| next.sample != row.sample)
            {
                for &bucket in &self.samples[row.sample].buckets {
                    let column = usize::from(bucket) * stride;
                    add(&mut gradient[column..column + stride], &question);
                }
                question.fill(0.0);
            }
        }
    }
}

/// Drops a share of activations and scales up the others.
fn drop_out(activations: &mut [f32], share: f32, rng: &mut Rng) {
    if share == 0.0 {
        return;
    }
    let below = (share * 256.0) as u8;
    let scale = 1.0 / (1.0 - share);
    for chunk in activations.chunks_mut(8) {
        for (activation, byte) in chunk.iter_mut().zip(rng.next().to_le_bytes()) {
            *activation *= if byte < below { 0.0 } else { scale };
        }
    }
}

/// Sums the columns of each context, `[contexts, stride]`.
pub(crate) fn sum_contexts(
    inputs: &[[u16; CONTEXT_WINDOWS]],
    stride: usize,
    grid: &[f32],
    sums: &mut [f32],
) {
    sums.fill(0.0);
    for (inputs, sums) in inputs.iter().zip(sums.chunks_exact_mut(stride)) {
        for &input in inputs {
            let column = usize::from(input) * stride;
            add(sums, &grid[column..column + stride]);
        }
    }
}

/// Gives the gradient of each context's sum on to its buckets' columns.
pub(crate) fn scatter(
    inputs: &[[u16; CONTEXT_WINDOWS]],
    stride: usize,
    contexts: &[f32],
    gradient: &mut [f32],
) {
    for (inputs, context) in inputs.iter().zip(contexts.chunks_exact(stride)) {
        for &input in inputs {
            let column = usize::from(input) * stride;
            add(&mut gradient[column..column + stride], context);
        }
    }
}

/// Transposes the weights of every layer after the first.
pub(crate) fn transpose_weights(layout: &Layout, grid: &[f32], transposed: &mut Vec<Vec<f32>>) {
    transposed.resize_with(layout.layers.len() - 1, Vec::new);
    for (layer, out) in layout.layers[1..].iter().zip(transposed) {
        out.resize(layer.weights.len(), 0.0);
        transpose(&grid[layer.weights.clone()], out, layer.stride);
    }
}
