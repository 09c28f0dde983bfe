//! A Z80 assembler: readable text in, bytes out.
//!
//! The language is a subset of what Debian's `pasmo` accepts, with the same bytes as its result, so that an independent
//! assembler can check ours on the same source (`pasmo --alocal --equ NAME=VALUE -I FOLDER FILE OUT`). Where
//! assemblers disagree, ours refuses and says what to write instead.
//!
//! # Lines
//!
//! `label: instruction operands ; comment`. Instructions, registers and directives ignore case; names don't. A label
//! has a colon or stands in the first column. A label that starts with `_` is visible from the last label without
//! `_` to the next (of either kind, `equ` included), and not inside the macros and repetitions between.
//!
//! # Values
//!
//! Numbers: `255`, `0FFh`, `$FF`, `0xFF`, `%1101`, `1101b`, `'A'`, `"A"`; `$` is the address of the line. Operators,
//! strongest first: `defined NAME`; `* / % << >>` (`mod`, `shl`, `shr`); `+ -`; `= != < <= > >=` (`eq` … `ge`; true
//! is 0FFFFh); `- + ~ !` in front of a number or parenthesis (`not` is `~`); `&` (`and`); `|` (`or`), `xor`; `high` and
//! `low`. Values are as wide as need be on the way, but division, shifts and order work on 0 to 65535 only, because
//! pasmo computes with 16 bits. A byte takes -256 to 255, a word -65536 to 65535, an index -128 to 127.
//!
//! # Directives
//!
//! | directive | meaning |
//! |---|---|
//! | `org N` | go on at address N, not below the current one |
//! | `db`, `defb`, `defm` | bytes and strings |
//! | `dw`, `defw` | words, low byte first |
//! | `ds N`, `defs N` | N bytes of space |
//! | `ds N,FILL` | N times the byte FILL |
//! | `NAME equ VALUE` | a constant |
//! | `NAME defl VALUE` | a variable of the assembly, to count in `rept` |
//! | `if VALUE` … `else` … `endif` | lines that count if VALUE is not 0 |
//! | `include "FILE"` | the lines of another file |
//! | `incbin "FILE"` | the bytes of another file |
//! | `NAME macro P,Q` … `endm` | a macro with parameters; `local A,B` names labels of one call |
//! | `rept N` … `endm` | lines N times |
//! | `.error TEXT` | refuse, for this reason |
//! | `end`, `end ENTRY` | the end of the source |
//!
//! `org`, `ds`, `if`, `rept` and `defl` need their value at once; `equ` may use labels further down, but then must
//! not itself be used above its line. Space (`ds N`, or what `org` skips) is zero where bytes follow it; at the end
//! of the program it is not stored. pasmo stores it: [`Image::padded`] gives the bytes that it would write.
//!
//! # Instructions
//!
//! All of Zilog UM0080, and the undocumented halves of IX and IY (`ixh`, `ixl`, `iyh`, `iyl`), `sll`, `in f,(c)`,
//! `out (c),0` and the copies of indexed bit operations (`rl (ix+1),b`); pasmo 0.5.3 has not the last three.
//!
//! ```
//! use ulm_z80::asm::{MemorySources, assemble};
//!
//! let text = "
//! C_WRITESTR equ 9
//!         org  100h
//!         ld   c,C_WRITESTR
//!         ld   de,text
//!         jp   5
//! text:   db   \"Hello$\"
//! ";
//! let image = assemble(&MemorySources::new().with("hello.asm", text), "hello.asm", &[]).unwrap();
//! assert_eq!(image.bytes, *b"\x0E\x09\x11\x08\x01\xC3\x05\x00Hello$");
//! assert_eq!(image.symbols["text"], 0x108);
//! ```

mod conditions;
mod encode;
mod error;
mod expr;
mod items;
mod lexer;
mod listing;
mod operand;
mod program;
mod source;
mod statement;
mod timing;
mod words;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

pub use error::{AsmError, AsmErrorKind, Place};
pub use listing::Listing;
pub use source::{FileSources, MemorySources, Sources};
pub use timing::{Timing, timing};

/// What a source assembles to.
#[derive(Debug, Clone)]
pub struct Image {
    /// The address of the first byte, stored or reserved.
    pub origin: u16,
    /// The bytes from `origin` on, without the space reserved behind the last of them.
    pub bytes: Vec<u8>,
    /// The address behind the last byte, stored or reserved: 0 to 65536.
    pub end: u32,
    /// The address that `end` names.
    pub entry: Option<u16>,
    /// All names. One that starts with `_` is listed as `LABEL:_NAME`; variables have their last value.
    pub symbols: BTreeMap<String, i64>,
    /// Every line that was assembled, in order, repetitions and macros spelt out.
    pub rows: Vec<Row>,
}

impl Image {
    /// The bytes with the reserved space at the end, as pasmo writes them.
    #[must_use]
    pub fn padded(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        let size = self.end.saturating_sub(self.origin.into()) as usize;
        bytes.resize(size.max(bytes.len()), 0);
        bytes
    }

    /// The listing, to be displayed.
    #[must_use]
    pub fn listing(&self) -> Listing<'_> {
        Listing(self)
    }
}

/// One assembled line.
#[derive(Debug, Clone)]
pub struct Row {
    file: Arc<statement::SourceFile>,
    /// The line in its file, counted from 1.
    pub line: u32,
    /// Whether the line comes from a macro call.
    pub is_expansion: bool,
    /// The address of its first byte, 0 to 65536.
    pub address: u32,
    /// Bytes it takes in memory.
    pub size: u32,
    /// Where these bytes are in [`Image::bytes`]; empty for reserved space.
    pub stored: Range<usize>,
    /// T-states, for an instruction.
    pub timing: Option<Timing>,
    /// The value, for `equ` and `defl` (for a variable: its last).
    pub value: Option<i64>,
}

impl Row {
    /// The name of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file.name
    }

    /// The text of the line as it stands in the file.
    #[must_use]
    pub fn source(&self) -> &str {
        let index = (self.line as usize).wrapping_sub(1);
        self.file.lines.get(index).map_or("", String::as_str)
    }
}

/// The value of a number in any notation of the assembler (`255`, `0FFh`, `$FF`, `0xFF`, `%1111`), with a sign if need
/// be; `None` for anything else.
///
/// ```
/// assert_eq!(ulm_z80::asm::parse_number("-0x10"), Some(-16));
/// assert_eq!(ulm_z80::asm::parse_number("1+1"), None);
/// ```
#[must_use]
pub fn parse_number(text: &str) -> Option<i64> {
    use lexer::Token;
    match &lexer::tokenize(text).ok()?.tokens[..] {
        [Token::Number(value)] => Some(*value),
        [Token::Mark("-"), Token::Number(value)] => Some(-value),
        _ => None,
    }
}

/// Assembles the file `root` of `sources`, with `defines` as constants given from outside.
///
/// # Errors
///
/// The first error found, with its file and line.
pub fn assemble(
    sources: &dyn Sources,
    root: &str,
    defines: &[(&str, i64)],
) -> Result<Image, AsmError> {
    let mut program = program::Program::new(sources);
    for (name, value) in defines {
        program.predefine(name, *value)?;
    }
    program.file(root)?;
    program.finish()
}
