//! Time a character on the host, one core: `cargo bench -p ulm-core --features write`.
//!
//! The model is one of the original's shape (256 buckets, 256-192-128-11) with as many non-zero
//! weights as the original's `guess.npz`, drawn at random; `ULM_MODEL=FILE` takes another.

#![allow(missing_docs)] // the macros of criterion make public functions

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ulm_core::write::{LayerData, ModelData};
use ulm_core::{Engine, Model};

/// Widths of the original's layers, and how many weights in 100 are not zero.
const LAYERS: [(usize, u64); 4] = [(256, 19), (192, 34), (128, 34), (11, 28)];

/// A model that never says EOS first: its replies have full length.
fn synthetic() -> Vec<u8> {
    let mut state = 1u64;
    let mut random = move |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    let mut inputs = 256;
    let layers = LAYERS.map(|(width, density)| {
        let mut weight = || match random(100) {
            n if n >= density => 0,
            n => [1, -1][n as usize % 2],
        };
        let weights = (0..inputs * width).map(|_| weight()).collect();
        let mut biases = vec![0; width];
        if width == 11 {
            biases[10] = -8192;
        }
        inputs = width;
        LayerData { weights, biases }
    });
    let data = ModelData {
        query_buckets: 128,
        context_buckets: 128,
        charset: b"ABEIMNOSWY".to_vec(),
        max_reply: 50,
        layers: layers.into(),
        ..ModelData::default()
    };
    data.to_bytes()
        .expect("the synthetic model keeps the format's rules")
}

fn character(criterion: &mut Criterion) {
    let file = match std::env::var_os("ULM_MODEL") {
        Some(path) => std::fs::read(path).expect("ULM_MODEL is a file that can be read"),
        None => synthetic(),
    };
    let model = Model::parse(&file).expect("ULM_MODEL is a model");
    let mut engine = Engine::<256>::new();
    let questions = [
        "is it alive?",
        "can it fold up",
        "does it run on electricity",
    ];
    let mut characters = || {
        let replies = questions.map(|question| {
            let choices = engine
                .choices(&model, black_box(question))
                .expect("256 is wide enough");
            choices.count() as u64
        });
        replies.iter().sum::<u64>()
    };
    let mut group = criterion.benchmark_group("reply");
    group.throughput(Throughput::Elements(characters()));
    group.bench_function("characters", |bencher| bencher.iter(&mut characters));
}

criterion_group!(benches, character);
criterion_main!(benches);
