//! ulm-train

pub mod import;
pub mod pairs;
