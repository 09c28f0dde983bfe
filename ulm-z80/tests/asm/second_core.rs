//! A Z80 by other people, built for exact timing: `rustzx-z80`.

use rustzx_z80::{RegName16, Z80, Z80Bus};

/// 64 KB of RAM that counts the T-states of every access.
pub(crate) struct Bus {
    pub(crate) memory: Vec<u8>,
    pub(crate) t_states: usize,
}

impl Z80Bus for Bus {
    fn read_internal(&mut self, address: u16) -> u8 {
        self.memory[usize::from(address)]
    }

    fn write_internal(&mut self, address: u16, data: u8) {
        self.memory[usize::from(address)] = data;
    }

    fn wait_mreq(&mut self, _address: u16, t_states: usize) {
        self.t_states += t_states;
    }

    fn wait_no_mreq(&mut self, _address: u16, t_states: usize) {
        self.t_states += t_states;
    }

    fn wait_internal(&mut self, t_states: usize) {
        self.t_states += t_states;
    }

    /// An I/O cycle takes four T-states (Zilog UM0080, "Input or Output Cycles"); the core leaves them to the bus.
    fn read_io(&mut self, _port: u16) -> u8 {
        self.t_states += 4;
        0xFF
    }

    fn write_io(&mut self, _port: u16, _data: u8) {
        self.t_states += 4;
    }

    fn read_interrupt(&mut self) -> u8 {
        0xFF
    }

    fn reti(&mut self) {}

    fn halt(&mut self, _halted: bool) {}

    fn int_active(&self) -> bool {
        false
    }

    fn nmi_active(&self) -> bool {
        false
    }

    fn pc_callback(&mut self, _address: u16) {}
}

/// AF, BC, DE, HL, IX, IY, SP and PC.
pub(crate) type Registers = [u16; 8];

const NAMES: [RegName16; 8] = [
    RegName16::AF,
    RegName16::BC,
    RegName16::DE,
    RegName16::HL,
    RegName16::IX,
    RegName16::IY,
    RegName16::SP,
    RegName16::PC,
];

/// Executes one instruction; the registers after it, and its T-states.
pub(crate) fn step(bus: &mut Bus, registers: Registers) -> (Registers, usize) {
    let mut cpu = Z80::default();
    for (name, value) in NAMES.into_iter().zip(registers) {
        cpu.regs.set_reg_16(name, value);
    }
    let before = bus.t_states;
    cpu.emulate(bus);
    let after = NAMES.map(|name| cpu.regs.get_reg_16(name));
    (after, bus.t_states - before)
}
