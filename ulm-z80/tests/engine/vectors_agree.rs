//! The golden vectors: first that the emitted engine agrees with `ulm-core` on them, then with the numbers themselves.

use ulm_core::Model;

use crate::machine::{LAYOUTS, Machine, compare};
use crate::vectors::Vectors;

fn check(name: &str) {
    let vectors = Vectors::load(name);
    let file = vectors.model().to_bytes().unwrap();
    let model = Model::parse(&file).unwrap();
    for layout in LAYOUTS {
        let Some(mut machine) = Machine::new(&model, layout) else {
            continue;
        };
        for case in &vectors.cases {
            let query = case.query.as_bytes();
            compare(&model, &mut machine, query);
            let mut buckets = machine.hear(query);
            buckets.sort_unstable();
            let stated: Vec<u16> = case
                .query_buckets
                .iter()
                .flat_map(|(bucket, count)| std::iter::repeat_n(*bucket, usize::from(*count)))
                .collect();
            assert_eq!(buckets, stated, "{:?}", case.query);
            for step in &case.steps {
                let context = machine.context();
                let stated = step.context.to_lowercase();
                assert!(
                    stated.as_bytes().ends_with(context.trim_ascii_start()),
                    "{stated:?}"
                );
                let choice = machine.choose(&model).unwrap();
                let byte = model.charset().get(usize::from(step.argmax));
                assert_eq!(choice.byte, byte.copied(), "{:?}", case.query);
                let (logits, hidden) = choice.layers.split_last().unwrap();
                assert_eq!(logits, &step.logits, "{:?}", case.query);
                if let Some(stated) = &step.hidden {
                    assert_eq!(hidden, stated, "{:?}", case.query);
                }
            }
        }
    }
}

#[test]
fn plain() {
    check("plain-256-64-48");
}

#[test]
fn one_layer() {
    check("one-layer");
}

#[test]
fn original_shape() {
    check("original-shape");
}

#[test]
fn odd_widths() {
    check("odd-widths");
}

#[test]
fn wide_hash() {
    check("wide-hash-1024");
}

#[test]
fn wrapping() {
    check("wrapping");
}

#[test]
fn doubt() {
    check("doubt-256-64-48");
}
