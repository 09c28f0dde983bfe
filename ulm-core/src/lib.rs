//! ulm-core
