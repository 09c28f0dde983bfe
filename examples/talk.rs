//! From pairs to a conversation: trains a model, packs it for CP/M, and boots it on an emulated Z80.
//!
//! `cargo talk` does it with tinychat, `cargo talk PAIRS [FALLBACK]` with other pairs. On a terminal it
//! chats until `!`; questions from a pipe are answered, one a line, and it ends. What it made stays in
//! `target/talk/`.

use std::error::Error;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use linfa::ParamGuard;
use ulm_train::pairs::{Pairs, ReplyCase};
use ulm_train::{PairDataset, Trainer, Ulm, UlmParams, write_atomically};
use ulm_z80::cpm::{Config, Console, Cpm, Pipe, PipeStyle, Terminal};
use ulm_z80::pack::{Options, pack};

/// The repository, whatever the working directory.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// What tinychat says where it did not understand.
const TINYCHAT_FALLBACK: &str = "HUH?";

/// tinychat has fifty replies to tell apart: a wider network than the default one, and as many epochs
/// as make a minute.
const TINYCHAT_HIDDEN: [u16; 2] = [128, 96];
const TINYCHAT_EPOCHS: u32 = 80;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("talk: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let given = arguments.next().map(PathBuf::from);
    let fallback = match &given {
        Some(_) => arguments
            .next()
            .map(|reply| reply.to_string_lossy().to_uppercase()),
        None => Some(TINYCHAT_FALLBACK.to_owned()),
    };
    let mut params = Ulm::params();
    if given.is_none() {
        params = params.hidden(TINYCHAT_HIDDEN).epochs(TINYCHAT_EPOCHS);
    }
    if let Some(reply) = fallback {
        params = params.fallback(reply);
    }
    let path = given.unwrap_or_else(|| Path::new(ROOT).join("examples/tinychat/pairs.txt"));
    let name = match path.parent().and_then(Path::file_name) {
        Some(folder) if path.ends_with("pairs.txt") => folder,
        _ => path.file_stem().ok_or("PAIRS must name a file")?,
    };
    let name = name.to_string_lossy().into_owned();

    let model = train(&path, params.name(&*name))?;
    let folder = Path::new(ROOT).join("target/talk");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(&name);
    write_atomically(&file.with_extension("ulm"), model.bytes())?;
    let packed = pack(&model.model(), &Options::default())?;
    write_atomically(&file.with_extension("com"), &packed.image.bytes)?;
    eprintln!(
        "{name}.ulm has {} bytes, {name}.com {}; both are in target/talk. Booting CP/M …\n",
        model.bytes().len(),
        packed.image.bytes.len()
    );
    converse(&packed.image.bytes, &name)
}

/// Trains on the pairs of a file, telling how it goes.
fn train(path: &Path, params: UlmParams) -> Result<Ulm, Box<dyn Error>> {
    let pairs = Pairs::read(&[path], ReplyCase::Upper)?;
    eprintln!("training on {} pairs of {} …", pairs.len(), path.display());
    let dataset = PairDataset::from(&pairs);
    let mut trainer = Trainer::new(&params.check()?, &dataset)?;
    while let Some(progress) = trainer.step() {
        if let Some(accuracy) = progress.held_out {
            eprintln!(
                "epoch {:>3} of {}: {:.1} % of the held-out questions right",
                progress.epoch,
                progress.epochs,
                100.0 * accuracy.overall
            );
        }
    }
    Ok(trainer.finish()?)
}

/// Runs a CP/M program with the terminal as its console, or with standard input where that is none.
fn converse(program: &[u8], name: &str) -> Result<(), Box<dyn Error>> {
    let console: Box<dyn Console> = match io::stdin().is_terminal() {
        true => Box::new(Terminal::new()?),
        false => {
            let (input, output) = (io::stdin().lock(), io::stdout().lock());
            Box::new(Pipe::new(input, output, PipeStyle::Replies))
        }
    };
    let mut cpm = Cpm::new(&Config::default(), console)?;
    cpm.load(program, name, "")?;
    cpm.run()?;
    Ok(())
}
