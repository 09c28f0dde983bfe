//! The emitted engine, run routine by routine under the emulator and compared with `ulm-core`: buckets, hidden layers,
//! logits, margins and replies.

mod machine;
mod random;
mod shapes;
#[expect(dead_code, reason = "replies are compared where programs are run")]
#[path = "../../../ulm-core/tests/common/vectors.rs"]
mod vectors;
mod vectors_agree;
