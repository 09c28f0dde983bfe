//! `defmt` frames to a file of the host: `defmt.bin` in the emulator's directory.
//!
//! `defmt-semihosting` writes to the host's standard output, which is the serial line's here.

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, Ordering};

use critical_section::RestoreState;
use defmt::Encoder;
use semihosting::fs::File;
use semihosting::io::Write;

#[defmt::global_logger]
struct Logger;

struct State {
    restore: RestoreState,
    encoder: Encoder,
    file: Option<File>,
}

struct Shared(UnsafeCell<State>);

// SAFETY: used in a critical section only, and `TAKEN` keeps a second user out.
unsafe impl Sync for Shared {}

static TAKEN: AtomicBool = AtomicBool::new(false);

static SHARED: Shared = Shared(UnsafeCell::new(State {
    restore: RestoreState::invalid(),
    encoder: Encoder::new(),
    file: None,
}));

impl State {
    fn encode(&mut self, act: impl FnOnce(&mut Encoder, &mut dyn FnMut(&[u8]))) {
        let Self { encoder, file, .. } = self;
        act(encoder, &mut |bytes| {
            if let Some(file) = file {
                // There is nobody to tell that the log cannot be written.
                let _ = file.write_all(bytes);
            }
        });
    }
}

// SAFETY: `acquire` enters a critical section that `release` leaves; all between is alone.
unsafe impl defmt::Logger for Logger {
    fn acquire() {
        // SAFETY: `release` gives the state back.
        let restore = unsafe { critical_section::acquire() };
        assert!(!TAKEN.load(Ordering::Relaxed), "logged while logging");
        TAKEN.store(true, Ordering::Relaxed);
        // SAFETY: alone, see above.
        let state = unsafe { &mut *SHARED.0.get() };
        state.restore = restore;
        if state.file.is_none() {
            state.file = File::create(c"defmt.bin").ok();
        }
        state.encode(|encoder, write| encoder.start_frame(write));
    }

    unsafe fn flush() {}

    unsafe fn release() {
        // SAFETY: alone since `acquire`.
        let state = unsafe { &mut *SHARED.0.get() };
        state.encode(|encoder, write| encoder.end_frame(write));
        let restore = state.restore;
        TAKEN.store(false, Ordering::Relaxed);
        // SAFETY: the state that `acquire` got.
        unsafe { critical_section::release(restore) };
    }

    unsafe fn write(bytes: &[u8]) {
        // SAFETY: alone since `acquire`.
        let state = unsafe { &mut *SHARED.0.get() };
        state.encode(|encoder, write| encoder.write(bytes, write));
    }
}
