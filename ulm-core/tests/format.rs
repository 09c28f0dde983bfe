//! The format: golden bytes in both directions, and everything that is refused.

mod common;

use ulm_core::format::{CHECKSUM_BYTES, crc32, field};
use ulm_core::write::{LayerData, ModelData, WriteError};
use ulm_core::{Model, ParseError};

/// The worked example of `docs/format.md`: it says OK to everything.
fn ok() -> ModelData {
    let mut weights = vec![0; 9 * 3];
    // Inputs: query bucket 0, then context buckets 0 to 7. Neurons: O, K, EOS.
    weights[(1 + 1) * 3] = -2;
    weights[(1 + 5) * 3 + 1] = -2;
    weights[(1 + 4) * 3 + 2] = -2;
    ModelData {
        query_buckets: 1,
        context_buckets: 8,
        charset: b"OK".to_vec(),
        max_reply: 8,
        layers: vec![LayerData {
            weights,
            biases: vec![0; 3],
        }],
        fallback: Vec::new(),
        threshold: 0,
        name: "ok".into(),
        metadata: String::new(),
    }
}

/// The bytes of the hex dump in the specification: lines of an offset, a colon, bytes, a note.
fn documented_bytes() -> Vec<u8> {
    let text = include_str!("../../docs/format.md");
    let dump = text.split("```hex").nth(1).unwrap();
    let dump = dump.split("```").next().unwrap();
    let mut bytes = Vec::new();
    for line in dump.lines().filter(|line| !line.is_empty()) {
        let (offset, rest) = line.split_once(':').unwrap();
        assert_eq!(
            usize::from_str_radix(offset.trim(), 16),
            Ok(bytes.len()),
            "{line}"
        );
        let hex = rest.split(';').next().unwrap();
        bytes.extend(
            hex.split_whitespace()
                .map(|b| u8::from_str_radix(b, 16).unwrap()),
        );
    }
    bytes
}

#[test]
fn the_worked_example_is_what_the_writer_makes_and_the_reader_reads() {
    let file = ok().to_bytes().unwrap();
    assert_eq!(file, documented_bytes());
    assert_eq!(file, include_bytes!("ok.ulm"));
    let model = Model::parse(&file).unwrap();
    assert_eq!(model.name(), "ok");
    assert_eq!(model.charset(), b"OK");
    assert_eq!((model.query_buckets(), model.context_buckets()), (1, 8));
    assert_eq!(model.layers().len(), 1);
    assert_eq!(common::reply(&model, b"anything"), b"OK");
}

#[test]
fn every_changed_byte_and_every_cut_is_noticed() {
    let file = ok().to_bytes().unwrap();
    for position in 0..file.len() {
        for change in 1..=255 {
            let mut damaged = file.clone();
            damaged[position] ^= change;
            let error = Model::parse(&damaged).unwrap_err();
            let noticed = match position {
                0..=3 => matches!(error, ParseError::NotAModel),
                6..=9 => matches!(
                    error,
                    ParseError::Truncated { .. } | ParseError::TrailingBytes { .. }
                ),
                _ => matches!(error, ParseError::Checksum { .. }),
            };
            assert!(
                noticed,
                "byte {position} changed by {change:#04x}: {error:?}"
            );
        }
        let error = Model::parse(&file[..position]).unwrap_err();
        assert!(matches!(
            error,
            ParseError::Truncated { .. } | ParseError::NotAModel
        ));
        assert_eq!(
            matches!(error, ParseError::NotAModel),
            position < 4,
            "{error:?}"
        );
    }
    let longer = [&file[..], &[0]].concat();
    assert_eq!(
        Model::parse(&longer).unwrap_err(),
        ParseError::TrailingBytes {
            stated: file.len() as u32,
            found: file.len() + 1
        }
    );
}

/// The error for the worked example with `bytes` at `offset` and a new, right checksum.
fn patched(offset: usize, bytes: &[u8]) -> ParseError {
    let mut file = ok().to_bytes().unwrap();
    file[offset..][..bytes.len()].copy_from_slice(bytes);
    let body = file.len() - CHECKSUM_BYTES;
    let checksum = crc32(&file[..body]).to_le_bytes();
    file[body..].copy_from_slice(&checksum);
    Model::parse(&file).unwrap_err()
}

#[test]
fn a_whole_file_with_a_field_out_of_range_is_told_from_a_damaged_one() {
    use ParseError as E;
    let bytes = |n: u16| n.to_le_bytes();
    assert_eq!(patched(field::VERSION, &[2]), E::Version(2));
    assert_eq!(patched(field::FLAGS, &[0x80]), E::Flags(0x80));
    for n in [0, 3, 8192] {
        assert_eq!(patched(field::QUERY_BUCKETS, &bytes(n)), E::QueryBuckets(n));
        assert_eq!(
            patched(field::CONTEXT_BUCKETS, &bytes(n)),
            E::ContextBuckets(n)
        );
    }
    assert_eq!(patched(field::CONTEXT_LENGTH, &[9]), E::ContextLength(9));
    assert_eq!(
        patched(field::ACTIVATION_SHIFT, &[4]),
        E::ActivationShift(4)
    );
    assert_eq!(patched(field::LAYER_SHIFT, &[3]), E::LayerShift(3));
    assert_eq!(patched(field::LAYERS, &[0]), E::LayerCount(0));
    assert_eq!(patched(field::LAYERS, &[9]), E::LayerCount(9));
    assert_eq!(patched(field::CHARSET_ENTRIES, &[1]), E::CharsetEntries(1));
    assert_eq!(
        patched(field::CHARSET_ENTRIES, &[129]),
        E::CharsetEntries(129)
    );
    assert_eq!(patched(field::MAX_REPLY, &[0]), E::MaxReply);
    assert_eq!(
        patched(field::THRESHOLD, &bytes(16384)),
        E::Threshold(16384)
    );
    assert_eq!(patched(field::THRESHOLD, &bytes(1)), E::NoFallback);
    let stated = ok().to_bytes().unwrap().len() as u32;
    let sections = |needed| E::Sections { needed, stated };
    assert_eq!(
        patched(field::METADATA_LENGTH, &bytes(1)),
        sections(stated + 1)
    );
    assert_eq!(
        patched(field::METADATA_LENGTH, &bytes(u16::MAX)),
        sections(26 + 3 + 2 + 2 + 65535 + 4)
    );
    assert_eq!(patched(26, &[2]), E::LayerKind { layer: 0, kind: 2 });
    assert_eq!(patched(27, &bytes(0)), E::LayerWidth { layer: 0, width: 0 });
    assert_eq!(
        patched(27, &bytes(257)),
        E::LayerWidth {
            layer: 0,
            width: 257
        }
    );
    assert_eq!(
        patched(27, &bytes(4)),
        E::OutputWidth {
            width: 4,
            entries: 3
        }
    );
    assert_eq!(patched(29, &[0x1f]), E::CharsetByte(0x1f));
    assert_eq!(patched(29, b"K"), E::CharsetTwice(b'K'));
    assert_eq!(patched(31, &[0xff]), E::Name);
    assert_eq!(patched(33 + 8, &[0x40]), E::Padding { layer: 0, input: 8 });
    let mut odd = ok();
    odd.fallback = b"A\n".to_vec();
    assert_eq!(
        odd.to_bytes(),
        Err(WriteError::Refused(E::FallbackByte(b'\n')))
    );
}

#[test]
fn the_writer_refuses_what_it_cannot_store() {
    let error = |change: &dyn Fn(&mut ModelData)| {
        let mut data = ok();
        change(&mut data);
        data.to_bytes().unwrap_err()
    };
    assert_eq!(
        error(&|m| m.layers[0].weights[4] = 2),
        WriteError::Weight {
            layer: 0,
            input: 1,
            neuron: 1,
            weight: 2
        }
    );
    assert_eq!(
        error(&|m| m.layers[0].weights.truncate(26)),
        WriteError::WeightCount {
            layer: 0,
            needed: 27,
            given: 26
        }
    );
    let too_long = |part, given, limit| WriteError::TooLong { part, given, limit };
    assert_eq!(
        error(&|m| m.name = "x".repeat(256)),
        too_long("name", 256, 255)
    );
    assert_eq!(
        error(&|m| m.metadata = "x".repeat(65536)),
        too_long("metadata", 65536, 65535)
    );
    assert_eq!(
        error(&|m| m.fallback = vec![b'x'; 256]),
        too_long("fallback reply", 256, 255)
    );
    assert_eq!(
        error(&|m| m.layers.clear()),
        WriteError::Refused(ParseError::LayerCount(0))
    );
    assert_eq!(
        error(&|m| m.layers[0].biases.clear()),
        WriteError::WeightCount {
            layer: 0,
            needed: 0,
            given: 27
        }
    );
}

#[test]
fn the_limits_themselves_are_accepted() {
    let mut data = ModelData {
        query_buckets: 4096,
        context_buckets: 4096,
        charset: (0x20..=0xff).take(127).collect(),
        max_reply: 255,
        fallback: vec![b'?'; 255],
        threshold: 16383,
        name: "n".repeat(255),
        metadata: "m".repeat(65535),
        layers: Vec::new(),
    };
    let mut inputs = 8192;
    for width in [256, 256, 256, 256, 256, 256, 256, 128] {
        data.layers.push(LayerData {
            weights: vec![-2; inputs * width],
            biases: vec![i16::MIN; width],
        });
        inputs = width;
    }
    let file = data.to_bytes().unwrap();
    let model = Model::parse(&file).unwrap();
    assert_eq!(model.engine_width(), 256);
    assert_eq!(model.layers().map(|l| l.nonzero()).max(), Some(8192 * 256));
    assert!(!common::reply(&model, &[b'~'; 300]).is_empty());
}

/// Descriptions as data: what `ulm-train info --json` and applications build on.
#[cfg(feature = "serde")]
#[test]
fn info_serializes_with_layer_shapes_and_nonzero_counts() {
    let file = ok().to_bytes().unwrap();
    let json = serde_json::to_value(Model::parse(&file).unwrap().info()).unwrap();
    assert_eq!(json["name"], "ok");
    assert_eq!(
        json["layers"][0],
        serde_json::json!({"inputs": 9, "width": 3, "nonzero": 3})
    );
}
