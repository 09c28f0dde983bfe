//! The whole source of a program, assembled by Debian's pasmo: the same bytes.

use std::process::Command;

use ulm_core::Model;
use ulm_z80::pack::{Options, Source, pack};

use crate::LAYOUTS;
use crate::vectors::Vectors;

#[test]
fn same_bytes() {
    if Command::new("pasmo").output().is_err() {
        eprintln!("skipped: pasmo is not installed");
        return;
    }
    for name in [
        "plain-256-64-48",
        "doubt-256-64-48",
        "one-layer",
        "wide-hash-1024",
    ] {
        let file = Vectors::load(name).model().to_bytes().unwrap();
        let model = Model::parse(&file).unwrap();
        for layout in LAYOUTS {
            let options = Options {
                layout,
                ..Options::default()
            };
            let folder = tempfile::tempdir().unwrap();
            for (name, bytes) in Source::new(&model, &options).files() {
                std::fs::write(folder.path().join(name), bytes).unwrap();
            }
            let output = Command::new("pasmo")
                .args(["--alocal", Source::root(), "chat.com"])
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert!(output.status.success(), "{output:?}");
            let theirs = std::fs::read(folder.path().join("chat.com")).unwrap();
            let ours = pack(&model, &options).unwrap().image.padded();
            assert!(theirs == ours, "{name}, {layout:?}");
        }
    }
}
