//! `ulm-z80 asm`: text in, bytes out.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use ulm_z80::asm::{FileSources, assemble, parse_number};

use super::Failure;

/// What `-D NAME` alone defines NAME as, as pasmo does.
const DEFINED: i64 = 0xFFFF;
/// What stands for standard output.
const STDOUT: &str = "-";

/// The arguments of `asm`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The source
    file: PathBuf,
    /// Where the bytes go [default: FILE with the extension .bin]
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// List address, bytes, T-states and source on standard output, or in FILE
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = STDOUT)]
    listing: Option<PathBuf>,
    /// Define a constant (decimal, 0FFh, 0xFF, $FF or %101)
    #[arg(short = 'D', long = "define", value_name = "NAME[=VALUE]", value_parser = definition)]
    define: Vec<(String, i64)>,
    /// Store the space reserved at the end as well, as pasmo does
    #[arg(long)]
    pad: bool,
}

fn definition(text: &str) -> Result<(String, i64), String> {
    let Some((name, value)) = text.split_once('=') else {
        return Ok((text.to_owned(), DEFINED));
    };
    match parse_number(value) {
        Some(number) => Ok((name.to_owned(), number)),
        None => Err(format!("{value} is no number")),
    }
}

/// Assembles a file.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let file = &arguments.file;
    let Some(root) = file.to_str() else {
        return Err(Failure::bad_input(format!(
            "{}: not a path of text",
            file.display()
        )));
    };
    let defines: Vec<(&str, i64)> = arguments
        .define
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    let output = match &arguments.output {
        Some(output) => output.clone(),
        None => file.with_extension("bin"),
    };
    if output == *file {
        return Err(Failure::bad_input(format!(
            "{}: would be overwritten",
            file.display()
        )));
    }
    let image = assemble(&FileSources::beside(file), root, &defines).map_err(Failure::bad_input)?;
    let bytes = match arguments.pad {
        true => image.padded(),
        false => image.bytes.clone(),
    };
    super::write(&output, &bytes)?;
    println!(
        "{}: {} bytes from {:04X}h; memory in use up to {:04X}h",
        output.display(),
        bytes.len(),
        image.origin,
        image.end
    );
    match &arguments.listing {
        None => {}
        Some(path) if path.as_os_str() == STDOUT => print!("\n{}", image.listing()),
        Some(path) => super::write(path, image.listing().to_string().as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}
