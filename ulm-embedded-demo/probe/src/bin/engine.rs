//! What firmware uses: a model is checked, questions are answered, errors are looked at.

#![no_std]
#![no_main]

use core::hint::black_box;
use ulm_core::{Engine, Model};
use ulm_probe::{MODEL, entry};

#[entry]
fn main() -> ! {
    let mut engine = Engine::<256>::new();
    let mut question = [b'?'; 64];
    loop {
        let model = match Model::parse(black_box(MODEL)) {
            Ok(model) => model,
            Err(error) => {
                black_box(error);
                continue;
            }
        };
        black_box(&mut question);
        match engine.ask(&model, question) {
            Ok(mut reply) => {
                black_box(reply.is_fallback());
                for byte in reply.by_ref() {
                    black_box(byte);
                }
            }
            Err(error) => {
                black_box(error);
            }
        }
    }
}
