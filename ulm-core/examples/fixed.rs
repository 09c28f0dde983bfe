//! The numbers behind a choice as `fixed` types: activations have five fraction bits, so what a
//! logit is in units of one lit bucket reads off without floating point.
//!
//! `cargo run -p ulm-core --example fixed`

use fixed::types::I11F5;
use ulm_core::{Engine, Model};

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let model = Model::parse(include_bytes!("../tests/ok.ulm"))?;
    let mut engine = Engine::<4>::new();
    let mut choices = engine.choices(&model, "are you there?")?;
    while let Some(choice) = choices.next() {
        let logits = choices
            .logits()
            .iter()
            .map(|&logit| I11F5::from_bits(logit));
        let shown: Vec<String> = logits.map(|logit| logit.to_string()).collect();
        let said = choice
            .byte
            .map_or("EOS".into(), |byte| char::from(byte).to_string());
        println!(
            "{said}: logits {}, margin {}",
            shown.join(", "),
            choice.margin
        );
    }
    Ok(())
}
