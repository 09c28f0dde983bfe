//! Memory-mapped registers.

/// A register of 32 bits.
pub struct Register {
    address: *mut u32,
}

impl Register {
    /// The register at `address`.
    ///
    /// # Safety
    ///
    /// `address` must be that of a device's register, aligned as it is read and written, whose reading and
    /// writing cannot break what Rust assumes of memory; and nothing else may use it.
    #[must_use]
    pub const unsafe fn at(address: usize) -> Self {
        Self {
            address: core::ptr::with_exposed_provenance_mut(address),
        }
    }

    /// Reads it.
    #[must_use]
    pub fn read(&self) -> u32 {
        // SAFETY: `at` asks for the address of a register.
        unsafe { self.address.read_volatile() }
    }

    /// Writes it.
    pub fn write(&mut self, value: u32) {
        // SAFETY: `at` asks for the address of a register that nothing else uses.
        unsafe { self.address.write_volatile(value) }
    }

    /// Reads its lowest byte and nothing else: for devices whose registers are bytes.
    #[must_use]
    pub fn read_byte(&self) -> u8 {
        // SAFETY: as `read`.
        unsafe { self.address.cast::<u8>().read_volatile() }
    }

    /// Writes its lowest byte and nothing else.
    pub fn write_byte(&mut self, value: u8) {
        // SAFETY: as `write`.
        unsafe { self.address.cast::<u8>().write_volatile(value) }
    }
}
