//! The chat: lines in, replies out, characters as they come.

use core::fmt::{self, Write};

use heapless::{Deque, Vec};
use ulm_core::{Engine, EngineError, Model};

use crate::board::Board;
use crate::lamp::Lamp;
use crate::line::{Edit, LineEditor};

/// Control-C stops a reply.
const INTERRUPT: u8 = 0x03;

/// Device control 2 (Control-R): the other end is a terminal.
const TERMINAL: u8 = 0x12;

/// Device control 4 (Control-T): the other end is a program: no echo, no prompt, one line of
/// reply for a line of question. The device answers with the same byte.
const PROGRAM: u8 = 0x14;

/// Bytes kept that were received while a reply was written.
const AHEAD_BYTES: usize = 16;

/// Longest reply that can be a command.
const COMMAND_BYTES: usize = 16;

/// Why a chat ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Control-D on an empty line.
    Left,
    /// The model does not fit the engine.
    Engine(EngineError),
}

/// What was said so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Session {
    /// Questions answered.
    pub replies: u32,
    /// Characters that the network chose, EOS included; those of a fallback reply are not.
    pub characters: u32,
    /// What the board counted for all of them, hashing the question included.
    pub count: u64,
}

impl Session {
    /// Mean count a character.
    #[must_use]
    pub const fn count_per_character(&self) -> u64 {
        match self.count.checked_div(self.characters as u64) {
            Some(mean) => mean,
            None => 0,
        }
    }
}

/// A chat with one model, for networks up to `W` wide.
pub struct Chat<'m, const W: usize> {
    model: Model<'m>,
    engine: Engine<W>,
    editor: LineEditor,
    ahead: Deque<u8, AHEAD_BYTES>,
    lamp: Lamp,
    session: Session,
    to_terminal: bool,
}

impl<'m, const W: usize> Chat<'m, W> {
    /// A chat that has not begun.
    #[must_use]
    pub const fn new(model: Model<'m>) -> Self {
        Self {
            model,
            engine: Engine::new(),
            editor: LineEditor::new(),
            ahead: Deque::new(),
            lamp: Lamp::new(),
            session: Session {
                replies: 0,
                characters: 0,
                count: 0,
            },
            to_terminal: true,
        }
    }

    /// What was said so far.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// The lamp.
    #[must_use]
    pub const fn lamp(&self) -> &Lamp {
        &self.lamp
    }

    /// Chats until the user leaves, calling `replied` after each reply with the session before
    /// and after it.
    pub fn run<B: Board>(
        &mut self,
        board: &mut B,
        mut replied: impl FnMut(&Session, &Session, &Lamp),
    ) -> Exit {
        board.show(&self.lamp);
        let mut is_prompted = false;
        loop {
            let Some(byte) = self.ahead.pop_front().or_else(|| board.read()) else {
                if self.to_terminal && !is_prompted {
                    self.prompt(board);
                    is_prompted = true;
                }
                board.idle();
                continue;
            };
            match byte {
                TERMINAL | PROGRAM => {
                    self.to_terminal = byte == TERMINAL;
                    // Acknowledged, for a prompt may have been written before.
                    board.write(byte);
                    continue;
                }
                _ => {}
            }
            if self.to_terminal && !is_prompted {
                self.prompt(board);
                is_prompted = true;
            }
            let mut echo = Output {
                board,
                is_on: self.to_terminal,
            };
            match self.editor.push(byte, &mut echo) {
                Ok(Edit::Typing) | Err(fmt::Error) => {}
                Ok(Edit::Interrupt) => is_prompted = false,
                Ok(Edit::Leave) => {
                    self.text(board, "\r\n");
                    return Exit::Left;
                }
                Ok(Edit::Complete) => {
                    let before = self.session;
                    if let Err(error) = self.answer(board) {
                        return Exit::Engine(error);
                    }
                    self.editor.clear();
                    board.show(&self.lamp);
                    replied(&before, &self.session, &self.lamp);
                    is_prompted = false;
                }
            }
        }
    }

    fn prompt<B: Board>(&self, board: &mut B) {
        self.text(board, "> ");
    }

    /// Writes what only a terminal gets.
    fn text<B: Board>(&self, board: &mut B, text: &str) {
        if self.to_terminal {
            text.bytes().for_each(|byte| board.write(byte));
        }
    }

    /// Answers the editor's line.
    fn answer<B: Board>(&mut self, board: &mut B) -> Result<(), EngineError> {
        let question = self.editor.line();
        board.restart_counter();
        let mut reply = self.engine.ask(&self.model, question)?;
        let is_fallback = reply.is_fallback();
        self.session.count = self.session.count.saturating_add(board.count().into());

        let mut word = Vec::<u8, COMMAND_BYTES>::new();
        let mut is_whole = true;
        loop {
            board.restart_counter();
            let byte = reply.next();
            let count = board.count();
            self.session.count = self.session.count.saturating_add(count.into());
            let Some(byte) = byte else {
                break;
            };
            board.write(byte);
            is_whole &= word.push(byte).is_ok();
            if is_interrupted(board, &mut self.ahead) {
                is_whole = false;
                "^C".bytes().for_each(|byte| board.write(byte));
                break;
            }
        }
        let choices = reply.choices_made();
        self.session.characters = self.session.characters.saturating_add(choices.into());
        self.session.replies = self.session.replies.saturating_add(1);
        self.text(board, "\r");
        board.write(b'\n');

        let word = if is_fallback { b"IDK" } else { &word[..] };
        let done = if is_whole {
            self.lamp.act(word, question)
        } else {
            None
        };
        if let (Some(answer), true) = (done, self.to_terminal) {
            let mut output = Output { board, is_on: true };
            // A board's serial line takes every byte: there is no error to report.
            let _ = match answer {
                "" => write!(output, "[lamp: {}]\r\n", self.lamp),
                answer => write!(output, "[{answer}]\r\n"),
            };
        }
        Ok(())
    }
}

/// Takes what was typed while a character was computed: an interrupt drops it all, anything else
/// waits for its turn.
fn is_interrupted<B: Board>(board: &mut B, ahead: &mut Deque<u8, AHEAD_BYTES>) -> bool {
    while !ahead.is_full() {
        match board.read() {
            Some(INTERRUPT) => {
                ahead.clear();
                return true;
            }
            Some(byte) => {
                // There is room: it was asked for above.
                let _ = ahead.push_back(byte);
            }
            None => break,
        }
    }
    false
}

/// Text to a board's serial line, a byte a character.
struct Output<'b, B> {
    board: &'b mut B,
    is_on: bool,
}

impl<B: Board> Write for Output<'_, B> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| self.write_char(c))
    }

    fn write_char(&mut self, c: char) -> fmt::Result {
        if self.is_on {
            self.board.write(u8::try_from(c).unwrap_or(b'?'));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    const OK: &[u8] = include_bytes!("../../ulm-core/tests/ok.ulm");

    /// A board whose other end is a script; it counts one a character.
    #[derive(Default)]
    struct Script {
        input: std::collections::VecDeque<Option<u8>>,
        output: String,
        shown: Vec<Lamp, 8>,
    }

    impl Board for Script {
        fn read(&mut self) -> Option<u8> {
            self.input.pop_front()?
        }

        fn write(&mut self, byte: u8) {
            self.output.push(byte.into());
        }

        fn idle(&mut self) {
            assert!(
                !self.input.is_empty(),
                "the script has ended: {}",
                self.output
            );
        }

        fn show(&mut self, lamp: &Lamp) {
            self.shown.push(*lamp).unwrap();
        }

        fn restart_counter(&mut self) {}

        fn count(&mut self) -> u32 {
            1
        }
    }

    /// What the device writes; `None` is a moment in which nothing arrives.
    fn dialogue(input: impl IntoIterator<Item = Option<u8>>) -> (String, Session) {
        let mut board = Script {
            input: input.into_iter().collect(),
            ..Script::default()
        };
        let mut chat = Chat::<4>::new(Model::parse(OK).unwrap());
        let mut replies = 0;
        let exit = chat.run(&mut board, |before, after, _| {
            assert_eq!(after.replies, before.replies + 1);
            replies += 1;
        });
        assert_eq!((exit, replies), (Exit::Left, chat.session().replies));
        (board.output, *chat.session())
    }

    fn bytes(text: &str) -> impl Iterator<Item = Option<u8>> {
        text.bytes().map(Some)
    }

    #[test]
    fn a_program_gets_one_line_a_line() {
        let (output, session) = dialogue(bytes("\x14hello\nagain\r\n\n\x04"));
        assert_eq!(output, "\x14OK\nOK\nOK\n");
        // O, K and EOS each.
        assert_eq!((session.replies, session.characters), (3, 9));
    }

    #[test]
    fn a_terminal_gets_prompt_and_echo() {
        let (output, _) = dialogue([None].into_iter().chain(bytes("hi\r\x04")));
        let shown = output.replace("\x1b[K", "");
        assert_eq!(shown, "> hi\r\nOK\r\n> \r\n");
    }

    /// The interrupt arrives after the first character; what was typed ahead is gone.
    #[test]
    fn control_c_stops_a_reply() {
        let typed = bytes("\x14hi\r")
            .chain(bytes("x\x03"))
            .chain(bytes("ho\n\x04"));
        let (output, session) = dialogue(typed);
        assert_eq!(output, "\x14O^C\nOK\n");
        assert_eq!(session.characters, 4);
    }

    #[test]
    fn a_model_that_is_too_wide_ends_the_chat() {
        let mut board = Script {
            input: bytes("hi\n").collect(),
            ..Script::default()
        };
        let mut chat = Chat::<0>::new(Model::parse(OK).unwrap());
        let exit = chat.run(&mut board, |_, _, _| ());
        let error = EngineError::TooWide {
            needed: 4,
            available: 0,
        };
        assert_eq!(exit, Exit::Engine(error));
    }
}
