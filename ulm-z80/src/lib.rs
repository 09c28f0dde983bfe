//! ulm-z80
pub mod asm;
pub mod bench;
pub mod cpm;
pub mod pack;
pub mod z80;
