//! NumPy's `.npy`, as far as the original's models need it: integers and texts, versions 1 to 3.
//!
//! The header is a Python dictionary with exactly three keys. Nothing is allocated for a size that
//! a header states before the caller's limit was checked, and no more bytes than that are kept.
//! Format: NEP 1, "A Simple File Format for NumPy Arrays".

use std::error::Error;
use std::fmt;
use std::io::{self, Read};

/// First bytes of a file.
const MAGIC: [u8; 6] = *b"\x93NUMPY";

/// Longest header read, in bytes: NumPy pads ours to 128 in all.
const MAX_HEADER_BYTES: usize = 4096;

/// Most dimensions of an array: a matrix has two.
const MAX_DIMENSIONS: usize = 4;

/// Longest text read, in bytes: 256 characters of four bytes.
const MAX_TEXT_BYTES: usize = 1024;

/// Why an array cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum NpyError {
    /// Reading fails, in a damaged archive for instance.
    Read(io::Error),
    /// It does not start with NumPy's magic.
    NotNpy,
    /// Its version is unknown.
    Version {
        /// Major version.
        major: u8,
        /// Minor version.
        minor: u8,
    },
    /// The header is longer than any of ours.
    HeaderTooLong {
        /// Its stated length, in bytes.
        bytes: u32,
    },
    /// The header is no dictionary with `descr`, `fortran_order` and `shape`.
    Header {
        /// Where in the header reading stopped, in bytes.
        at: usize,
    },
    /// The elements have another type than wanted.
    Type {
        /// NumPy's name of the type.
        descr: String,
        /// What is wanted.
        wanted: &'static str,
    },
    /// The array has another number of dimensions than wanted.
    Dimensions {
        /// Its shape.
        shape: Vec<usize>,
        /// Dimensions wanted.
        wanted: usize,
    },
    /// The array is larger than a network can use.
    TooLarge {
        /// Its shape; of a text its length, in characters.
        shape: Vec<usize>,
        /// The largest shape.
        limits: Vec<usize>,
    },
    /// There are fewer bytes than the shape asks for.
    Truncated {
        /// Bytes needed.
        needed: usize,
        /// Bytes found.
        found: usize,
    },
    /// There are more bytes than the shape asks for.
    TrailingBytes {
        /// Bytes needed.
        needed: usize,
    },
    /// A number does not fit 16 bits.
    OutOfRange {
        /// The number.
        value: i64,
    },
    /// A character of a text does not fit a byte.
    Character {
        /// Its code.
        code: u32,
    },
}

impl fmt::Display for NpyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::NotNpy => f.write_str("not a NumPy array: the magic is missing"),
            Self::Version { major, minor } => {
                write!(f, "version {major}.{minor} of NumPy's format is not known")
            }
            Self::HeaderTooLong { bytes } => write!(
                f,
                "a header of {bytes} bytes, at most {MAX_HEADER_BYTES} expected"
            ),
            Self::Header { at } => write!(
                f,
                "the header is no dictionary of descr, fortran_order and shape (byte {at} of it)"
            ),
            Self::Type { descr, wanted } => {
                write!(f, "the elements have the type '{descr}', not {wanted}")
            }
            Self::Dimensions { shape, wanted } => {
                write!(f, "the shape is {shape:?}: {wanted} dimensions expected")
            }
            Self::TooLarge { shape, limits } => {
                write!(f, "the shape is {shape:?}: at most {limits:?} can be used")
            }
            Self::Truncated { needed, found } => {
                write!(f, "cut off: {found} bytes of {needed}")
            }
            Self::TrailingBytes { needed } => {
                write!(f, "more than the {needed} bytes that its shape asks for")
            }
            Self::OutOfRange { value } => write!(f, "{value} does not fit 16 bits"),
            Self::Character { code } => write!(f, "the character {code:#x} does not fit a byte"),
        }
    }
}

impl Error for NpyError {}

impl From<io::Error> for NpyError {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

/// An array of integers in C order (the last index runs fastest).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Integers {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<i16>,
}

/// Reads an array of signed integers, at most `limits` long in each of its `D` dimensions.
pub(super) fn read_integers<const D: usize>(
    mut reader: impl Read,
    limits: [usize; D],
) -> Result<Integers, NpyError> {
    let header = Header::read(&mut reader)?;
    let wrong_type = || NpyError::Type {
        descr: header.descr.clone(),
        wanted: "a signed integer",
    };
    let (big_endian, kind, size) = header.element().ok_or_else(wrong_type)?;
    if kind != b'i' || !matches!(size, 1 | 2 | 4 | 8) {
        return Err(wrong_type());
    }
    if header.shape.len() != D {
        return Err(NpyError::Dimensions {
            shape: header.shape,
            wanted: D,
        });
    }
    if header
        .shape
        .iter()
        .zip(&limits)
        .any(|(length, limit)| length > limit)
    {
        return Err(NpyError::TooLarge {
            shape: header.shape,
            limits: limits.to_vec(),
        });
    }
    let count: usize = header.shape.iter().product();
    let bytes = read_exactly(reader, count * size)?;
    let mut values = Vec::with_capacity(count);
    for element in bytes.chunks_exact(size) {
        let value = integer(element, big_endian);
        let fits = i16::try_from(value).map_err(|_| NpyError::OutOfRange { value })?;
        values.push(fits);
    }
    if let ([rows, columns], true) = (header.shape.as_slice(), header.fortran_order) {
        let c_order = (0..*rows).flat_map(|r| (0..*columns).map(move |c| c * rows + r));
        values = c_order.map(|at| values[at]).collect();
    }
    let shape = header.shape;
    Ok(Integers { shape, values })
}

/// Reads a text of one byte a character, NULs at its end included: one element of type `S` or `U`.
pub(super) fn read_text(mut reader: impl Read) -> Result<Vec<u8>, NpyError> {
    let header = Header::read(&mut reader)?;
    let wrong_type = || NpyError::Type {
        descr: header.descr.clone(),
        wanted: "a text (S or U)",
    };
    let (big_endian, kind, length) = header.element().ok_or_else(wrong_type)?;
    let size = match kind {
        b'S' => 1,
        b'U' => 4,
        _ => return Err(wrong_type()),
    };
    if header.shape.iter().any(|&length| length != 1) {
        return Err(NpyError::Dimensions {
            shape: header.shape,
            wanted: 0,
        });
    }
    if length > MAX_TEXT_BYTES / size {
        return Err(NpyError::TooLarge {
            shape: vec![length],
            limits: vec![MAX_TEXT_BYTES / size],
        });
    }
    let bytes = read_exactly(reader, length * size)?;
    if size == 1 {
        return Ok(bytes);
    }
    let codes = bytes.as_chunks().0.iter().map(|&code| match big_endian {
        true => u32::from_be_bytes(code),
        false => u32::from_le_bytes(code),
    });
    codes
        .map(|code| u8::try_from(code).map_err(|_| NpyError::Character { code }))
        .collect()
}

/// A two's complement integer of 1 to 8 bytes.
fn integer(bytes: &[u8], big_endian: bool) -> i64 {
    let place = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
    let value = match big_endian {
        true => bytes.iter().fold(0, place),
        false => bytes.iter().rev().fold(0, place),
    };
    let unused = u64::BITS - 8 * bytes.len() as u32;
    (value << unused).cast_signed() >> unused
}

/// Reads `needed` bytes, and makes sure that they are the last ones.
fn read_exactly(reader: impl Read, needed: usize) -> Result<Vec<u8>, NpyError> {
    let mut bytes = Vec::new();
    reader.take(needed as u64 + 1).read_to_end(&mut bytes)?;
    match bytes.len() {
        found if found < needed => Err(NpyError::Truncated { needed, found }),
        found if found > needed => Err(NpyError::TrailingBytes { needed }),
        _ => Ok(bytes),
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Header {
    /// Type of an element, such as `<i2`.
    descr: String,
    /// Whether the first index runs fastest.
    fortran_order: bool,
    shape: Vec<usize>,
}

impl Header {
    fn read(reader: &mut impl Read) -> Result<Self, NpyError> {
        let mut start = [0; MAGIC.len() + 2];
        read_start(reader, &mut start)?;
        let (magic, version) = start.split_at(MAGIC.len());
        if magic != MAGIC {
            return Err(NpyError::NotNpy);
        }
        let bytes = match *version {
            [1, 0] => {
                let mut length = [0; 2];
                read_start(reader, &mut length)?;
                u16::from_le_bytes(length).into()
            }
            [2 | 3, 0] => {
                let mut length = [0; 4];
                read_start(reader, &mut length)?;
                u32::from_le_bytes(length)
            }
            [major, minor] => return Err(NpyError::Version { major, minor }),
            _ => return Err(NpyError::NotNpy),
        };
        if bytes as usize > MAX_HEADER_BYTES {
            return Err(NpyError::HeaderTooLong { bytes });
        }
        let mut text = vec![0; bytes as usize];
        read_start(reader, &mut text)?;
        let mut parser = Parser { text: &text, at: 0 };
        parser.header().ok_or(NpyError::Header { at: parser.at })
    }

    /// Byte order (true: big-endian), kind and size of an element.
    fn element(&self) -> Option<(bool, u8, usize)> {
        let (&order, rest) = self.descr.as_bytes().split_first()?;
        let (&kind, size) = rest.split_first()?;
        let size = std::str::from_utf8(size).ok()?;
        let is_number = size.bytes().all(|byte| byte.is_ascii_digit());
        let size = size.parse().ok().filter(|_| is_number)?;
        matches!(order, b'<' | b'>' | b'|').then_some((order == b'>', kind, size))
    }
}

/// Fills `buffer` with a part of the header.
fn read_start(reader: &mut impl Read, buffer: &mut [u8]) -> Result<(), NpyError> {
    reader.read_exact(buffer).map_err(|error| {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            NpyError::NotNpy
        } else {
            NpyError::Read(error)
        }
    })
}

/// Reads the dictionary of a header: `{'descr': '<i2', 'fortran_order': False, 'shape': (3,), }`.
struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn header(&mut self) -> Option<Header> {
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        self.expect(b"{")?;
        while !self.accept(b"}") {
            match self.string()?.as_str() {
                "descr" if descr.is_none() => {
                    self.expect(b":")?;
                    descr = Some(self.string()?);
                }
                "fortran_order" if fortran_order.is_none() => {
                    self.expect(b":")?;
                    fortran_order = Some(self.boolean()?);
                }
                "shape" if shape.is_none() => {
                    self.expect(b":")?;
                    shape = Some(self.tuple()?);
                }
                _ => return None,
            }
            if !self.accept(b",") {
                self.expect(b"}")?;
                break;
            }
        }
        self.skip_blanks();
        (self.at == self.text.len()).then_some(())?;
        Some(Header {
            descr: descr?,
            fortran_order: fortran_order?,
            shape: shape?,
        })
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
    }

    /// Whether `token` comes next, which is then skipped.
    fn accept(&mut self, token: &[u8]) -> bool {
        self.skip_blanks();
        let found = self.text[self.at..].starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn expect(&mut self, token: &[u8]) -> Option<()> {
        self.accept(token).then_some(())
    }

    fn string(&mut self) -> Option<String> {
        self.skip_blanks();
        let (&quote, rest) = self.text[self.at..].split_first()?;
        matches!(quote, b'\'' | b'"').then_some(())?;
        let length = rest.iter().position(|&byte| byte == quote)?;
        let text = std::str::from_utf8(&rest[..length]).ok()?;
        self.at += length + 2;
        Some(text.to_owned())
    }

    fn boolean(&mut self) -> Option<bool> {
        let value = self.accept(b"True");
        (value || self.accept(b"False")).then_some(value)
    }

    fn tuple(&mut self) -> Option<Vec<usize>> {
        let mut numbers = Vec::new();
        self.expect(b"(")?;
        while !self.accept(b")") {
            let rest = &self.text[self.at..];
            let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            let number = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
            (numbers.len() < MAX_DIMENSIONS).then(|| numbers.push(number))?;
            self.at += digits;
            if !self.accept(b",") {
                self.expect(b")")?;
                break;
            }
        }
        Some(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An array as NumPy writes it; version 1.0, header padded to a multiple of 64 bytes.
    fn npy(dictionary: &str, data: &[u8]) -> Vec<u8> {
        let padded = (10 + dictionary.len() + 1).next_multiple_of(64) - 10;
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend((padded as u16).to_le_bytes());
        file.extend(format!("{dictionary:padded$}", padded = padded - 1).bytes());
        file.push(b'\n');
        file.extend(data);
        file
    }

    fn array(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
        npy(&header, data)
    }

    fn integers(file: &[u8]) -> Result<Vec<i16>, String> {
        match read_integers(file, [100, 100]) {
            Ok(array) => Ok(array.values),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn integers_of_every_width_and_order_are_read() {
        for (descr, data) in [
            ("|i1", vec![1, 0xfe]),
            ("<i2", vec![1, 0, 0xfe, 0xff]),
            (">i2", vec![0, 1, 0xff, 0xfe]),
            ("<i4", vec![1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]),
            (
                ">i8",
                [[0; 7].as_slice(), &[1], &[0xff; 7], &[0xfe]].concat(),
            ),
        ] {
            assert_eq!(
                integers(&array(descr, "(1, 2)", &data)),
                Ok(vec![1, -2]),
                "{descr}"
            );
        }
    }

    #[test]
    fn columns_first_becomes_rows_first() {
        let header = "{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3)}";
        // Columns (1 2), (3 4), (5 6).
        let file = npy(header, &[1, 2, 3, 4, 5, 6]);
        assert_eq!(integers(&file), Ok(vec![1, 3, 5, 2, 4, 6]));
    }

    #[test]
    fn texts_keep_their_nuls() {
        let bytes = array("|S4", "()", b"AB\0\0");
        assert_eq!(read_text(bytes.as_slice()).unwrap(), b"AB\0\0");
        let wide = array("<U2", "(1,)", b"A\0\0\0\xe9\0\0\0");
        assert_eq!(read_text(wide.as_slice()).unwrap(), b"A\xe9");
        let wider = array(">U1", "()", b"\0\0\x01\0");
        let error = read_text(wider.as_slice()).unwrap_err();
        assert_eq!(error.to_string(), "the character 0x100 does not fit a byte");
    }

    #[test]
    fn an_array_that_lies_is_refused_before_memory_is_taken() {
        let cases = [
            (array("|i1", "(2, 3)", &[0; 5]), "cut off: 5 bytes of 6"),
            (
                array("|i1", "(2, 3)", &[0; 7]),
                "more than the 6 bytes that its shape asks for",
            ),
            (
                array("|i1", "(4294967296, 4294967296)", &[]),
                "the shape is [4294967296, 4294967296]: at most [100, 100] can be used",
            ),
            (
                array("|i1", "(6,)", &[0; 6]),
                "the shape is [6]: 2 dimensions expected",
            ),
            (
                array("<f4", "(1, 1)", &[0; 4]),
                "the elements have the type '<f4', not a signed integer",
            ),
            (
                array("<i3", "(1, 1)", &[0; 3]),
                "the elements have the type '<i3', not a signed integer",
            ),
            (
                array("|i+1", "(1, 1)", &[0; 3]),
                "the elements have the type '|i+1', not a signed integer",
            ),
            (
                array("<i4", "(1, 1)", &[0, 0, 1, 0]),
                "65536 does not fit 16 bits",
            ),
            (b"PK".to_vec(), "not a NumPy array: the magic is missing"),
            (
                b"\x93NUMPY\x09\x00\x00\x00".to_vec(),
                "version 9.0 of NumPy's format is not known",
            ),
            (
                b"\x93NUMPY\x02\x00\xff\xff\xff\xff".to_vec(),
                "a header of 4294967295 bytes, at most 4096 expected",
            ),
        ];
        for (file, message) in cases {
            assert_eq!(integers(&file), Err(message.into()));
        }
        let text = array("|S4000000000", "()", &[]);
        let error = read_text(text.as_slice()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the shape is [4000000000]: at most [1024] can be used"
        );
    }

    #[test]
    fn only_the_known_dictionary_is_a_header() {
        let whole = "{'shape': (1, 1), 'descr': \"|i1\", 'fortran_order': False}";
        assert_eq!(integers(&npy(whole, &[1])), Ok(vec![1]));
        for header in [
            "",
            "{}",
            "{'descr': '|i1', 'shape': (1, 1)}",
            "{'descr': '|i1', 'descr': '|i1', 'fortran_order': False, 'shape': (1, 1)}",
            "{'descr': [('a', '<i2')], 'fortran_order': False, 'shape': (1, 1)}",
            "{'descr': '|i1', 'fortran_order': 0, 'shape': (1, 1)}",
            "{'descr': '|i1', 'fortran_order': False, 'shape': (1, -1)}",
            "{'descr': '|i1', 'fortran_order': False, 'shape': (1, 1)} x",
            "{'descr': '|i1', 'fortran_order': False, 'shape': (1, 1",
            "{'descr': '|i1, 'fortran_order': False, 'shape': (1, 1)}",
            "{'descr': '|i1', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1)}",
        ] {
            let error = integers(&npy(header, &[1])).unwrap_err();
            assert!(
                error.starts_with("the header is no dictionary"),
                "{header}: {error}"
            );
        }
    }
}
