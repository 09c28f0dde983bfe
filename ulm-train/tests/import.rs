//! Models of the original project, imported and asked.

mod common;

use std::io::{Cursor, Write};
use std::path::Path;

use common::{Directory, data, vector};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The vector's queries that a line can hold.
fn askable(cases: Vec<(String, String)>) -> Vec<(String, String)> {
    cases
        .into_iter()
        .filter(|(query, _)| !query.contains(['\n', '\r']))
        .collect()
}

fn asked(directory: &Directory, model: &str, cases: &[(String, String)]) {
    let input: String = cases
        .iter()
        .map(|(query, _)| format!("{query}\n"))
        .collect();
    let replies: String = cases
        .iter()
        .map(|(_, reply)| format!("{reply}\n"))
        .collect();
    let chat = directory.run_with(&["chat", model], input.as_bytes());
    assert_eq!(chat.ok(), replies);
}

#[test]
fn what_numpy_wrote_answers_as_the_golden_vector_does() {
    let cases = askable(vector("odd-widths.json"));
    assert!(cases.len() > 10);
    for archive in ["odd-widths.npz", "odd-widths-other-types.npz"] {
        let directory = Directory::new();
        let archive = data(archive);
        directory
            .run(&["import", &archive, "-o", "m.ulm", "--max-reply", "12"])
            .ok();
        asked(&directory, "m.ulm", &cases);
        let info = directory.run(&["info", "m.ulm", "--json"]).json();
        assert_eq!(info["charset"], "ABC");
        assert_eq!(info["max_reply"], 12);
        assert_eq!(info["layers"][3]["width"], 4);
        assert_eq!(directory.files(), ["m.ulm"]);
    }
}

#[test]
fn query_buckets_can_be_told() {
    let directory = Directory::new();
    let archive = data("odd-widths.npz");
    let refused = directory.run(&["import", &archive, "-o", "m.ulm", "--query-buckets", "64"]);
    refused.refused(&format!(
        "{archive}: 64 query buckets of 256 inputs: \
         both the query's and the context's must be a power of two up to 4096"
    ));
    assert!(directory.files().is_empty());
}

/// Needs the original's models in `../shared/reference`, which are not ours to distribute.
#[test]
fn the_originals_models_answer_as_computed_for_them() {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference");
    if !reference.is_dir() {
        eprintln!("skipped: {} is not there", reference.display());
        return;
    }
    for name in ["guess", "tinychat"] {
        let directory = Directory::new();
        let archive = reference.join(format!("{name}.npz"));
        directory
            .run(&["import", archive.to_str().unwrap(), "-o", "m.ulm"])
            .ok();
        let replies = std::fs::read_to_string(reference.join(format!("{name}.replies.txt")));
        let cases: Vec<_> = (replies.unwrap().lines())
            .map(|line| line.rsplit_once('|').unwrap())
            .map(|(query, reply)| (query.to_owned(), reply.to_owned()))
            .collect();
        assert_eq!(cases.len(), 150);
        asked(&directory, "m.ulm", &cases);
    }
}

/// An `.npz` of the given arrays: name, type, shape, data.
fn npz(arrays: &[(&str, &str, &str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, descr, shape, data) in arrays {
        archive.start_file(format!("{name}.npy"), options).unwrap();
        let header =
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
        archive.write_all(b"\x93NUMPY\x01\x00").unwrap();
        archive
            .write_all(&(header.len() as u16).to_le_bytes())
            .unwrap();
        archive.write_all(header.as_bytes()).unwrap();
        archive.write_all(data).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn archives_that_are_no_models_are_refused_by_name() {
    let weights = || ("fc1_weight", "|i1", "(2, 4)", vec![0; 8]);
    let biases = || ("fc1_bias", "<i2", "(2,)", vec![0; 4]);
    let charset = || ("_charset", "|S2", "()", b"A\0".to_vec());
    let architecture = |json: &str| {
        let descr = format!("|S{}", json.len());
        (
            "_architecture",
            &*descr.leak(),
            "()",
            json.as_bytes().to_vec(),
        )
    };
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (npz(&[biases(), charset()]), "the archive has no fc1_weight"),
        (npz(&[weights(), charset()]), "the archive has no fc1_bias"),
        (npz(&[weights(), biases()]), "the archive has no _charset"),
        (
            npz(&[
                weights(),
                ("fc1_bias", "<i2", "(3,)", vec![0; 6]),
                charset(),
            ]),
            "fc1 has 3 biases for 2 neurons",
        ),
        (
            npz(&[
                weights(),
                biases(),
                ("fc2_weight", "|i1", "(2, 3)", vec![0; 6]),
                ("fc2_bias", "<i2", "(2,)", vec![0; 4]),
                charset(),
            ]),
            "fc2_weight takes 3 inputs, the layer before has 2 neurons",
        ),
        (
            npz(&[
                weights(),
                biases(),
                ("_charset", "|S5", "()", b"ABCD\0".to_vec()),
            ]),
            "_charset has 6 entries, the last layer 2 neurons",
        ),
        (
            npz(&[weights(), biases(), charset(), architecture("{}")]),
            "_architecture: missing field `input_size` at line 1 column 2",
        ),
        (
            npz(&[
                weights(),
                biases(),
                charset(),
                architecture(r#"{"input_size":4,"hidden_sizes":[3],"num_classes":2}"#),
            ]),
            "_architecture says [4, 3, 2] (inputs, then neurons), the weights are [4, 2]",
        ),
        (
            npz(&[
                ("fc1_weight", "|i1", "(2, 4)", vec![5; 8]),
                biases(),
                charset(),
            ]),
            "layer 0: the weight from input 0 to neuron 0 is 5, must be -2 to 1",
        ),
        (
            npz(&[
                ("fc1_weight", "|i1", "(2, 6)", vec![0; 12]),
                biases(),
                charset(),
            ]),
            "6 inputs, half of them query buckets: \
             both the query's and the context's must be a power of two up to 4096",
        ),
        (
            // 64 MB of zeros in 64 KB: no more is unpacked than the shape asks for.
            npz(&[
                ("fc1_weight", "|i1", "(2, 4)", vec![0; 64 << 20]),
                biases(),
                charset(),
            ]),
            "fc1_weight: more than the 8 bytes that its shape asks for",
        ),
        (
            npz(&[
                ("fc1_weight", "<i8", "(99999999, 99999999)", vec![]),
                biases(),
                charset(),
            ]),
            "fc1_weight: the shape is [99999999, 99999999]: at most [256, 8192] can be used",
        ),
    ];
    for (archive, message) in cases {
        let directory = Directory::new();
        directory.write("bad.npz", archive);
        directory.write("m.ulm", "what was there");
        directory
            .run(&["import", "bad.npz", "-o", "m.ulm"])
            .refused(&format!("bad.npz: {message}"));
        let left = std::fs::read_to_string(directory.path("m.ulm")).unwrap();
        assert_eq!(left, "what was there");
        assert_eq!(directory.files(), ["bad.npz", "m.ulm"]);
    }
}

#[test]
fn damaged_archives_are_errors() {
    let whole = std::fs::read(data("odd-widths.npz")).unwrap();
    let directory = Directory::new();
    directory
        .run(&["import", "none.npz", "-o", "m.ulm"])
        .refused("none.npz: No such file or directory (os error 2)");
    for length in [0, 10, whole.len() / 2, whole.len() - 1] {
        directory.write("cut.npz", &whole[..length]);
        let ran = directory.run(&["import", "cut.npz", "-o", "m.ulm"]);
        assert_eq!(ran.status, Some(2), "{length}: {ran:?}");
        assert!(
            ran.stderr
                .starts_with("error: cut.npz: not a readable .npz archive: ")
        );
    }
    // A changed byte is found by the archive's own checksums, or does not matter.
    for at in (0..whole.len()).step_by(whole.len() / 97) {
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        directory.write("changed.npz", changed);
        let ran = directory.run(&["import", "changed.npz", "-o", "m.ulm"]);
        assert!(matches!(ran.status, Some(0 | 2)), "byte {at}: {ran:?}");
        assert!(!ran.stderr.contains("panicked"), "byte {at}: {ran:?}");
    }
}
