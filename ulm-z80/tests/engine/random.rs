//! Models of all shapes, and questions of all bytes.

use proptest::prelude::*;
use ulm_core::Model;
use ulm_core::write::{LayerData, ModelData};

use crate::machine::{LAYOUTS, Machine, compare};

prop_compose! {
    /// Weights of some density, biases of some size.
    fn layer(inputs: usize, width: usize)(
        density in 0.05..1.0f64,
        scale in prop::sample::select(vec![40i16, 400, 4000, i16::MAX]),
        weights in prop::collection::vec((0.0..1.0f64, -2..=1i8), inputs * width),
        biases in prop::collection::vec(-1.0..1.0f64, width),
    ) -> LayerData {
        LayerData {
            weights: weights.iter().map(|(p, w)| if *p < density { *w } else { 0 }).collect(),
            biases: biases.iter().map(|b| (b * f64::from(scale)) as i16).collect(),
        }
    }
}

fn model() -> impl Strategy<Value = ModelData> {
    (
        0..6u32,
        0..6u32,
        prop::collection::vec(1..40usize, 0..5),
        2..20usize,
        1..14u8,
    )
        .prop_flat_map(|(q, c, mut widths, entries, max_reply)| {
            widths.push(entries);
            let mut inputs = (1 << q) + (1 << c);
            let layers: Vec<_> = widths
                .iter()
                .map(|&width| {
                    let strategy = layer(inputs, width);
                    inputs = width;
                    strategy
                })
                .collect();
            layers.prop_map(move |layers| ModelData {
                query_buckets: 1 << q,
                context_buckets: 1 << c,
                charset: (0..entries as u8 - 1).map(|e| b'!' + 7 * e % 90).collect(),
                max_reply,
                layers,
                ..ModelData::default()
            })
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn models_agree(
        data in model(),
        queries in prop::collection::vec(prop::collection::vec(0x20..=255u8, 0..40), 1..3),
    ) {
        let file = data.to_bytes().unwrap();
        let model = Model::parse(&file).unwrap();
        for layout in LAYOUTS {
            let Some(mut machine) = Machine::new(&model, layout) else {
                continue;
            };
            for query in &queries {
                compare(&model, &mut machine, query);
            }
        }
    }
}
