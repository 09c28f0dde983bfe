//! ulm-train

pub mod pairs;
