//! ulm-z80
pub mod asm;
pub mod z80;
