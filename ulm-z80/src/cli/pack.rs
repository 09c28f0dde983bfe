//! `ulm-z80 pack`: a model in, a program out.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use ulm_core::Model;
use ulm_z80::bench::{QUESTIONS, measure};
use ulm_z80::cpm::Config;
use ulm_z80::pack::{Layout, Options, Packed, pack, pack_auto};

use super::{Failure, grouped};

/// Where the memory ends that CP/M on a machine of 64 KB leaves to programs, usually or better.
const USUAL_TPA_END: u32 = 0xE800;

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
    /// The fastest that fits a machine with a TPA of 58 KB
    #[default]
    Auto,
    /// Four weights to a byte
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
    let banner = !how.no_banner;
    let layout = match how.layout {
        LayoutName::Auto => {
            return pack_auto(&model, banner, USUAL_TPA_END).map_err(|error| bad(&error));
        }
        LayoutName::Packed => Layout::Packed,
        LayoutName::Lists => Layout::Lists,
    };
    pack(&model, &Options { layout, banner }).map_err(|error| bad(&error))
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
    let bytes = packed.image.bytes.len();
    println!(
        "{}: {} bytes, layout {}",
        output.display(),
        grouped(bytes as u64),
        layout_name(packed.layout)
    );
    for region in packed.regions() {
        println!(
            "  {:04X}h-{:04X}h  {:>6}  {}",
            region.start,
            region.end - 1,
            grouped(u64::from(region.end - region.start)),
            region.name
        );
    }
    match measure(&packed.image.bytes, &QUESTIONS, &Config::default()) {
        Ok(measurement) => println!(
            "T-states a character: {} on average ({} questions), {:.2} s at 4 MHz",
            grouped(measurement.character.round() as u64),
            QUESTIONS.len(),
            measurement.character / 4e6
        ),
        Err(error) => println!("T-states a character: not measured: {error}"),
    }
    println!("to run it: ulm-z80 run {}", output.display());
    Ok(ExitCode::SUCCESS)
}

/// A layout's name, as `--layout` takes it.
pub(crate) const fn layout_name(layout: Layout) -> &'static str {
    match layout {
        Layout::Packed => "packed",
        Layout::Lists => "lists",
    }
}
