//! ulm-train
