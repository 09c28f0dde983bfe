//! The demo on an STM32F103C8 board ("Blue Pill"): PA9 sends, PA10 receives, 115200 baud; the LED
//! on PC13 is lit when the pin is low. Register names are those of ST's reference manual RM0008.
//!
//! The log goes out over the debug probe (RTT).

#![no_std]
#![no_main]

use cortex_m::Peripherals;
use cortex_m::peripheral::DWT;
use cortex_m_rt::entry;
use defmt_rtt as _;
use ulm_board_support::{Register, run};
use ulm_embedded_demo::{Board, Lamp};

/// The clock after reset: the internal oscillator, in hertz.
const CLOCK_HZ: u32 = 8_000_000;

/// Speed of the serial line.
const BAUD: u32 = 115_200;

/// USART_SR, RXNE: a byte was received.
const RECEIVED: u32 = 1 << 5;

/// USART_SR, TXE: there is room to send.
const CAN_SEND: u32 = 1 << 7;

struct Stm32f103 {
    status: Register,
    data: Register,
    /// GPIOC_BSRR: sets with its lower half, resets with its upper.
    led: Register,
    start: u32,
}

impl Stm32f103 {
    fn new() -> Self {
        // SAFETY: the reference manual's addresses, each used here only.
        let (mut clocks, mut port_a_high, mut port_c_high, mut baud, mut control) = unsafe {
            (
                Register::at(0x4002_1018), // RCC_APB2ENR
                Register::at(0x4001_0804), // GPIOA_CRH
                Register::at(0x4001_1004), // GPIOC_CRH
                Register::at(0x4001_3808), // USART1_BRR
                Register::at(0x4001_380C), // USART1_CR1
            )
        };
        clocks.write(1 << 2 | 1 << 4 | 1 << 14); // ports A and C, USART1
        port_a_high.write(0x4444_44B4); // PA9 alternate output, PA10 input
        port_c_high.write(0x4424_4444); // PC13 output, 2 MHz
        baud.write(CLOCK_HZ / BAUD);
        control.write(1 << 13 | 1 << 3 | 1 << 2); // enable, transmit, receive
        // SAFETY: as above.
        unsafe {
            Self {
                status: Register::at(0x4001_3800),
                data: Register::at(0x4001_3804),
                led: Register::at(0x4001_1010),
                start: 0,
            }
        }
    }
}

impl Board for Stm32f103 {
    fn read(&mut self) -> Option<u8> {
        (self.status.read() & RECEIVED != 0).then(|| self.data.read() as u8)
    }

    fn write(&mut self, byte: u8) {
        while self.status.read() & CAN_SEND == 0 {}
        self.data.write(byte.into());
    }

    fn show(&mut self, lamp: &Lamp) {
        let pin = 1 << 13;
        self.led.write(if lamp.on { pin << 16 } else { pin });
    }

    fn restart_counter(&mut self) {
        self.start = DWT::cycle_count();
    }

    fn count(&mut self) -> u32 {
        DWT::cycle_count().wrapping_sub(self.start)
    }
}

#[entry]
fn main() -> ! {
    if let Some(mut peripherals) = Peripherals::take() {
        peripherals.DCB.enable_trace();
        peripherals.DWT.enable_cycle_counter();
    }
    let mut board = Stm32f103::new();
    defmt::info!("stm32f103 starts");
    // Who leaves a device that is always on meets it again.
    while run(&mut board) {}
    cortex_m::peripheral::SCB::sys_reset()
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    defmt::error!("panicked");
    cortex_m::peripheral::SCB::sys_reset()
}
