//! Trains micro language models: from `question|reply` pairs to a 2-bit network in a `.ulm` file.
//!
//! The crate has [linfa](https://docs.rs/linfa)'s shape. Hyperparameters are built and checked,
//! a dataset of questions and replies is fitted, and the model predicts:
//!
//! ```
//! use linfa::prelude::*;
//! use ulm_train::Ulm;
//! use ulm_train::pairs::{Pairs, ReplyCase};
//!
//! let pairs = Pairs::parse(
//!     "hello|HI\nhi there|HI\nhello you|HI\nbye|SO LONG\nbye now|SO LONG\ngood bye|SO LONG",
//!     ReplyCase::Upper,
//! )?;
//! let model = Ulm::params()
//!     .hidden([16])
//!     .query_buckets(128)
//!     .epochs(600)
//!     .fit(&ulm_train::PairDataset::from(&pairs))?;
//! assert_eq!(model.reply("hello there"), "HI");
//! assert_eq!(model.predict(&ndarray::array!["good bye now"]), ndarray::array!["SO LONG"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Trainer`] does the same a step at a time, for progress bars, Control-C and [`Checkpoint`]s.

mod accuracy;
mod augment;
pub mod balance;
#[cfg(feature = "baselines")]
pub mod baselines;
mod checkpoint;
mod dataset;
mod doubt;
mod error;
pub mod eval;
#[cfg(feature = "generate")]
pub mod generate;
#[cfg(feature = "import")]
pub mod import;
pub mod lint;
mod math;
mod matmul;
mod model;
mod network;
mod optimizer;
pub mod pairs;
mod params;
mod pass;
mod quantizer;
mod rng;
mod schedule;
mod split;
mod trainer;

pub use accuracy::Accuracy;
pub use checkpoint::{Checkpoint, CheckpointError, write_atomically};
pub use dataset::{PairDataset, normalize};
pub use error::{FitError, ParamsError};
pub use model::{Report, Ulm};
pub use params::{UlmParams, UlmValidParams};
pub use trainer::{Progress, Trainer};
