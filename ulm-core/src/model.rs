//! The checked view of a `.ulm` file: [`Model::parse`] proves everything once, accessors cannot
//! fail after it.

use core::fmt;

use crate::encode::CONTEXT_BYTES;
use crate::format::{
    ACTIVATION_SHIFT, CHARSET_ENTRIES, CHECKSUM_BYTES, FIRST_PRINTABLE, HEADER_BYTES, KIND_2_BIT,
    LAYER_ROW_BYTES, LAYER_SHIFT, MAGIC, MAX_BUCKETS, MAX_LAYERS, MAX_THRESHOLD, MAX_WIDTH,
    VERSION, WEIGHTS_PER_BYTE, column_bytes, crc32, field,
};

/// Why bytes are not a model, in the order of the checks (section 4 of the specification).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ParseError {
    /// The bytes do not start with the magic, or there are fewer than four.
    NotAModel,
    /// The file ends before its header does, or before the length that it states.
    Truncated {
        /// Bytes that should be there, at least.
        stated: u32,
        /// Bytes that are there.
        found: usize,
    },
    /// The file is longer than it states.
    TrailingBytes {
        /// Bytes that should be there.
        stated: u32,
        /// Bytes that are there.
        found: usize,
    },
    /// The checksum does not match: something was changed.
    Checksum {
        /// The checksum at the end of the file.
        stated: u32,
        /// The checksum of what stands before it.
        computed: u32,
    },
    /// The file is whole, but of a version that this crate does not know.
    Version(u8),
    /// Flags are set that version 1 does not know.
    Flags(u8),
    /// The number of query buckets is no power of two from 1 to 4096.
    QueryBuckets(u16),
    /// The number of context buckets is no power of two from 1 to 4096.
    ContextBuckets(u16),
    /// The context length is not 8.
    ContextLength(u8),
    /// The activation shift is not 5.
    ActivationShift(u8),
    /// The layer shift is not 2.
    LayerShift(u8),
    /// The number of layers is not 1 to 8.
    LayerCount(u8),
    /// A layer has a kind that version 1 does not know.
    LayerKind {
        /// Layer, from 0.
        layer: u8,
        /// The unknown kind.
        kind: u8,
    },
    /// A layer's width is not 1 to 256.
    LayerWidth {
        /// Layer, from 0.
        layer: u8,
        /// Its width, in neurons.
        width: u16,
    },
    /// The number of charset entries, EOS included, is not 2 to 128.
    CharsetEntries(u8),
    /// The last layer has another width than the charset has entries.
    OutputWidth {
        /// Width of the last layer, in neurons.
        width: u16,
        /// Charset entries, EOS included.
        entries: u8,
    },
    /// The maximum reply length is 0.
    MaxReply,
    /// The threshold is above 16383.
    Threshold(u16),
    /// There is a threshold but no fallback reply.
    NoFallback,
    /// The sections of the file do not add up to its length.
    Sections {
        /// Length that the header's fields add up to, in bytes.
        needed: u32,
        /// Length of the file, in bytes.
        stated: u32,
    },
    /// A charset entry is a control character.
    CharsetByte(u8),
    /// A charset entry stands there twice.
    CharsetTwice(u8),
    /// The fallback reply holds a control character.
    FallbackByte(u8),
    /// The name is not UTF-8.
    Name,
    /// The metadata are not UTF-8.
    Metadata,
    /// A column's last byte holds weights of neurons that do not exist.
    Padding {
        /// Layer, from 0.
        layer: u8,
        /// Input of the layer, from 0.
        input: u16,
    },
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotAModel => f.write_str("not a .ulm model: the magic is missing"),
            Self::Truncated { stated, found } => {
                write!(f, "cut off: {found} bytes of {stated} or more")
            }
            Self::TrailingBytes { stated, found } => {
                write!(f, "too long: {found} bytes, {stated} stated")
            }
            Self::Checksum { stated, computed } => write!(
                f,
                "damaged: the checksum is {computed:08x}, {stated:08x} stated"
            ),
            Self::Version(version) => write!(f, "version {version} is not known, only {VERSION}"),
            Self::Flags(flags) => write!(f, "flags {flags:#04x} are not known"),
            Self::QueryBuckets(n) => {
                write!(f, "{n} query buckets: must be a power of two up to 4096")
            }
            Self::ContextBuckets(n) => {
                write!(f, "{n} context buckets: must be a power of two up to 4096")
            }
            Self::ContextLength(n) => write!(f, "context length {n} is not known, only 8"),
            Self::ActivationShift(n) => write!(f, "activation shift {n} is not known, only 5"),
            Self::LayerShift(n) => write!(f, "layer shift {n} is not known, only 2"),
            Self::LayerCount(n) => write!(f, "{n} layers: must be 1 to 8"),
            Self::LayerKind { layer, kind } => {
                write!(f, "layer {layer} has the unknown kind {kind}")
            }
            Self::LayerWidth { layer, width } => {
                write!(f, "layer {layer} is {width} neurons wide: must be 1 to 256")
            }
            Self::CharsetEntries(n) => {
                write!(f, "{n} charset entries with EOS: must be 2 to 128")
            }
            Self::OutputWidth { width, entries } => write!(
                f,
                "the last layer has {width} neurons for {entries} charset entries"
            ),
            Self::MaxReply => f.write_str("the maximum reply length is 0"),
            Self::Threshold(n) => write!(f, "threshold {n}: must be at most {MAX_THRESHOLD}"),
            Self::NoFallback => f.write_str("a threshold without a fallback reply"),
            Self::Sections { needed, stated } => {
                write!(
                    f,
                    "the header describes {needed} bytes, the file has {stated}"
                )
            }
            Self::CharsetByte(byte) => {
                write!(f, "charset entry {byte:#04x} is a control character")
            }
            Self::CharsetTwice(byte) => write!(f, "charset entry {byte:#04x} stands there twice"),
            Self::FallbackByte(byte) => {
                write!(
                    f,
                    "the fallback reply holds the control character {byte:#04x}"
                )
            }
            Self::Name => f.write_str("the name is not UTF-8"),
            Self::Metadata => f.write_str("the metadata are not UTF-8"),
            Self::Padding { layer, input } => write!(
                f,
                "layer {layer}, input {input}: weights beyond the layer's width"
            ),
        }
    }
}

impl core::error::Error for ParseError {}

/// A checked model, borrowing its bytes: any `&[u8]`, flash included, with no alignment.
#[derive(Clone, Copy)]
pub struct Model<'m> {
    query_buckets: u16,
    context_buckets: u16,
    threshold: u16,
    max_reply: u8,
    /// Rows of the layer table.
    table: &'m [u8],
    charset: &'m [u8],
    fallback: &'m [u8],
    /// UTF-8.
    name: &'m [u8],
    /// UTF-8.
    metadata: &'m [u8],
    /// Weights and biases of all layers.
    parameters: &'m [u8],
}

impl<'m> Model<'m> {
    /// Checks `bytes`, a whole `.ulm` file, and returns the view of it.
    ///
    /// The time is linear in the file's length: the checksum reads each byte once.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong. A changed or missing byte is [`ParseError::Checksum`] or one
    /// of the variants above it; all the others mean that the file is as its writer left it.
    pub fn parse(bytes: &'m [u8]) -> Result<Self, ParseError> {
        let body = check_whole(bytes)?;
        let (header, mut rest) = body
            .split_first_chunk::<HEADER_BYTES>()
            .ok_or_else(|| sections_error(HEADER_BYTES, body.len(), bytes.len()))?;

        check(header[field::VERSION] == VERSION, || {
            ParseError::Version(header[field::VERSION])
        })?;
        check(header[field::FLAGS] == 0, || {
            ParseError::Flags(header[field::FLAGS])
        })?;
        let query_buckets = u16_at(header, field::QUERY_BUCKETS);
        check(is_bucket_count(query_buckets), || {
            ParseError::QueryBuckets(query_buckets)
        })?;
        let context_buckets = u16_at(header, field::CONTEXT_BUCKETS);
        check(is_bucket_count(context_buckets), || {
            ParseError::ContextBuckets(context_buckets)
        })?;
        let context_length = header[field::CONTEXT_LENGTH];
        check(usize::from(context_length) == CONTEXT_BYTES, || {
            ParseError::ContextLength(context_length)
        })?;
        check(header[field::ACTIVATION_SHIFT] == ACTIVATION_SHIFT, || {
            ParseError::ActivationShift(header[field::ACTIVATION_SHIFT])
        })?;
        check(header[field::LAYER_SHIFT] == LAYER_SHIFT, || {
            ParseError::LayerShift(header[field::LAYER_SHIFT])
        })?;
        let layer_count = header[field::LAYERS];
        check((1..=MAX_LAYERS).contains(&layer_count.into()), || {
            ParseError::LayerCount(layer_count)
        })?;
        let entries = header[field::CHARSET_ENTRIES];
        check(CHARSET_ENTRIES.contains(&entries), || {
            ParseError::CharsetEntries(entries)
        })?;
        let max_reply = header[field::MAX_REPLY];
        check(max_reply > 0, || ParseError::MaxReply)?;
        let threshold = u16_at(header, field::THRESHOLD);
        check(threshold <= MAX_THRESHOLD, || {
            ParseError::Threshold(threshold)
        })?;
        let fallback_length = header[field::FALLBACK_LENGTH];
        check(threshold == 0 || fallback_length > 0, || {
            ParseError::NoFallback
        })?;

        let table_length = usize::from(layer_count).wrapping_mul(LAYER_ROW_BYTES);
        let charset_length = usize::from(entries).wrapping_sub(1);
        let fallback_length = usize::from(fallback_length);
        let name_length = usize::from(header[field::NAME_LENGTH]);
        let metadata_length = usize::from(u16_at(header, field::METADATA_LENGTH));
        let needed = table_length
            .wrapping_add(charset_length)
            .wrapping_add(fallback_length)
            .wrapping_add(name_length)
            .wrapping_add(metadata_length);
        check(needed <= rest.len(), || {
            sections_error(needed, rest.len(), bytes.len())
        })?;
        let mut section = |length| {
            let (section, after) = rest.split_at_checked(length).unwrap_or_default();
            rest = after;
            section
        };
        let table = section(table_length);
        let charset = section(charset_length);
        let fallback = section(fallback_length);
        let name = section(name_length);
        let metadata = section(metadata_length);

        let model = Self {
            query_buckets,
            context_buckets,
            threshold,
            max_reply,
            table,
            charset,
            fallback,
            name,
            metadata,
            parameters: rest,
        };
        check(is_utf8(name), || ParseError::Name)?;
        check(is_utf8(metadata), || ParseError::Metadata)?;
        model.check_charset()?;
        model.check_table(entries)?;
        model.check_parameters(bytes.len())?;
        Ok(model)
    }

    /// Charset and fallback reply hold what can be printed, the charset each byte once.
    fn check_charset(&self) -> Result<(), ParseError> {
        for (position, &byte) in self.charset.iter().enumerate() {
            check(byte >= FIRST_PRINTABLE, || ParseError::CharsetByte(byte))?;
            let earlier = self.charset.iter().take(position);
            check(!earlier.into_iter().any(|&b| b == byte), || {
                ParseError::CharsetTwice(byte)
            })?;
        }
        for &byte in self.fallback {
            check(byte >= FIRST_PRINTABLE, || ParseError::FallbackByte(byte))?;
        }
        Ok(())
    }

    /// Kinds and widths of the layers are known, and the last layer fits the charset.
    fn check_table(&self, entries: u8) -> Result<(), ParseError> {
        let mut last = 0;
        for (layer, row) in (0u8..).zip(self.table.as_chunks::<LAYER_ROW_BYTES>().0) {
            let [kind, low, high] = *row;
            check(kind == KIND_2_BIT, || ParseError::LayerKind { layer, kind })?;
            last = u16::from_le_bytes([low, high]);
            check((1..=MAX_WIDTH).contains(&last), || ParseError::LayerWidth {
                layer,
                width: last,
            })?;
        }
        check(last == u16::from(entries), || ParseError::OutputWidth {
            width: last,
            entries,
        })
    }

    /// Weights and biases are as many as the widths ask for, and the padding is zero.
    fn check_parameters(&self, file_bytes: usize) -> Result<(), ParseError> {
        let needed: usize = self.shapes().map(Shape::bytes).sum();
        let found = self.parameters.len();
        check(needed == found, || {
            sections_error(needed, found, file_bytes)
        })?;
        for (layer, view) in (0u8..).zip(self.layers()) {
            let used_bits = 2 * (view.width % WEIGHTS_PER_BYTE as u16);
            if used_bits == 0 {
                continue;
            }
            for (input, column) in (0u16..).zip(view.columns()) {
                let last = column.last().copied().unwrap_or(0);
                check(last >> used_bits == 0, || ParseError::Padding {
                    layer,
                    input,
                })?;
            }
        }
        Ok(())
    }

    /// Number of query buckets (Q), a power of two.
    #[must_use]
    pub const fn query_buckets(&self) -> u16 {
        self.query_buckets
    }

    /// Number of context buckets (C), a power of two.
    #[must_use]
    pub const fn context_buckets(&self) -> u16 {
        self.context_buckets
    }

    /// The threshold of doubt, 0 to 16383; 0 means that the model answers everything.
    #[must_use]
    pub const fn threshold(&self) -> u16 {
        self.threshold
    }

    /// The reply to what the model does not understand; empty where it has none.
    #[must_use]
    pub const fn fallback(&self) -> &'m [u8] {
        self.fallback
    }

    /// Most characters that the network writes in a reply, 1 to 255. The fallback reply may be
    /// longer.
    #[must_use]
    pub const fn max_reply(&self) -> u8 {
        self.max_reply
    }

    /// The characters of the charset, without EOS, which is the entry after the last one.
    #[must_use]
    pub const fn charset(&self) -> &'m [u8] {
        self.charset
    }

    /// The model's name, may be empty.
    #[must_use]
    pub const fn name(&self) -> &'m str {
        text(self.name)
    }

    /// Free text that came with the model, may be empty.
    #[must_use]
    pub const fn metadata(&self) -> &'m str {
        text(self.metadata)
    }

    /// The layers, first to last.
    #[must_use]
    pub const fn layers(&self) -> Layers<'m> {
        Layers {
            table: self.table,
            parameters: self.parameters,
            inputs: self.query_buckets.wrapping_add(self.context_buckets),
        }
    }

    /// The `W` that [`Engine`](crate::Engine) needs for this model: the widest layer's neurons,
    /// rounded up to a multiple of four.
    #[must_use]
    pub fn engine_width(&self) -> usize {
        self.shapes()
            .map(|shape| column_bytes(shape.width) * WEIGHTS_PER_BYTE)
            .max()
            .unwrap_or(0)
    }

    /// The model's description as plain data.
    #[must_use]
    pub const fn info(&self) -> Info<'m> {
        Info {
            name: self.name(),
            query_buckets: self.query_buckets,
            context_buckets: self.context_buckets,
            layers: self.layers(),
            charset: self.charset,
            max_reply: self.max_reply,
            fallback: self.fallback,
            threshold: self.threshold,
            metadata: self.metadata(),
        }
    }

    /// Inputs and widths of the layers, whatever the parameters.
    fn shapes(&self) -> impl Iterator<Item = Shape> + use<'m> {
        let mut inputs = self.query_buckets.wrapping_add(self.context_buckets);
        self.table
            .as_chunks::<LAYER_ROW_BYTES>()
            .0
            .iter()
            .map(move |&[_kind, low, high]| {
                let width = u16::from_le_bytes([low, high]);
                let shape = Shape { inputs, width };
                inputs = width;
                shape
            })
    }
}

/// The `W` that [`Engine`](crate::Engine) needs for the model in `file`, known when compiling:
/// [`Model::engine_width`] of bytes that [`Model::parse`] would accept, any number for others.
///
/// ```
/// use ulm_core::{Engine, Model, engine_width};
///
/// const FILE: &[u8] = include_bytes!("../tests/ok.ulm");
/// let mut engine = Engine::<{ engine_width(FILE) }>::new();
/// let model = Model::parse(FILE)?;
/// assert!(engine.ask(&model, "hello").is_ok());
/// # Ok::<(), ulm_core::ParseError>(())
/// ```
#[must_use]
pub const fn engine_width(file: &[u8]) -> usize {
    let Some((header, mut rest)) = file.split_first_chunk::<HEADER_BYTES>() else {
        return 0;
    };
    let mut layers = header[field::LAYERS];
    let mut widest = 0;
    while layers > 0 {
        let Some((&[_kind, low, high], after)) = rest.split_first_chunk::<LAYER_ROW_BYTES>() else {
            break;
        };
        let width = u16::from_le_bytes([low, high]);
        if width > widest {
            widest = width;
        }
        rest = after;
        layers = layers.wrapping_sub(1);
    }
    column_bytes(widest).wrapping_mul(WEIGHTS_PER_BYTE)
}

impl fmt::Debug for Model<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.info().fmt(f)
    }
}

/// Size of a layer.
#[derive(Clone, Copy)]
struct Shape {
    inputs: u16,
    width: u16,
}

impl Shape {
    /// Bytes of the layer's weights.
    const fn weight_bytes(self) -> usize {
        (self.inputs as usize).saturating_mul(column_bytes(self.width))
    }

    /// Bytes of the layer's weights and biases.
    const fn bytes(self) -> usize {
        self.weight_bytes().saturating_add(2 * self.width as usize)
    }
}

/// One layer of a [`Model`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Layer<'m> {
    inputs: u16,
    width: u16,
    weights: &'m [u8],
    biases: &'m [u8],
}

impl<'m> Layer<'m> {
    /// Number of inputs: buckets for the first layer, the width of the one before for the others.
    #[must_use]
    pub const fn inputs(&self) -> u16 {
        self.inputs
    }

    /// Number of neurons, 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// The packed weights from `input` to every neuron: four to a byte, the first in the lowest
    /// bits, padded with zeros. Empty if there is no such input.
    #[inline]
    #[must_use]
    pub fn column(&self, input: u16) -> &'m [u8] {
        let bytes = column_bytes(self.width);
        let from = usize::from(input).wrapping_mul(bytes);
        self.weights
            .get(from..from.wrapping_add(bytes))
            .unwrap_or(&[])
    }

    /// The [`column`](Self::column) of each input in turn.
    #[inline]
    pub fn columns(&self) -> impl Iterator<Item = &'m [u8]> + use<'m> {
        self.weights.chunks_exact(column_bytes(self.width).max(1))
    }

    /// The biases, one a neuron.
    #[inline]
    pub fn biases(&self) -> impl Iterator<Item = i16> + use<'m> {
        let (pairs, _) = self.biases.as_chunks::<2>();
        pairs.iter().map(|&pair| i16::from_le_bytes(pair))
    }

    /// The weights from one input to every neuron, each -2, -1, 0 or 1.
    pub fn weights(&self, input: u16) -> impl Iterator<Item = i8> + use<'m> {
        self.column(input)
            .iter()
            .flat_map(|&byte| crate::kernel::unpack(byte))
            .take(usize::from(self.width))
    }

    /// Weights that are not zero.
    #[must_use]
    pub fn nonzero(&self) -> u32 {
        let nonzero = |byte: &u8| ((byte | (byte >> 1)) & 0x55).count_ones();
        self.weights.iter().map(nonzero).sum()
    }
}

/// The layers of a [`Model`], first to last.
#[derive(Clone, PartialEq, Eq)]
pub struct Layers<'m> {
    table: &'m [u8],
    parameters: &'m [u8],
    inputs: u16,
}

impl<'m> Iterator for Layers<'m> {
    type Item = Layer<'m>;

    #[inline]
    fn next(&mut self) -> Option<Layer<'m>> {
        let (&[_kind, low, high], table) = self.table.split_first_chunk::<LAYER_ROW_BYTES>()?;
        let shape = Shape {
            inputs: self.inputs,
            width: u16::from_le_bytes([low, high]),
        };
        let (weights, rest) = self.parameters.split_at_checked(shape.weight_bytes())?;
        let (biases, rest) = rest.split_at_checked(2 * usize::from(shape.width))?;
        (self.table, self.parameters, self.inputs) = (table, rest, shape.width);
        Some(Layer {
            inputs: shape.inputs,
            width: shape.width,
            weights,
            biases,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.table.len() / LAYER_ROW_BYTES;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Layers<'_> {}

impl fmt::Debug for Layers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.clone().map(|l| l.width))
            .finish()
    }
}

/// A model's description as plain data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Info<'m> {
    /// Name, may be empty.
    pub name: &'m str,
    /// Query buckets (Q).
    pub query_buckets: u16,
    /// Context buckets (C).
    pub context_buckets: u16,
    /// The layers; serialized as inputs, width and weights that are not zero.
    pub layers: Layers<'m>,
    /// Charset without EOS.
    pub charset: &'m [u8],
    /// Most characters that the network writes in a reply.
    pub max_reply: u8,
    /// Fallback reply, empty where there is none.
    pub fallback: &'m [u8],
    /// Threshold of doubt, 0: off.
    pub threshold: u16,
    /// Free text, may be empty.
    pub metadata: &'m str,
}

#[cfg(feature = "serde")]
impl serde::Serialize for Layers<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.clone())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Layer<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut layer = serializer.serialize_struct("Layer", 3)?;
        layer.serialize_field("inputs", &self.inputs)?;
        layer.serialize_field("width", &self.width)?;
        layer.serialize_field("nonzero", &self.nonzero())?;
        layer.end()
    }
}

/// Magic, length and checksum are right: what is left is as its writer left it. Returns the file
/// without its checksum.
fn check_whole(bytes: &[u8]) -> Result<&[u8], ParseError> {
    check(bytes.starts_with(&MAGIC), || ParseError::NotAModel)?;
    let found = bytes.len();
    let truncated = |stated| ParseError::Truncated { stated, found };
    let smallest = (HEADER_BYTES + CHECKSUM_BYTES) as u32;
    let (header, _) = bytes
        .split_first_chunk::<HEADER_BYTES>()
        .ok_or(truncated(smallest))?;
    let stated = u32::from_le_bytes(core::array::from_fn(|i| header[field::FILE_LENGTH + i]));
    let length = usize::try_from(stated).unwrap_or(usize::MAX);
    check(found >= length, || truncated(stated))?;
    check(found == length, || ParseError::TrailingBytes {
        stated,
        found,
    })?;
    let (body, &checksum) = bytes.split_last_chunk().ok_or(truncated(smallest))?;
    let (stated, computed) = (u32::from_le_bytes(checksum), crc32(body));
    check(stated == computed, || ParseError::Checksum {
        stated,
        computed,
    })?;
    Ok(body)
}

/// Sections of `needed` bytes do not fit the `found` bytes that a file of `stated` bytes has for them.
fn sections_error(needed: usize, found: usize, stated: usize) -> ParseError {
    let u32_of = |length| u32::try_from(length).unwrap_or(u32::MAX);
    ParseError::Sections {
        needed: u32_of(stated.saturating_sub(found).saturating_add(needed)),
        stated: u32_of(stated),
    }
}

/// Whether `bytes` are UTF-8, by the table of well-formed sequences in the Unicode standard (3-7).
/// What `core` has for this is faster and takes 0.5 KB more.
fn is_utf8(mut bytes: &[u8]) -> bool {
    while let Some((&first, rest)) = bytes.split_first() {
        let (trailing, second) = match first {
            0x00..=0x7F => (0, 0x80..=0xBF),
            0xC2..=0xDF => (1, 0x80..=0xBF),
            0xE0 => (2, 0xA0..=0xBF),
            0xED => (2, 0x80..=0x9F),
            0xE1..=0xEF => (2, 0x80..=0xBF),
            0xF0 => (3, 0x90..=0xBF),
            0xF1..=0xF3 => (3, 0x80..=0xBF),
            0xF4 => (3, 0x80..=0x8F),
            _ => return false,
        };
        bytes = rest;
        let mut allowed = second;
        for _ in 0..trailing {
            match bytes.split_first() {
                Some((byte, rest)) if allowed.contains(byte) => bytes = rest,
                _ => return false,
            }
            allowed = 0x80..=0xBF;
        }
    }
    true
}

/// Bytes that are UTF-8, as text.
const fn text(bytes: &[u8]) -> &str {
    match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

fn is_bucket_count(n: u16) -> bool {
    n.is_power_of_two() && n <= MAX_BUCKETS
}

fn u16_at(header: &[u8; HEADER_BYTES], offset: usize) -> u16 {
    u16::from_le_bytes([header[offset], header[offset + 1]])
}

fn check(holds: bool, error: impl FnOnce() -> ParseError) -> Result<(), ParseError> {
    if holds { Ok(()) } else { Err(error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All of one to three bytes, and four of the values at which a rule begins or ends.
    #[test]
    fn utf8_is_what_core_says_it_is() {
        let same = |bytes: &[u8]| {
            assert_eq!(
                is_utf8(bytes),
                core::str::from_utf8(bytes).is_ok(),
                "{bytes:x?}"
            );
        };
        for number in 0..1u32 << 24 {
            let [a, b, c, _] = number.to_le_bytes();
            same(&[a, b, c]);
        }
        let edges = [
            0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xED,
            0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
        ];
        for a in edges {
            for b in edges {
                same(&[a]);
                same(&[a, b]);
                for c in edges {
                    for d in edges {
                        same(&[a, b, c, d]);
                        same(&[a, b, c, d, a]);
                    }
                }
            }
        }
    }
}
