//! What a board gives.

use crate::lamp::Lamp;

/// A board: a serial line, a lamp, and a counter of instructions or cycles.
pub trait Board {
    /// The next byte received, `None` if there is none yet.
    fn read(&mut self) -> Option<u8>;

    /// Sends a byte; waits until there is room for it.
    fn write(&mut self, byte: u8);

    /// Called where nothing is to be done until a byte arrives: a board may sleep here.
    fn idle(&mut self) {}

    /// Makes the lamp as bright and as colourful as the board can.
    fn show(&mut self, lamp: &Lamp);

    /// Restarts the counter.
    fn restart_counter(&mut self);

    /// What was counted since the restart: instructions under an emulator, cycles on hardware.
    fn count(&mut self) -> u32;
}
