//! `ulm-train`: from `question|reply` pairs to a `.ulm` model, and what one does with either.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
