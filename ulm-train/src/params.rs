//! Hyperparameters, in linfa's shape: [`UlmParams`] is built, [checked](ParamGuard::check), and
//! only a [`UlmValidParams`] can fit.

use std::num::NonZeroUsize;
use std::time::Duration;

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};
use ulm_core::format::{FIRST_PRINTABLE, MAX_BUCKETS, MAX_LAYERS, MAX_THRESHOLD, MAX_WIDTH};

use crate::error::ParamsError;
use crate::model::Ulm;

/// Hyperparameters that were checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UlmValidParams {
    pub(crate) hidden: Vec<u16>,
    pub(crate) query_buckets: u16,
    pub(crate) context_buckets: u16,
    pub(crate) epochs: Option<u32>,
    pub(crate) time: Option<Duration>,
    pub(crate) seed: u64,
    pub(crate) held_out: f32,
    pub(crate) fallback: Option<String>,
    pub(crate) threshold: Option<u16>,
    pub(crate) density: Option<f32>,
    pub(crate) threads: Option<NonZeroUsize>,
    pub(crate) batch: usize,
    pub(crate) rate: f32,
    pub(crate) decay: f32,
    pub(crate) smoothing: f32,
    pub(crate) dropout: f32,
    pub(crate) typos: f32,
    pub(crate) name: String,
    pub(crate) metadata: String,
}

/// Hyperparameters to be set, each by the method of its name; the defaults are meant to be good.
///
/// ```
/// use linfa::prelude::*;
/// use ulm_train::Ulm;
///
/// let params = Ulm::params().hidden([64, 32]).query_buckets(1024).seed(7);
/// assert!(params.check().is_ok());
///
/// let error = Ulm::params().query_buckets(1000).check().unwrap_err();
/// assert_eq!(error.to_string(), "1000 query buckets: must be a power of two from 1 to 4096");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct UlmParams(UlmValidParams);

impl Default for UlmParams {
    fn default() -> Self {
        Self::new()
    }
}

impl Ulm {
    /// Hyperparameters with their defaults.
    #[must_use]
    pub fn params() -> UlmParams {
        UlmParams::new()
    }
}

impl UlmParams {
    /// Hyperparameters with their defaults.
    #[must_use]
    pub fn new() -> Self {
        Self(UlmValidParams {
            hidden: vec![64, 48],
            query_buckets: 1024,
            context_buckets: 128,
            epochs: None,
            time: None,
            seed: 1,
            held_out: 0.1,
            fallback: None,
            threshold: None,
            density: None,
            threads: None,
            batch: 128,
            rate: 0.02,
            decay: 0.05,
            smoothing: 0.05,
            dropout: 0.1,
            typos: 0.7,
            name: String::new(),
            metadata: String::new(),
        })
    }

    /// Neurons of the hidden layers, first to last: up to 7 layers of 1 to 256. Default: 64, 48.
    #[must_use]
    pub fn hidden(mut self, widths: impl Into<Vec<u16>>) -> Self {
        self.0.hidden = widths.into();
        self
    }

    /// Query buckets (Q), a power of two up to 4096. Default: 1024. More of them cost bytes, but
    /// no time on the device.
    #[must_use]
    pub fn query_buckets(mut self, buckets: u16) -> Self {
        self.0.query_buckets = buckets;
        self
    }

    /// Context buckets (C), a power of two up to 4096. Default: 128.
    #[must_use]
    pub fn context_buckets(mut self, buckets: u16) -> Self {
        self.0.context_buckets = buckets;
        self
    }

    /// Passes over the training pairs, 1 or more. Default: as many as the number of characters to
    /// learn asks for.
    #[must_use]
    pub fn epochs(mut self, epochs: u32) -> Self {
        self.0.epochs = Some(epochs);
        self
    }

    /// Wall-clock time to train at most; the learning rate falls so as to end in time. With it,
    /// the outcome depends on the machine. Default: no limit.
    #[must_use]
    pub fn time(mut self, time: Duration) -> Self {
        self.0.time = Some(time);
        self
    }

    /// Seed of all chance. Default: 1.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }

    /// Share of each reply's distinct questions that is held out to measure with, 0 to 0.9.
    /// Default: 0.1.
    #[must_use]
    pub fn held_out(mut self, share: f32) -> Self {
        self.0.held_out = share;
        self
    }

    /// The reply to what the model does not understand, 1 to 255 bytes of 20h or above. Pairs
    /// with this reply are examples of it. Default: none.
    #[must_use]
    pub fn fallback(mut self, reply: impl Into<String>) -> Self {
        self.0.fallback = Some(reply.into());
        self
    }

    /// The threshold of doubt, 0 (off) to 16383; needs a fallback reply. Default: set from
    /// questions that were held out.
    #[must_use]
    pub fn threshold(mut self, threshold: u16) -> Self {
        self.0.threshold = Some(threshold);
        self
    }

    /// Share of non-zero weights to aim at, above 0 to 1. Default: whatever training finds.
    #[must_use]
    pub fn density(mut self, share: f32) -> Self {
        self.0.density = Some(share);
        self
    }

    /// Threads to train on. Default: one a processor. The outcome does not depend on it.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.0.threads = Some(threads);
        self
    }

    /// Pairs in a step, 1 or more. Default: 128.
    #[must_use]
    pub fn batch(mut self, pairs: usize) -> Self {
        self.0.batch = pairs;
        self
    }

    /// Peak learning rate, above 0 to 1: about the distance that a latent weight goes in a step,
    /// where neighbouring weights of the grid are 1 apart. Default: 0.02.
    #[must_use]
    pub fn learning_rate(mut self, rate: f32) -> Self {
        self.0.rate = rate;
        self
    }

    /// Weight decay, 0 to 10. Default: 0.05.
    #[must_use]
    pub fn weight_decay(mut self, decay: f32) -> Self {
        self.0.decay = decay;
        self
    }

    /// Label smoothing, 0 to below 1. Default: 0.05.
    #[must_use]
    pub fn smoothing(mut self, share: f32) -> Self {
        self.0.smoothing = share;
        self
    }

    /// Share of hidden neurons dropped in training, 0 to 0.9. Default: 0.1.
    #[must_use]
    pub fn dropout(mut self, share: f32) -> Self {
        self.0.dropout = share;
        self
    }

    /// Share of questions that are changed in an epoch, 0 to 1. Default: 0.7.
    #[must_use]
    pub fn typos(mut self, share: f32) -> Self {
        self.0.typos = share;
        self
    }

    /// Name stored in the model, at most 255 bytes. Default: none.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.0.name = name.into();
        self
    }

    /// Free text stored in the model, at most 65535 bytes. Default: none.
    #[must_use]
    pub fn metadata(mut self, text: impl Into<String>) -> Self {
        self.0.metadata = text.into();
        self
    }
}

impl ParamGuard for UlmParams {
    type Checked = UlmValidParams;
    type Error = ParamsError;

    fn check_ref(&self) -> Result<&UlmValidParams, ParamsError> {
        let params = &self.0;
        for (kind, given) in [
            ("query", params.query_buckets),
            ("context", params.context_buckets),
        ] {
            if !given.is_power_of_two() || given > MAX_BUCKETS {
                return Err(ParamsError::Buckets { kind, given });
            }
        }
        if params.hidden.len() >= MAX_LAYERS {
            let given = params.hidden.len();
            return Err(ParamsError::Layers { given });
        }
        if let Some(&given) = params.hidden.iter().find(|&w| !(1..=MAX_WIDTH).contains(w)) {
            return Err(ParamsError::Width { given });
        }
        let in_range = |name, given: f64, is_in: bool, range| {
            if is_in {
                Ok(())
            } else {
                Err(ParamsError::Range { name, given, range })
            }
        };
        let share = |name, given: f32, most: f32, range| {
            in_range(name, given.into(), (0.0..=most).contains(&given), range)
        };
        share("held-out share", params.held_out, 0.9, "0 to 0.9")?;
        share("smoothing", params.smoothing, 0.99, "0 to 0.99")?;
        share("dropout", params.dropout, 0.9, "0 to 0.9")?;
        share("share of typos", params.typos, 1.0, "0 to 1")?;
        share("weight decay", params.decay, 10.0, "0 to 10")?;
        for (name, given) in [
            ("learning rate", params.rate),
            ("density", params.density.unwrap_or(1.0)),
        ] {
            in_range(
                name,
                given.into(),
                given > 0.0 && given <= 1.0,
                "above 0 to 1",
            )?;
        }
        for (name, given) in [
            ("batch", params.batch as f64),
            ("number of epochs", params.epochs.unwrap_or(1).into()),
        ] {
            in_range(name, given, given >= 1.0, "1 or more")?;
        }
        if let Some(fallback) = &params.fallback {
            let bytes = fallback.as_bytes();
            if !(1..=255).contains(&bytes.len()) || bytes.iter().any(|&b| b < FIRST_PRINTABLE) {
                return Err(ParamsError::Fallback);
            }
        }
        if let Some(threshold) = params.threshold {
            let is_in = threshold <= MAX_THRESHOLD;
            in_range("threshold", threshold.into(), is_in, "0 to 16383")?;
            if threshold > 0 && params.fallback.is_none() {
                return Err(ParamsError::NoFallback);
            }
        }
        Ok(params)
    }

    fn check(self) -> Result<UlmValidParams, ParamsError> {
        self.check_ref()?;
        Ok(self.0)
    }
}
