//! What the device should reply: a line for each line of standard input, from the same model, by
//! `ulm-core` on this machine. `run --check` compares.

use std::error::Error;
use std::io::{BufRead, Write, stdin, stdout};
use std::path::Path;

use ulm_core::{Engine, Model};
use ulm_embedded_demo::LINE_BYTES;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = match std::env::var_os("ULM_MODEL") {
        Some(path) => path.into(),
        None => ["examples/lamp/lamp.ulm", "ulm-core/tests/ok.ulm"]
            .map(|path| root.join(path))
            .into_iter()
            .find(|path| path.exists())
            .ok_or("no model")?,
    };
    let file = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let model = Model::parse(&file)?;
    let mut engine = Engine::<256>::new();
    for line in stdin().lock().split(b'\n') {
        let mut line = line?;
        line.retain(|&byte| byte >= 0x20 && byte != 0x7f);
        line.truncate(LINE_BYTES);
        let mut reply: Vec<u8> = engine.ask(&model, &line)?.collect();
        reply.push(b'\n');
        stdout().write_all(&reply)?;
    }
    Ok(())
}
