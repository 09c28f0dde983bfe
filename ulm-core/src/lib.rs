//! Integer inference for micro language models (µLMs): 2-bit networks that write a reply one
//! character at a time, in a few kilobytes and without floating point.
//!
//! This crate is the one statement of the arithmetic: firmware links it, the trainer measures with
//! it, and the Z80 programs are tested against it. It goes in three steps:
//!
//! 1. bytes of a `.ulm` file, in flash or read from a disk ([`format`](mod@format)),
//! 2. a checked view of them, [`Model`], which copies nothing,
//! 3. an [`Engine`] that owns every buffer, 8 bytes a neuron or fewer, and yields a [`Reply`] byte
//!    by byte.
//!
//! ```
//! use ulm_core::{Engine, Model};
//!
//! let model = Model::parse(include_bytes!("../tests/ok.ulm"))?;
//! let mut engine = Engine::<64>::new(); // networks up to 64 neurons wide
//! let mut reply = String::new();
//! for byte in engine.ask(&model, "are you there")? {
//!     reply.push(byte.into()); // each character as soon as it is known
//! }
//! assert_eq!(reply, "OK");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Policy
//!
//! No allocator, no `unsafe`, no floating point, and no panic that a model, a query or a caller can
//! reach: an accepted [`Model`] answers every query, and everything else is an error first.
//! Arithmetic that wraps says so (`wrapping_add`), hence debug and release builds agree.
//!
//! # Features
//!
//! * `defmt`: [`defmt::Format`](https://docs.rs/defmt) for errors and plain data.
//! * `serde`: `Serialize` for [`Info`].
//! * `write`: the [`write`](mod@write) module, which makes `.ulm` files. It allocates: for hosts.

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
