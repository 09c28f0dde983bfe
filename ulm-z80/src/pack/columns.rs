//! Columns of weights as source text, in the layouts that the engine has kernels for.

use std::fmt::Write as _;
use std::ops::Range;

use ulm_core::Layer;

/// Neurons that one segment of a list can hold: `CHAIN_PAIRS` of `lists.asm`, doubled.
const SEGMENT: usize = 24;

/// Columns of a layer, as source.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// The text.
    pub(super) text: String,
    /// The text without anything that takes memory: its labels.
    pub(super) bare: String,
    /// Bytes of memory.
    pub(super) size: u32,
    /// The file that the text includes, if it does.
    pub(super) file: Option<(String, Vec<u8>)>,
}

/// Columns of `inputs`, four weights to a byte.
pub(super) fn packed(label: &str, file: &str, layer: &Layer<'_>, inputs: Range<u16>) -> Columns {
    let bytes: Vec<u8> = inputs
        .flat_map(|input| layer.column(input))
        .copied()
        .collect();
    Columns {
        text: format!("{label}:\n        incbin \"{file}\"\n"),
        bare: format!("{label}:\n"),
        size: bytes.len() as u32,
        file: Some((file.to_owned(), bytes)),
    }
}

/// Columns of `inputs` as lists, behind a table of their addresses.
pub(super) fn lists(label: &str, layer: &Layer<'_>, inputs: Range<u16>) -> Columns {
    let mut columns = Columns::default();
    let _ = writeln!(columns.bare, "{label}:");
    let _ = writeln!(columns.text, "{label}:");
    for input in inputs.clone() {
        let _ = writeln!(columns.text, "        dw {label}_{input}");
        columns.size += 2;
    }
    for input in inputs {
        let mut thread = Thread::default();
        let _ = writeln!(thread.text, "{label}_{input}:");
        let (mut plus, mut minus) = (Vec::new(), Vec::new());
        for (neuron, weight) in (0..=u8::MAX).zip(layer.weights(input)) {
            match weight {
                1 => plus.push(neuron),
                -1 => minus.push(neuron),
                -2 => minus.extend([neuron, neuron]),
                _ => {}
            }
        }
        for segment in segments(&plus) {
            thread.segment("plus", segment);
        }
        let mut segments = segments(&minus).peekable();
        while let Some(segment) = segments.next() {
            if segments.peek().is_some() {
                thread.word("more_minus");
            }
            thread.segment("minus", segment);
        }
        columns.text += &thread.text;
        columns.size += thread.size;
    }
    columns
}

/// The segments of a list; an empty list has one.
fn segments(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let first = list.len() % SEGMENT;
    let (first, rest) = match first {
        0 => list.split_at(list.len().min(SEGMENT)),
        first => list.split_at(first),
    };
    std::iter::once(first).chain(rest.chunks(SEGMENT))
}

/// The text of a column.
#[derive(Default)]
struct Thread {
    text: String,
    size: u32,
}

impl Thread {
    fn word(&mut self, value: &str) {
        let _ = writeln!(self.text, "        dw {value}");
        self.size += 2;
    }

    fn segment(&mut self, chain: &str, neurons: &[u8]) {
        let pairs = neurons.len() / 2;
        let mut bytes: Vec<String> = neurons.iter().map(u8::to_string).collect();
        if neurons.len().is_multiple_of(2) {
            self.word(&format!("{chain}_a+A_PAIR*(CHAIN_PAIRS-{pairs})"));
        } else {
            self.word(&format!("{chain}_odd+4*{pairs}"));
            bytes.insert(0, "0".to_owned());
        }
        self.size += bytes.len() as u32;
        if !bytes.is_empty() {
            let _ = writeln!(self.text, "        db {}", bytes.join(","));
        }
    }
}
