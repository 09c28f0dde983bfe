//! A device that understands typed text: what is the same on every board, and can be tested on
//! a host.
//!
//! * [`Board`]: what a board gives: bytes in and out, a lamp, a counter.
//! * [`LineEditor`]: the line being typed.
//! * [`Lamp`]: what replies do, the device's own logic.
//! * [`Chat`]: the loop that ties them together.
//!
//! A board is a folder in `boards`; `docs/firmware.md` walks through adding one.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

mod board;
mod chat;
mod lamp;
mod line;

pub use board::Board;
pub use chat::{Chat, Exit, Session};
pub use lamp::{Color, Lamp};
pub use line::{Edit, LINE_BYTES, LineEditor};
