//! A Z80 with 64 KB of RAM: the processor is the crate `iz80`, the T-states are Zilog's.
//!
//! `iz80` 0.5.1 passes ZEXALL, but its cycle counts differ from the published table: it charges no T-states for the
//! DD and FD prefixes and index displacements, 12 or 7 for `JP cc,nn` where Zilog has 10, and 8 for a relative jump
//! that is not taken where Zilog has 7. So this module counts by the assembler's [`timing`] table,
//! and asks `iz80` only whether a branch was taken. The tests compare that, for every instruction form, with a third
//! party's core that is built for exact timing (`rustzx-z80`). They found three more differences, which no program of
//! ours depends on: LD A,I and LD A,R leave S, Z, H and N alone, R never counts, and the copy of an indexed bit
//! operation to H or L (`rl (ix+1),h`) goes to the index register's half.

mod profile;

use std::fmt;

use iz80::{Cpu, Machine, Reg8, Reg16};

pub use profile::{Profile, RoutineShare};

use crate::asm::{Timing, timing};

/// Prefixes without effect before an instruction; more of them are no program.
const MAX_IGNORED_PREFIXES: u8 = 16;

/// Addresses of a Z80.
pub const MEMORY_BYTES: usize = 0x1_0000;

/// 64 KB of RAM, and no device behind any port.
struct Memory(Box<[u8; MEMORY_BYTES]>);

impl Machine for Memory {
    fn peek(&mut self, address: u16) -> u8 {
        self.0[usize::from(address)]
    }

    fn poke(&mut self, address: u16, value: u8) {
        self.0[usize::from(address)] = value;
    }

    fn port_in(&mut self, _address: u16) -> u8 {
        0xFF
    }

    fn port_out(&mut self, _address: u16, _value: u8) {}
}

/// A machine of one instruction, for what `iz80` offers by instruction only.
struct Instruction(u8);

impl Machine for Instruction {
    fn peek(&mut self, _address: u16) -> u8 {
        self.0
    }

    fn poke(&mut self, _address: u16, _value: u8) {}

    fn port_in(&mut self, _address: u16) -> u8 {
        0xFF
    }

    fn port_out(&mut self, _address: u16, _value: u8) {}
}

/// Why an instruction could not be executed. The program counter still points at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepError {
    /// HALT: nothing would ever wake the processor.
    Halt {
        /// Its address.
        pc: u16,
    },
    /// A code behind ED that no Z80 defines.
    Unknown {
        /// Its address.
        pc: u16,
        /// Its four bytes, as far as they belong to it.
        bytes: [u8; 4],
    },
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Halt { pc } => write!(f, "HALT at {pc:04X}h, and no interrupt would end it"),
            Self::Unknown {
                pc,
                bytes: [a, b, c, d],
            } => write!(
                f,
                "no instruction at {pc:04X}h: {a:02X} {b:02X} {c:02X} {d:02X}"
            ),
        }
    }
}

impl std::error::Error for StepError {}

/// Why [`Z80::call`] gave up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallError {
    /// An instruction could not be executed.
    Step(StepError),
    /// The routine had not returned when its T-states were used up.
    Endless {
        /// The limit.
        t_states: u64,
    },
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(error) => error.fmt(f),
            Self::Endless { t_states } => {
                write!(f, "the routine did not return within {t_states} T-states")
            }
        }
    }
}

impl std::error::Error for CallError {}

impl From<StepError> for CallError {
    fn from(error: StepError) -> Self {
        Self::Step(error)
    }
}

/// The processor in the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Processor {
    /// A Z80.
    #[default]
    Z80,
    /// An 8080, to see what a program does on a machine that it isn't made for. T-states are those of `iz80`.
    I8080,
}

/// Is told of each executed instruction.
///
/// `()` is the probe that does nothing, at no cost.
pub trait Probe {
    /// The instruction at `pc` took `t_states`.
    fn executed(&mut self, pc: u16, t_states: u32);
}

impl Probe for () {
    fn executed(&mut self, _pc: u16, _t_states: u32) {}
}

/// 8-bit registers.
pub use iz80::Reg8 as Register;
/// 16-bit registers.
pub use iz80::Reg16 as Pair;

/// A Z80 and its memory.
///
/// ```
/// use ulm_z80::asm::{MemorySources, assemble};
/// use ulm_z80::z80::{Pair, Z80};
///
/// let text = " org 100h\ndouble: add hl,hl\n ret\n";
/// let image = assemble(&MemorySources::new().with("d.asm", text), "d.asm", &[])?;
/// let mut z80 = Z80::new();
/// z80.load(image.origin, &image.bytes);
/// z80.set_pair(Pair::HL, 21);
/// let t_states = z80.call(0x100, 1000)?;
/// assert_eq!((z80.pair(Pair::HL), t_states), (42, 11 + 10));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Z80 {
    cpu: Cpu,
    processor: Processor,
    memory: Memory,
    t_states: u64,
    instructions: u64,
    /// T-states at the DI that turned interrupts off last, while they are off.
    off_since: Option<u64>,
    longest_off: u64,
}

impl Default for Z80 {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Z80 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.describe())
    }
}

impl Z80 {
    /// A Z80 after reset, interrupts off, and memory of zeros.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Processor::Z80)
    }

    /// As [`Z80::new`], with another processor in its place.
    #[must_use]
    pub fn with(processor: Processor) -> Self {
        Self {
            cpu: match processor {
                Processor::Z80 => Cpu::new_z80(),
                Processor::I8080 => Cpu::new_8080(),
            },
            processor,
            memory: Memory(Box::new([0; MEMORY_BYTES])),
            t_states: 0,
            instructions: 0,
            off_since: None,
            longest_off: 0,
        }
    }

    /// The memory.
    #[must_use]
    pub fn memory(&self) -> &[u8; MEMORY_BYTES] {
        &self.memory.0
    }

    /// The memory, to be written.
    pub fn memory_mut(&mut self) -> &mut [u8; MEMORY_BYTES] {
        &mut self.memory.0
    }

    /// Copies `bytes` into memory; what reaches beyond its end is left out.
    pub fn load(&mut self, address: u16, bytes: &[u8]) {
        let room = &mut self.memory.0[usize::from(address)..];
        for (to, from) in room.iter_mut().zip(bytes) {
            *to = *from;
        }
    }

    /// The word at `address`, low byte first; the byte after FFFFh is that at 0000h.
    #[must_use]
    pub fn word(&self, address: u16) -> u16 {
        let byte = |at: u16| self.memory.0[usize::from(at)];
        u16::from_le_bytes([byte(address), byte(address.wrapping_add(1))])
    }

    /// Writes a word, low byte first.
    pub fn set_word(&mut self, address: u16, value: u16) {
        let [low, high] = value.to_le_bytes();
        self.memory.0[usize::from(address)] = low;
        self.memory.0[usize::from(address.wrapping_add(1))] = high;
    }

    /// A 16-bit register.
    #[must_use]
    pub fn pair(&self, pair: Reg16) -> u16 {
        self.cpu.immutable_registers().get16(pair)
    }

    /// Sets a 16-bit register.
    pub fn set_pair(&mut self, pair: Reg16, value: u16) {
        self.cpu.registers().set16(pair, value);
    }

    /// An 8-bit register.
    #[must_use]
    pub fn register(&self, register: Reg8) -> u8 {
        self.cpu.immutable_registers().get8(register)
    }

    /// Sets an 8-bit register.
    pub fn set_register(&mut self, register: Reg8, value: u8) {
        self.cpu.registers().set8(register, value);
    }

    /// The program counter.
    #[must_use]
    pub fn pc(&self) -> u16 {
        self.cpu.immutable_registers().pc()
    }

    /// Sets the program counter.
    pub fn set_pc(&mut self, address: u16) {
        self.cpu.registers().set_pc(address);
    }

    /// T-states since the beginning.
    #[must_use]
    pub fn t_states(&self) -> u64 {
        self.t_states
    }

    /// Instructions since the beginning.
    #[must_use]
    pub fn instructions(&self) -> u64 {
        self.instructions
    }

    /// Whether interrupts are on.
    #[must_use]
    pub fn interrupts_are_on(&self) -> bool {
        self.cpu.immutable_registers().get_interrupt_mode().0
    }

    /// The most T-states between a DI and the EI after it, or now.
    #[must_use]
    pub fn longest_interrupts_off(&self) -> u64 {
        let current = self.off_since.map_or(0, |since| self.t_states - since);
        self.longest_off.max(current)
    }

    /// Executes one instruction; its T-states.
    ///
    /// # Errors
    ///
    /// Where there is no instruction, or HALT.
    pub fn step(&mut self) -> Result<u32, StepError> {
        let pc = self.pc();
        let opcode = self.memory.0[usize::from(pc)];
        let known = match (opcode, self.processor) {
            (0x76, _) => return Err(StepError::Halt { pc }),
            (_, Processor::I8080) => Timing { base: 0, taken: 0 },
            (0xCB | 0xDD | 0xED | 0xFD, Processor::Z80) => self.prefixed(pc)?,
            (_, Processor::Z80) => PLAIN[usize::from(opcode)],
        };
        let before = self.cpu.cycle_count();
        self.cpu.execute_instruction(&mut self.memory);
        // Where the two differ, iz80 charges a taken branch what Zilog does, and less than that for one not taken.
        let charged = self.cpu.cycle_count() - before;
        let t_states = match (self.processor, charged < u64::from(known.taken)) {
            (Processor::I8080, _) => charged,
            (Processor::Z80, true) => known.base.into(),
            (Processor::Z80, false) => known.taken.into(),
        };
        self.t_states += t_states;
        self.instructions += 1;
        match opcode {
            // DI, EI.
            0xF3 => self.off_since = self.off_since.or(Some(self.t_states)),
            0xFB => {
                self.longest_off = self.longest_interrupts_off();
                self.off_since = None;
            }
            _ => {}
        }
        // No instruction takes more than a byte's worth.
        Ok(t_states as u32)
    }

    /// T-states of an instruction with prefixes. Of those that don't belong to it, each costs 4.
    fn prefixed(&self, pc: u16) -> Result<Timing, StepError> {
        for ignored in 0..=MAX_IGNORED_PREFIXES {
            let bytes = self.four_bytes(pc.wrapping_add(ignored.into()));
            match (timing(bytes), bytes[0]) {
                (Some(_), 0x76) => return Err(StepError::Halt { pc }),
                (Some(known), _) => {
                    return Ok(Timing {
                        base: known.base + 4 * ignored,
                        taken: known.taken + 4 * ignored,
                    });
                }
                (None, 0xDD | 0xFD) => {}
                (None, _) => break,
            }
        }
        let bytes = self.four_bytes(pc);
        Err(StepError::Unknown { pc, bytes })
    }

    fn four_bytes(&self, address: u16) -> [u8; 4] {
        [0, 1, 2, 3].map(|n| self.memory.0[usize::from(address.wrapping_add(n))])
    }

    /// Calls the routine at `address` and runs it until it returns; its T-states, RET included, CALL not.
    ///
    /// The return address is pushed on the stack that SP points to, or on one at the end of memory while SP is FFFFh,
    /// as after reset. It is 0000h, so the routine must not pass there.
    ///
    /// # Errors
    ///
    /// Where an instruction fails, or the routine takes more than `limit` T-states.
    pub fn call(&mut self, address: u16, limit: u64) -> Result<u64, CallError> {
        self.call_probed(address, limit, &mut ())
    }

    /// As [`Z80::call`], with a probe.
    ///
    /// # Errors
    ///
    /// As [`Z80::call`].
    pub fn call_probed<P: Probe>(
        &mut self,
        address: u16,
        limit: u64,
        probe: &mut P,
    ) -> Result<u64, CallError> {
        let stack = match self.pair(Reg16::SP) {
            0xFFFF => 0,
            sp => sp,
        };
        self.set_pair(Reg16::SP, stack);
        self.push(0);
        self.set_pc(address);
        let start = self.t_states;
        while self.pc() != 0 || self.pair(Reg16::SP) != stack {
            if self.t_states - start > limit {
                return Err(CallError::Endless { t_states: limit });
            }
            let pc = self.pc();
            let t_states = self.step()?;
            probe.executed(pc, t_states);
        }
        Ok(self.t_states - start)
    }

    /// Pushes a word on the stack, at no cost.
    pub fn push(&mut self, value: u16) {
        let sp = self.pair(Reg16::SP).wrapping_sub(2);
        self.set_pair(Reg16::SP, sp);
        self.set_word(sp, value);
    }

    /// Pops a word from the stack, at no cost.
    pub fn pop(&mut self) -> u16 {
        let sp = self.pair(Reg16::SP);
        self.set_pair(Reg16::SP, sp.wrapping_add(2));
        self.word(sp)
    }

    /// Exchanges AF, BC, DE and HL with their shadows, at no cost. An 8080 has none.
    pub fn exchange_shadows(&mut self) {
        if self.processor == Processor::Z80 {
            self.execute_aside(0xD9);
            self.execute_aside(0x08);
        }
    }

    /// Turns interrupts on, at no cost.
    pub fn enable_interrupts(&mut self) {
        self.execute_aside(0xFB);
    }

    fn execute_aside(&mut self, opcode: u8) {
        let pc = self.pc();
        self.cpu.execute_instruction(&mut Instruction(opcode));
        self.set_pc(pc);
    }

    /// The registers, the instruction at hand and the T-states, on one line.
    #[must_use]
    pub fn describe(&self) -> String {
        let pair = |pair| self.pair(pair);
        let [a, b, c, d] = self.four_bytes(self.pc());
        format!(
            "{:04X}  {a:02X} {b:02X} {c:02X} {d:02X}  AF={:04X} BC={:04X} DE={:04X} HL={:04X} IX={:04X} IY={:04X} SP={:04X}  T={}",
            self.pc(),
            pair(Reg16::AF),
            pair(Reg16::BC),
            pair(Reg16::DE),
            pair(Reg16::HL),
            pair(Reg16::IX),
            pair(Reg16::IY),
            pair(Reg16::SP),
            self.t_states
        )
    }
}

/// T-states of the opcodes without prefix, by opcode.
const PLAIN: [Timing; 256] = {
    let mut table = [Timing { base: 4, taken: 4 }; 256];
    let mut opcode = 0;
    while opcode < 256 {
        if let Some(known) = timing([opcode as u8, 0, 0, 0]) {
            table[opcode] = known;
        }
        opcode += 1;
    }
    table
};
