//! From bytes to input buckets: the query's trigrams and the context's 1-, 2- and 3-grams.
//!
//! Both encoders hash a window of bytes with [`hash`] and keep the low bits. Each window adds 1 to
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
const LONGEST_WINDOW: usize = 3;

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
    padding: usize,
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
            padding: CONTEXT_BYTES,
            overwrote: false,
        }
    }

    /// Appends a byte of the reply.
    pub fn push(&mut self, byte: u8) {
        self.bytes.rotate_left(1);
        if let Some(last) = self.bytes.last_mut() {
            *last = byte.to_ascii_lowercase();
        }
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
        self.windows(buckets, |_end| true)
    }

    /// Buckets of the windows that a byte of the reply is part of: the others hold padding only.
    pub(crate) fn written_buckets(&self, buckets: u16) -> impl Iterator<Item = u16> {
        self.windows(buckets, |end| end > self.padding)
    }

    /// Whether the latest [`push`](Self::push) came in for padding.
    pub(crate) const fn has_overwritten(&self) -> bool {
        self.overwrote
    }

    /// Former buckets of the windows that held only padding until the latest
    /// [`push`](Self::push), where it [came in for padding](Self::has_overwritten).
    pub(crate) fn overwritten_buckets(&self, buckets: u16) -> impl Iterator<Item = u16> {
        static PADDING: Context = Context::new();
        PADDING.windows(buckets, |end| end == self.padding.wrapping_add(1))
    }

    /// Buckets of the windows whose end, a position in `1..=CONTEXT_BYTES`, is `wanted`.
    fn windows(&self, buckets: u16, wanted: impl Fn(usize) -> bool) -> impl Iterator<Item = u16> {
        let mask = buckets.wrapping_sub(1);
        (1..=LONGEST_WINDOW)
            .flat_map(move |length| {
                let windows = self.bytes.windows(length);
                (0u16..).zip(length..).zip(windows)
            })
            .filter(move |((_, end), _)| wanted(*end))
            .map(move |((start, _), window)| {
                hash(start.wrapping_mul(7), window.iter().copied()) & mask
            })
    }
}
