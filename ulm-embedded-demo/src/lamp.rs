//! The device's own logic: what a reply makes the lamp do.
//!
//! The network only picks a word; the program acts on it, and finds numbers in the question.

use core::fmt;

/// Colour of the light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// Neutral white.
    White,
    /// Warm white.
    Warm,
    /// Cool white.
    Cool,
    /// Red.
    Red,
    /// Green.
    Green,
    /// Blue.
    Blue,
}

impl Color {
    /// The name, and the red, green and blue of it, 0 to 255 each.
    #[must_use]
    pub const fn parts(self) -> (&'static str, [u8; 3]) {
        match self {
            Self::White => ("white", [255, 255, 255]),
            Self::Warm => ("warm", [255, 200, 120]),
            Self::Cool => ("cool", [200, 225, 255]),
            Self::Red => ("red", [255, 0, 0]),
            Self::Green => ("green", [0, 255, 0]),
            Self::Blue => ("blue", [0, 0, 255]),
        }
    }

    const fn next(self) -> Self {
        match self {
            Self::White | Self::Warm | Self::Cool => Self::Red,
            Self::Red => Self::Green,
            Self::Green => Self::Blue,
            Self::Blue => Self::White,
        }
    }
}

/// A lamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lamp {
    /// Whether it is lit.
    pub on: bool,
    /// Brightness when lit, 1 to 100.
    pub percent: u8,
    /// Colour when lit.
    pub color: Color,
    /// Whether it changes colours by itself.
    pub party: bool,
    /// Minutes until it goes off, 0: no timer.
    pub off_in_minutes: u16,
    /// Minutes until it wakes somebody, 0: no alarm.
    pub alarm_in_minutes: u16,
}

impl Default for Lamp {
    fn default() -> Self {
        Self::new()
    }
}

impl Lamp {
    /// A lamp that is off.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            on: false,
            percent: 100,
            color: Color::White,
            party: false,
            off_in_minutes: 0,
            alarm_in_minutes: 0,
        }
    }

    /// Does what `reply` says, a word in capitals; returns what to tell the user beside the state
    /// of the lamp, `None` where `reply` is no command.
    pub fn act(&mut self, reply: &[u8], question: &[u8]) -> Option<&'static str> {
        match reply {
            b"ON" => self.on = true,
            b"OFF" => *self = Self::new().with_timers_of(self),
            b"MAX" => self.light(100, self.color),
            b"MIN" => self.light(1, self.color),
            b"DIM" => self.light(self.percent.saturating_sub(25), self.color),
            b"BRIGHT" => self.light(self.percent.saturating_add(25), self.color),
            b"WHITE" => self.light(self.percent, Color::White),
            b"WARM" => self.light(self.percent, Color::Warm),
            b"COOL" => self.light(self.percent, Color::Cool),
            b"RED" => self.light(self.percent, Color::Red),
            b"GREEN" => self.light(self.percent, Color::Green),
            b"BLUE" => self.light(self.percent, Color::Blue),
            b"COLOR" => self.light(self.percent, self.color.next()),
            b"READ" => self.light(80, Color::White),
            b"NIGHT" => self.light(5, Color::Warm),
            b"PARTY" => {
                self.light(100, Color::Red);
                self.party = true;
            }
            b"TIMER" => self.off_in_minutes = minutes(question).unwrap_or(30),
            b"ALARM" => self.alarm_in_minutes = minutes(question).unwrap_or(8 * 60),
            b"CANCEL" => (self.off_in_minutes, self.alarm_in_minutes) = (0, 0),
            b"STATUS" => {}
            b"HELP" => {
                return Some("light on or off, dimmer or brighter, colours, party, night, timer");
            }
            b"IDK" => return Some("sorry, I didn't understand that"),
            _ => return None,
        }
        Some("")
    }

    const fn light(&mut self, percent: u8, color: Color) {
        self.on = true;
        self.party = false;
        self.percent = if percent > 100 {
            100
        } else if percent < 1 {
            1
        } else {
            percent
        };
        self.color = color;
    }

    const fn with_timers_of(mut self, other: &Self) -> Self {
        self.percent = other.percent;
        self.color = other.color;
        self.off_in_minutes = other.off_in_minutes;
        self.alarm_in_minutes = other.alarm_in_minutes;
        self
    }
}

impl fmt::Display for Lamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.on {
            let color = if self.party {
                "party"
            } else {
                self.color.parts().0
            };
            write!(f, "on, {} %, {color}", self.percent)?;
        } else {
            f.write_str("off")?;
        }
        if self.off_in_minutes > 0 {
            write!(f, ", off in {} minutes", self.off_in_minutes)?;
        }
        if self.alarm_in_minutes > 0 {
            write!(f, ", alarm in {} minutes", self.alarm_in_minutes)?;
        }
        Ok(())
    }
}

/// The first number of a question, in minutes: hours if a word that starts with `hour` follows it.
fn minutes(question: &[u8]) -> Option<u16> {
    let mut words = question.split(|byte| !byte.is_ascii_alphanumeric());
    let number = words.find_map(|word| core::str::from_utf8(word).ok()?.parse::<u16>().ok())?;
    let unit = words.next().and_then(|word| word.get(..4));
    let is_hours = unit.is_some_and(|unit| unit.eq_ignore_ascii_case(b"hour"));
    number.checked_mul(if is_hours { 60 } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commands one after the other, and the state that each leaves.
    #[test]
    fn commands_change_the_lamp() {
        let mut lamp = Lamp::new();
        for (reply, question, state) in [
            ("STATUS", "", "off"),
            ("ON", "could you turn the light on", "on, 100 %, white"),
            ("BRIGHT", "", "on, 100 %, white"),
            ("DIM", "", "on, 75 %, white"),
            ("WARM", "", "on, 75 %, warm"),
            ("COLOR", "", "on, 75 %, red"),
            ("MIN", "", "on, 1 %, red"),
            ("DIM", "", "on, 1 %, red"),
            ("PARTY", "", "on, 100 %, party"),
            ("NIGHT", "", "on, 5 %, warm"),
            (
                "TIMER",
                "off in 10 minutes",
                "on, 5 %, warm, off in 10 minutes",
            ),
            ("TIMER", "in 2 Hours", "on, 5 %, warm, off in 120 minutes"),
            ("OFF", "", "off, off in 120 minutes"),
            ("CANCEL", "", "off"),
            (
                "ALARM",
                "wake me in 99999 minutes",
                "off, alarm in 480 minutes",
            ),
        ] {
            assert_eq!(lamp.act(reply.as_bytes(), question.as_bytes()), Some(""));
            assert_eq!(format!("{lamp}"), state, "{reply}");
        }
    }

    #[test]
    fn what_is_no_command_changes_nothing() {
        let mut lamp = Lamp::new();
        assert_eq!(lamp.act(b"HELLO", b"hi"), None);
        assert!(
            lamp.act(b"IDK", b"turn on the tv")
                .is_some_and(|answer| !answer.is_empty())
        );
        assert_eq!(lamp, Lamp::new());
    }
}
