#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![deny(clippy::float_arithmetic)]

#[cfg(feature = "write")]
extern crate alloc;

pub mod encode;
mod engine;
pub mod format;
mod kernel;
mod model;
#[cfg(feature = "write")]
pub mod write;

pub use engine::{Choice, Choices, Doubt, Engine, EngineError, Reply};
pub use model::{Info, Layer, Layers, Model, ParseError, engine_width};
