//! A program without the engine: what is left to subtract.

#![no_std]
#![no_main]

use core::hint::black_box;
use ulm_probe::{MODEL, entry};

#[entry]
fn main() -> ! {
    loop {
        black_box(black_box(MODEL));
    }
}
