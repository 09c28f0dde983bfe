//! `fit`: from pairs to a model.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use linfa::ParamGuard;
use ulm_core::Model;
use ulm_train::eval::Answers;
use ulm_train::pairs::{Pairs, ReplyCase, check_reply};
use ulm_train::{Checkpoint, PairDataset, Trainer, Ulm, UlmValidParams};

use super::chat;
use super::failure::Failure;
use super::files::Target;
use super::output::{self, count, grouped, latin1, percent};
use super::plot::{self, Chart, Line};
use super::progress::{Curve, Reporter};

/// Least time between two checkpoints: what a sudden end costs at most, or an epoch if that takes
/// longer.
const CHECKPOINT_PAUSE: Duration = Duration::from_secs(1);

/// Largest model that a Z80 machine can hold beside program and buffers, in bytes, at the very best.
const MACHINE_BYTES: usize = 60_000;

/// Exit status of a process that Control-C ends at once: 128 and the signal's number.
const STATUS_INTERRUPTED: i32 = 130;

/// Whether training is under way; Control-C ends it, or the process if it is not.
static TRAINING: AtomicBool = AtomicBool::new(false);

/// Train a model from question|reply pairs
///
/// Control-C ends the training after the current step: the best model so far is written, and
/// the same command with --resume goes on.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files of question|reply pairs; `-` is standard input
    #[arg(value_name = "PAIRS", required = true)]
    pairs: Vec<PathBuf>,

    /// Where to write the model
    #[arg(short, long, value_name = "MODEL.ulm")]
    output: PathBuf,

    /// Neurons of the hidden layers, first to last [default: 64,48]
    #[arg(long, value_name = "WIDTHS", value_delimiter = ',')]
    hidden: Option<Vec<u16>>,

    /// Buckets that the question's trigrams are hashed to, a power of two up to 4096 [default: 1024]
    #[arg(long, value_name = "Q")]
    query_buckets: Option<u16>,

    /// Buckets that the reply's last characters are hashed to, a power of two up to 4096
    /// [default: 128]
    #[arg(long, value_name = "C")]
    context_buckets: Option<u16>,

    /// Passes over the pairs [default: as many as their number asks for]
    #[arg(long, value_name = "N")]
    epochs: Option<u32>,

    /// Time to train at most, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    time: Option<Duration>,

    /// Seed of everything random [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Share of the questions that is held out to measure with, 0 to 0.9 [default: 0.1]
    #[arg(long, value_name = "FRACTION")]
    val: Option<f32>,

    /// Share of non-zero weights to aim at, above 0 to 1 [default: what training finds]
    #[arg(long, value_name = "SHARE")]
    density: Option<f32>,

    /// The reply to what the model does not understand; pairs with it are examples
    #[arg(long, value_name = "REPLY")]
    fallback: Option<String>,

    /// Doubt at which the fallback is said, 0 to 16383 [default: found on held-out questions]
    #[arg(long, value_name = "N")]
    threshold: Option<u16>,

    /// Keep the case of replies
    #[arg(long)]
    keep_case: bool,

    /// Name to store in the model
    #[arg(long)]
    name: Option<String>,

    /// Threads to train on; the model does not depend on it [default: one a processor]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,

    /// Go on where the last training of this model was interrupted
    #[arg(long)]
    resume: bool,

    /// Draw loss and accuracy over the epochs
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,

    /// Talk to the model afterwards
    #[arg(long)]
    chat: bool,

    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
}

/// Seconds, with a fraction or without.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|error| format!("{error}"))?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err("must be a number of seconds above 0".into()),
    }
}

impl Args {
    pub(crate) fn run(self: Box<Self>) -> Result<(), Failure> {
        let params = self.params()?;
        let pairs =
            Pairs::read(&self.pairs, self.case()).map_err(|e| Failure::input(e.to_string()))?;
        let target = Target::check(&self.output)?;
        let plot = self.plot.as_deref().map(plot::target).transpose()?;
        let checkpoint = Target::check(&with_extension(&self.output, "ckpt"))?;
        let mut trainer = self.trainer(params, &pairs, &checkpoint)?;

        let curve = self.train(&mut trainer, &checkpoint)?;
        let interrupted = !TRAINING.swap(false, Ordering::Relaxed);
        if interrupted {
            checkpoint.write(&trainer.checkpoint().to_bytes())?;
        }
        let ulm = trainer.finish().map_err(|error| self.refused(error))?;
        target.write(ulm.bytes())?;
        if let Some(plot) = plot {
            plot::write(&plot, &training_chart(&curve))?;
        }
        if !interrupted {
            checkpoint.remove()?;
        }

        if !self.quiet {
            output::print(&self.report(&ulm, &pairs, interrupted))?;
        }
        if self.chat && !interrupted {
            chat::run(&ulm.model())?;
        }
        Ok(())
    }

    fn case(&self) -> ReplyCase {
        if self.keep_case {
            ReplyCase::Keep
        } else {
            ReplyCase::Upper
        }
    }

    fn params(&self) -> Result<UlmValidParams, Failure> {
        let mut params = Ulm::params();
        macro_rules! set {
            ($($setter:ident: $value:expr),* $(,)?) => {
                $(if let Some(value) = $value { params = params.$setter(value); })*
            };
        }
        set! {
            hidden: self.hidden.clone(),
            query_buckets: self.query_buckets,
            context_buckets: self.context_buckets,
            epochs: self.epochs,
            time: self.time,
            seed: self.seed,
            held_out: self.val,
            density: self.density,
            fallback: self.fallback()?,
            threshold: self.threshold,
            threads: self.threads,
            name: self.name.clone(),
        }
        params
            .check()
            .map_err(|error| Failure::input(error.to_string()))
    }

    /// The fallback reply, in the case of the others.
    fn fallback(&self) -> Result<Option<String>, Failure> {
        let Some(fallback) = &self.fallback else {
            return Ok(None);
        };
        if fallback.trim().is_empty() {
            return Err(Failure::input("--fallback: the reply is empty"));
        }
        let reply = check_reply(fallback).map_err(|error| Failure::about("--fallback", error))?;
        Ok(Some(match self.case() {
            ReplyCase::Upper => reply.to_ascii_uppercase(),
            ReplyCase::Keep => reply.to_owned(),
        }))
    }

    /// A new training, or the one that a checkpoint left.
    fn trainer(
        &self,
        params: UlmValidParams,
        pairs: &Pairs,
        checkpoint: &Target,
    ) -> Result<Trainer, Failure> {
        let dataset = PairDataset::from(pairs);
        if !self.resume {
            return Trainer::new(&params, &dataset).map_err(|error| self.refused(error));
        }
        let path = checkpoint.path().display();
        let saved = Checkpoint::load(checkpoint.path()).map_err(|e| Failure::about(&path, e))?;
        if saved.params() != &params {
            let cause = "made with other options: give the same ones, or leave out --resume";
            return Err(Failure::about(path, cause));
        }
        Trainer::resume(saved, &dataset).map_err(|error| Failure::about(path, error))
    }

    /// An error about the pairs, which names their files.
    fn refused(&self, error: impl std::fmt::Display) -> Failure {
        let files: Vec<_> = self
            .pairs
            .iter()
            .map(|path| path.to_string_lossy())
            .collect();
        Failure::about(files.join(", "), error)
    }

    /// Trains until the end or Control-C, and returns how it went.
    fn train(&self, trainer: &mut Trainer, checkpoint: &Target) -> Result<Curve, Failure> {
        // Only one handler can be set, and this is the only place that sets one.
        TRAINING.store(true, Ordering::Relaxed);
        let _ = ctrlc::set_handler(|| {
            if !TRAINING.swap(false, Ordering::Relaxed) {
                std::process::exit(STATUS_INTERRUPTED);
            }
        });
        let mut reporter = Reporter::new(self.quiet);
        let mut saved = Instant::now();
        while TRAINING.load(Ordering::Relaxed) {
            let Some(progress) = trainer.step() else {
                break;
            };
            reporter.show(&progress);
            if progress.epoch_ended && saved.elapsed() >= CHECKPOINT_PAUSE {
                checkpoint.write(&trainer.checkpoint().to_bytes())?;
                saved = Instant::now();
            }
        }
        Ok(reporter.finish())
    }

    /// What was built, and what to type next.
    fn report(&self, ulm: &Ulm, pairs: &Pairs, interrupted: bool) -> String {
        let (model, report) = (ulm.model(), ulm.report());
        let path = quote(&self.output.to_string_lossy());
        let mut lines = vec![format!(
            "{}: {} bytes, {}",
            self.output.display(),
            grouped(ulm.bytes().len()),
            shape(&model),
        )];
        lines.push(format!(
            "trained on {} for {} in {:.0} s",
            count(pairs.len(), "pair"),
            count(report.epochs as usize, "epoch"),
            report.seconds,
        ));
        if let Some(held_out) = report.held_out {
            lines.push(format!(
                "held out: {} of {} whole replies right, macro {}",
                percent(Some(held_out.overall)),
                grouped(held_out.pairs),
                percent(Some(held_out.macro_average)),
            ));
        }
        let all = Answers::ask(&model, pairs).evaluate(model.threshold(), model.fallback());
        lines.push(format!(
            "all pairs: {} of {} right as the model stands",
            percent(Some(all.overall())),
            grouped(all.all().pairs),
        ));
        if !model.fallback().is_empty() {
            let fallback = latin1(model.fallback());
            lines.push(format!(
                "fallback: `{fallback}` below threshold {}",
                model.threshold()
            ));
        }
        lines.push(String::new());
        if interrupted {
            lines.push(format!("interrupted; to go on:  {}", resume_command()));
        }
        lines.push(format!("talk to it:  ulm-train chat {path}"));
        lines.push(if ulm.bytes().len() <= MACHINE_BYTES {
            let program = program_name(&self.output);
            format!("pack it:     ulm-z80 pack {path} -o {program}")
        } else {
            "pack it:     too large for a machine of 64 KB; less of --hidden or --query-buckets helps"
                .into()
        });
        lines.join("\n") + "\n"
    }
}

/// The network as its layers' widths.
fn shape(model: &Model<'_>) -> String {
    let inputs = format!("{}+{}", model.query_buckets(), model.context_buckets());
    let widths = model.layers().map(|layer| layer.width().to_string());
    let widths: Vec<_> = std::iter::once(inputs).chain(widths).collect();
    let (nonzero, all) = model.layers().fold((0, 0), |(nonzero, all), layer| {
        let weights = u32::from(layer.inputs()) * u32::from(layer.width());
        (nonzero + layer.nonzero(), all + weights)
    });
    let density = f64::from(nonzero) / f64::from(all);
    format!(
        "{}, {} of the weights not zero",
        widths.join("-"),
        percent(Some(density))
    )
}

/// The path with an extension after the one that it has.
fn with_extension(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// A name that CP/M takes: eight letters and digits, beside the model.
fn program_name(model: &Path) -> String {
    let stem = model.file_stem().unwrap_or_default().to_string_lossy();
    let letters = stem.chars().filter(char::is_ascii_alphanumeric).take(8);
    let name: String = letters.map(|c| c.to_ascii_uppercase()).collect();
    let name = if name.is_empty() { "CHAT" } else { &name };
    quote(
        &model
            .with_file_name(format!("{name}.COM"))
            .to_string_lossy(),
    )
}

/// This command, with --resume.
fn resume_command() -> String {
    let mut words: Vec<_> = std::env::args_os().collect();
    if !words.iter().any(|word| word == "--resume") {
        words.push("--resume".into());
    }
    let words = words.iter().map(|word| quote(&word.to_string_lossy()));
    words.collect::<Vec<_>>().join(" ")
}

/// A word as a shell takes it.
fn quote(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./,=:+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Loss and accuracy over the epochs.
fn training_chart(curve: &Curve) -> Chart {
    let line = |name: &str, points: &[(f64, f64)]| Line {
        name: name.into(),
        points: points.to_vec(),
    };
    let mut lines = vec![line("loss (nats a character)", &curve.loss)];
    if !curve.overall.is_empty() {
        lines.push(line("held out, overall", &curve.overall));
        lines.push(line("held out, macro", &curve.macro_average));
    }
    Chart {
        title: "Training".into(),
        x: "epoch".into(),
        y: "loss, share right".into(),
        lines,
        marks: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_gets_a_name_that_cpm_takes() {
        let name = |path: &str| program_name(Path::new(path));
        assert_eq!(name("out/my-long-model.ulm"), "out/MYLONGMO.COM");
        assert_eq!(name("..ulm"), "CHAT.COM");
    }

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quote("a/b-c.ulm"), "a/b-c.ulm");
        assert_eq!(quote("I DON'T"), r"'I DON'\''T'");
        assert_eq!(quote(""), "''");
    }
}
