//! The stack's high-water mark: unused stack is painted at the start, and what is no longer
//! painted was used.

use core::ptr::addr_of_mut;

/// What unused stack holds: a value that neither code nor data is likely to.
const PAINT: u32 = 0x5AFE_57AC;

/// Bytes below the caller's frame that painting leaves alone: its own frame is there.
const MARGIN_BYTES: usize = 128;

unsafe extern "C" {
    /// Lowest word of the stack, from the board's memory map.
    static mut _stack_low: u32;
    /// First address after the stack, from the board's memory map.
    static mut _stack_start: u32;
}

/// Paints what is free of the stack.
#[inline(never)]
pub(crate) fn paint() {
    let here = core::hint::black_box(0u32);
    let top = (&raw const here as usize) - MARGIN_BYTES;
    let mut word = addr_of_mut!(_stack_low);
    while (word as usize) < top {
        // SAFETY: from `_stack_low` to below this frame lies stack that nothing uses now.
        unsafe {
            word.write_volatile(PAINT);
            word = word.add(1);
        }
    }
}

/// Bytes of stack used at the deepest since painting, the frames above it included.
pub(crate) fn deepest() -> u32 {
    let end = addr_of_mut!(_stack_start);
    let mut word = addr_of_mut!(_stack_low);
    // SAFETY: all words from `_stack_low` to before `_stack_start` are memory, and words.
    while word < end && unsafe { word.read_volatile() } == PAINT {
        word = unsafe { word.add(1) };
    }
    (end as usize - word as usize) as u32
}
