//! From bytes to input buckets: the query's trigrams and the context's 1-, 2- and 3-grams.
//!
//! Both encoders hash a window of bytes and keep the low bits. Each window adds 1 to
//! its bucket; the network's input is [`ONE`] times that count.

/// Length of the context, in bytes: the end of the reply so far.
pub const CONTEXT_BYTES: usize = 8;

/// Windows in a context: 8 of one byte, 7 of two, 6 of three.
pub const CONTEXT_WINDOWS: usize = 21;

/// Bytes of a trimmed query that count; the rest is ignored.
pub const QUERY_BYTES: usize = 255;

/// What one window adds to the activation of its bucket: 1.0 in fixed point with five fraction
/// bits (`I11F5`).
pub const ONE: i16 = 1 << 5;

/// Longest window of a context, in bytes.
const LONGEST_WINDOW: u8 = 3;

/// `h = 31 * h + byte` modulo 2^16 over a window, from `seed`.
#[inline]
fn hash(seed: u16, window: impl IntoIterator<Item = u8>) -> u16 {
    window.into_iter().fold(seed, |h, byte| {
        h.wrapping_mul(31).wrapping_add(u16::from(byte))
    })
}

/// The bytes of a query that count: without the spaces (20h) at both ends, at most
/// [`QUERY_BYTES`] of them.
#[must_use]
pub fn trim(query: &[u8]) -> &[u8] {
    let mut text = query;
    while let [b' ', rest @ ..] = text {
        text = rest;
    }
    while let [rest @ .., b' '] = text {
        text = rest;
    }
    text.get(..QUERY_BYTES).unwrap_or(text)
}

/// Buckets of a query, one for each window of three bytes, in the range `0..buckets`.
///
/// The [trimmed](trim) query is lowercased (`A`–`Z` only) and gets a space at each end, so it has
/// as many windows as bytes, and an empty one has none. `buckets` is a power of two.
pub fn query_buckets(query: &[u8], buckets: u16) -> impl Iterator<Item = u16> {
    let text = trim(query);
    let mask = buckets.wrapping_sub(1);
    let mut before = b' ';
    let mut following = text.iter().skip(1);
    text.iter().map(move |&byte| {
        let after = following.next().copied().unwrap_or(b' ');
        let window = [before, byte, after].map(|b| b.to_ascii_lowercase());
        before = byte;
        hash(0, window) & mask
    })
}

/// The last [`CONTEXT_BYTES`] bytes of a reply, lowercased, padded on the left with spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    bytes: [u8; CONTEXT_BYTES],
    /// Bytes that are still padding.
    padding: u8,
    /// Whether the latest push came in for padding.
    overwrote: bool,
}

impl Default for Context {
    fn default() -> Self {
        Self::new()
    }
}

impl Context {
    /// The context of an empty reply: eight spaces.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: [b' '; CONTEXT_BYTES],
            padding: CONTEXT_BYTES as u8,
            overwrote: false,
        }
    }

    /// Appends a byte of the reply.
    pub const fn push(&mut self, byte: u8) {
        let older = u64::from_be_bytes(self.bytes) << 8;
        self.bytes = (older | byte.to_ascii_lowercase() as u64).to_be_bytes();
        self.overwrote = self.padding > 0;
        self.padding = self.padding.saturating_sub(1);
    }

    /// The bytes, oldest first.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; CONTEXT_BYTES] {
        &self.bytes
    }

    /// Buckets of all [`CONTEXT_WINDOWS`] windows, in the range `0..buckets` (a power of two).
    ///
    /// In the network's input they come after the query's: bucket `b` is input `Q + b`.
    pub fn buckets(&self, buckets: u16) -> impl Iterator<Item = u16> {
        let mask = buckets.wrapping_sub(1);
        self.windows().map(move |window| window.hash & mask)
    }

    /// Every window.
    pub(crate) const fn windows(&self) -> Windows<'_> {
        Windows {
            bytes: &self.bytes,
            start: 0,
            end: 0,
            hash: 0,
        }
    }

    /// Bytes that are still padding: the windows that end there hold nothing else.
    pub(crate) const fn padding(&self) -> u8 {
        self.padding
    }

    /// Whether the latest [`push`](Self::push) came in for padding.
    pub(crate) const fn has_overwritten(&self) -> bool {
        self.overwrote
    }
}

/// A window of a context.
pub(crate) struct Window {
    /// Hash, from `7 * start`.
    pub(crate) hash: u16,
    /// Position after the last byte, `1..=CONTEXT_BYTES`.
    pub(crate) end: u8,
}

/// All windows of a context: those that start at the first byte, shortest first, those that start
/// at the second, and so on. So each hash continues the one before.
pub(crate) struct Windows<'c> {
    bytes: &'c [u8; CONTEXT_BYTES],
    start: u8,
    end: u8,
    hash: u16,
}

impl Iterator for Windows<'_> {
    type Item = Window;

    fn next(&mut self) -> Option<Window> {
        let longest = self.start.wrapping_add(LONGEST_WINDOW);
        if self.end == longest || self.end == CONTEXT_BYTES as u8 {
            self.start = self.start.wrapping_add(1);
            self.end = self.start;
            self.hash = u16::from(self.start).wrapping_mul(7);
        }
        let byte = *self.bytes.get(usize::from(self.end))?;
        self.hash = hash(self.hash, [byte]);
        self.end = self.end.wrapping_add(1);
        Some(Window {
            hash: self.hash,
            end: self.end,
        })
    }
}
