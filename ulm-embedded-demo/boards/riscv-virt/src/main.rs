//! The demo on QEMU's RISC-V machine `virt`: a 16550 at 10000000h, and RAM. A lamp it has not:
//! the log tells what it would show.

#![no_std]
#![no_main]

use riscv_rt::entry;
use ulm_board_support::{Register, exit, run};
use ulm_embedded_demo::{Board, Lamp};

/// Line status register, bit 0: a byte was received.
const RECEIVED: u8 = 1;

/// Line status register, bit 5: there is room to send.
const CAN_SEND: u8 = 1 << 5;

struct Virt {
    data: Register,
    line_status: Register,
    /// `mcycle` at the restart: with `-icount shift=0` it counts instructions.
    start: usize,
}

impl Board for Virt {
    fn read(&mut self) -> Option<u8> {
        (self.line_status.read_byte() & RECEIVED != 0).then(|| self.data.read_byte())
    }

    fn write(&mut self, byte: u8) {
        while self.line_status.read_byte() & CAN_SEND == 0 {}
        self.data.write_byte(byte);
    }

    fn show(&mut self, lamp: &Lamp) {
        let (_, [red, green, blue]) = lamp.color.parts();
        defmt::debug!("led: {=bool}, {=u8} {=u8} {=u8}", lamp.on, red, green, blue);
    }

    fn restart_counter(&mut self) {
        self.start = riscv::register::mcycle::read();
    }

    fn count(&mut self) -> u32 {
        riscv::register::mcycle::read().wrapping_sub(self.start) as u32
    }
}

#[entry]
fn main() -> ! {
    // SAFETY: the machine's addresses, each used here only.
    let mut board = unsafe {
        Virt {
            data: Register::at(0x1000_0000),
            line_status: Register::at(0x1000_0005),
            start: 0,
        }
    };
    defmt::info!("riscv-virt starts");
    exit(run(&mut board))
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    defmt::error!("panicked");
    exit(false)
}
