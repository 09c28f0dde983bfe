//! ulm-train

pub mod eval;
pub mod import;
pub mod pairs;
