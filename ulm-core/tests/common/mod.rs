//! What the tests share.

use ulm_core::{Engine, Model};

/// The whole reply of a model up to 256 wide.
pub(crate) fn reply(model: &Model<'_>, query: &[u8]) -> Vec<u8> {
    Engine::<256>::new().ask(model, query).unwrap().collect()
}
