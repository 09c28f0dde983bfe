//! Shapes at the borders of the format and of the engine's fast paths.

use ulm_core::Model;
use ulm_core::write::{LayerData, ModelData};

use crate::machine::{LAYOUTS, Machine, compare};

/// A model whose weights and biases come from functions of layer, input and neuron.
fn model(
    buckets: (u16, u16),
    widths: &[usize],
    weight: impl Fn(usize, usize, usize) -> i8,
    bias: impl Fn(usize, usize) -> i16,
) -> Vec<u8> {
    let mut inputs = usize::from(buckets.0 + buckets.1);
    let mut layers = Vec::new();
    for (number, &width) in widths.iter().enumerate() {
        layers.push(LayerData {
            weights: (0..inputs * width)
                .map(|at| weight(number, at / width, at % width))
                .collect(),
            biases: (0..width).map(|neuron| bias(number, neuron)).collect(),
        });
        inputs = width;
    }
    let entries = widths.last().unwrap() - 1;
    let data = ModelData {
        query_buckets: buckets.0,
        context_buckets: buckets.1,
        charset: (0..entries).map(|entry| 0x20 + entry as u8).collect(),
        max_reply: 12,
        layers,
        ..ModelData::default()
    };
    data.to_bytes().unwrap()
}

fn check(file: &[u8], queries: &[&str]) {
    let model = Model::parse(file).unwrap();
    for layout in LAYOUTS {
        let Some(mut machine) = Machine::new(&model, layout) else {
            continue;
        };
        for query in queries {
            compare(&model, &mut machine, query.as_bytes());
        }
    }
}

/// A number without pattern, the same in every run.
fn scrambled(a: usize, b: usize, c: usize) -> usize {
    let mut x = (a * 0x9E37 + b * 0x85EB + c * 0xC2B2 + 0x27D4) as u32;
    for _ in 0..3 {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
    }
    x as usize >> 4
}

fn any_weight(layer: usize, input: usize, neuron: usize) -> i8 {
    [-2, -1, 0, 0, 1, 1][scrambled(layer, input, neuron) % 6]
}

const QUERIES: [&str; 4] = ["", "a", "Hello there", "WHAT is  this, then? [0x7F]"];

/// Widths where a counter of eight bits turns over, and where a column ends inside a byte.
#[test]
fn widths() {
    for width in [1, 2, 3, 4, 5, 127, 128, 129, 255, 256] {
        let widths = [width, 5, width, 7];
        let file = model((8, 16), &widths, any_weight, |layer, neuron| {
            scrambled(layer, neuron, 9) as i16 % 300
        });
        check(&file, &QUERIES);
    }
}

#[test]
fn one_to_eight_layers() {
    for layers in 1..=8 {
        let mut widths = vec![9; layers];
        widths[layers - 1] = 3;
        let file = model((4, 4), &widths, any_weight, |layer, neuron| {
            (scrambled(layer, neuron, 1) % 200) as i16 - 60
        });
        check(&file, &QUERIES);
    }
}

#[test]
fn bucket_counts() {
    for buckets in [
        (1, 1),
        (256, 512),
        (512, 256),
        (4096, 1),
        (1, 4096),
        (1024, 2048),
    ] {
        let file = model(buckets, &[6, 4], any_weight, |_, _| 40);
        check(&file, &QUERIES);
    }
}

/// Activations of 255, 256, 8191 and sums that wrap.
#[test]
fn large_activations() {
    for bias in [
        1019, 1020, 1023, 1024, 1027, 2047, 2048, 32764, 32767, -32768, -1, 0, 3, 4,
    ] {
        let file = model((4, 4), &[7, 9, 6, 5], any_weight, |_, neuron| {
            if neuron % 2 == 0 { bias } else { 500 }
        });
        check(&file, &QUERIES);
    }
}

/// All weights alike, so that every sum goes as far as it can.
#[test]
fn extreme_weights() {
    for weight in [-2, -1, 1] {
        for bias in [i16::MIN, -2080, -2081, 0, 2079, 2080, i16::MAX] {
            let file = model((2, 2), &[256, 6, 4], |_, _, _| weight, |_, _| bias);
            check(&file, &[&"x".repeat(255), "longer than the rest of it"]);
        }
    }
}

/// Sums of the first layer on both sides of where counts of eight bits end, with counts that go as far as they can: all
/// windows of a context weigh the same, and those of the question nothing.
#[test]
fn counts_and_sums() {
    for weight in [-2i8, -1, 1] {
        for sum in [-2049, -2048, -2047, 0, 2046, 2047, 2048] {
            let first = |layer, input, neuron| match (layer, input) {
                (0, 0) => 0,
                (0, _) => weight,
                _ => any_weight(layer, input, neuron),
            };
            let padding = 21 * 32 * i16::from(weight);
            let bias = |layer, neuron| match layer {
                0 => sum - padding,
                // The first entry of the charset wins until the reply is full.
                _ => 8000 * i16::from(neuron == 0),
            };
            check(&model((1, 1), &[6, 4], first, bias), &["a", "abc"]);
        }
    }
}

/// A charset of all 128 entries.
#[test]
fn largest_charset() {
    let file = model((16, 16), &[20, 128], any_weight, |_, n| (n % 50) as i16);
    check(&file, &QUERIES);
}
