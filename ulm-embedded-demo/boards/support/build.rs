//! Puts the model where `include_bytes!` finds it: `ULM_MODEL`, a path, or the lamp's, or else the
//! three weights of the format's worked example, which say OK to everything.

use std::path::{Path, PathBuf};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let defaults = ["examples/lamp/lamp.ulm", "ulm-core/tests/ok.ulm"];
    let model = match std::env::var_os("ULM_MODEL") {
        Some(path) => PathBuf::from(path),
        None => {
            let mut found = defaults.iter().map(|path| root.join(path));
            found
                .find(|path| path.exists())
                .expect("the repository holds a model")
        }
    };
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    if let Err(error) = std::fs::copy(&model, Path::new(&out).join("model.ulm")) {
        println!("cargo::error={}: {error}", model.display());
    }
    println!("cargo::rerun-if-env-changed=ULM_MODEL");
    println!("cargo::rerun-if-changed={}", model.display());
}
