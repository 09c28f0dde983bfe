//! How a training shows that it is under way: a bar on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ulm_train::{Accuracy, Progress};

use super::output::{self, percent};

/// Steps of the bar.
const BAR_STEPS: u64 = 1000;

/// Longest time without a line, at the end of an epoch.
const LINE_PAUSE: Duration = Duration::from_secs(5);

/// What training measured, over the epochs: pairs of epoch and value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Curve {
    /// Mean loss, in nats a character.
    pub(crate) loss: Vec<(f64, f64)>,
    /// Share of whole held-out replies right.
    pub(crate) overall: Vec<(f64, f64)>,
    /// The same, averaged over distinct replies.
    pub(crate) macro_average: Vec<(f64, f64)>,
}

/// Shows progress and remembers the curve.
pub(crate) struct Reporter {
    shows: Shows,
    held_out: Option<Accuracy>,
    curve: Curve,
}

enum Shows {
    Nothing,
    Bar(ProgressBar),
    Lines { last: Instant },
}

impl Reporter {
    pub(crate) fn new(quiet: bool) -> Self {
        let shows = if quiet {
            Shows::Nothing
        } else if io::stderr().is_terminal() {
            let target = ProgressDrawTarget::stderr_with_hz(10);
            let bar = ProgressBar::with_draw_target(Some(BAR_STEPS), target);
            let style = ProgressStyle::with_template("{bar:12} {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            Shows::Bar(bar)
        } else {
            Shows::Lines {
                last: Instant::now(),
            }
        };
        Self {
            shows,
            held_out: None,
            curve: Curve::default(),
        }
    }

    pub(crate) fn show(&mut self, progress: &Progress) {
        let epoch = f64::from(progress.epoch);
        self.held_out = progress.held_out.or(self.held_out);
        if progress.epoch_ended {
            self.curve.loss.push((epoch, progress.loss.into()));
        }
        if let Some(held_out) = progress.held_out {
            self.curve.overall.push((epoch, held_out.overall));
            self.curve
                .macro_average
                .push((epoch, held_out.macro_average));
        }
        match &mut self.shows {
            Shows::Nothing => {}
            Shows::Bar(bar) => {
                bar.set_position((f64::from(progress.done) * BAR_STEPS as f64) as u64);
                bar.set_message(line(progress, self.held_out));
            }
            Shows::Lines { last } => {
                let is_due = progress.epoch_ended && last.elapsed() >= LINE_PAUSE;
                if progress.held_out.is_some() || is_due {
                    output::note(&line(progress, progress.held_out));
                    *last = Instant::now();
                }
            }
        }
    }

    /// Leaves the bar as it stands, and returns the curve.
    pub(crate) fn finish(self) -> Curve {
        if let Shows::Bar(bar) = self.shows {
            bar.abandon();
        }
        self.curve
    }
}

/// Where training stands: `epoch 12/80, 17 s left, loss 0.124, held out 91.2 %, macro 90.0 %`. It
/// fits a terminal of 80 columns, the bar included.
fn line(progress: &Progress, held_out: Option<Accuracy>) -> String {
    let mut line = format!("epoch {}/{}", progress.epoch, progress.epochs);
    let done = f64::from(progress.done);
    if done > 0.0 && done < 1.0 {
        let left = progress.elapsed.as_secs_f64() * (1.0 - done) / done;
        line += &format!(", {left:.0} s left");
    }
    line += &format!(", loss {:.3}", progress.loss);
    if let Some(held_out) = held_out {
        line += &format!(
            ", held out {}, macro {}",
            percent(Some(held_out.overall)),
            percent(Some(held_out.macro_average))
        );
    }
    line
}
