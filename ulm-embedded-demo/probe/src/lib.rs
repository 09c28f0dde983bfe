//! What the probes share: the entry point of either architecture, and a panic handler that does
//! not link.

#![no_std]

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
use riscv as _; // the critical section that riscv-rt asks for
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;

use panic_never as _;

/// The model of the format's worked example.
pub static MODEL: &[u8] = include_bytes!("../../../ulm-core/tests/ok.ulm");
