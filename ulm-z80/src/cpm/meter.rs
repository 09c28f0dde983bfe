//! T-states per printed character.

/// T-states of events of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How often.
    pub count: u64,
    /// T-states, all together.
    pub sum: u64,
    /// T-states of the longest.
    pub max: u64,
}

impl Tally {
    /// T-states on average, if there was any.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    fn add(&mut self, t_states: u64) {
        self.count += 1;
        self.sum += t_states;
        self.max = self.max.max(t_states);
    }
}

/// What a run has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// T-states, those of BDOS and BIOS not counted: they cost nothing here.
    pub t_states: u64,
    /// Instructions.
    pub instructions: u64,
    /// From the end of an input line (or from the start, if there is a command tail) to the reply's first character.
    pub first: Tally,
    /// Between two characters of a reply. A reply is what follows an input line, up to the end of its first line;
    /// prompts and banners are not among it.
    pub character: Tally,
    /// The longest time that interrupts were off.
    pub interrupts_off: u64,
}

#[derive(Debug, Default)]
enum Phase {
    #[default]
    Idle,
    Thinking {
        since: u64,
    },
    Speaking {
        last: u64,
    },
}

/// Listens to input and output.
#[derive(Debug, Default)]
pub(super) struct Meter {
    phase: Phase,
    pub(super) first: Tally,
    pub(super) character: Tally,
}

impl Meter {
    /// A question has been asked.
    pub(super) fn asked(&mut self, now: u64) {
        self.phase = Phase::Thinking { since: now };
    }

    /// The program has printed `byte`.
    pub(super) fn printed(&mut self, byte: u8, now: u64) {
        let is_text = byte >= b' ';
        self.phase = match self.phase {
            Phase::Thinking { since } if is_text => {
                self.first.add(now - since);
                Phase::Speaking { last: now }
            }
            Phase::Speaking { last } if is_text => {
                self.character.add(now - last);
                Phase::Speaking { last: now }
            }
            Phase::Speaking { .. } => Phase::Idle,
            Phase::Idle => Phase::Idle,
            Phase::Thinking { since } => Phase::Thinking { since },
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_replies_count() {
        let mut meter = Meter::default();
        for (byte, now) in [(b'>', 5), (b' ', 6)] {
            meter.printed(byte, now);
        }
        meter.asked(100);
        for (byte, now) in [
            (13, 110),
            (10, 120),
            (b'H', 400),
            (b'I', 500),
            (b'!', 700),
            (13, 800),
            (10, 810),
        ] {
            meter.printed(byte, now);
        }
        for (byte, now) in [(b'>', 820), (b' ', 830)] {
            meter.printed(byte, now);
        }
        let first = Tally {
            count: 1,
            sum: 300,
            max: 300,
        };
        let character = Tally {
            count: 2,
            sum: 300,
            max: 200,
        };
        assert_eq!((meter.first, meter.character), (first, character));
        assert_eq!(character.mean(), Some(150.0));
    }
}
