//! The console part of the BDOS of CP/M 2.2, and the BIOS below it.
//!
//! What each function does follows Digital Research's "CP/M 2.2 Interface Guide"; where that is silent, the BDOS itself.

use super::console::{Availability, Console};
use super::layout::{IOBYTE, Noise};
use super::system::{Cpm, End, Exit, RunError};
use crate::z80::{Pair, Register};

const CONTROL_C: u8 = 0x03;
const CONTROL_E: u8 = 0x05;
const BACKSPACE: u8 = 0x08;
const TAB: u8 = 0x09;
const LF: u8 = 0x0A;
const CR: u8 = 0x0D;
const CONTROL_P: u8 = 0x10;
const CONTROL_R: u8 = 0x12;
const CONTROL_S: u8 = 0x13;
const CONTROL_U: u8 = 0x15;
const CONTROL_X: u8 = 0x18;
const END_OF_FILE: u8 = 0x1A;
const RUBOUT: u8 = 0x7F;

/// Columns between tab stops.
const TAB_COLUMNS: u16 = 8;
/// The version that `S_BDOSVER` tells: CP/M 2.2.
const VERSION: u16 = 0x0022;
/// What `C_STAT` returns for a waiting character; the manual says FFh, the BDOS of CP/M 2.2 says 01h.
const CHARACTER_READY: u16 = 0x0001;
/// A program that has asked so often whether a key was pressed, and has done nothing else, waits for one.
const IDLE_POLLS: u32 = 10_000;

/// Stack that an interrupt uses before it changes to its own.
const INTERRUPT_STACK_BYTES: u16 = 8;

/// The functions of CP/M 2.2, by number; it has no 38 and 39, and one more, 40.
const NAMES: [&str; 38] = [
    "P_TERMCPM",
    "C_READ",
    "C_WRITE",
    "A_READ",
    "A_WRITE",
    "L_WRITE",
    "C_RAWIO",
    "A_STATIN",
    "A_STATOUT",
    "C_WRITESTR",
    "C_READSTR",
    "C_STAT",
    "S_BDOSVER",
    "DRV_ALLRESET",
    "DRV_SET",
    "F_OPEN",
    "F_CLOSE",
    "F_SFIRST",
    "F_SNEXT",
    "F_DELETE",
    "F_READ",
    "F_WRITE",
    "F_MAKE",
    "F_RENAME",
    "DRV_LOGINVEC",
    "DRV_GET",
    "F_DMAOFF",
    "DRV_ALLOCVEC",
    "DRV_SETRO",
    "DRV_ROVEC",
    "F_ATTRIB",
    "DRV_DPB",
    "F_USERNUM",
    "F_READRAND",
    "F_WRITERAND",
    "F_SIZE",
    "F_RANDREC",
    "DRV_RESET",
];

/// The name of a function.
fn name_of(function: u8) -> Option<&'static str> {
    match function {
        40 => Some("F_WRITEZF"),
        function => NAMES.get(usize::from(function)).copied(),
    }
}

/// The entries of the BIOS's jump table.
const BIOS_NAMES: [&str; 17] = [
    "BOOT", "WBOOT", "CONST", "CONIN", "CONOUT", "LIST", "PUNCH", "READER", "HOME", "SELDSK",
    "SETTRK", "SETSEC", "SETDMA", "READ", "WRITE", "LISTST", "SECTRAN",
];

/// What the BDOS remembers between two calls.
#[derive(Debug)]
pub(super) struct State {
    /// A key that was found while looking for Control-S; `C_RAWIO` doesn't see it.
    waiting: Option<u8>,
    /// The cursor's column, for tabs.
    column: u16,
    idle_polls: u32,
    noise: Noise,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            waiting: None,
            column: 0,
            idle_polls: 0,
            noise: Noise::new(),
        }
    }
}

/// Columns that a character takes on the screen, at `column`.
fn width(byte: u8, column: u16) -> u16 {
    match byte {
        TAB => TAB_COLUMNS - column % TAB_COLUMNS,
        0..b' ' => 2,
        _ => 1,
    }
}

/// The column behind `line`, which starts at `column`.
fn column_behind(line: &[u8], column: u16) -> u16 {
    line.iter().fold(column, |at, byte| at + width(*byte, at))
}

impl<C: Console> Cpm<C> {
    /// Answers CALL 5.
    pub(super) fn bdos(&mut self) -> Result<(), Exit> {
        let function = self.z80.register(Register::C);
        let argument = self.z80.pair(Pair::DE);
        let byte = self.z80.register(Register::E);
        let result = match function {
            0 => return Err(Exit::End(End::WarmBoot)),
            1 => self.read_and_echo()?.into(),
            2 => self.print(byte)?,
            3 => {
                self.note("A_READ: there is no reader, so it is at its end of file");
                END_OF_FILE.into()
            }
            4 => self.note("A_WRITE: there is no punch, its bytes are lost"),
            5 => self.note("L_WRITE: there is no printer, its text is lost"),
            6 => self.raw_io(byte)?,
            7 => self.z80.memory()[usize::from(IOBYTE)].into(),
            8 => {
                self.z80.load(IOBYTE, &[byte]);
                0
            }
            9 => self.print_string(argument)?,
            10 => self.read_line(argument)?,
            11 => match self.look_for_key()? {
                true => CHARACTER_READY,
                false => 0,
            },
            12 => VERSION,
            // Harmless without files: reset, select, current disk, DMA address, user number.
            13 | 14 | 25 | 26 | 32 => 0,
            function => {
                let at = self.z80.word(self.z80.pair(Pair::SP)).wrapping_sub(3);
                let name = name_of(function);
                return Err(RunError::UnknownFunction { function, name, at }.into());
            }
        };
        self.return_with(result);
        Ok(())
    }

    /// Answers a call of the BIOS's `entry`, counted from 0.
    pub(super) fn bios(&mut self, entry: u16) -> Result<(), Exit> {
        let character = self.z80.register(Register::C);
        let a: u8 = match entry {
            0 | 1 => return Err(Exit::End(End::WarmBoot)),
            2 => match self.key_is_ready()? {
                true => 0xFF,
                false => 0,
            },
            3 => self.next_key()?,
            4 => {
                self.put(character)?;
                character
            }
            7 => END_OF_FILE,
            15 => 0,
            entry => {
                let at = self.z80.word(self.z80.pair(Pair::SP)).wrapping_sub(3);
                let name = BIOS_NAMES.get(usize::from(entry)).copied();
                let name = name.unwrap_or("without a name");
                return Err(RunError::UnknownBios { name, at }.into());
            }
        };
        if self.is_hostile {
            self.spoil_all();
        }
        self.z80.set_register(Register::A, a);
        let back = self.z80.pop();
        self.z80.set_pc(back);
        Ok(())
    }

    /// Returns to the caller: HL is the result, A and B are its bytes, and of the other registers of an 8080 none is
    /// what it was.
    fn return_with(&mut self, result: u16) {
        if self.is_hostile {
            self.spoil_all();
        }
        let noise = &mut self.state.noise;
        let (de, c, f) = (noise.word(), noise.byte(), noise.byte());
        self.z80.set_pair(Pair::DE, de);
        self.z80.set_pair(Pair::HL, result);
        self.z80
            .set_pair(Pair::BC, (result & 0xFF00) | u16::from(c));
        self.z80.set_pair(Pair::AF, result << 8 | u16::from(f));
        let back = self.z80.pop();
        self.z80.set_pc(back);
    }

    /// Gives every register but SP and PC a meaningless value, and the memory below the stack, as a BIOS for the Z80
    /// with interrupts may.
    fn spoil_all(&mut self) {
        for _ in 0..2 {
            for pair in [Pair::AF, Pair::BC, Pair::DE, Pair::HL, Pair::IX, Pair::IY] {
                let value = self.state.noise.word();
                self.z80.set_pair(pair, value);
            }
            self.z80.exchange_shadows();
        }
        self.spoil_below_stack();
    }

    /// What an interrupt does to the memory below SP.
    pub(super) fn spoil_below_stack(&mut self) {
        let sp = self.z80.pair(Pair::SP);
        for below in 1..=INTERRUPT_STACK_BYTES {
            let byte = self.state.noise.byte();
            self.z80.load(sp.wrapping_sub(below), &[byte]);
        }
    }

    /// A byte to the console.
    fn put(&mut self, byte: u8) -> Result<(), Exit> {
        self.state.idle_polls = 0;
        self.meter.printed(byte, self.z80.t_states());
        Ok(self.console.write(byte)?)
    }

    /// The next key; waits for it.
    fn next_key(&mut self) -> Result<u8, Exit> {
        self.state.idle_polls = 0;
        let key = self.console.read()?;
        self.pace_anew();
        match key {
            Some(key) => Ok(key),
            None if self.console.wants_stop()? => Err(Exit::End(End::Stopped)),
            None => Err(Exit::End(End::EndOfInput)),
        }
    }

    /// Whether a key is waiting at the console, whatever the BDOS holds already.
    fn key_is_ready(&mut self) -> Result<bool, Exit> {
        let is_idle = self.state.idle_polls >= IDLE_POLLS;
        match self.console.poll(is_idle)? {
            Availability::Ready => {
                self.state.idle_polls = 0;
                Ok(true)
            }
            Availability::Never if is_idle => Err(Exit::End(End::EndOfInput)),
            Availability::Later | Availability::Never => {
                self.state.idle_polls += 1;
                if is_idle {
                    self.pace_anew();
                }
                Ok(false)
            }
        }
    }

    /// `C_STAT`: whether a key is waiting. Control-S is none: it stops the output until the next key, and if that is
    /// Control-C, the program.
    fn look_for_key(&mut self) -> Result<bool, Exit> {
        if self.state.waiting.is_some() {
            return Ok(true);
        }
        if !self.key_is_ready()? {
            return Ok(false);
        }
        match self.next_key()? {
            CONTROL_S => match self.next_key()? {
                CONTROL_C => Err(Exit::End(End::WarmBoot)),
                _ => Ok(false),
            },
            key => {
                self.state.waiting = Some(key);
                Ok(true)
            }
        }
    }

    fn key(&mut self) -> Result<u8, Exit> {
        match self.state.waiting.take() {
            Some(key) => Ok(key),
            None => self.next_key(),
        }
    }

    /// `C_READ`. Control-C is a key like others here.
    fn read_and_echo(&mut self) -> Result<u8, Exit> {
        let key = self.key()?;
        if !self.console.is_silent() && (key >= b' ' || [CR, LF, TAB, BACKSPACE].contains(&key)) {
            self.show(key)?;
        }
        Ok(key)
    }

    /// `C_RAWIO`. FFh in E asks for a key, without waiting, and FEh for its status; everything else is printed.
    fn raw_io(&mut self, byte: u8) -> Result<u16, Exit> {
        match byte {
            0xFF if self.key_is_ready()? => Ok(self.next_key()?.into()),
            0xFE if self.key_is_ready()? => Ok(0xFF),
            0xFE | 0xFF => Ok(0),
            byte => self.put(byte).map(|()| 0),
        }
    }

    /// `C_WRITE`: looks for Control-S, spreads tabs.
    fn print(&mut self, byte: u8) -> Result<u16, Exit> {
        // A program that prints is not idle, so looking is never taken for waiting here.
        self.state.idle_polls = 0;
        self.look_for_key()?;
        self.show(byte)?;
        Ok(0)
    }

    fn show(&mut self, byte: u8) -> Result<(), Exit> {
        if byte == TAB {
            for _ in 0..width(TAB, self.state.column) {
                self.show(b' ')?;
            }
            return Ok(());
        }
        self.put(byte)?;
        let column = &mut self.state.column;
        *column = match byte {
            LF => 0,
            BACKSPACE => column.saturating_sub(1),
            0..b' ' | RUBOUT => *column,
            _ => column.wrapping_add(1),
        };
        Ok(())
    }

    /// `C_WRITESTR`.
    fn print_string(&mut self, start: u16) -> Result<u16, Exit> {
        let mut at = start;
        loop {
            let byte = self.z80.memory()[usize::from(at)];
            if byte == b'$' {
                return Ok(0);
            }
            self.print(byte)?;
            at = at.wrapping_add(1);
            if at == start {
                return Err(RunError::EndlessString { start }.into());
            }
        }
    }

    /// `C_READSTR` into the buffer at `buffer`: its size, then the length read, then the text.
    fn read_line(&mut self, buffer: u16) -> Result<u16, Exit> {
        self.console.begin_line();
        let limit = usize::from(self.z80.memory()[usize::from(buffer)]);
        let start = self.state.column;
        let mut line: Vec<u8> = Vec::new();
        while line.len() < limit {
            let key = match self.key() {
                Ok(key) => key,
                // The last line of a file may lack its line end.
                Err(Exit::End(End::EndOfInput)) if !line.is_empty() => CR,
                Err(exit) => return Err(exit),
            };
            match key {
                CR | LF => break,
                BACKSPACE => {
                    if line.pop().is_some() {
                        self.erase_to(column_behind(&line, start))?;
                    }
                }
                RUBOUT => {
                    if let Some(byte) = line.pop() {
                        self.echo(byte)?;
                    }
                }
                CONTROL_E => self.echo_all(&[CR, LF])?,
                // There is no printer to switch on.
                CONTROL_P => {}
                CONTROL_R | CONTROL_U => {
                    if key == CONTROL_U {
                        line.clear();
                    }
                    self.echo_all(b"#\r\n")?;
                    self.echo_all(&vec![b' '; usize::from(start)])?;
                    self.echo_all(&line)?;
                }
                CONTROL_X => {
                    line.clear();
                    self.erase_to(start)?;
                }
                CONTROL_C if line.is_empty() => {
                    self.echo(key)?;
                    return Err(Exit::End(End::WarmBoot));
                }
                key => {
                    line.push(key);
                    self.echo(key)?;
                }
            }
        }
        if self.console.is_silent() && line.len() == limit {
            while !matches!(self.key(), Ok(CR | LF) | Err(_)) {}
        }
        // The line is not longer than a byte's value.
        self.z80.load(buffer.wrapping_add(1), &[line.len() as u8]);
        for (at, byte) in (2..).zip(&line) {
            self.z80.load(buffer.wrapping_add(at), &[*byte]);
        }
        if !self.console.is_silent() {
            self.show(CR)?;
        }
        self.meter.asked(self.z80.t_states());
        Ok(0)
    }

    /// Shows a key of the input line; a control character as `^` and its letter.
    fn echo(&mut self, byte: u8) -> Result<(), Exit> {
        match byte {
            _ if self.console.is_silent() => Ok(()),
            TAB | b' '.. => self.show(byte),
            control => {
                self.show(b'^')?;
                self.show(control | 0x40)
            }
        }
    }

    fn echo_all(&mut self, bytes: &[u8]) -> Result<(), Exit> {
        for byte in bytes.iter().copied() {
            match byte {
                CR | LF if self.console.is_silent() => {}
                CR | LF => self.show(byte)?,
                byte => self.echo(byte)?,
            }
        }
        Ok(())
    }

    /// Moves the cursor back to `column` and wipes what is passed.
    fn erase_to(&mut self, column: u16) -> Result<(), Exit> {
        while !self.console.is_silent() && self.state.column > column {
            for byte in [BACKSPACE, b' ', BACKSPACE] {
                self.show(byte)?;
            }
        }
        Ok(())
    }
}
