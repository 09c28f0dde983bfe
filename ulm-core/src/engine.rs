//! The engine: buffers, and the two iterators over them, [`Choices`] (what the network picks) and
//! [`Reply`] (what is said, doubt included).

use core::fmt;
use core::ops::RangeInclusive;

use crate::encode::{CONTEXT_BYTES, Context, ONE, query_buckets};
use crate::format::LAYER_SHIFT;
use crate::kernel::{Accumulator, accumulate, low_half, widen};
use crate::model::{Layer, Model};

/// Choices whose margins decide whether the model understood, at most.
const DOUBT_CHOICES: usize = 3;

/// A model does not fit the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum EngineError {
    /// A layer is wider than the engine's buffers.
    TooWide {
        /// The `W` that the model needs: [`Model::engine_width`].
        needed: usize,
        /// The engine's `W`.
        available: usize,
    },
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::TooWide { needed, available } = self;
        write!(
            f,
            "the model needs an engine of width {needed}, this one has {available}"
        )
    }
}

impl core::error::Error for EngineError {}

/// Buffers to run models whose layers have at most `W` neurons; `W` is a multiple of four.
///
/// It owns all memory that inference needs: `size_of::<Engine<W>>()` is 8 `W` bytes on 32-bit
/// processors, 6 `W` where the kernel for vectors is used. One engine serves any number of models
/// and queries, one after the other.
#[derive(Clone)]
pub struct Engine<const W: usize> {
    /// First layer: biases, the query's columns, and those of the windows that hold only padding.
    base: [i16; W],
    /// The sums of the layer at work.
    sums: [Accumulator; W],
    /// Activations that the layer at work left: non-negative, but for the logits.
    activations: [i16; W],
}

impl<const W: usize> Default for Engine<W> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const W: usize> Engine<W> {
    /// An engine; a `W` that is no multiple of four does not compile.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(W.is_multiple_of(4), "W must be a multiple of four") };
        Self {
            base: [0; W],
            sums: [0; W],
            activations: [0; W],
        }
    }

    /// The model's reply to `query`, one byte at a time.
    ///
    /// # Errors
    ///
    /// [`EngineError::TooWide`] if `W` is less than the model's [`engine_width`].
    ///
    /// [`engine_width`]: Model::engine_width
    pub fn ask<'e, 'm>(
        &'e mut self,
        model: &Model<'m>,
        query: impl AsRef<[u8]>,
    ) -> Result<Reply<'e, 'm, W>, EngineError> {
        self.begin(model, query.as_ref())?;
        Ok(Reply {
            choices: Choices::new(self, model),
            ahead: Ahead::default(),
            doubt: None,
            fallback: None,
        })
    }

    /// The network's choices for `query`, the doubt left aside.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn choices<'e, 'm>(
        &'e mut self,
        model: &Model<'m>,
        query: impl AsRef<[u8]>,
    ) -> Result<Choices<'e, 'm, W>, EngineError> {
        self.begin(model, query.as_ref())?;
        Ok(Choices::new(self, model))
    }

    /// Checks that the model fits and hears the query.
    fn begin(&mut self, model: &Model<'_>, query: &[u8]) -> Result<(), EngineError> {
        let needed = model.engine_width();
        if needed > W {
            return Err(EngineError::TooWide {
                needed,
                available: W,
            });
        }
        self.buffers().hear(model, query);
        Ok(())
    }

    const fn buffers(&mut self) -> Buffers<'_> {
        Buffers {
            base: &mut self.base,
            sums: &mut self.sums,
            activations: &mut self.activations,
        }
    }
}

/// The buffers of an [`Engine`], whatever their width: all code of the network is compiled once.
struct Buffers<'e> {
    base: &'e mut [i16],
    sums: &'e mut [Accumulator],
    activations: &'e mut [i16],
}

impl Buffers<'_> {
    /// Sums what is the same for every character of the reply into `base`.
    fn hear(&mut self, model: &Model<'_>, query: &[u8]) {
        let Some(first) = model.layers().next() else {
            return;
        };
        self.start(&first);
        for bucket in query_buckets(query, model.query_buckets()) {
            accumulate(self.sums, first.column(bucket), ONE);
        }
        self.add_context(model, &first, &Context::new(), 1..=CONTEXT_BYTES as u8, ONE);
        self.keep_base();
    }

    /// Computes the logits for `context` into `activations`, showing each layer's outcome to
    /// `observe`. To be called once for each context of a reply, in order.
    fn step(&mut self, model: &Model<'_>, context: &Context, observe: &mut dyn FnMut(&[i16])) {
        let mut layers = model.layers();
        let mut is_first = true;
        while let Some(layer) = layers.next() {
            if is_first {
                self.sum_first(model, &layer, context);
                is_first = false;
            } else {
                self.sum(&layer);
            }
            let is_last = layers.len() == 0;
            self.finish(&layer, if is_last { i16::MIN } else { 0 });
            let outcome = self.activations.get(..usize::from(layer.width()));
            observe(outcome.unwrap_or(self.activations));
        }
    }

    /// Sums the first layer for `context`.
    ///
    /// Sums modulo 2^16 have no order. So `base` starts with every window of the context, as
    /// padding; a window leaves it when a byte of the reply comes in, and each step adds only the
    /// windows that hold one. A terse reply thus touches few columns.
    fn sum_first(&mut self, model: &Model<'_>, first: &Layer<'_>, context: &Context) {
        for (sum, &base) in self.sums.iter_mut().zip(&*self.base) {
            *sum = widen(base);
        }
        let written = context.padding().wrapping_add(1);
        if context.has_overwritten() {
            self.add_context(model, first, &Context::new(), written..=written, -ONE);
            self.keep_base();
        }
        self.add_context(model, first, context, written..=CONTEXT_BYTES as u8, ONE);
    }

    /// Adds the columns of those of the context's windows that end in `ends`, `x` times each, to
    /// the sums of the first layer.
    fn add_context(
        &mut self,
        model: &Model<'_>,
        first: &Layer<'_>,
        context: &Context,
        ends: RangeInclusive<u8>,
        x: i16,
    ) {
        let mask = model.context_buckets().wrapping_sub(1);
        for window in context.windows() {
            if ends.contains(&window.end) {
                let input = model.query_buckets().wrapping_add(window.hash & mask);
                accumulate(self.sums, first.column(input), x);
            }
        }
    }

    /// Sums a layer after the first: a zero activation skips its column.
    fn sum(&mut self, layer: &Layer<'_>) {
        self.start(layer);
        for (&x, column) in self.activations.iter().zip(layer.columns()) {
            if x != 0 {
                accumulate(self.sums, column, x);
            }
        }
    }

    fn start(&mut self, layer: &Layer<'_>) {
        for (sum, bias) in self.sums.iter_mut().zip(layer.biases()) {
            *sum = widen(bias);
        }
    }

    fn keep_base(&mut self) {
        for (base, &sum) in self.base.iter_mut().zip(&*self.sums) {
            *base = low_half(sum);
        }
    }

    /// Ends a layer: the arithmetic shift, which floors, then nothing below `lowest`, 0 being ReLU.
    fn finish(&mut self, layer: &Layer<'_>, lowest: i16) {
        let sums = self.sums.iter().take(usize::from(layer.width()));
        for (activation, &sum) in self.activations.iter_mut().zip(sums) {
            *activation = (low_half(sum) >> LAYER_SHIFT).max(lowest);
        }
    }
}

/// One choice of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Choice {
    /// The charset's entry: the first with the largest logit.
    pub entry: u8,
    /// The character, `None` for EOS.
    pub byte: Option<u8>,
    /// The largest logit less the second largest, 0 to 16383.
    pub margin: u16,
}

impl Choice {
    /// Logits are one a charset entry.
    fn of(logits: &[i16], charset: &[u8]) -> Self {
        let (mut entry, mut largest, mut second) = (0, i16::MIN, i16::MIN);
        for (i, &logit) in (0u8..).zip(logits) {
            if logit > largest {
                (entry, largest, second) = (i, logit, largest);
            } else if logit > second {
                second = logit;
            }
        }
        Self {
            entry,
            byte: charset.get(usize::from(entry)).copied(),
            margin: largest.wrapping_sub(second).unsigned_abs(),
        }
    }
}

/// The network's choices, up to and including EOS or up to the maximum reply length.
///
/// This is the network alone: a [`Reply`] weighs its doubt, too.
pub struct Choices<'e, 'm, const W: usize> {
    engine: &'e mut Engine<W>,
    model: Model<'m>,
    context: Context,
    /// Choices made so far.
    made: u8,
    /// Whether the latest was EOS.
    is_over: bool,
}

impl<'e, 'm, const W: usize> Choices<'e, 'm, W> {
    #[inline]
    const fn new(engine: &'e mut Engine<W>, model: &Model<'m>) -> Self {
        Self {
            engine,
            model: *model,
            context: Context::new(),
            made: 0,
            is_over: false,
        }
    }

    /// The next choice, showing each layer's outcome on the way to it: activations of the hidden
    /// layers in order (0 to 8191 each), then the logits (-8192 to 8191).
    pub fn next_observed(&mut self, mut observe: impl FnMut(&[i16])) -> Option<Choice> {
        self.advance(&mut observe)
    }

    /// The logits behind the latest choice, one a charset entry, EOS last; zeros before the first
    /// choice.
    #[must_use]
    pub fn logits(&self) -> &[i16] {
        let entries = self.model.charset().len().saturating_add(1);
        let activations = &self.engine.activations;
        activations.get(..entries).unwrap_or(activations)
    }

    /// Choices made so far, EOS included.
    #[must_use]
    pub const fn made(&self) -> u8 {
        self.made
    }

    /// The context that the next choice will be made in.
    #[must_use]
    pub const fn context(&self) -> &Context {
        &self.context
    }

    fn advance(&mut self, observe: &mut dyn FnMut(&[i16])) -> Option<Choice> {
        if self.is_over || self.made >= self.model.max_reply() {
            return None;
        }
        self.made = self.made.saturating_add(1);
        self.engine
            .buffers()
            .step(&self.model, &self.context, observe);
        let choice = Choice::of(self.logits(), self.model.charset());
        match choice.byte {
            Some(byte) => self.context.push(byte),
            None => self.is_over = true,
        }
        Some(choice)
    }
}

impl<const W: usize> Iterator for Choices<'_, '_, W> {
    type Item = Choice;

    fn next(&mut self) -> Option<Choice> {
        self.advance(&mut |_| ())
    }
}

impl<const W: usize> core::iter::FusedIterator for Choices<'_, '_, W> {}

/// How sure the network was of the start of its reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Doubt {
    /// Choices weighed, 1 to 3; fewer than three where the reply ended sooner.
    pub choices: u8,
    /// The sum of their margins, 0 to 49149.
    pub margins: u16,
}

impl Doubt {
    /// Whether the mean margin is below `threshold` (0 to 16383): the reply is not to be trusted.
    #[must_use]
    pub const fn is_below(self, threshold: u16) -> bool {
        (self.margins as u32) < self.choices as u32 * threshold as u32
    }
}

/// A reply, byte by byte: an iterator that computes a character each time it is asked for one.
///
/// A model with a threshold thinks up to three characters ahead before it says the first. Stop
/// between two characters by not asking for the next; nothing needs to be cleaned up.
pub struct Reply<'e, 'm, const W: usize> {
    choices: Choices<'e, 'm, W>,
    /// The first choices, made ahead of being said.
    ahead: Ahead,
    /// What was weighed, once it was.
    doubt: Option<Doubt>,
    /// What is left to say of the fallback reply, once it was chosen.
    fallback: Option<&'m [u8]>,
}

/// Bytes chosen but not said yet, oldest first.
#[derive(Default)]
struct Ahead {
    bytes: [Option<u8>; DOUBT_CHOICES],
}

impl Ahead {
    fn take(&mut self) -> Option<u8> {
        self.bytes.iter_mut().find_map(Option::take)
    }
}

impl<'m, const W: usize> Reply<'_, 'm, W> {
    /// Makes the first choices, three or as many as the reply has, and returns how sure they
    /// were. A model without a threshold can be asked, too, so that an application decides: then
    /// before the first byte is taken, for choices already said do not count.
    pub fn doubt(&mut self) -> Doubt {
        if let Some(doubt) = self.doubt {
            return doubt;
        }
        let mut doubt = Doubt::default();
        for byte in &mut self.ahead.bytes {
            let Some(choice) = self.choices.next() else {
                break;
            };
            *byte = choice.byte;
            doubt.choices = doubt.choices.saturating_add(1);
            doubt.margins = doubt.margins.saturating_add(choice.margin);
        }
        self.doubt = Some(doubt);
        if doubt.is_below(self.choices.model.threshold()) {
            self.fallback = Some(self.choices.model.fallback());
        }
        doubt
    }

    /// Whether the reply is the model's fallback: it did not understand the query.
    ///
    /// Of a model with a threshold, this makes the first choices if they were not made yet.
    pub fn is_fallback(&mut self) -> bool {
        if self.choices.model.threshold() > 0 {
            self.doubt();
        }
        self.fallback.is_some()
    }

    /// The logits behind the latest choice: [`Choices::logits`].
    #[must_use]
    pub fn logits(&self) -> &[i16] {
        self.choices.logits()
    }

    /// Choices made so far, EOS and those made ahead included: what the reply has cost.
    #[must_use]
    pub const fn choices_made(&self) -> u8 {
        self.choices.made()
    }

    /// Writes what is left of the reply, each byte as the character of the same number (ASCII,
    /// and Latin-1 above it).
    ///
    /// # Errors
    ///
    /// Those of `sink`; the character that failed is lost.
    pub fn write_to(&mut self, sink: &mut impl fmt::Write) -> fmt::Result {
        self.try_for_each(|byte| sink.write_char(byte.into()))
    }
}

impl<const W: usize> Iterator for Reply<'_, '_, W> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if self.is_fallback() {
            let (&byte, rest) = self.fallback?.split_first()?;
            self.fallback = Some(rest);
            return Some(byte);
        }
        self.ahead.take().or_else(|| self.choices.next()?.byte)
    }
}

impl<const W: usize> core::iter::FusedIterator for Reply<'_, '_, W> {}
