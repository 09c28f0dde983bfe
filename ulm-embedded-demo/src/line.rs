//! The line editor: bytes of a terminal in, a line and what to send back out.

use core::fmt;

use heapless::Vec;

/// Longest line, in bytes: longer than any question in the examples that come with the project.
pub const LINE_BYTES: usize = 128;

/// What a byte did to the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// The line goes on.
    Typing,
    /// Return: the line is complete.
    Complete,
    /// Control-C: the line is given up.
    Interrupt,
    /// Control-D on an empty line: the user leaves.
    Leave,
}

/// Where the editor is in an escape sequence (ECMA-48: `ESC [`, parameters, a final byte).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    None,
    Started,
    /// `ESC [` with the last digit read.
    Sequence(u8),
}

/// A line being typed, with a cursor; it echoes to a terminal of the VT100 family.
///
/// Left, right, Home, End, Control-A, B, E, F move; Backspace and Delete delete, Control-W a word,
/// Control-U up to the cursor, Control-K from it on. Up or Control-P, pressed first, brings
/// back the line before.
#[derive(Debug)]
pub struct LineEditor {
    line: Vec<u8, LINE_BYTES>,
    /// Whether `line` is still the one before: nothing of the new one was typed.
    is_previous: bool,
    cursor: usize,
    escape: Escape,
    after_return: bool,
}

impl Default for LineEditor {
    fn default() -> Self {
        Self::new()
    }
}

impl LineEditor {
    /// An empty line.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            line: Vec::new(),
            is_previous: false,
            cursor: 0,
            escape: Escape::None,
            after_return: false,
        }
    }

    /// The line so far.
    #[must_use]
    pub fn line(&self) -> &[u8] {
        if self.is_previous { &[] } else { &self.line }
    }

    /// Starts the next line; the one that was there can be brought back.
    pub fn clear(&mut self) {
        self.is_previous = !self.line.is_empty();
        self.cursor = 0;
    }

    /// Takes a byte from the terminal and writes what makes its screen right to `echo`.
    ///
    /// A line that is full takes no more: `echo` gets BEL. CR, LF and CR LF all complete a line.
    ///
    /// # Errors
    ///
    /// Those of `echo`.
    pub fn push(&mut self, byte: u8, echo: &mut impl fmt::Write) -> Result<Edit, fmt::Error> {
        let after_return = core::mem::replace(&mut self.after_return, byte == b'\r');
        match (self.escape, byte) {
            (Escape::None, _) => {}
            (Escape::Started, b'[' | b'O') => {
                self.escape = Escape::Sequence(0);
                return Ok(Edit::Typing);
            }
            (Escape::Sequence(_), b'0'..=b'9' | b';') => {
                self.escape = Escape::Sequence(byte);
                return Ok(Edit::Typing);
            }
            (Escape::Sequence(digit), _) => {
                self.escape = Escape::None;
                self.final_byte(byte, digit, echo)?;
                return Ok(Edit::Typing);
            }
            (Escape::Started, _) => {
                self.escape = Escape::None;
                if byte >= 0x20 {
                    return Ok(Edit::Typing); // a key pressed with Alt
                }
            }
        }
        match byte {
            b'\n' if after_return => return Ok(Edit::Typing),
            0x1b => {
                self.escape = Escape::Started;
                return Ok(Edit::Typing);
            }
            0x10 => {
                self.recall(echo)?;
                return Ok(Edit::Typing);
            }
            _ => self.forget_previous(),
        }
        match byte {
            b'\r' | b'\n' => {
                self.move_to(self.line.len(), echo)?;
                echo.write_str("\r\n")?;
                return Ok(Edit::Complete);
            }
            0x03 => {
                echo.write_str("^C\r\n")?;
                self.line.clear();
                self.cursor = 0;
                return Ok(Edit::Interrupt);
            }
            0x04 if self.line.is_empty() => return Ok(Edit::Leave),
            0x04 => self.delete(self.cursor..self.cursor.saturating_add(1), echo)?,
            0x01 => self.move_to(0, echo)?,
            0x02 => self.move_to(self.cursor.saturating_sub(1), echo)?,
            0x05 => self.move_to(self.line.len(), echo)?,
            0x06 => self.move_to(self.cursor.saturating_add(1), echo)?,
            0x08 | 0x7f => self.delete(self.cursor.saturating_sub(1)..self.cursor, echo)?,
            0x0b => self.delete(self.cursor..self.line.len(), echo)?,
            0x15 => self.delete(0..self.cursor, echo)?,
            0x17 => self.delete(self.word_start()..self.cursor, echo)?,
            0x20.. => self.insert(byte, echo)?,
            _ => {}
        }
        Ok(Edit::Typing)
    }

    fn final_byte(&mut self, byte: u8, digit: u8, echo: &mut impl fmt::Write) -> fmt::Result {
        if byte == b'A' {
            return self.recall(echo);
        }
        self.forget_previous();
        match (byte, digit) {
            (b'C', _) => self.move_to(self.cursor.saturating_add(1), echo),
            (b'D', _) => self.move_to(self.cursor.saturating_sub(1), echo),
            (b'H', _) | (b'~', b'1' | b'7') => self.move_to(0, echo),
            (b'F', _) | (b'~', b'4' | b'8') => self.move_to(self.line.len(), echo),
            (b'~', b'3') => self.delete(self.cursor..self.cursor.saturating_add(1), echo),
            _ => Ok(()),
        }
    }

    fn insert(&mut self, byte: u8, echo: &mut impl fmt::Write) -> fmt::Result {
        if self.line.insert(self.cursor, byte).is_err() {
            return echo.write_char('\x07');
        }
        self.cursor = self.cursor.saturating_add(1);
        echo.write_char(byte.into())?;
        self.redraw_tail(echo)
    }

    /// Deletes the bytes at `range`, cut to what there is.
    fn delete(
        &mut self,
        range: core::ops::Range<usize>,
        echo: &mut impl fmt::Write,
    ) -> fmt::Result {
        let end = range.end.min(self.line.len());
        let count = end.saturating_sub(range.start);
        if count == 0 {
            return Ok(());
        }
        self.move_to(range.start, echo)?;
        let mut position = 0usize;
        self.line.retain(|_| {
            let keep = !(range.start..end).contains(&position);
            position = position.saturating_add(1);
            keep
        });
        self.redraw_tail(echo)
    }

    /// Brings the line before back, where nothing was typed yet.
    fn recall(&mut self, echo: &mut impl fmt::Write) -> fmt::Result {
        if core::mem::take(&mut self.is_previous) {
            self.move_to(self.line.len(), echo)?;
        }
        Ok(())
    }

    fn forget_previous(&mut self) {
        if core::mem::take(&mut self.is_previous) {
            self.line.clear();
        }
    }

    /// Start of the word before the cursor.
    fn word_start(&self) -> usize {
        let before = self.line.get(..self.cursor).unwrap_or(&self.line);
        let word_end = before.iter().rposition(|&b| b != b' ').unwrap_or(0);
        let word = before.get(..word_end).unwrap_or(before);
        let space = word.iter().rposition(|&b| b == b' ');
        space.map_or(0, |position| position.saturating_add(1))
    }

    /// Writes what is right of the cursor, blanks what may be left of a longer line, and comes
    /// back.
    fn redraw_tail(&self, echo: &mut impl fmt::Write) -> fmt::Result {
        let tail = self.line.get(self.cursor..).unwrap_or(&[]);
        for &byte in tail {
            echo.write_char(byte.into())?;
        }
        echo.write_str("\x1b[K")?;
        for _ in tail {
            echo.write_char('\x08')?;
        }
        Ok(())
    }

    fn move_to(&mut self, position: usize, echo: &mut impl fmt::Write) -> fmt::Result {
        let position = position.min(self.line.len());
        for _ in position..self.cursor {
            echo.write_char('\x08')?;
        }
        for &byte in self.line.get(self.cursor..position).unwrap_or(&[]) {
            echo.write_char(byte.into())?;
        }
        self.cursor = position;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The screen after `bytes` were typed: what a terminal shows of the echo, and the line.
    fn typed(editor: &mut LineEditor, bytes: &[u8]) -> (String, String) {
        let mut echo = String::new();
        for &byte in bytes {
            editor.push(byte, &mut echo).unwrap();
        }
        let (mut screen, mut column) = (Vec::<char>::new(), 0);
        let mut characters = echo.chars();
        while let Some(c) = characters.next() {
            match c {
                '\x08' => column -= 1,
                '\x1b' => {
                    assert_eq!(characters.by_ref().take(2).collect::<String>(), "[K");
                    screen.truncate(column);
                }
                '\r' | '\n' | '\x07' => {}
                c => {
                    if column == screen.len() {
                        screen.push(c);
                    } else {
                        screen[column] = c;
                    }
                    column += 1;
                }
            }
        }
        let line = String::from_utf8(editor.line().to_vec()).unwrap();
        (screen.into_iter().collect(), line)
    }

    use std::string::String;
    use std::vec::Vec;

    #[test]
    fn the_screen_shows_the_line_whatever_was_edited() {
        for (keys, expected) in [
            (&b"lamp on"[..], "lamp on"),
            (b"lampp\x08 on", "lamp on"),
            (b"lamp\x7f\x7f\x7f\x7f\x7fon", "on"),
            (b"lmp\x1b[D\x1b[Da", "lamp"),
            (b"amp\x01l\x05!", "lamp!"),
            (b"amp\x1b[Hl\x1b[F!", "lamp!"),
            (b"xlamp\x1b[1~\x1b[3~", "lamp"),
            (b"xlamp\x01\x04", "lamp"),
            (b"turn it off \x17on", "turn it on"),
            (b"turn it off\x1b[D\x1b[D\x1b[D\x15", "off"),
            (b"on please\x01\x06\x06\x0b", "on"),
            (b"a\x1b[Db\x1bxc", "bca"),
        ] {
            let (screen, line) = typed(&mut LineEditor::new(), keys);
            assert_eq!(line, expected, "{keys:?}");
            assert_eq!(screen, expected, "{keys:?}");
        }
    }

    #[test]
    fn a_line_comes_back() {
        let mut editor = LineEditor::new();
        typed(&mut editor, b"lamp on\r");
        editor.clear();
        assert_eq!(editor.line(), b"");
        let (screen, line) = typed(&mut editor, b"\x1b[A\x08ff");
        assert_eq!((&*screen, &*line), ("lamp off", "lamp off"));
    }

    /// The line before is gone once something else was typed.
    #[test]
    fn a_new_line_starts_empty() {
        for keys in [&b"xy\x1b[A"[..], b"\x1b[Dxy\x10", b"\x7fxy"] {
            let mut editor = LineEditor::new();
            typed(&mut editor, b"lamp on\r");
            editor.clear();
            let (screen, line) = typed(&mut editor, keys);
            assert_eq!((&*screen, &*line), ("xy", "xy"));
        }
    }

    #[test]
    fn a_full_line_takes_no_more() {
        let mut editor = LineEditor::new();
        typed(&mut editor, &[b'a'; LINE_BYTES]);
        let mut echo = String::new();
        assert_eq!(editor.push(b'b', &mut echo), Ok(Edit::Typing));
        assert_eq!((&*echo, editor.line().len()), ("\x07", LINE_BYTES));
    }

    #[test]
    fn returns_control_c_and_control_d() {
        let mut editor = LineEditor::new();
        let mut echo = String::new();
        let edits: Vec<Edit> = b"a\r\nb\n\nc\x03\x04"
            .iter()
            .map(|&byte| {
                let edit = editor.push(byte, &mut echo).unwrap();
                if edit == Edit::Complete {
                    editor.clear();
                }
                edit
            })
            .collect();
        use Edit::{Complete, Interrupt, Leave, Typing};
        let expected = [
            Typing, Complete, Typing, Typing, Complete, Complete, Typing, Interrupt, Leave,
        ];
        assert_eq!(edits, expected);
    }
}
