//! The `if`s around a line.

use super::error::AsmErrorKind;
use super::statement::{SourceLine, directive_of};

/// One side of an `if`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Branch {
    /// The lines count; `else` has not come yet, or has.
    Active { after_else: bool },
    /// The lines are skipped; `else` would end that.
    Waiting,
    /// The lines are skipped up to `endif`; `else` has not come yet, or has.
    Over { after_else: bool },
}

impl Branch {
    pub(super) fn first(condition: i64) -> Self {
        match condition {
            0 => Self::Waiting,
            _ => Self::Active { after_else: false },
        }
    }
}

/// The `if`s around a line, with the lines that opened them.
#[derive(Default)]
pub(super) struct Conditions {
    pub(super) open: Vec<(u32, Branch)>,
}

impl Conditions {
    pub(super) fn are_met(&self) -> bool {
        self.open
            .last()
            .is_none_or(|(_, branch)| matches!(branch, Branch::Active { .. }))
    }

    /// `else` or `endif`.
    pub(super) fn change(&mut self, directive: &str) -> Result<(), AsmErrorKind> {
        let unmatched = || AsmErrorKind::Unmatched {
            directive: directive.to_owned(),
        };
        let (opened, branch) = self.open.pop().ok_or_else(unmatched)?;
        if directive == "endif" {
            return Ok(());
        }
        let branch = match branch {
            Branch::Active { after_else: false } | Branch::Over { after_else: false } => {
                Branch::Over { after_else: true }
            }
            Branch::Waiting => Branch::Active { after_else: true },
            Branch::Active { after_else: true } | Branch::Over { after_else: true } => {
                return Err(unmatched());
            }
        };
        self.open.push((opened, branch));
        Ok(())
    }

    /// Passes a line that doesn't count, but may change what does.
    pub(super) fn skip(&mut self, line: &SourceLine) -> Result<(), AsmErrorKind> {
        match directive_of(&line.line) {
            Some("if") => {
                let skipped = Branch::Over { after_else: false };
                self.open.push((line.number, skipped));
                Ok(())
            }
            Some(directive @ ("else" | "endif")) => self.change(directive),
            _ => Ok(()),
        }
    }
}
