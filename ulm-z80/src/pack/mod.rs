//! From a model to a program: the engine's source, the model as its data, assembled.
//!
//! [`Source::new`] gathers the text that a program is made of, which any assembler that [`crate::asm`] agrees with can
//! read; [`pack`] assembles it. Nothing in the engine's text depends on the model but by name: widths, addresses and
//! counts are constants in the generated files `model.inc` and `model.asm`.

mod columns;
mod share;
mod source;

use std::fmt;

use ulm_core::Model;

use crate::asm::{AsmError, Image, assemble};
pub use source::Source;

/// What a Z80 can address.
const MEMORY: u32 = 0x1_0000;

/// How the weights lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// Four weights to a byte, as in the `.ulm` file.
    #[default]
    Packed,
    /// For each input, the numbers of the neurons with weights +1, and of those with -1 and -2: faster.
    Lists,
}

/// What to make of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How the weights lie in memory.
    pub layout: Layout,
    /// Whether the program starts with a line that names the model and says how to leave.
    pub banner: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            layout: Layout::default(),
            banner: true,
        }
    }
}

/// Why a model cannot become a program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackError {
    /// Program and buffers are larger than the machine's memory.
    TooLarge {
        /// The bytes that don't fit.
        over: u32,
    },
    /// The source does not assemble.
    Asm(AsmError),
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { over } => {
                write!(f, "the program is {over} bytes too large for the machine")
            }
            Self::Asm(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PackError {}

/// A program.
#[derive(Debug, Clone)]
pub struct Packed {
    /// What the source assembled to: bytes, names, lines.
    pub image: Image,
    /// How the weights lie in memory.
    pub layout: Layout,
}

/// A part of a program's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// What lies there.
    pub name: &'static str,
    /// Its first address.
    pub start: u32,
    /// The address behind it.
    pub end: u32,
}

impl Packed {
    /// The memory map: code, model, buffers, without gaps.
    #[must_use]
    pub fn regions(&self) -> Vec<Region> {
        let at = |name: &str| self.image.symbols[name] as u32;
        let (start, end) = (u32::from(self.image.origin), self.image.end);
        let borders = [
            ("code", start),
            ("model", at("model")),
            ("not used", at("image_end")),
            ("buffers", at("buffers")),
            ("stack", at("stack")),
        ];
        let ends = borders.iter().skip(1).map(|(_, start)| *start);
        borders
            .iter()
            .zip(ends.chain([end]))
            .map(|(&(name, start), end)| Region { name, start, end })
            .filter(|region| region.start < region.end)
            .collect()
    }
}

/// Makes the program in the fastest layout whose memory ends at `limit` or below.
///
/// # Errors
///
/// As [`pack`], where none does.
pub fn pack_auto(model: &Model<'_>, banner: bool, limit: u32) -> Result<Packed, PackError> {
    let with = |layout| {
        let packed = pack(model, &Options { layout, banner })?;
        match packed.image.end.checked_sub(limit + 1) {
            None => Ok(packed),
            Some(over) => Err(PackError::TooLarge { over: over + 1 }),
        }
    };
    with(Layout::Lists).or_else(|_| with(Layout::Packed))
}

/// Makes the program.
///
/// # Errors
///
/// [`PackError::TooLarge`] where the model is too large for the machine.
pub fn pack(model: &Model<'_>, options: &Options) -> Result<Packed, PackError> {
    let source = Source::new(model, options);
    let over = source.end()?.saturating_sub(MEMORY);
    if over > 0 {
        return Err(PackError::TooLarge { over });
    }
    let image = assemble(&source, source::ROOT, &[]).map_err(PackError::Asm)?;
    Ok(Packed {
        image,
        layout: options.layout,
    })
}
