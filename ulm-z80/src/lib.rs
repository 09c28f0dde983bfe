//! From a micro language model to a program for a Z80 machine.
//!
//! - [`asm`]: a Z80 assembler, so that the programs' sources stay text that a Z80 programmer can read.
//! - [`z80`]: a Z80 with 64 KB of RAM that counts Zilog's T-states.
//! - [`cpm`]: CP/M 2.2 around it, with a terminal, a pipe or a script at its console.
//!
//! The program `ulm-z80` is their command line.

pub mod asm;
pub mod bench;
pub mod cpm;
pub mod pack;
pub mod z80;
