//! `eval`: how many whole replies are right, and what a threshold would make of them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use serde_json::{Value, json};
use ulm_core::Model;
use ulm_train::baselines::{Baseline, BaselineError, Judged};
use ulm_train::eval::{Answers, Evaluation, Tally, TradeOff};
use ulm_train::pairs::{Pairs, ReplyCase};

use super::failure::Failure;
use super::files::ModelFile;
use super::output::{self, count, grouped, latin1, percent};
use super::plot::{self, Chart, Line};
use super::table::Table;

/// Replies shown in the table for people.
const SHOWN_REPLIES: usize = 40;

/// Confusions shown.
const SHOWN_CONFUSIONS: usize = 10;

/// Shares of known questions given up at which the table of thresholds has a row.
const PRICES: [f64; 16] = [
    0.0, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.3, 0.4, 0.5, 1.0,
];

/// Measure a model: whole replies right, per reply, and what thresholds would do
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The model
    #[arg(value_name = "MODEL.ulm")]
    model: PathBuf,

    /// Files of question|reply pairs; `-` is standard input
    #[arg(value_name = "PAIRS", required = true)]
    pairs: Vec<PathBuf>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// Judge the network alone, as if it had no fallback reply
    #[arg(long)]
    no_fallback: bool,

    /// Draw known questions answered right against strangers recognized, over all thresholds
    #[arg(long, value_name = "FILE.svg", conflicts_with = "no_fallback")]
    plot: Option<PathBuf>,

    /// Train plain methods on these pairs and judge them beside the model; `-` is standard input
    #[arg(long, value_name = "TRAIN")]
    baselines: Option<PathBuf>,

    /// Replies of the pairs are in mixed case, and so are the model's
    #[arg(long)]
    keep_case: bool,
}

impl Args {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let file = ModelFile::read(&self.model)?;
        let model = file.model()?;
        let case = if self.keep_case {
            ReplyCase::Keep
        } else {
            ReplyCase::Upper
        };
        let pairs = Pairs::read(&self.pairs, case).map_err(|e| Failure::input(e.to_string()))?;
        let answers = Answers::ask(&model, &pairs);
        let report = Report::new(&model, &answers, self.no_fallback);
        if let Some(path) = &self.plot {
            let doubt = report.doubt.as_ref();
            let chart = doubt.and_then(DoubtReport::chart).ok_or_else(|| {
                let cause = "needs a model with a fallback reply, and pairs with it and without";
                Failure::about("--plot", cause)
            })?;
            plot::write(&plot::target(path)?, &chart)?;
        }
        let plain = match &self.baselines {
            None => Vec::new(),
            Some(path) => {
                let training =
                    Pairs::read(&[path], case).map_err(|e| Failure::input(e.to_string()))?;
                let buckets = model.query_buckets();
                let judge = |b: Baseline| (b, b.judge(&training, &pairs, buckets));
                Baseline::ALL.into_iter().map(judge).collect()
            }
        };
        if self.json {
            let mut json = report.as_json();
            if self.baselines.is_some() {
                json["bytes"] = json!(file.bytes().len());
                json["baselines"] = plain.iter().map(baseline_json).collect();
            }
            output::print_json(&json)
        } else {
            let mut text = report.as_text();
            if self.baselines.is_some() {
                text += &baselines_table(&plain, &report.evaluation, file.bytes().len());
            }
            output::print(&text)
        }
    }
}

/// What there is to say about a model and pairs.
struct Report {
    evaluation: Evaluation,
    doubt: Option<DoubtReport>,
}

/// What there is to say about a model with a fallback reply.
struct DoubtReport {
    fallback: Vec<u8>,
    threshold: u16,
    curve: Vec<TradeOff>,
}

impl Report {
    fn new(model: &Model<'_>, answers: &Answers<'_>, no_fallback: bool) -> Self {
        let has_fallback = !model.fallback().is_empty() && !no_fallback;
        let threshold = if has_fallback { model.threshold() } else { 0 };
        Self {
            evaluation: answers.evaluate(threshold, model.fallback()),
            doubt: has_fallback.then(|| DoubtReport {
                fallback: model.fallback().to_vec(),
                threshold,
                curve: answers.trade_offs(model.fallback()),
            }),
        }
    }

    fn as_json(&self) -> Value {
        let evaluation = &self.evaluation;
        let replies = evaluation.replies.iter().map(|(reply, tally)| {
            json!({
                "reply": latin1(reply),
                "pairs": tally.pairs,
                "right": tally.right,
                "accuracy": tally.share(),
            })
        });
        let confusions = evaluation.worst().into_iter().map(|(expected, said, count)| {
            json!({ "expected": latin1(expected), "said": latin1(said), "count": count })
        });
        let mut value = json!({
            "pairs": evaluation.all().pairs,
            "right": evaluation.all().right,
            "overall": evaluation.overall(),
            "macro": evaluation.macro_average(),
            "replies": replies.collect::<Vec<_>>(),
            "confusions": confusions.collect::<Vec<_>>(),
        });
        if let Some(doubt) = &self.doubt {
            let (known, strangers) = doubt.tallies(evaluation);
            let thresholds = doubt.curve.iter().map(|at| {
                json!({
                    "threshold": at.threshold,
                    "known_right": at.known_right,
                    "strangers_recognized": at.strangers_recognized,
                })
            });
            value["fallback"] = json!(latin1(&doubt.fallback));
            value["threshold"] = json!(doubt.threshold);
            value["known"] = json!(known.pairs);
            value["known_right"] = json!((known.pairs > 0).then(|| known.share()));
            value["strangers"] = json!(strangers.pairs);
            value["strangers_recognized"] = json!((strangers.pairs > 0).then(|| strangers.share()));
            value["thresholds"] = thresholds.collect();
        }
        value
    }

    fn as_text(&self) -> String {
        let evaluation = &self.evaluation;
        let all = evaluation.all();
        let mut text = format!(
            "{}, {} right: overall {}, macro {} over {} distinct expected\n",
            count(all.pairs, "pair"),
            grouped(all.right),
            percent(Some(evaluation.overall())),
            percent(Some(evaluation.macro_average())),
            grouped(evaluation.replies.len()),
        );
        if let Some(doubt) = &self.doubt {
            text.push_str(&doubt.summary(evaluation));
        }
        text.push('\n');
        text.push_str(&replies_table(evaluation));
        text.push_str(&confusions_table(evaluation));
        if let Some(doubt) = &self.doubt {
            text.push_str(&doubt.table());
        }
        text
    }
}

type Plain = (Baseline, Result<Judged, BaselineError>);

fn baseline_json((baseline, judged): &Plain) -> Value {
    match judged {
        Ok(judged) => json!({
            "method": baseline.name(),
            "overall": judged.evaluation.overall(),
            "macro": judged.evaluation.macro_average(),
            "bytes": judged.bytes,
        }),
        Err(error) => json!({ "method": baseline.name(), "error": error.cause }),
    }
}

/// Plain methods beside the model.
fn baselines_table(plain: &[Plain], model: &Evaluation, bytes: usize) -> String {
    let mut table = Table::new(&["method", ">overall", ">macro", ">bytes", "what they hold"]);
    let mut row = |name: &str, evaluation: &Evaluation, bytes: usize, are: &str| {
        table.row([
            name.into(),
            percent(Some(evaluation.overall())),
            percent(Some(evaluation.macro_average())),
            grouped(bytes),
            are.into(),
        ]);
    };
    row("this model", model, bytes, "the file");
    for (baseline, judged) in plain {
        if let Ok(judged) = judged {
            row(
                baseline.name(),
                &judged.evaluation,
                judged.bytes,
                baseline.bytes_are(),
            );
        }
    }
    let mut text = format!("\nDoes this data need a network?\n{}", table.render());
    for error in plain.iter().filter_map(|(_, judged)| judged.as_ref().err()) {
        let _ = writeln!(text, "  {error}");
    }
    text
}

/// How much of each reply is right, the most frequent first.
fn replies_table(evaluation: &Evaluation) -> String {
    let mut replies: Vec<_> = evaluation.replies.iter().collect();
    replies.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.pairs));
    let mut table = Table::new(&["reply", ">pairs", ">right", ">share"]);
    for (reply, tally) in replies.iter().take(SHOWN_REPLIES) {
        table.row([
            latin1(reply),
            grouped(tally.pairs),
            grouped(tally.right),
            percent(Some(tally.share())),
        ]);
    }
    let mut text = table.render();
    if let Some(more @ 1..) = replies.len().checked_sub(SHOWN_REPLIES) {
        let _ = writeln!(
            text,
            "  ... and {} more: --json has them all",
            grouped(more)
        );
    }
    text
}

/// What is said instead, the most frequent first.
fn confusions_table(evaluation: &Evaluation) -> String {
    let worst = evaluation.worst();
    if worst.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["expected", "said instead", ">times"]);
    for (expected, said, count) in worst.into_iter().take(SHOWN_CONFUSIONS) {
        let said = match latin1(said) {
            said if said.is_empty() => "(nothing)".into(),
            said => said,
        };
        table.row([latin1(expected), said, grouped(count)]);
    }
    format!("\nWorst confusions:\n{}", table.render())
}

impl DoubtReport {
    fn tallies(&self, evaluation: &Evaluation) -> (Tally, Tally) {
        (
            evaluation.known(&self.fallback),
            evaluation.strangers(&self.fallback),
        )
    }

    fn summary(&self, evaluation: &Evaluation) -> String {
        let (known, strangers) = self.tallies(evaluation);
        let share =
            |tally: ulm_train::eval::Tally| percent((tally.pairs > 0).then(|| tally.share()));
        format!(
            "Fallback `{}` below threshold {}: {} of {} known answered right ({}), \
             {} of {} strangers recognized ({})\n",
            latin1(&self.fallback),
            self.threshold,
            grouped(known.right),
            grouped(known.pairs),
            share(known),
            grouped(strangers.right),
            grouped(strangers.pairs),
            share(strangers),
        )
    }

    /// Strangers recognized over known questions answered right, in percent.
    fn chart(&self) -> Option<Chart> {
        let point =
            |at: &TradeOff| Some((100.0 * at.known_right?, 100.0 * at.strangers_recognized?));
        let points: Option<Vec<_>> = self.curve.iter().rev().map(point).collect();
        let current = self
            .curve
            .partition_point(|at| at.threshold <= self.threshold);
        let (x, y) = point(self.curve.get(current.checked_sub(1)?)?)?;
        Some(Chart {
            title: format!("Fallback {} at all thresholds", latin1(&self.fallback)),
            x: "known questions answered right, %".into(),
            y: "strangers recognized, %".into(),
            lines: vec![Line {
                name: "thresholds".into(),
                points: points?,
            }],
            marks: vec![(x, y, format!("threshold {}", self.threshold))],
        })
    }

    /// For each price, in known questions given up, the largest threshold that costs no more.
    fn table(&self) -> String {
        let Some(free) = self.curve.first().and_then(|at| at.known_right) else {
            return "\nNo known questions: thresholds cannot be compared.\n".into();
        };
        let within = |price: f64| {
            let affordable = |at: &TradeOff| at.known_right.is_some_and(|k| k >= free - price);
            self.curve.partition_point(affordable).saturating_sub(1)
        };
        let current = self
            .curve
            .partition_point(|at| at.threshold <= self.threshold);
        let mut rows: BTreeSet<usize> = PRICES.iter().map(|&price| within(price)).collect();
        rows.insert(current.saturating_sub(1));
        let mut table = Table::new(&[">threshold", ">known right", ">strangers recognized", ""]);
        for row in rows {
            let at = self.curve[row];
            let is_current = row + 1 == current;
            table.row([
                if is_current {
                    self.threshold
                } else {
                    at.threshold
                }
                .to_string(),
                percent(at.known_right),
                percent(at.strangers_recognized),
                if is_current { "<- the model's" } else { "" }.into(),
            ]);
        }
        format!(
            "\nThresholds (ulm-train fit --threshold):\n{}",
            table.render()
        )
    }
}
