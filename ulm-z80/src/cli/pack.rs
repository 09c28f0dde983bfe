//! `ulm-z80 pack`: a model in, a program out.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use ulm_core::Model;
use ulm_z80::pack::{Layout, Options, Packed, pack};

use super::Failure;

/// The arguments of `pack`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The model, a .ulm file
    model: PathBuf,
    /// Where the program goes [default: MODEL with the extension .com]
    #[arg(short, long)]
    output: Option<PathBuf>,
    #[command(flatten)]
    how: How,
    /// Write address, bytes, T-states and source of every line to FILE
    #[arg(long, value_name = "FILE")]
    listing: Option<PathBuf>,
}

/// How a model becomes a program.
#[derive(Debug, Args)]
pub(crate) struct How {
    /// The machine
    #[arg(long, value_enum, default_value_t)]
    target: TargetName,
    /// How the weights lie in memory
    #[arg(long, value_enum, default_value_t)]
    layout: LayoutName,
    /// Leave out the line that names the model
    #[arg(long)]
    no_banner: bool,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum TargetName {
    /// CP/M 2.2 and its like, a .COM file
    #[default]
    Cpm,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum LayoutName {
    /// Four weights to a byte
    #[default]
    Packed,
    /// Lists of neurons: faster
    Lists,
}

/// Makes the program for the model in `file`.
pub(crate) fn program(bytes: &[u8], path: &std::path::Path, how: &How) -> Result<Packed, Failure> {
    let bad =
        |error: &dyn std::fmt::Display| Failure::bad_input(format!("{}: {error}", path.display()));
    let model = Model::parse(bytes).map_err(|error| bad(&error))?;
    let TargetName::Cpm = how.target;
    let options = Options {
        layout: match how.layout {
            LayoutName::Packed => Layout::Packed,
            LayoutName::Lists => Layout::Lists,
        },
        banner: !how.no_banner,
    };
    pack(&model, &options).map_err(|error| bad(&error))
}

/// Packs a model.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let bytes = super::read(&arguments.model)?;
    let packed = program(&bytes, &arguments.model, &arguments.how)?;
    let output = match &arguments.output {
        Some(output) => output.clone(),
        None => arguments.model.with_extension("com"),
    };
    super::write(&output, &packed.image.bytes)?;
    if let Some(listing) = &arguments.listing {
        super::write(listing, packed.image.listing().to_string().as_bytes())?;
    }
    println!(
        "{}: {} bytes; memory in use up to {:04X}h",
        output.display(),
        packed.image.bytes.len(),
        packed.image.end
    );
    println!("to run it: ulm-z80 run {}", output.display());
    Ok(ExitCode::SUCCESS)
}
