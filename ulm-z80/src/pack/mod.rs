//! From a model to a program: the engine's source, the model as its data, assembled.
//!
//! [`Source::new`] gathers the text that a program is made of, which any assembler that [`crate::asm`] agrees with can
//! read; [`pack`] assembles it. Nothing in the engine's text depends on the model but by name: widths, addresses and
//! counts are constants in the generated files `model.inc` and `model.asm`.

mod columns;
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
    /// Program and buffers are larger than the 64 KB that a Z80 can address.
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
                write!(f, "the program is {over} bytes too large for a Z80's 64 KB")
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
