//! The command line: one module a subcommand.

mod cli;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Turns a micro language model into a program for a Z80 machine, and runs it.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Assemble Z80 source text.
    Asm(cli::asm::Arguments),
    /// Measure a model's programs, and other CP/M programs beside them.
    Bench(cli::bench::Arguments),
    /// Make a program of a model.
    Pack(cli::pack::Arguments),
    /// Run a CP/M program, or a model's, on an emulated Z80.
    Run(cli::run::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Asm(arguments) => cli::asm::run(&arguments),
        Command::Bench(arguments) => cli::bench::run(&arguments),
        Command::Pack(arguments) => cli::pack::run(&arguments),
        Command::Run(arguments) => cli::run::run(&arguments),
    };
    result.unwrap_or_else(cli::Failure::report)
}
