//! Properties of replies and encoders that hold for any model.

mod common;

use proptest::collection::vec;
use proptest::prelude::*;
use ulm_core::encode::{Context, query_buckets, trim};
use ulm_core::write::{LayerData, ModelData};
use ulm_core::{Engine, EngineError, Model};

/// A random model: shapes, weights, biases, charset, fallback and threshold.
fn models() -> impl Strategy<Value = ModelData> {
    let widths = vec(1usize..=40, 0..=3);
    (
        0u32..=6,
        0u32..=6,
        widths,
        2u8..=12,
        1u8..=12,
        0u16..=60,
        any::<u64>(),
    )
        .prop_map(|(q, c, mut widths, entries, max_reply, threshold, seed)| {
            widths.push(entries.into());
            let mut state = seed | 1;
            let mut random = move || {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                state >> 33
            };
            let mut inputs = (1usize << q) + (1 << c);
            let layers = widths.iter().map(|&width| {
                let weights =
                    (0..inputs * width).map(|_| [0, 0, 1, -1, 1, -2][random() as usize % 6]);
                let weights = weights.collect();
                let biases = (0..width).map(|_| random() as i16 % 200).collect();
                inputs = width;
                LayerData { weights, biases }
            });
            ModelData {
                query_buckets: 1 << q,
                context_buckets: 1 << c,
                layers: layers.collect(),
                charset: (b'A'..).take(usize::from(entries) - 1).collect(),
                max_reply,
                fallback: b"eh?".to_vec(),
                threshold,
                ..ModelData::default()
            }
        })
}

/// The reply by the letter of the specification: dense, every window counted, no shortcut.
fn plain_reply(data: &ModelData, query: &[u8]) -> Vec<u8> {
    let inputs = usize::from(data.query_buckets + data.context_buckets);
    let mut context = Context::new();
    let (mut said, mut margins) = (Vec::new(), Vec::new());
    for _ in 0..data.max_reply {
        let mut x = vec![0i16; inputs];
        for bucket in query_buckets(query, data.query_buckets) {
            x[usize::from(bucket)] += 32;
        }
        for bucket in context.buckets(data.context_buckets) {
            x[usize::from(data.query_buckets + bucket)] += 32;
        }
        for (number, layer) in data.layers.iter().enumerate() {
            let width = layer.biases.len();
            let last = number + 1 == data.layers.len();
            x = (0..width)
                .map(|n| {
                    let terms = x
                        .iter()
                        .enumerate()
                        .map(|(i, &x)| i64::from(x) * i64::from(layer.weights[i * width + n]));
                    let sum = (i64::from(layer.biases[n]) + terms.sum::<i64>()) as i16;
                    let shifted = sum.div_euclid(4);
                    if last { shifted } else { shifted.max(0) }
                })
                .collect();
        }
        let largest = *x.iter().max().unwrap();
        let entry = x.iter().position(|&logit| logit == largest).unwrap();
        let rest = x.iter().enumerate().filter(|(i, _)| *i != entry);
        margins.push(largest - rest.map(|(_, &logit)| logit).max().unwrap());
        let Some(&byte) = data.charset.get(entry) else {
            break;
        };
        said.push(byte);
        context.push(byte);
    }
    let first = &margins[..margins.len().min(3)];
    let sum: i64 = first.iter().copied().map(i64::from).sum();
    if sum < first.len() as i64 * i64::from(data.threshold) {
        return data.fallback.clone();
    }
    said
}

proptest! {
    #[test]
    fn the_engine_says_what_the_specification_says(data in models(), query in vec(any::<u8>(), 0..300)) {
        let file = data.to_bytes().unwrap();
        let model = Model::parse(&file).unwrap();
        prop_assert_eq!(common::reply(&model, &query), plain_reply(&data, &query));
    }

    /// An engine keeps nothing of one reply that the next could notice, even one cut short.
    #[test]
    fn engines_can_be_used_again(
        (one, other) in (models(), models()),
        queries in vec(vec(any::<u8>(), 0..20), 3),
        cut in 0usize..4,
    ) {
        let files = [one.to_bytes().unwrap(), other.to_bytes().unwrap()];
        let mut engine = Engine::<256>::new();
        for (query, file) in queries.iter().zip(files.iter().cycle()) {
            let model = Model::parse(file).unwrap();
            let start: Vec<u8> = engine.ask(&model, query).unwrap().take(cut).collect();
            let again: Vec<u8> = engine.ask(&model, query).unwrap().collect();
            prop_assert!(again.starts_with(&start));
            prop_assert_eq!(again, common::reply(&model, query));
        }
    }

    #[test]
    fn a_query_lights_a_bucket_for_each_byte_that_counts(query in vec(any::<u8>(), 0..300), q in 0u32..=12) {
        let lit: Vec<u16> = query_buckets(&query, 1 << q).collect();
        prop_assert_eq!(lit.len(), trim(&query).len());
        prop_assert!(lit.iter().all(|&bucket| bucket < 1 << q));
        let padded = [b"  ", &query[..query.len().min(200)], b" "].concat();
        let upper = query[..query.len().min(200)].to_ascii_uppercase();
        prop_assert!(query_buckets(&padded, 1 << q).eq(query_buckets(&upper, 1 << q)));
    }

    #[test]
    fn bytes_that_are_no_model_are_refused(bytes in vec(any::<u8>(), 0..200)) {
        prop_assert!(Model::parse(&bytes).is_err());
    }
}

#[test]
fn an_engine_that_is_too_narrow_says_so() {
    let model = Model::parse(include_bytes!("ok.ulm")).unwrap();
    assert_eq!(model.engine_width(), 4);
    let error = Engine::<0>::new().ask(&model, "").err();
    let needed = EngineError::TooWide {
        needed: 4,
        available: 0,
    };
    assert_eq!(error, Some(needed));
    assert!(Engine::<4>::new().ask(&model, "").unwrap().eq(*b"OK"));
}

#[test]
fn a_reply_can_be_watched_while_it_is_made() {
    let model = Model::parse(include_bytes!("ok.ulm")).unwrap();
    let mut engine = Engine::<4>::new();
    let mut reply = engine.ask(&model, "are you there").unwrap();
    assert_eq!(reply.next(), Some(b'O'));
    // Logits of the first context by hand: -2 * 32 * count / 4 for counts 2, 3 and 3.
    assert_eq!(reply.logits(), [-32, -48, -48]);
    let mut rest = String::new();
    reply.write_to(&mut rest).unwrap();
    assert_eq!(rest, "K");
    assert!(!reply.is_fallback());
    let doubt = engine.ask(&model, "").unwrap().doubt();
    assert_eq!((doubt.choices, doubt.margins), (3, 16 * 3));
}
