//! CP/M 2.2 on an emulated Z80: enough of it for programs that talk to a console.
//!
//! [`Cpm`] loads a `.COM` file and runs it; a [`Console`] is the other end: a [`Terminal`], a [`Pipe`], or a [`Script`].
//!
//! # What a program finds
//!
//! - 64 KB of RAM. Where nothing was loaded there is noise, not zeros.
//! - The program at 0100h, started by a CALL of the CCP: RET, JP 0 and function 0 all lead back. The stack is the CCP's and
//!   has eight levels, of which the return address takes one; the CCP is the last 2 KB below the BDOS, so a program
//!   that uses all memory up to the address at 0006h overwrites its own return address and must leave by JP 0.
//! - At 0006h the BDOS's address, which bounds the TPA ([`Config::tpa_kb`]); at 0001h the BIOS's.
//! - At 0080h the command tail: its length, then the text in upper case with a space in front. At 005Ch and 006Ch its first
//!   two words as file names.
//! - Interrupts on.
//!
//! # BDOS functions
//!
//! CALL 5 with the function in C and its argument in E or DE. The result is in HL, and again in A (L) and B (H); C, D, E
//! and the flags are lost. A BIOS may lose IX, IY and the shadow registers as well, which [`Config::is_hostile`] tries.
//! The functions themselves cost no T-states, only the program's CALL and the JP at 0005h do.
//!
//! | number | name | |
//! |---|---|---|
//! | 0 | `P_TERMCPM` | leaves the program |
//! | 1 | `C_READ` | waits for a key, echoes it; Control-C is a key like others |
//! | 2 | `C_WRITE` | prints E; spreads tabs; Control-S stops the output until the next key |
//! | 3, 4, 5 | `A_READ`, `A_WRITE`, `L_WRITE` | no such devices: end of file, and nothing ([`Cpm::notes`] says so) |
//! | 6 | `C_RAWIO` | E = FFh: a key, or 0 (without echo); FEh: FFh if there is one, or 0; else prints E |
//! | 7, 8 | `A_STATIN`, `A_STATOUT` | the I/O byte, which changes nothing |
//! | 9 | `C_WRITESTR` | prints from DE up to `$` |
//! | 10 | `C_READSTR` | reads a line into the buffer at DE (size, length, text), with the editing keys of CP/M 2.2: Control-H, X, U, R, E, and DEL; returns when the buffer is full. Control-C as the first key leaves the program |
//! | 11 | `C_STAT` | 01h if a key is waiting, or 0. It takes the key from the BIOS, so that function 1 sees it, but function 6 doesn't |
//! | 12 | `S_BDOSVER` | 0022h |
//! | 13, 14, 25, 26, 32 | `DRV_ALLRESET`, `DRV_SET`, `DRV_GET`, `F_DMAOFF`, `F_USERNUM` | 0; without files they are harmless |
//!
//! **There are no files.** Any other function ends the run with an error that names it. Of the BIOS's jump table BOOT, WBOOT,
//! CONST, CONIN, CONOUT, READER and LISTST work; the rest ends the run as well.
//!
//! # The end of the input
//!
//! A program that waits for a key when the input has ended is over, without an error. So is one that asks for a key again
//! and again (functions 6 and 11) and does nothing else in between.

mod bdos;
mod console;
mod fcb;
pub mod layout;
mod meter;
mod system;

pub use console::{Availability, Console, Pipe, PipeStyle, Script, Step, Terminal};
pub use layout::{Layout, LoadError, MAX_COMMAND_LENGTH, MAX_TPA_KB, MIN_TPA_KB};
pub use meter::{Stats, Tally};
pub use system::{Config, Cpm, End, RunError};
