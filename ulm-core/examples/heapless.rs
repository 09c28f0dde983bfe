//! A reply in a `heapless::String`, as firmware without an allocator collects it, and an application
//! that decides itself whether it was understood.
//!
//! `cargo run -p ulm-core --example heapless`

use heapless::String;
use ulm_core::{Engine, Model, engine_width};

const FILE: &[u8] = include_bytes!("../tests/ok.ulm");

/// Margins below this, on average, count as doubt here, whatever threshold the model carries.
const THRESHOLD: u16 = 8;

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let model = Model::parse(FILE)?;
    // As wide as the model needs, known when compiling.
    let mut engine = Engine::<{ engine_width(FILE) }>::new();
    let mut reply = engine.ask(&model, "are you there?")?;
    let is_understood = !reply.doubt().is_below(THRESHOLD);
    let mut line = String::<32>::new();
    reply.write_to(&mut line)?;
    println!("{line} (understood: {is_understood})");
    Ok(())
}
