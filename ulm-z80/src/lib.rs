//! ulm-z80
pub mod asm;
