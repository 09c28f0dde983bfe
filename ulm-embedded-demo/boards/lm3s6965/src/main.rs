//! The demo on the LM3S6965 evaluation board. Register names and addresses are of the LM3S6965
//! data sheet; QEMU emulates the board as `lm3s6965evb`.

#![no_std]
#![no_main]

use cortex_m::Peripherals;
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::entry;
use ulm_board_support::{Register, exit, run};
use ulm_embedded_demo::{Board, Lamp};

/// Instructions in a tick of SysTick: after reset the system clock has 12.5 MHz, and the runner's
/// `-icount shift=4` lets an instruction take 16 ns.
const INSTRUCTIONS_PER_TICK: u32 = 5;

/// SysTick counts 24 bits down.
const RELOAD: u32 = 0xFF_FFFF;

/// UARTFR, bit 4: nothing was received.
const RECEIVE_EMPTY: u32 = 1 << 4;

/// UARTFR, bit 5: there is no room to send.
const TRANSMIT_FULL: u32 = 1 << 5;

struct Lm3s6965 {
    syst: SYST,
    data: Register,
    flags: Register,
    /// GPIODATA of port F, masked to pin 0: the status LED.
    led: Register,
}

impl Lm3s6965 {
    fn new(mut syst: SYST) -> Self {
        // SAFETY: the data sheet's addresses, each used here only.
        let (mut clock_2, mut direction, mut digital, mut control) = unsafe {
            (
                Register::at(0x400F_E108),
                Register::at(0x4002_5400),
                Register::at(0x4002_551C),
                Register::at(0x4000_C030),
            )
        };
        clock_2.write(1 << 5); // RCGC2: clock to port F
        direction.write(1);
        digital.write(1);
        control.write(0x301); // UARTCTL: enable, transmit, receive
        syst.set_clock_source(SystClkSource::Core);
        syst.set_reload(RELOAD);
        syst.enable_counter();
        // SAFETY: as above.
        unsafe {
            Self {
                syst,
                data: Register::at(0x4000_C000),
                flags: Register::at(0x4000_C018),
                led: Register::at(0x4002_5004),
            }
        }
    }
}

impl Board for Lm3s6965 {
    fn read(&mut self) -> Option<u8> {
        let is_empty = self.flags.read() & RECEIVE_EMPTY != 0;
        (!is_empty).then(|| self.data.read() as u8)
    }

    fn write(&mut self, byte: u8) {
        while self.flags.read() & TRANSMIT_FULL != 0 {}
        self.data.write(byte.into());
    }

    fn show(&mut self, lamp: &Lamp) {
        self.led.write(lamp.on.into());
    }

    fn restart_counter(&mut self) {
        self.syst.clear_current();
    }

    fn count(&mut self) -> u32 {
        let ticks = RELOAD.wrapping_sub(SYST::get_current()) & RELOAD;
        ticks.wrapping_mul(INSTRUCTIONS_PER_TICK)
    }
}

#[entry]
fn main() -> ! {
    let Some(peripherals) = Peripherals::take() else {
        exit(false)
    };
    let mut board = Lm3s6965::new(peripherals.SYST);
    defmt::info!("lm3s6965 starts");
    exit(run(&mut board))
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    defmt::error!("panicked");
    exit(false)
}
