//! What lines put at their addresses, and the way from there to bytes.

use std::rc::Rc;
use std::sync::Arc;

use super::Row;
use super::encode::{Encoded, Patch, PatchKind};
use super::error::{AsmError, AsmErrorKind, Place};
use super::expr::Expr;
use super::statement::SourceFile;
use super::timing::{Timing, timing};

/// The way from the root file to the line at hand.
pub(super) struct Trail {
    pub(super) place: Place,
    pub(super) what: String,
    pub(super) outer: Option<Rc<Trail>>,
}

/// The steps of the way, innermost first.
pub(super) fn unwind(mut trail: Option<&Rc<Trail>>) -> Vec<(Place, String)> {
    let mut steps = Vec::new();
    while let Some(step) = trail {
        steps.push((step.place.clone(), step.what.clone()));
        trail = step.outer.as_ref();
    }
    steps
}

/// What a line put at its address.
pub(super) enum Content {
    Nothing,
    Equate(Rc<str>),
    Instruction(Encoded),
    Data(Encoded),
    Reserve { size: u32, fill: Option<Expr> },
}

/// A line with its address.
pub(super) struct Item {
    pub(super) address: u32,
    pub(super) file: Arc<SourceFile>,
    pub(super) number: u32,
    pub(super) trail: Option<Rc<Trail>>,
    pub(super) content: Content,
}

impl Item {
    /// Bytes in memory.
    pub(super) fn size(&self) -> u32 {
        match &self.content {
            Content::Nothing | Content::Equate(_) => 0,
            Content::Instruction(encoded) | Content::Data(encoded) => {
                u32::try_from(encoded.bytes.len()).unwrap_or(u32::MAX)
            }
            Content::Reserve { size, .. } => *size,
        }
    }

    pub(super) fn takes_space(&self) -> bool {
        self.size() > 0
    }

    /// Whether the line comes from a macro call rather than from where it stands.
    fn is_expansion(&self) -> bool {
        self.trail
            .as_ref()
            .is_some_and(|trail| trail.what.starts_with("calls"))
    }

    pub(super) fn error(&self, kind: AsmErrorKind) -> AsmError {
        AsmError {
            at: Place {
                file: Arc::clone(&self.file.name),
                line: self.number,
            },
            kind,
            trail: unwind(self.trail.as_ref()),
        }
    }

    /// Appends the line's bytes to those before it, which start at `origin`.
    pub(super) fn place(
        &self,
        origin: u32,
        bytes: &mut Vec<u8>,
        value_of: impl Fn(&Rc<str>) -> Result<i64, AsmErrorKind> + Copy,
    ) -> Result<Row, AsmErrorKind> {
        let mut row = Row {
            file: Arc::clone(&self.file),
            line: self.number,
            is_expansion: self.is_expansion(),
            address: self.address,
            size: self.size(),
            stored: 0..0,
            timing: None,
            value: None,
        };
        let offset = self.address.saturating_sub(origin) as usize;
        match &self.content {
            Content::Nothing | Content::Reserve { fill: None, .. } => {}
            Content::Equate(name) => row.value = value_of(name).ok(),
            Content::Reserve {
                size,
                fill: Some(fill),
            } => {
                let fill = in_range("byte", fill.eval(value_of)?, -256, 255)? as u8;
                if *size > 0 {
                    bytes.resize(offset, 0);
                    bytes.resize(offset + *size as usize, fill);
                    row.stored = offset..bytes.len();
                }
            }
            Content::Instruction(encoded) | Content::Data(encoded) => {
                let mut own = encoded.bytes.clone();
                for patch in &encoded.patches {
                    put(patch, patch.value.eval(value_of)?, self, &mut own)?;
                }
                if matches!(self.content, Content::Instruction(_)) {
                    row.timing = timing_of(&own);
                }
                if !own.is_empty() {
                    bytes.resize(offset, 0);
                    bytes.append(&mut own);
                    row.stored = offset..bytes.len();
                }
            }
        }
        Ok(row)
    }
}

fn timing_of(instruction: &[u8]) -> Option<Timing> {
    let mut first = [0; 4];
    for (to, from) in first.iter_mut().zip(instruction) {
        *to = *from;
    }
    timing(first)
}

/// Puts `value` into the bytes of the item that `patch` belongs to.
fn put(patch: &Patch, value: i64, item: &Item, bytes: &mut [u8]) -> Result<(), AsmErrorKind> {
    let at = patch.offset;
    match patch.kind {
        PatchKind::Byte => bytes[at] = in_range("byte", value, -256, 255)? as u8,
        PatchKind::Word => {
            let word = in_range("word", value, -0x1_0000, 0xFFFF)? as u16;
            bytes[at..at + 2].copy_from_slice(&word.to_le_bytes());
        }
        PatchKind::Displacement => {
            bytes[at] = in_range("displacement", value, -128, 127)? as u8;
        }
        PatchKind::Branch => {
            let from = i64::from(item.address) + i64::from(item.size());
            let distance = value - from;
            let over = (distance - 127).max(-128 - distance);
            if over > 0 {
                let by = u32::try_from(over).unwrap_or(u32::MAX);
                return Err(AsmErrorKind::BranchOutOfRange { by });
            }
            bytes[at] = distance as u8;
        }
        PatchKind::Bit => bytes[at] |= (in_range("bit", value, 0, 7)? as u8) << 3,
        PatchKind::Restart => {
            let address = in_range("restart", value, 0, 0x38)? as u8;
            if !address.is_multiple_of(8) {
                return Err(AsmErrorKind::Expected {
                    what: "a multiple of 8",
                    found: address.to_string(),
                });
            }
            bytes[at] |= address;
        }
        PatchKind::Mode => {
            let mode = in_range("mode", value, 0, 2)?;
            bytes[at] = [0x46, 0x56, 0x5E][mode as usize];
        }
    }
    Ok(())
}

/// `value`, if it is within `min` and `max`.
pub(super) fn in_range(
    what: &'static str,
    value: i64,
    min: i64,
    max: i64,
) -> Result<i64, AsmErrorKind> {
    if (min..=max).contains(&value) {
        return Ok(value);
    }
    Err(AsmErrorKind::OutOfRange {
        value,
        what,
        min,
        max,
    })
}
