//! Training, step by step: [`Trainer`] is what [`Fit`] runs to its end, for those who want to
//! watch, to stop, or to go on later.

use std::num::NonZeroUsize;
use std::thread;
use std::time::{Duration, Instant};

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{ArrayBase, Data, Ix1};
use ulm_core::Model;
use ulm_core::encode::{CONTEXT_WINDOWS, query_buckets};
use ulm_core::format::crc32;
use ulm_core::write::ModelData;

use crate::accuracy::{Accuracy, AnyEngine};
use crate::augment::retype;
use crate::checkpoint::{Best, Checkpoint};
use crate::dataset::Corpus;
use crate::doubt;
use crate::error::FitError;
use crate::eval::{Answer, TradeOff, trade_offs};
use crate::matmul::add;
use crate::model::{Report, Ulm};
use crate::network::{Architecture, Layout, overlap};
use crate::optimizer::AdamW;
use crate::params::UlmValidParams;
use crate::pass::{Objective, Sample, Shard, Shared, scatter, sum_contexts, transpose_weights};
use crate::quantizer;
use crate::rng::{Rng, Stream};
use crate::schedule;
use crate::split::Split;

/// Pairs in a shard: what a thread works on at a time. A constant, so that sums are the same
/// whatever the number of threads.
const SHARD_PAIRS: usize = 32;

/// Memory of the running average of the latent parameters, in steps.
const AVERAGE_STEPS: f32 = 30.0;

/// Steps of a training by default, rounded up to whole epochs.
const DEFAULT_STEPS: u32 = 6000;

/// How training stands.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The epoch of the step just done, from 1.
    pub epoch: u32,
    /// Epochs planned.
    pub epochs: u32,
    /// Steps done.
    pub step: u32,
    /// Steps planned.
    pub steps: u32,
    /// Whether the step was the last one of its epoch: the time to save a checkpoint.
    pub epoch_ended: bool,
    /// Mean cross-entropy a character in this epoch, in nats.
    pub loss: f32,
    /// Accuracy on held-out questions, where this step measured it (at the end of some epochs).
    pub held_out: Option<Accuracy>,
    /// The best accuracy measured so far: the model that training will end with.
    pub best: Option<Accuracy>,
    /// Share of the training that is done, 0 to 1.
    pub done: f32,
    /// Time spent, that before a resumption included.
    pub elapsed: Duration,
}

/// A training under way.
///
/// ```
/// use linfa::prelude::*;
/// use ulm_train::pairs::{Pairs, ReplyCase};
/// use ulm_train::{PairDataset, Trainer, Ulm};
///
/// let pairs = Pairs::parse("hello|HI\nhi there|HI\nso long|BYE\ngood bye|BYE", ReplyCase::Upper)?;
/// let params = Ulm::params().hidden([16]).query_buckets(128).epochs(1000).check()?;
/// let mut trainer = Trainer::new(&params, &PairDataset::from(&pairs))?;
/// while let Some(progress) = trainer.step() {
///     if progress.epoch_ended && progress.epoch == 600 {
///         break; // or on Control-C: finish() takes what is there
///     }
/// }
/// let model = trainer.finish()?;
/// assert_eq!(model.reply("hello there"), "HI");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Trainer {
    corpus: Corpus,
    layout: Layout,
    split: Split,
    /// Inputs of each context of the corpus.
    contexts: Vec<[u16; CONTEXT_WINDOWS]>,
    state: Checkpoint,
    started: Instant,
    threads: usize,
    /// The epoch's order of the training examples, and its number.
    order: (u32, Vec<usize>),
    buffers: Buffers,
}

/// What is computed anew each step.
#[derive(Debug, Clone, Default)]
struct Buffers {
    grid: Vec<f32>,
    gradient: Vec<f32>,
    context_sums: Vec<f32>,
    context_gradient: Vec<f32>,
    transposed: Vec<Vec<f32>>,
    shards: Vec<Shard>,
}

impl Trainer {
    /// Starts a training.
    ///
    /// # Errors
    ///
    /// What is wrong with the pairs.
    pub fn new<Q, R, D, T>(
        params: &UlmValidParams,
        dataset: &DatasetBase<ArrayBase<D, Ix1>, ArrayBase<T, Ix1>>,
    ) -> Result<Self, FitError>
    where
        Q: AsRef<[u8]>,
        R: AsRef<[u8]>,
        D: Data<Elem = Q>,
        T: Data<Elem = R>,
    {
        let corpus = Corpus::new(dataset)?;
        let layout = Layout::new(&params.architecture(&corpus));
        let latents = layout.initial(params.seed);
        let state = Checkpoint {
            params: params.clone(),
            pairs: fingerprint(&corpus),
            step: 0,
            seconds: 0.0,
            means: vec![0.0; layout.len],
            squares: vec![0.0; layout.len],
            averages: latents.clone(),
            latents,
            best: None,
            loss: (0.0, 0),
        };
        Ok(Self::with_state(corpus, layout, state))
    }

    /// Goes on where a checkpoint was made. The pairs must be the same.
    ///
    /// # Errors
    ///
    /// [`FitError::OtherPairs`], or what is wrong with the pairs.
    pub fn resume<Q, R, D, T>(
        checkpoint: Checkpoint,
        dataset: &DatasetBase<ArrayBase<D, Ix1>, ArrayBase<T, Ix1>>,
    ) -> Result<Self, FitError>
    where
        Q: AsRef<[u8]>,
        R: AsRef<[u8]>,
        D: Data<Elem = Q>,
        T: Data<Elem = R>,
    {
        let corpus = Corpus::new(dataset)?;
        if checkpoint.pairs != fingerprint(&corpus) {
            return Err(FitError::OtherPairs);
        }
        let layout = Layout::new(&checkpoint.params.architecture(&corpus));
        Ok(Self::with_state(corpus, layout, checkpoint))
    }

    fn with_state(corpus: Corpus, layout: Layout, state: Checkpoint) -> Self {
        let params = &state.params;
        let inputs =
            |context| corpus.context_inputs(context, params.query_buckets, params.context_buckets);
        let threads = params
            .threads
            .or_else(|| thread::available_parallelism().ok());
        let mut buffers = Buffers {
            grid: vec![0.0; layout.len],
            gradient: vec![0.0; layout.len],
            ..Buffers::default()
        };
        layout.quantize(0, &state.latents, &mut buffers.grid);
        Self {
            contexts: (0..corpus.contexts.len()).map(inputs).collect(),
            split: Split::new(&corpus, params.held_out, params.seed),
            threads: threads.map_or(1, NonZeroUsize::get),
            started: Instant::now(),
            order: (u32::MAX, Vec::new()),
            buffers,
            corpus,
            layout,
            state,
        }
    }

    /// The state, to be saved.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            seconds: self.elapsed().as_secs_f64(),
            ..self.state.clone()
        }
    }

    /// Time spent, that before a resumption included.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed() + Duration::from_secs_f64(self.state.seconds)
    }

    fn steps_per_epoch(&self) -> u32 {
        self.split.training.len().div_ceil(self.state.params.batch) as u32
    }

    fn epochs(&self) -> u32 {
        let fewest = DEFAULT_STEPS.div_ceil(self.steps_per_epoch());
        self.state.params.epochs.unwrap_or(fewest)
    }

    /// Share of the training that is done, 0 to 1.
    fn done(&self) -> f32 {
        let steps = f64::from(self.steps_per_epoch()) * f64::from(self.epochs());
        let by_steps = f64::from(self.state.step) / steps;
        let by_time = self.state.params.time.map_or(0.0, |time| {
            self.elapsed().as_secs_f64() / time.as_secs_f64().max(1e-9)
        });
        by_steps.max(by_time).min(1.0) as f32
    }

    /// Trains one step. `None` when there is none left.
    pub fn step(&mut self) -> Option<Progress> {
        let per_epoch = self.steps_per_epoch();
        let done = self.done();
        if done >= 1.0 {
            return None;
        }
        let (epoch, within) = (self.state.step / per_epoch, self.state.step % per_epoch);
        if within == 0 {
            self.state.loss = (0.0, 0);
        }
        self.fill_shards(epoch, within);
        self.learn(done);
        self.state.step += 1;

        let epoch_ended = within + 1 == per_epoch;
        let done = self.done();
        let due = (self.epochs() / 30).max(1);
        let held_out = ((epoch_ended && (epoch + 1).is_multiple_of(due)) || done >= 1.0)
            .then(|| self.measure())
            .flatten();
        Some(Progress {
            epoch: epoch + 1,
            epochs: self.epochs(),
            step: self.state.step,
            steps: per_epoch * self.epochs(),
            epoch_ended,
            loss: (self.state.loss.0 / self.state.loss.1.max(1) as f64) as f32,
            held_out,
            best: self.state.best.as_ref().map(|best| best.accuracy),
            done,
            elapsed: self.elapsed(),
        })
    }

    /// Fills the shards with the questions of a step.
    fn fill_shards(&mut self, epoch: u32, within: u32) {
        let params = &self.state.params;
        if self.order.0 != epoch {
            let mut order = self.split.training.clone();
            let mut rng = Rng::new(params.seed, Stream::Order, [epoch.into(), 0]);
            rng.shuffle(&mut order);
            self.order = (epoch, order);
        }
        let start = within as usize * params.batch;
        let end = (start + params.batch).min(self.order.1.len());
        let batch = &self.order.1[start..end];
        let shards = &mut self.buffers.shards;
        shards.resize_with(batch.len().div_ceil(SHARD_PAIRS), Shard::default);
        for (shard, examples) in shards.iter_mut().zip(batch.chunks(SHARD_PAIRS)) {
            shard.samples.clear();
            for &number in examples {
                let example = &self.corpus.examples[number];
                let numbers = [epoch.into(), number as u64];
                let mut rng = Rng::new(params.seed, Stream::Augment, numbers);
                let question = retype(&example.question, params.typos, &mut rng);
                shard.samples.push(Sample {
                    buckets: query_buckets(&question, params.query_buckets).collect(),
                    reply: example.reply,
                });
            }
        }
    }

    /// Passes forward and backward, and moves the parameters.
    fn learn(&mut self, done: f32) {
        let params = &self.state.params;
        let buffers = &mut self.buffers;
        let stride = self.layout.layers[0].stride;
        transpose_weights(&self.layout, &buffers.grid, &mut buffers.transposed);
        buffers
            .context_sums
            .resize(self.contexts.len() * stride, 0.0);
        sum_contexts(
            &self.contexts,
            stride,
            &buffers.grid,
            &mut buffers.context_sums,
        );
        let shared = Shared {
            corpus: &self.corpus,
            layout: &self.layout,
            grid: &buffers.grid,
            contexts: &buffers.context_sums,
            transposed: &buffers.transposed,
            objective: Objective {
                smoothing: params.smoothing,
                dropout: params.dropout,
            },
        };
        let (seed, step) = (params.seed, u64::from(self.state.step));
        let each = buffers.shards.len().div_ceil(self.threads);
        let run = |part: usize, shards: &mut [Shard]| {
            for (number, shard) in shards.iter_mut().enumerate() {
                let numbers = [step, (part * each + number) as u64];
                shard.run(&shared, Rng::new(seed, Stream::Dropout, numbers));
            }
        };
        thread::scope(|scope| {
            let mut parts = buffers.shards.chunks_mut(each).enumerate();
            let own = parts.next();
            for (part, shards) in parts {
                let run = &run;
                scope.spawn(move || run(part, shards));
            }
            if let Some((part, shards)) = own {
                run(part, shards);
            }
        });

        let sparse = self.layout.sparse();
        buffers.gradient.fill(0.0);
        buffers.context_gradient.clear();
        buffers
            .context_gradient
            .resize(self.contexts.len() * stride, 0.0);
        let mut steps = 0;
        for shard in &buffers.shards {
            let (weights, dense) = buffers.gradient.split_at_mut(sparse);
            shard.gather(&self.layout, weights, &mut buffers.context_gradient);
            add(dense, &shard.dense);
            self.state.loss.0 += f64::from(shard.loss);
            steps += shard.steps();
        }
        self.state.loss.1 += steps as u64;
        scatter(
            &self.contexts,
            stride,
            &buffers.context_gradient,
            &mut buffers.gradient,
        );
        let mean = 1.0 / steps as f32;
        for gradient in &mut buffers.gradient {
            *gradient *= mean;
        }
        self.update(done);
    }

    /// Moves the parameters against the gradient.
    fn update(&mut self, done: f32) {
        let state = &mut self.state;
        let rate = state.params.rate * schedule::rate(done);
        let step = AdamW::new(state.step + 1, rate, state.params.decay);
        step.update(
            &mut state.latents,
            &self.buffers.gradient,
            &mut state.means,
            &mut state.squares,
        );
        for layer in &self.layout.layers {
            for latent in &mut state.latents[overlap(&layer.weights, 0, self.layout.len)] {
                *latent = quantizer::clamp_weight(*latent);
            }
            for latent in &mut state.latents[overlap(&layer.biases, 0, self.layout.len)] {
                *latent = quantizer::clamp_bias(*latent);
            }
        }
        let share = (1.0 / AVERAGE_STEPS).max(1.0 / (state.step + 1) as f32);
        for (average, &latent) in state.averages.iter_mut().zip(&state.latents) {
            *average += share * (latent - *average);
        }
        self.layout
            .quantize(0, &state.latents, &mut self.buffers.grid);
    }

    /// Measures the averaged parameters on the held-out pairs, and keeps them if they are best.
    fn measure(&mut self) -> Option<Accuracy> {
        let bytes = self.model_data(&self.state.averages).to_bytes().ok()?;
        let model = Model::parse(&bytes).ok()?;
        let held_out = self.split.held_out.iter().map(|&number| {
            let example = &self.corpus.examples[number];
            let reply = &self.corpus.replies[example.reply as usize];
            (example.question.as_slice(), reply.text.as_slice())
        });
        let accuracy = Accuracy::measure(&model, held_out)?;
        let score = |accuracy: &Accuracy| accuracy.overall + accuracy.macro_average;
        let best = self.state.best.as_ref();
        if best.is_none_or(|best| score(&accuracy) >= score(&best.accuracy)) {
            self.state.best = Some(Best {
                accuracy,
                latents: self.state.averages.clone(),
            });
        }
        Some(accuracy)
    }

    fn model_data(&self, latents: &[f32]) -> ModelData {
        let params = &self.state.params;
        ModelData {
            query_buckets: params.query_buckets,
            context_buckets: params.context_buckets,
            charset: self.corpus.charset.clone(),
            max_reply: self.corpus.longest_reply(),
            layers: self.layout.layer_data(latents),
            fallback: params.fallback.clone().unwrap_or_default().into_bytes(),
            threshold: 0,
            name: params.name.clone(),
            metadata: params.metadata.clone(),
        }
    }

    /// The threshold asked for, or the one that the held-out questions speak for, and what it does
    /// to these. `None` for a model without a fallback.
    fn weigh_doubt(&self, data: &ModelData) -> Result<Option<TradeOff>, FitError> {
        let Some(fallback) = &self.state.params.fallback else {
            return Ok(None);
        };
        let bytes = data.to_bytes()?;
        let model = Model::parse(&bytes).map_err(ulm_core::write::WriteError::from)?;
        let mut engine = AnyEngine::new();
        let held_out = self.split.held_out.iter();
        let answered: Vec<(&[u8], Answer)> = held_out
            .map(|&number| {
                let example = &self.corpus.examples[number];
                let expected = self.corpus.replies[example.reply as usize].text.as_slice();
                (expected, Answer::to(&example.question, &model, &mut engine))
            })
            .collect();
        let answered = answered
            .iter()
            .map(|(expected, answer)| (*expected, answer));
        let curve = trade_offs(answered.clone(), fallback.as_bytes());
        let is_stranger = |expected: &[u8]| expected == fallback.as_bytes();
        let strangers = answered
            .filter(|(expected, _)| is_stranger(expected))
            .count();
        Ok(Some(match self.state.params.threshold {
            Some(threshold) => doubt::at(&curve, threshold),
            None => doubt::choose(&curve, strangers),
        }))
    }

    /// Ends the training, finished or not, with the best model so far.
    ///
    /// # Errors
    ///
    /// [`FitError::Write`] if the model does not fit the format, say for a name too long.
    pub fn finish(mut self) -> Result<Ulm, FitError> {
        if self.state.best.is_none() {
            self.measure();
        }
        let best = self.state.best.as_ref();
        let latents = best.map_or(&self.state.averages, |best| &best.latents);
        let mut data = self.model_data(latents);
        let doubt = self.weigh_doubt(&data)?;
        data.threshold = doubt.map_or(0, |trade_off| trade_off.threshold);
        let report = Report {
            epochs: self.state.step.div_ceil(self.steps_per_epoch()),
            steps: self.state.step,
            seconds: self.elapsed().as_secs_f64(),
            held_out: best.map(|best| best.accuracy),
            doubt,
        };
        let bytes = data.to_bytes()?;
        Ok(Ulm::new(bytes, report).map_err(ulm_core::write::WriteError::from)?)
    }
}

impl UlmValidParams {
    fn architecture(&self, corpus: &Corpus) -> Architecture {
        let mut widths = self.hidden.clone();
        widths.push(corpus.entries() as u16);
        Architecture {
            query_buckets: self.query_buckets,
            context_buckets: self.context_buckets,
            widths,
        }
    }
}

/// CRC-32 of the pairs in their order.
fn fingerprint(corpus: &Corpus) -> u32 {
    let mut text = Vec::new();
    for example in &corpus.examples {
        text.extend(&example.question);
        text.push(b'|');
        text.extend(&corpus.replies[example.reply as usize].text);
        text.push(b'\n');
    }
    crc32(&text)
}

/// Fits pairs, given as questions (records) and replies (targets) of shape `[pairs]`: [`Trainer`]
/// from beginning to end.
impl<Q, R, D, T> Fit<ArrayBase<D, Ix1>, ArrayBase<T, Ix1>, FitError> for UlmValidParams
where
    Q: AsRef<[u8]>,
    R: AsRef<[u8]>,
    D: Data<Elem = Q>,
    T: Data<Elem = R>,
{
    type Object = Ulm;

    fn fit(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix1>, ArrayBase<T, Ix1>>,
    ) -> Result<Ulm, FitError> {
        let mut trainer = Trainer::new(self, dataset)?;
        while trainer.step().is_some() {}
        trainer.finish()
    }
}
