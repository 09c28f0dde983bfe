//! `balance`: the same number of pairs for each reply.

use std::fmt::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use ulm_train::balance::balance;
use ulm_train::pairs::{Pairs, ReplyCase};

use super::failure::Failure;
use super::output::{self, count, grouped};
use super::table::Table;

/// Print pairs with at most so many of each reply
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files of question|reply pairs; `-` is standard input
    #[arg(value_name = "PAIRS", required = true)]
    pairs: Vec<PathBuf>,

    /// Pairs of each reply
    #[arg(long, value_name = "N")]
    per_reply: NonZeroUsize,

    /// Repeat pairs of replies that have fewer
    #[arg(long)]
    oversample: bool,

    /// Keep the case of replies
    #[arg(long)]
    keep_case: bool,
}

impl Args {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let case = if self.keep_case {
            ReplyCase::Keep
        } else {
            ReplyCase::Upper
        };
        let pairs = Pairs::read(&self.pairs, case).map_err(|e| Failure::input(e.to_string()))?;
        let balanced = balance(&pairs, self.per_reply.get(), self.oversample);
        let mut text = String::new();
        for pair in &balanced.pairs {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}|{}", pair.question, pair.reply);
        }
        let mut table = Table::new(&["reply", ">before", ">after"]);
        for (reply, change) in &balanced.replies {
            table.row([
                (*reply).into(),
                grouped(change.before),
                grouped(change.after),
            ]);
        }
        let (before, after) = (count(pairs.len(), "pair"), grouped(balanced.pairs.len()));
        output::note(&format!(
            "{before} before, {after} after\n{}",
            table.render()
        ));
        output::print(&text)
    }
}
