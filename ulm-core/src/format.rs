//! The `.ulm` format, version 1: where each field is and what it may hold.
//!
//! `docs/format.md` in the repository is the specification; the section numbers given in this
//! crate are its. All numbers are little-endian and nothing is aligned.

/// First four bytes of a file: `ulm` and CP/M's end-of-file mark, so `TYPE` stops there.
pub const MAGIC: [u8; 4] = *b"ulm\x1a";

/// The version that this crate reads and writes.
pub const VERSION: u8 = 1;

/// Most query buckets (Q), and most context buckets (C). Both are powers of two.
pub const MAX_BUCKETS: u16 = 4096;

/// Most layers in a network.
pub const MAX_LAYERS: usize = 8;

/// Most neurons in a layer.
pub const MAX_WIDTH: u16 = 256;

/// Fewest and most charset entries, EOS included.
pub const CHARSET_ENTRIES: core::ops::RangeInclusive<u8> = 2..=128;

/// Largest threshold of doubt: a margin cannot be larger than this, as logits are 14-bit numbers.
pub const MAX_THRESHOLD: u16 = 16383;

/// Lowest byte that a charset or a fallback reply may hold: what is below controls a terminal.
pub const FIRST_PRINTABLE: u8 = 0x20;

/// The only layer kind of version 1: 2-bit weights, input-major, and 16-bit biases.
pub const KIND_2_BIT: u8 = 1;

/// Right shift that ends a layer, in bits.
pub const LAYER_SHIFT: u8 = 2;

/// Fraction bits of an activation: one window counts `1 << 5`.
pub const ACTIVATION_SHIFT: u8 = 5;

/// Length of the fixed part of the header, in bytes.
pub const HEADER_BYTES: usize = 26;

/// Length of a row of the layer table, in bytes: kind, then width as 16 bits.
pub const LAYER_ROW_BYTES: usize = 3;

/// Length of the checksum that ends a file, in bytes.
pub const CHECKSUM_BYTES: usize = 4;

/// Weights in a byte.
pub const WEIGHTS_PER_BYTE: usize = 4;

/// Offsets of the header's fields, in bytes from the start of the file (section 2).
pub mod field {
    /// Magic, 4 bytes.
    pub const MAGIC: usize = 0;
    /// Version, 1 byte.
    pub const VERSION: usize = 4;
    /// Flags, 1 byte: none is known to version 1.
    pub const FLAGS: usize = 5;
    /// Length of the whole file, 4 bytes.
    pub const FILE_LENGTH: usize = 6;
    /// Query buckets, 2 bytes.
    pub const QUERY_BUCKETS: usize = 10;
    /// Context buckets, 2 bytes.
    pub const CONTEXT_BUCKETS: usize = 12;
    /// Context length, 1 byte.
    pub const CONTEXT_LENGTH: usize = 14;
    /// Activation shift, 1 byte.
    pub const ACTIVATION_SHIFT: usize = 15;
    /// Layer shift, 1 byte.
    pub const LAYER_SHIFT: usize = 16;
    /// Number of layers, 1 byte.
    pub const LAYERS: usize = 17;
    /// Charset entries, EOS included, 1 byte.
    pub const CHARSET_ENTRIES: usize = 18;
    /// Maximum reply length, 1 byte.
    pub const MAX_REPLY: usize = 19;
    /// Threshold of doubt, 2 bytes.
    pub const THRESHOLD: usize = 20;
    /// Length of the fallback reply, 1 byte.
    pub const FALLBACK_LENGTH: usize = 22;
    /// Length of the name, 1 byte.
    pub const NAME_LENGTH: usize = 23;
    /// Length of the metadata, 2 bytes.
    pub const METADATA_LENGTH: usize = 24;
}

/// Bytes of one input's column of weights in a layer of `width` neurons.
#[must_use]
pub const fn column_bytes(width: u16) -> usize {
    (width as usize).div_ceil(WEIGHTS_PER_BYTE)
}

/// CRC-32 of `bytes` (ISO-HDLC: polynomial EDB88320h reflected, all ones in, inverted out), a
/// nibble at a time: 64 bytes of table.
#[must_use]
pub fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 16] = {
        let mut table = [0; 16];
        let mut nibble = 0;
        while nibble < 16 {
            let mut crc = nibble as u32;
            let mut bit = 0;
            while bit < 4 {
                crc = (crc >> 1) ^ (0xEDB8_8320 * (crc & 1));
                bit += 1;
            }
            table[nibble] = crc;
            nibble += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |crc, &byte| {
        let crc = crc ^ u32::from(byte);
        let crc = (crc >> 4) ^ TABLE[(crc & 15) as usize];
        (crc >> 4) ^ TABLE[(crc & 15) as usize]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_gives_the_published_check_value() {
        // The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_column_is_padded_to_a_whole_byte() {
        assert_eq!([1, 4, 5, 37, 256].map(column_bytes), [1, 1, 2, 10, 64]);
    }
}
