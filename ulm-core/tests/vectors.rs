//! Every number of the golden vectors: buckets, hidden layers, logits, choices and replies.

#[path = "common/vectors.rs"]
mod vectors;

use std::collections::BTreeMap;

use ulm_core::encode::{Context, query_buckets};
use ulm_core::{Engine, Model};
use vectors::{Case, Vectors};

/// How often each bucket was lit.
fn counts(buckets: impl Iterator<Item = u16>) -> BTreeMap<u16, u16> {
    let mut counts = BTreeMap::new();
    for bucket in buckets {
        *counts.entry(bucket).or_default() += 1;
    }
    counts
}

fn check_case(model: &Model<'_>, engine: &mut Engine<256>, case: &Case) {
    let query = case.query.as_bytes();
    let lit = counts(query_buckets(query, model.query_buckets()));
    assert_eq!(lit, case.query_buckets, "{:?}", case.query);

    let mut context = Context::new();
    let mut choices = engine.choices(model, query).unwrap();
    let mut margins = Vec::new();
    for (number, step) in case.steps.iter().enumerate() {
        let at = format!("{:?}, step {number}", case.query);
        assert!(
            step.context.to_lowercase().ends_with(
                std::str::from_utf8(choices.context().bytes())
                    .unwrap()
                    .trim_start()
            ),
            "{at}"
        );
        assert_eq!(
            counts(context.buckets(model.context_buckets())),
            step.context_buckets,
            "{at}"
        );
        let mut layers = Vec::new();
        let choice = choices
            .next_observed(|layer| layers.push(layer.to_vec()))
            .unwrap();
        let logits = layers.pop().unwrap();
        if let Some(hidden) = &step.hidden {
            assert_eq!(&layers, hidden, "{at}");
        }
        assert_eq!(logits, step.logits, "{at}");
        assert_eq!(choices.logits(), step.logits, "{at}");
        assert_eq!(choice.entry, step.argmax, "{at}");
        margins.push(choice.margin);
        if let Some(byte) = choice.byte {
            context.push(byte);
        }
    }
    assert_eq!(choices.next(), None, "{:?}", case.query);

    let mut reply = engine.ask(model, query).unwrap();
    if let Some(stated) = &case.margins {
        assert_eq!(stated[..], margins[..stated.len()], "{:?}", case.query);
        let doubt = reply.doubt();
        assert_eq!(usize::from(doubt.choices), stated.len(), "{:?}", case.query);
        assert_eq!(
            doubt.margins,
            stated.iter().sum::<u16>(),
            "{:?}",
            case.query
        );
    }
    let said: Vec<u8> = reply.collect();
    assert_eq!(
        String::from_utf8_lossy(&said),
        case.reply,
        "{:?}",
        case.query
    );
}

/// Checks a file of vectors; returns the model's bytes and its cases for more.
fn check(name: &str) -> (Vec<u8>, Vec<Case>) {
    let vectors = Vectors::load(name);
    let file = vectors.model().to_bytes().unwrap();
    let model = Model::parse(&file).unwrap();
    let mut engine = Engine::new();
    assert!(!vectors.cases.is_empty());
    for case in &vectors.cases {
        check_case(&model, &mut engine, case);
    }
    (file, vectors.cases)
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

/// Widths that are no multiple of four: columns are padded.
#[test]
fn odd_widths() {
    let (file, _) = check("odd-widths");
    let model = Model::parse(&file).unwrap();
    assert!(model.layers().any(|layer| layer.width() % 4 != 0));
}

#[test]
fn wide_hash() {
    let (file, _) = check("wide-hash-1024");
    assert_eq!(Model::parse(&file).unwrap().query_buckets(), 1024);
}

/// Sums leave 16 bits: without wrapping, the first hidden layer of a case would be another.
#[test]
fn wrapping() {
    let (file, cases) = check("wrapping");
    let model = Model::parse(&file).unwrap();
    let wraps = cases.iter().any(|case| {
        let mut before = Vec::new();
        let mut wrapped = false;
        let mut engine = Engine::<256>::new();
        let mut choices = engine.choices(&model, &case.query).unwrap();
        let mut layers = model.layers();
        choices.next_observed(|outcome| {
            let layer = layers.next().unwrap();
            if !before.is_empty() {
                let mut sums: Vec<i64> = layer.biases().map(i64::from).collect();
                for (input, &x) in before.iter().enumerate() {
                    for (sum, weight) in sums.iter_mut().zip(layer.weights(input as u16)) {
                        *sum += i64::from(weight) * i64::from(x);
                    }
                }
                wrapped |= sums.iter().any(|sum| i16::try_from(*sum).is_err());
            }
            before = outcome.to_vec();
        });
        wrapped
    });
    assert!(wraps);
}

/// Some queries are answered by the fallback, others not.
#[test]
fn doubt() {
    let (file, cases) = check("doubt-256-64-48");
    let model = Model::parse(&file).unwrap();
    assert_eq!((model.fallback(), model.threshold()), (&b"IDK"[..], 9));
    let mut engine = Engine::<256>::new();
    let mut fallbacks = 0;
    for case in &cases {
        let is_fallback = engine.ask(&model, &case.query).unwrap().is_fallback();
        assert_eq!(is_fallback, case.reply == "IDK", "{:?}", case.query);
        fallbacks += usize::from(is_fallback);
    }
    assert!((1..cases.len()).contains(&fallbacks));
}
