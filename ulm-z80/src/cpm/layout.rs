//! Who lives where in memory.
//!
//! ```text
//! 0000h  JP WBOOT          jump here to leave a program; the word at 0001h finds the BIOS
//! 0003h  IOBYTE, drive
//! 0005h  JP BDOS           call here; the word at 0006h bounds the TPA
//! 005Ch  FCB 1, FCB 2      from the first two words behind the command
//! 0080h  command tail      its length, then its text, upper case, with a space in front
//! 0100h  TPA               the program
//!        CCP               the last 2 KB of the TPA: a program may use them, but must then leave by JP 0
//! FBASE  BDOS, BIOS
//! ```

use std::fmt;

use super::fcb;
use crate::z80::{Pair, Z80};

/// Zero page: JP to the BIOS's warm boot.
pub const WARM_BOOT: u16 = 0x0000;
/// Zero page: JP to the BDOS.
pub const BDOS: u16 = 0x0005;
/// Zero page: the I/O byte.
pub const IOBYTE: u16 = 0x0003;
/// Zero page: the first file control block, 16 bytes before the second.
pub const FCB: u16 = 0x005C;
/// Zero page: the command tail, and the default DMA buffer.
pub const TAIL: u16 = 0x0080;
/// The first byte of a program.
pub const TPA: u16 = 0x0100;

/// The least TPA that can be asked for, in KB.
pub const MIN_TPA_KB: u8 = 4;
/// The largest, in KB.
pub const MAX_TPA_KB: u8 = 62;

/// A command line has at most this many characters (CCP of CP/M 2.2), the command's name included.
pub const MAX_COMMAND_LENGTH: usize = 127;

/// From the CCP to the BDOS.
const CCP_BYTES: u16 = 0x0800;
/// From the BDOS to the BIOS, where there is room for it.
const BDOS_BYTES: u16 = 0x0E00;
/// The BDOS starts with a serial number, so the word at 0006h ends in 06h.
const SERIAL_NUMBER_BYTES: u16 = 6;
/// Entries of the BIOS's jump table.
pub(super) const BIOS_ENTRIES: u16 = 17;
/// The stack that a program finds is the CCP's: eight levels, one of them the return address.
const CCP_STACK_BYTES: u16 = 16;

/// HALT fills what nobody should execute.
const HALT: u8 = 0x76;
/// JP nn.
const JP: u8 = 0xC3;

/// Why a program cannot be loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadError {
    /// The TPA is not of a size that a CP/M machine can have.
    TpaSize {
        /// The size asked for, in KB.
        kb: u8,
    },
    /// The program reaches into the CCP, which CP/M answers with "BAD LOAD".
    TooLarge {
        /// The bytes that don't fit.
        over: usize,
    },
    /// The command line is longer than the CCP's buffer.
    CommandTooLong {
        /// Its characters, with the command's name.
        length: usize,
    },
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TpaSize { kb } => write!(
                f,
                "a TPA of {kb} KB is not possible ({MIN_TPA_KB} to {MAX_TPA_KB} are)"
            ),
            Self::TooLarge { over } => {
                write!(f, "the program is {over} bytes too large for this TPA")
            }
            Self::CommandTooLong { length } => write!(
                f,
                "the command line has {length} characters, CP/M takes {MAX_COMMAND_LENGTH}"
            ),
        }
    }
}

impl std::error::Error for LoadError {}

/// The addresses that depend on the size of the TPA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The CCP: programs are loaded below.
    pub ccp: u16,
    /// The BDOS, and the end of the TPA.
    pub fbase: u16,
    /// The BIOS's jump table.
    pub bios: u16,
}

impl Layout {
    /// The layout with `kb` KB between 0100h and the BDOS.
    ///
    /// # Errors
    ///
    /// Where no CP/M machine is so small or large.
    pub fn with_tpa(kb: u8) -> Result<Self, LoadError> {
        if !(MIN_TPA_KB..=MAX_TPA_KB).contains(&kb) {
            return Err(LoadError::TpaSize { kb });
        }
        let fbase = TPA + u16::from(kb) * 1024;
        Ok(Self {
            ccp: fbase - CCP_BYTES,
            fbase,
            bios: fbase.saturating_add(BDOS_BYTES).min(0xFF00),
        })
    }

    /// The address that CALL 5 leads to.
    #[must_use]
    pub fn bdos_entry(&self) -> u16 {
        self.fbase + SERIAL_NUMBER_BYTES
    }

    /// Bytes that a program may have.
    #[must_use]
    pub fn room(&self) -> usize {
        usize::from(self.ccp - TPA)
    }

    /// Loads `program` and leaves the processor at its first instruction, as the CCP does.
    ///
    /// RAM that nothing was loaded to holds noise, as on a real machine.
    pub(super) fn load(
        &self,
        z80: &mut Z80,
        program: &[u8],
        name: &str,
        tail: &str,
    ) -> Result<(), LoadError> {
        if let Some(over) = program.len().checked_sub(self.room() + 1) {
            return Err(LoadError::TooLarge { over: over + 1 });
        }
        let length = name.len() + tail.len();
        if length > MAX_COMMAND_LENGTH {
            return Err(LoadError::CommandTooLong { length });
        }
        let mut noise = Noise::new();
        for byte in &mut z80.memory_mut()[..] {
            *byte = noise.byte();
        }
        for address in 0..FCB {
            z80.memory_mut()[usize::from(address)] = HALT;
        }
        let jump = |z80: &mut Z80, from: u16, to: u16| {
            z80.load(from, &[JP]);
            z80.set_word(from + 1, to);
        };
        jump(z80, WARM_BOOT, self.bios + 3);
        z80.load(IOBYTE, &[0, 0]);
        jump(z80, BDOS, self.bdos_entry());
        let tail = tail.to_ascii_uppercase();
        let mut words = tail.split_ascii_whitespace();
        z80.load(FCB, &[0; 36]);
        z80.load(FCB, &fcb::parse(words.next().unwrap_or("")));
        z80.load(FCB + 16, &fcb::parse(words.next().unwrap_or("")));
        // The length fits: it was checked above.
        z80.load(TAIL, &[tail.len() as u8]);
        z80.load(TAIL + 1, tail.as_bytes());
        z80.load(TAIL + 1 + tail.len() as u16, &[0]);
        z80.load(TPA, program);
        for entry in 0..BIOS_ENTRIES {
            let at = self.bios + 3 * entry;
            jump(z80, at, at);
        }
        // A RET from the program finds its way to warm boot as long as the CCP's stack and this jump are left alone.
        jump(z80, self.ccp, WARM_BOOT);
        z80.set_pair(Pair::SP, self.ccp + 3 + CCP_STACK_BYTES);
        z80.push(self.ccp);
        z80.set_pc(TPA);
        z80.enable_interrupts();
        Ok(())
    }
}

/// Bytes without meaning, the same ones in every run.
#[derive(Debug)]
pub(super) struct Noise(u32);

impl Noise {
    pub(super) fn new() -> Self {
        Self(0x2545_F491)
    }

    pub(super) fn byte(&mut self) -> u8 {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (self.0 >> 16) as u8
    }

    pub(super) fn word(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }
}
