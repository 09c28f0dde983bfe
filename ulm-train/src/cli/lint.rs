//! `lint`: what may be wrong with pairs.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use ulm_core::encode::QUERY_BYTES;
use ulm_core::format::MAX_BUCKETS;
use ulm_train::lint::{Lint, RARE_CHARACTER_PAIRS};
use ulm_train::pairs::{Pair, Pairs, ReplyCase};

use super::failure::Failure;
use super::output::{self, count, grouped, percent};
use super::table::Table;

/// Findings of a kind that are shown one by one, unless all are asked for.
const SHOWN: usize = 10;

/// Look for contradictions, duplicates and other trouble in pairs
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files of question|reply pairs; `-` is standard input
    #[arg(value_name = "PAIRS", required = true)]
    pairs: Vec<PathBuf>,

    /// Exit with status 1 if there is a finding
    #[arg(long)]
    strict: bool,

    /// Query buckets of the network to be trained, a power of two up to 4096
    #[arg(long, value_name = "Q", default_value_t = 1024, value_parser = buckets)]
    query_buckets: u16,

    /// Keep the case of replies
    #[arg(long)]
    keep_case: bool,

    /// Show every finding
    #[arg(long)]
    all: bool,
}

/// A number of buckets.
fn buckets(text: &str) -> Result<u16, String> {
    let n: u16 = text.parse().map_err(|error| format!("{error}"))?;
    if n.is_power_of_two() && n <= MAX_BUCKETS {
        Ok(n)
    } else {
        Err(format!("must be a power of two from 1 to {MAX_BUCKETS}"))
    }
}

impl Args {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let case = if self.keep_case {
            ReplyCase::Keep
        } else {
            ReplyCase::Upper
        };
        let (pairs, refused) = Pairs::read_leniently(&self.pairs, case)
            .map_err(|error| Failure::input(error.to_string()))?;
        let mut report = Report {
            pairs: &pairs,
            shown: if self.all { usize::MAX } else { SHOWN },
            text: String::new(),
        };
        let refused: Vec<_> = refused.iter().map(|(at, e)| format!("{at}: {e}")).collect();
        report.list("lines that are no pairs", "", &refused);
        let lint = Lint::of(&pairs, self.query_buckets);
        report.lint(&lint, self.query_buckets);
        output::print(&report.text)?;
        if pairs.is_empty() && refused.is_empty() {
            let files: Vec<_> = pairs.sources().iter().map(ToString::to_string).collect();
            return Err(Failure::about(files.join(", "), "no question|reply pairs"));
        }
        match (refused.len(), self.strict && !lint.is_clean()) {
            (0, false) => Ok(()),
            (0, true) => Err(Failure::Findings),
            (n, _) => Err(Failure::input(format!(
                "{}, which `fit` refuses",
                count(n, "bad line")
            ))),
        }
    }
}

struct Report<'p> {
    pairs: &'p Pairs,
    shown: usize,
    text: String,
}

impl Report<'_> {
    /// Adds findings of a kind; nothing if there are none.
    fn list(&mut self, heading: &str, meaning: &str, findings: &[String]) {
        if findings.is_empty() {
            return;
        }
        self.line(&format!("{heading}: {}{meaning}", grouped(findings.len())));
        for finding in findings.iter().take(self.shown) {
            self.line(&format!("  {finding}"));
        }
        if let Some(more @ 1..) = findings.len().checked_sub(self.shown) {
            self.line(&format!(
                "  ... and {} more: --all shows them",
                grouped(more)
            ));
        }
    }

    fn line(&mut self, line: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    /// A pair with its place.
    fn pair(&self, pair: &Pair) -> String {
        let place = self.pairs.place(pair);
        format!("{place}: {}|{}", brief(pair), pair.reply)
    }

    fn all(&self, pairs: &[&Pair]) -> Vec<String> {
        pairs.iter().map(|pair| self.pair(pair)).collect()
    }

    fn lint(&mut self, lint: &Lint<'_>, buckets: u16) {
        let contradictions = lint.contradictions.iter();
        let contradictions: Vec<_> = contradictions
            .map(|c| self.contradiction(&c.pairs))
            .collect();
        let ceiling = percent(Some(lint.ceiling));
        self.list(
            "questions with different replies",
            &format!(" (no model gets more than {ceiling} of the pairs right)"),
            &contradictions,
        );
        let duplicates = self.all(&lint.duplicates);
        self.list("pairs that repeat an earlier one", "", &duplicates);
        let collisions = lint.collisions.iter();
        let collisions: Vec<_> = collisions.map(|c| self.alternatives(&c.pairs)).collect();
        self.list(
            "groups of questions that want different replies but hash alike",
            &format!(" ({buckets} query buckets)"),
            &collisions,
        );
        let once: Vec<_> = lint.seen_once().collect();
        let once = self.all(&once);
        self.list(
            "replies given only once",
            " (none can be learned and measured)",
            &once,
        );
        let rare = lint.rare_characters.iter().map(|rare| {
            let (users, first) = (count(rare.pairs.len(), "pair"), self.pair(rare.pairs[0]));
            format!("`{}` for {users}, as in {first}", rare.character)
        });
        let rare: Vec<_> = rare.collect();
        self.list(
            &format!("characters that fewer than {RARE_CHARACTER_PAIRS} pairs need"),
            " (each costs an output neuron)",
            &rare,
        );
        let too_long = self.all(&lint.too_long);
        self.list(
            "too long questions",
            &format!(" ({QUERY_BYTES} bytes are heard)"),
            &too_long,
        );
        if let [(only, _)] = lint.replies[..] {
            self.line(&format!(
                "1 reply only, `{only}`: there is nothing to learn"
            ));
        }
        self.balance(lint);
    }

    /// A question with each of its replies: how often it is given, and where first.
    fn contradiction(&self, pairs: &[&Pair]) -> String {
        let mut replies: BTreeMap<&str, (usize, &Pair)> = BTreeMap::new();
        for &pair in pairs {
            replies.entry(&pair.reply).or_insert((0, pair)).0 += 1;
        }
        let replies = replies.iter().map(|(reply, (count, first))| {
            let place = self.pairs.place(first);
            match count {
                1 => format!("{reply} ({place})"),
                _ => format!("{reply} {count} times ({place})"),
            }
        });
        let replies: Vec<_> = replies.collect();
        format!("{}: {}", brief(pairs[0]), replies.join(", "))
    }

    /// Pairs whose replies differ, in a line.
    fn alternatives(&self, pairs: &[&Pair]) -> String {
        let places: Vec<_> = (pairs.iter().take(self.shown))
            .map(|pair| self.pair(pair))
            .collect();
        places.join("; ")
    }

    /// How many pairs each reply has.
    fn balance(&mut self, lint: &Lint<'_>) {
        if lint.pairs == 0 {
            return;
        }
        let mut table = Table::new(&["reply", ">pairs", ">share"]);
        for (reply, pairs) in lint.replies.iter().take(self.shown) {
            let share = pairs.len() as f64 / lint.pairs as f64;
            table.row([(*reply).into(), grouped(pairs.len()), percent(Some(share))]);
        }
        self.line(&format!(
            "{}, {} distinct; {} over {} characters",
            count(lint.pairs, "pair"),
            count(lint.questions, "question"),
            match lint.replies.len() {
                1 => "1 reply".into(),
                n => format!("{} replies", grouped(n)),
            },
            lint.charset.len(),
        ));
        self.text.push_str(&table.render());
        if let Some(more @ 1..) = lint.replies.len().checked_sub(self.shown) {
            self.line(&format!(
                "  ... and {} more: --all shows them",
                grouped(more)
            ));
        }
    }
}

/// A question, or the start of a long one.
fn brief(pair: &Pair) -> String {
    const LONGEST: usize = 60;
    let mut start: String = pair.question.chars().take(LONGEST).collect();
    if start.len() < pair.question.len() {
        start.push_str("...");
    }
    start
}
