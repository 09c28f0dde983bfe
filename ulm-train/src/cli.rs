//! The command line: a module for each subcommand.

mod balance;
mod chat;
mod eval;
mod failure;
mod files;
mod fit;
mod generate;
mod import;
mod info;
mod lint;
mod output;
mod plot;
mod progress;
mod table;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// Trains 2-bit micro language models from question|reply pairs.
#[derive(Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Fit(Box<fit::Args>),
    Chat(chat::Args),
    Eval(eval::Args),
    Info(info::Args),
    Import(import::Args),
    Lint(lint::Args),
    Balance(balance::Args),
    Generate(Box<generate::Args>),
}

/// Runs the program. Its exit status: 0 if all went well, 1 if a check that was asked for found
/// something, 2 for bad usage or bad input.
pub(crate) fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Fit(args) => args.run(),
        Command::Chat(args) => args.run(),
        Command::Eval(args) => args.run(),
        Command::Info(args) => args.run(),
        Command::Import(args) => args.run(),
        Command::Lint(args) => args.run(),
        Command::Balance(args) => args.run(),
        Command::Generate(args) => args.run(),
    };
    done.map_or_else(Failure::report, |()| ExitCode::SUCCESS)
}
