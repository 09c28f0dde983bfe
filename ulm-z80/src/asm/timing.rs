//! The published table of T-states (Zilog UM0080), by opcode, without wait states.
//!
//! Zilog gives every instruction's T-states in its description; the undocumented ones (halves of IX and IY, SLL, the
//! register copies of indexed bit operations, IN F,(C), OUT (C),0) follow the pattern of their neighbours, as
//! measured by Sean Young in "The Undocumented Z80 Documented".

use std::fmt;

/// What an instruction costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// T-states when it falls through: a branch not taken, a repetition that ends.
    pub base: u8,
    /// T-states when it branches or repeats; the same as `base` for all others.
    pub taken: u8,
}

impl Timing {
    const fn always(t_states: u8) -> Self {
        Self {
            base: t_states,
            taken: t_states,
        }
    }

    const fn branch(base: u8, taken: u8) -> Self {
        Self { base, taken }
    }

    /// Whether the cost depends on a branch.
    #[must_use]
    pub const fn is_conditional(self) -> bool {
        self.base != self.taken
    }
}

impl fmt::Display for Timing {
    /// `7`, or `7/12`: not taken, taken.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_conditional() {
            f.pad(&format!("{}/{}", self.base, self.taken))
        } else {
            f.pad(&self.base.to_string())
        }
    }
}

/// T-states of the instruction whose first four bytes are `bytes`, or `None` where the Z80 has no instruction: an
/// undefined code behind ED, or a prefix before another prefix or before an instruction that doesn't use HL.
#[must_use]
pub const fn timing(bytes: [u8; 4]) -> Option<Timing> {
    match bytes[0] {
        0xCB => Some(Timing::always(shifted(bytes[1]))),
        0xED => extended(bytes[1]),
        0xDD | 0xFD => indexed(bytes[1], bytes[3]),
        opcode => Some(plain(opcode)),
    }
}

const fn plain(opcode: u8) -> Timing {
    let (x, y, z) = (opcode >> 6, opcode >> 3 & 7, opcode & 7);
    match (x, y, z) {
        (0, 0 | 1, 0) => Timing::always(4),
        (0, 2, 0) => Timing::branch(8, 13),
        (0, 3, 0) => Timing::always(12),
        (0, _, 0) => Timing::branch(7, 12),
        (0, 0 | 2 | 4 | 6, 1) => Timing::always(10),
        (0, _, 1) => Timing::always(11),
        (0, 0..=3, 2) => Timing::always(7),
        (0, 4 | 5, 2) => Timing::always(16),
        (0, _, 2) => Timing::always(13),
        (0, _, 3) => Timing::always(6),
        (0, 6, 4 | 5) => Timing::always(11),
        (0, 6, 6) => Timing::always(10),
        (0, _, 6) => Timing::always(7),
        (0, _, _) => Timing::always(4),
        (1, 6, 6) => Timing::always(4),
        (1, 6, _) | (1, _, 6) | (2, _, 6) => Timing::always(7),
        (1 | 2, _, _) => Timing::always(4),
        (_, _, 0) => Timing::branch(5, 11),
        (_, 0 | 2 | 4 | 6, 1) | (_, 1, 1) => Timing::always(10),
        (_, 7, 1) => Timing::always(6),
        (_, _, 1) => Timing::always(4),
        (_, _, 2) | (_, 0, 3) => Timing::always(10),
        (_, 2 | 3, 3) => Timing::always(11),
        (_, 4, 3) => Timing::always(19),
        (_, _, 3) => Timing::always(4),
        (_, _, 4) => Timing::branch(10, 17),
        (_, 0 | 2 | 4 | 6, 5) => Timing::always(11),
        (_, _, 5) => Timing::always(17),
        (_, _, 6) => Timing::always(7),
        (_, _, _) => Timing::always(11),
    }
}

/// Behind CB.
const fn shifted(opcode: u8) -> u8 {
    match (opcode >> 6, opcode & 7) {
        (1, 6) => 12,
        (_, 6) => 15,
        _ => 8,
    }
}

/// Behind ED.
const fn extended(opcode: u8) -> Option<Timing> {
    let (x, y, z) = (opcode >> 6, opcode >> 3 & 7, opcode & 7);
    Some(match (x, y, z) {
        (1, _, 0 | 1) => Timing::always(12),
        (1, _, 2) => Timing::always(15),
        (1, _, 3) => Timing::always(20),
        (1, 0, 4) => Timing::always(8),
        (1, 0 | 1, 5) => Timing::always(14),
        (1, 0 | 2 | 3, 6) => Timing::always(8),
        (1, 0..=3, 7) => Timing::always(9),
        (1, 4 | 5, 7) => Timing::always(18),
        (2, 4 | 5, 0..=3) => Timing::always(16),
        (2, 6 | 7, 0..=3) => Timing::branch(16, 21),
        _ => return None,
    })
}

/// Behind DD or FD; `bit_opcode` is the fourth byte, for DD CB d opcode.
const fn indexed(opcode: u8, bit_opcode: u8) -> Option<Timing> {
    let t_states = match opcode {
        0xCB => match bit_opcode >> 6 {
            1 => 20,
            _ => 23,
        },
        // INC and DEC of memory, and LD (IX+d),n: Zilog overlaps the offset with the operand.
        0x34 | 0x35 => 23,
        0x36 => 19,
        _ if uses_hl_memory(opcode) => 19,
        _ if uses_hl(opcode) => 4 + plain(opcode).base,
        _ => return None,
    };
    Some(Timing::always(t_states))
}

const fn uses_hl_memory(opcode: u8) -> bool {
    let (x, y, z) = (opcode >> 6, opcode >> 3 & 7, opcode & 7);
    matches!((x, y, z), (1, 6, 0..=5 | 7) | (1, 0..=5 | 7, 6) | (2, _, 6))
}

/// Whether HL, H or L is what the opcode works on.
const fn uses_hl(opcode: u8) -> bool {
    let (x, y, z) = (opcode >> 6, opcode >> 3 & 7, opcode & 7);
    match x {
        0 => matches!(
            (y, z),
            (4, 1..=3) | (5, 2 | 3) | (1 | 3 | 5 | 7, 1) | (4 | 5, 4..=6)
        ),
        1 => opcode != 0x76 && (matches!(y, 4 | 5) || matches!(z, 4 | 5)),
        2 => matches!(z, 4 | 5),
        _ => matches!(opcode, 0xE1 | 0xE3 | 0xE5 | 0xE9 | 0xF9),
    }
}
