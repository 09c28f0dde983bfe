//! From an instruction and its operands to opcode bytes (Zilog UM0080, "Z80 Instruction Description").
//!
//! An opcode's eight bits are read as `xx yyy zzz`; `yyy` and `zzz` number registers, conditions and operations. Index
//! registers are HL behind a prefix byte. Values that are not known yet leave a [`Patch`].

use super::expr::Expr;
use super::operand::{Index, Operand};

/// Opcode bytes, and the values that still have to be put into them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Encoded {
    pub(super) bytes: Vec<u8>,
    pub(super) patches: Vec<Patch>,
}

/// A value to be put into an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patch {
    /// The offset of the value in the instruction.
    pub(super) offset: usize,
    pub(super) kind: PatchKind,
    pub(super) value: Expr,
}

/// How a value becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PatchKind {
    /// One byte, -256 to 255 (so that `~` of a byte is one, too).
    Byte,
    /// Two bytes, low byte first, -65536 to 65535.
    Word,
    /// A signed byte, for an index.
    Displacement,
    /// A signed byte, from the end of the instruction to the address.
    Branch,
    /// Bits 3 to 5 of the byte: a bit's number, 0 to 7.
    Bit,
    /// The address of a restart: 0, 8, … 56, into bits 3 to 5.
    Restart,
    /// The interrupt mode, 0 to 2, into the opcode.
    Mode,
}

impl Encoded {
    fn new(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
            patches: Vec::new(),
        }
    }

    /// Appends a value of `kind`.
    pub(super) fn with(mut self, kind: PatchKind, value: Expr) -> Self {
        let offset = self.bytes.len();
        let size = if kind == PatchKind::Word { 2 } else { 1 };
        self.bytes.resize(offset + size, 0);
        self.patches.push(Patch {
            offset,
            kind,
            value,
        });
        self
    }

    /// Puts a value of `kind` into the last byte.
    fn into_last(mut self, kind: PatchKind, value: Expr) -> Self {
        let offset = self.bytes.len().saturating_sub(1);
        self.patches.push(Patch {
            offset,
            kind,
            value,
        });
        self
    }
}

/// An operand that takes the place of one of the eight in `r`: B, C, D, E, H, L, (HL), A.
struct Place {
    index: Option<Index>,
    number: u8,
    displacement: Option<Expr>,
}

impl Place {
    fn of(operand: Operand) -> Option<Self> {
        let (index, number, displacement) = match operand {
            Operand::R8(number) => (None, number, None),
            Operand::At(2) => (None, 6, None),
            Operand::Half(index, number) => (Some(index), number, None),
            Operand::AtIndex(index) => (Some(index), 6, Some(Expr::constant(0))),
            Operand::AtIndexed(index, d) => (Some(index), 6, Some(d)),
            _ => return None,
        };
        Some(Self {
            index,
            number,
            displacement,
        })
    }

    /// `opcode` behind the prefix, with the displacement if there is one.
    fn encode(self, opcode: u8) -> Encoded {
        let encoded = match self.index {
            Some(index) => Encoded::new(&[index as u8, opcode]),
            None => Encoded::new(&[opcode]),
        };
        match self.displacement {
            Some(d) => encoded.with(PatchKind::Displacement, d),
            None => encoded,
        }
    }

    /// `opcode` of the CB table: behind an index the displacement comes first. Halves of an index have no such code.
    fn encode_cb(self, opcode: u8) -> Option<Encoded> {
        Some(match (self.index, self.displacement) {
            (None, _) => Encoded::new(&[0xCB, opcode]),
            (Some(index), Some(d)) => {
                let mut encoded =
                    Encoded::new(&[index as u8, 0xCB]).with(PatchKind::Displacement, d);
                encoded.bytes.push(opcode);
                encoded
            }
            (Some(_), None) => return None,
        })
    }
}

/// HL, or an index register in its place: the prefix, if any.
fn hl_like(operand: &Operand) -> Option<Option<Index>> {
    match operand {
        Operand::R16(2) => Some(None),
        Operand::Whole(index) => Some(Some(*index)),
        _ => None,
    }
}

fn prefixed(index: Option<Index>, opcode: u8) -> Encoded {
    match index {
        Some(index) => Encoded::new(&[index as u8, opcode]),
        None => Encoded::new(&[opcode]),
    }
}

fn condition(operand: &Operand) -> Option<u8> {
    match operand {
        Operand::Condition(number) => Some(*number),
        Operand::R8(1) => Some(3),
        _ => None,
    }
}

/// The opcode bytes of `instruction` (lower case), or `None` where the Z80 has no such form.
pub(super) fn encode(instruction: &str, operands: Vec<Operand>) -> Option<Encoded> {
    use Operand as O;
    if operands.is_empty() {
        return bare(instruction).map(Encoded::new);
    }
    let mut operands = operands.into_iter();
    let first = operands.next()?;
    let (second, third) = (operands.next(), operands.next());
    if operands.next().is_some() {
        return None;
    }
    if let Some(row) = alu_row(instruction) {
        return arithmetic(instruction, row, first, second);
    }
    if let Some(base) = cb_base(instruction) {
        return bits(instruction, base, first, second, third);
    }
    if third.is_some() {
        return None;
    }
    Some(match (instruction, first, second) {
        ("ld", to, Some(from)) => return load(to, from),
        ("push" | "pop", pair, None) => {
            let opcode = if instruction == "push" { 0xC5 } else { 0xC1 };
            match pair {
                O::R16(pair @ 0..=2) => Encoded::new(&[opcode | pair << 4]),
                O::Af => Encoded::new(&[opcode | 0x30]),
                O::Whole(index) => prefixed(Some(index), opcode | 0x20),
                _ => return None,
            }
        }
        ("inc" | "dec", operand, None) => {
            let is_dec = u8::from(instruction == "dec");
            match operand {
                O::R16(pair) => Encoded::new(&[0x03 | is_dec << 3 | pair << 4]),
                O::Whole(index) => prefixed(Some(index), 0x23 | is_dec << 3),
                operand => {
                    let place = Place::of(operand)?;
                    let opcode = 0x04 | is_dec | place.number << 3;
                    place.encode(opcode)
                }
            }
        }
        ("jp", O::At(2), None) => Encoded::new(&[0xE9]),
        ("jp", O::AtIndex(index), None) => prefixed(Some(index), 0xE9),
        ("jp", O::Value(to), None) => Encoded::new(&[0xC3]).with(PatchKind::Word, to),
        ("jp", cc, Some(O::Value(to))) => {
            Encoded::new(&[0xC2 | condition(&cc)? << 3]).with(PatchKind::Word, to)
        }
        ("call", O::Value(to), None) => Encoded::new(&[0xCD]).with(PatchKind::Word, to),
        ("call", cc, Some(O::Value(to))) => {
            Encoded::new(&[0xC4 | condition(&cc)? << 3]).with(PatchKind::Word, to)
        }
        ("ret", cc, None) => Encoded::new(&[0xC0 | condition(&cc)? << 3]),
        ("jr", O::Value(to), None) => Encoded::new(&[0x18]).with(PatchKind::Branch, to),
        ("jr", cc, Some(O::Value(to))) => match condition(&cc)? {
            number @ 0..=3 => Encoded::new(&[0x20 | number << 3]).with(PatchKind::Branch, to),
            _ => return None,
        },
        ("djnz", O::Value(to), None) => Encoded::new(&[0x10]).with(PatchKind::Branch, to),
        ("rst", O::Value(to), None) => Encoded::new(&[0xC7]).into_last(PatchKind::Restart, to),
        ("im", O::Value(mode), None) => {
            Encoded::new(&[0xED, 0x46]).into_last(PatchKind::Mode, mode)
        }
        ("ex", O::R16(1), Some(O::R16(2))) => Encoded::new(&[0xEB]),
        ("ex", O::Af, Some(O::AfShadow)) => Encoded::new(&[0x08]),
        ("ex", O::At(3), Some(pair)) => prefixed(hl_like(&pair)?, 0xE3),
        ("in", O::R8(7), Some(O::AtAddress(port))) => {
            Encoded::new(&[0xDB]).with(PatchKind::Byte, port)
        }
        ("in", O::R8(number), Some(O::AtC)) => Encoded::new(&[0xED, 0x40 | number << 3]),
        ("in", O::F, Some(O::AtC)) => Encoded::new(&[0xED, 0x70]),
        ("out", O::AtAddress(port), Some(O::R8(7))) => {
            Encoded::new(&[0xD3]).with(PatchKind::Byte, port)
        }
        ("out", O::AtC, Some(O::R8(number))) => Encoded::new(&[0xED, 0x41 | number << 3]),
        ("out", O::AtC, Some(O::Value(zero))) => match zero.now() {
            Some(Ok(0)) => Encoded::new(&[0xED, 0x71]),
            _ => return None,
        },
        _ => return None,
    })
}

fn bare(instruction: &str) -> Option<&'static [u8]> {
    Some(match instruction {
        "nop" => &[0x00],
        "rlca" => &[0x07],
        "rrca" => &[0x0F],
        "rla" => &[0x17],
        "rra" => &[0x1F],
        "daa" => &[0x27],
        "cpl" => &[0x2F],
        "scf" => &[0x37],
        "ccf" => &[0x3F],
        "halt" => &[0x76],
        "ret" => &[0xC9],
        "exx" => &[0xD9],
        "di" => &[0xF3],
        "ei" => &[0xFB],
        "neg" => &[0xED, 0x44],
        "retn" => &[0xED, 0x45],
        "reti" => &[0xED, 0x4D],
        "rrd" => &[0xED, 0x67],
        "rld" => &[0xED, 0x6F],
        "ldi" => &[0xED, 0xA0],
        "cpi" => &[0xED, 0xA1],
        "ini" => &[0xED, 0xA2],
        "outi" => &[0xED, 0xA3],
        "ldd" => &[0xED, 0xA8],
        "cpd" => &[0xED, 0xA9],
        "ind" => &[0xED, 0xAA],
        "outd" => &[0xED, 0xAB],
        "ldir" => &[0xED, 0xB0],
        "cpir" => &[0xED, 0xB1],
        "inir" => &[0xED, 0xB2],
        "otir" => &[0xED, 0xB3],
        "lddr" => &[0xED, 0xB8],
        "cpdr" => &[0xED, 0xB9],
        "indr" => &[0xED, 0xBA],
        "otdr" => &[0xED, 0xBB],
        _ => return None,
    })
}

/// The row of an 8-bit operation in the opcode table.
fn alu_row(instruction: &str) -> Option<u8> {
    Some(match instruction {
        "add" => 0,
        "adc" => 1,
        "sub" => 2,
        "sbc" => 3,
        "and" => 4,
        "xor" => 5,
        "or" => 6,
        "cp" => 7,
        _ => return None,
    })
}

fn arithmetic(
    instruction: &str,
    row: u8,
    first: Operand,
    second: Option<Operand>,
) -> Option<Encoded> {
    use Operand as O;
    // ADD, ADC and SBC name their A, the others don't.
    let named = matches!(instruction, "add" | "adc" | "sbc");
    let operand = match (named, first, second) {
        (true, O::R16(2), Some(O::R16(pair))) => {
            return Some(match instruction {
                "add" => Encoded::new(&[0x09 | pair << 4]),
                "adc" => Encoded::new(&[0xED, 0x4A | pair << 4]),
                _ => Encoded::new(&[0xED, 0x42 | pair << 4]),
            });
        }
        (true, O::Whole(index), Some(pair)) if instruction == "add" => {
            let pair = match pair {
                O::R16(pair @ (0 | 1 | 3)) => pair,
                O::Whole(other) if other == index => 2,
                _ => return None,
            };
            return Some(prefixed(Some(index), 0x09 | pair << 4));
        }
        (true, O::R8(7), Some(operand)) => operand,
        (false, operand, None) => operand,
        _ => return None,
    };
    Some(match operand {
        O::Value(value) => Encoded::new(&[0xC6 | row << 3]).with(PatchKind::Byte, value),
        operand => {
            let place = Place::of(operand)?;
            let opcode = 0x80 | row << 3 | place.number;
            place.encode(opcode)
        }
    })
}

/// The first opcode of a rotation, shift or bit instruction in the CB table.
fn cb_base(instruction: &str) -> Option<u8> {
    Some(match instruction {
        "rlc" => 0x00,
        "rrc" => 0x08,
        "rl" => 0x10,
        "rr" => 0x18,
        "sla" => 0x20,
        "sra" => 0x28,
        "sll" => 0x30,
        "srl" => 0x38,
        "bit" => 0x40,
        "res" => 0x80,
        "set" => 0xC0,
        _ => return None,
    })
}

fn bits(
    instruction: &str,
    base: u8,
    first: Operand,
    second: Option<Operand>,
    third: Option<Operand>,
) -> Option<Encoded> {
    let (bit, operand, copy) = match (base, first, second) {
        (0x40.., Operand::Value(bit), Some(operand)) => (Some(bit), operand, third),
        (..0x40, operand, copy) if third.is_none() => (None, operand, copy),
        _ => return None,
    };
    let mut place = Place::of(operand)?;
    if let Some(copy) = copy {
        // Undocumented: the result of an indexed operation goes to a register as well. BIT has no result.
        let Operand::R8(number) = copy else {
            return None;
        };
        if place.displacement.is_none() || instruction == "bit" {
            return None;
        }
        place.number = number;
    }
    let opcode = base | place.number;
    let encoded = place.encode_cb(opcode)?;
    Some(match bit {
        Some(bit) => encoded.into_last(PatchKind::Bit, bit),
        None => encoded,
    })
}

fn load(to: Operand, from: Operand) -> Option<Encoded> {
    use Operand as O;
    Some(match (to, from) {
        // The accumulator's own forms.
        (O::R8(7), O::At(pair @ 0..=1)) => Encoded::new(&[0x0A | pair << 4]),
        (O::At(pair @ 0..=1), O::R8(7)) => Encoded::new(&[0x02 | pair << 4]),
        (O::R8(7), O::AtAddress(at)) => Encoded::new(&[0x3A]).with(PatchKind::Word, at),
        (O::AtAddress(at), O::R8(7)) => Encoded::new(&[0x32]).with(PatchKind::Word, at),
        (O::R8(7), O::I) => Encoded::new(&[0xED, 0x57]),
        (O::R8(7), O::R) => Encoded::new(&[0xED, 0x5F]),
        (O::I, O::R8(7)) => Encoded::new(&[0xED, 0x47]),
        (O::R, O::R8(7)) => Encoded::new(&[0xED, 0x4F]),
        // Sixteen bits.
        (O::R16(3), from @ (O::R16(2) | O::Whole(_))) => prefixed(hl_like(&from)?, 0xF9),
        (to @ (O::R16(2) | O::Whole(_)), O::AtAddress(at)) => {
            prefixed(hl_like(&to)?, 0x2A).with(PatchKind::Word, at)
        }
        (O::AtAddress(at), from @ (O::R16(2) | O::Whole(_))) => {
            prefixed(hl_like(&from)?, 0x22).with(PatchKind::Word, at)
        }
        (O::R16(pair), O::AtAddress(at)) => {
            Encoded::new(&[0xED, 0x4B | pair << 4]).with(PatchKind::Word, at)
        }
        (O::AtAddress(at), O::R16(pair)) => {
            Encoded::new(&[0xED, 0x43 | pair << 4]).with(PatchKind::Word, at)
        }
        (O::R16(pair), O::Value(value)) => {
            Encoded::new(&[0x01 | pair << 4]).with(PatchKind::Word, value)
        }
        (O::Whole(index), O::Value(value)) => {
            prefixed(Some(index), 0x21).with(PatchKind::Word, value)
        }
        // Eight bits.
        (to, O::Value(value)) => {
            let place = Place::of(to)?;
            let opcode = 0x06 | place.number << 3;
            place.encode(opcode).with(PatchKind::Byte, value)
        }
        (to, from) => {
            let (mut to, mut from) = (Place::of(to)?, Place::of(from)?);
            let opcode = 0x40 | to.number << 3 | from.number;
            // One prefix serves both sides: H and L beside (IX+d) stay H and L, beside a half of IX they would not.
            let in_memory = to.number == 6 || from.number == 6;
            match (to.index, from.index) {
                _ if to.number == 6 && from.number == 6 => return None,
                (None, None) => {}
                (Some(a), Some(b)) if a == b && !in_memory => {}
                (Some(_), Some(_)) => return None,
                (Some(_), None) if in_memory && to.number != 6 => return None,
                (None, Some(_)) if in_memory && from.number != 6 => return None,
                (Some(_), None) if !in_memory && matches!(from.number, 4 | 5) => return None,
                (None, Some(_)) if !in_memory && matches!(to.number, 4 | 5) => return None,
                _ => {}
            }
            Place {
                index: to.index.or(from.index),
                number: 0,
                displacement: to.displacement.take().or(from.displacement.take()),
            }
            .encode(opcode)
        }
    })
}
