//! Columns of weights as source text, in the layouts that the engine has kernels for.

use std::fmt::Write as _;
use std::ops::Range;

use ulm_core::Layer;

use super::share::Shared;

/// What reads a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kernel {
    /// The chains `plus` and `minus`, which add and subtract an activation.
    Mac,
    /// The chains `up` and `down`, which count.
    Count,
}

impl Kernel {
    /// Neurons that one segment of a list can hold: twice `CHAIN_PAIRS` or `COUNT_PAIRS` of `lists.asm`, and twice that
    /// for the chain `minus`.
    const fn segment(self, is_minus: bool) -> usize {
        match (self, is_minus) {
            (Self::Mac, false) => 24,
            (Self::Mac, true) | (Self::Count, _) => 48,
        }
    }

    /// Where RET enters a chain for so many neurons.
    fn entry(self, is_minus: bool, neurons: usize) -> String {
        let pairs = neurons / 2;
        match (self, is_minus, neurons % 2) {
            (Self::Mac, false, 0) => format!("plus_a+A_PAIR*(CHAIN_PAIRS-{pairs})"),
            (Self::Mac, true, 0) if pairs > 12 => {
                format!("minus_e+A_PAIR*(2*CHAIN_PAIRS-{pairs})")
            }
            (Self::Mac, true, 0) => format!("minus_a+A_PAIR*(CHAIN_PAIRS-{pairs})"),
            (Self::Mac, false, _) => format!("plus_odd+5*{pairs}"),
            (Self::Mac, true, _) => format!("minus_odd+5*{pairs}"),
            (Self::Count, false, 0) => format!("up+5*(COUNT_PAIRS-{pairs})"),
            (Self::Count, true, 0) => format!("down+5*(COUNT_PAIRS-{pairs})"),
            (Self::Count, false, _) => format!("up+COUNT_ODD+5*{pairs}"),
            (Self::Count, true, _) => format!("down+COUNT_ODD+5*{pairs}"),
        }
    }
}

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

/// Context columns, `inputs` of the first layer, as lists behind a table of their addresses.
pub(super) fn context_lists(label: &str, layer: &Layer<'_>, inputs: Range<u16>) -> Columns {
    let columns = inputs.map(|input| layer.weights(input).collect());
    lists(label, Kernel::Count, columns.collect())
}

/// The columns of a layer and its shared sums as lists, behind a table of their addresses; behind them `NAME_shared`, the
/// table of what becomes of the shared sums.
pub(super) fn shared_lists(label: &str, shared: &Shared) -> Columns {
    let inputs = shared.rows.first().map_or(0, Vec::len);
    let column = |input: usize| shared.rows.iter().map(|row| row[input]).collect();
    let mut columns = lists(label, Kernel::Mac, (0..inputs).map(column).collect());
    let _ = writeln!(columns.bare, "{label}_shared:");
    let _ = writeln!(columns.text, "{label}_shared:");
    for (first, second) in shared.merges.iter().rev() {
        let _ = writeln!(columns.text, "        db {first},{second}");
        columns.size += 2;
    }
    columns
}

/// Whether any column needs the second half of the chain `minus`.
pub(super) fn has_long_minus(layers: &[Shared]) -> bool {
    let Some((_, layers)) = layers.split_first() else {
        return false;
    };
    let length = |shared: &Shared, input: usize| -> usize {
        let weights = shared
            .rows
            .iter()
            .map(|row| usize::from(row[input].min(0).unsigned_abs()));
        weights.sum()
    };
    layers.iter().any(|shared| {
        let mut inputs = 0..shared.rows.first().map_or(0, Vec::len);
        inputs.any(|input| length(shared, input) > 24)
    })
}

/// Columns, weights of each given, as lists.
fn lists(label: &str, kernel: Kernel, weights: Vec<Vec<i8>>) -> Columns {
    let mut columns = Columns::default();
    let _ = writeln!(columns.bare, "{label}:");
    let _ = writeln!(columns.text, "{label}:");
    for input in 0..weights.len() {
        let _ = writeln!(columns.text, "        dw {label}_{input}");
        columns.size += 2;
    }
    for (input, weights) in weights.iter().enumerate() {
        let mut thread = Thread::default();
        let _ = writeln!(thread.text, "{label}_{input}:");
        let (mut plus, mut minus) = (Vec::new(), Vec::new());
        for (neuron, weight) in (0..=u8::MAX).zip(weights) {
            match weight {
                1 => plus.push(neuron),
                -1 => minus.push(neuron),
                -2 => minus.extend([neuron, neuron]),
                _ => {}
            }
        }
        match kernel {
            Kernel::Mac => thread.mac(&plus, &minus),
            Kernel::Count => thread.count(&plus, &minus),
        }
        columns.text += &thread.text;
        columns.size += thread.size;
    }
    columns
}

/// The text of a column.
#[derive(Default)]
struct Thread {
    text: String,
    size: u32,
}

impl Thread {
    /// A column for the chains `plus` and `minus`: the latter leave it.
    fn mac(&mut self, plus: &[u8], minus: &[u8]) {
        for segment in segments(plus, Kernel::Mac.segment(false)) {
            self.segment(Kernel::Mac, false, segment);
        }
        if minus.is_empty() {
            self.segment(Kernel::Mac, true, minus);
        }
        let mut segments = segments(minus, Kernel::Mac.segment(true)).peekable();
        while let Some(segment) = segments.next() {
            if segments.peek().is_some() {
                self.word("more_minus");
            }
            self.segment(Kernel::Mac, true, segment);
        }
    }

    /// A column for the chains `up` and `down`.
    fn count(&mut self, plus: &[u8], minus: &[u8]) {
        for segment in segments(plus, Kernel::Count.segment(false)) {
            self.segment(Kernel::Count, false, segment);
        }
        for segment in segments(minus, Kernel::Count.segment(true)) {
            self.segment(Kernel::Count, true, segment);
        }
        self.word("up+COUNT_OVER");
    }

    fn word(&mut self, value: &str) {
        let _ = writeln!(self.text, "        dw {value}");
        self.size += 2;
    }

    fn segment(&mut self, kernel: Kernel, is_minus: bool, neurons: &[u8]) {
        self.word(&kernel.entry(is_minus, neurons.len()));
        let bytes: Vec<String> = neurons.iter().map(u8::to_string).collect();
        self.size += bytes.len() as u32;
        if !bytes.is_empty() {
            let _ = writeln!(self.text, "        db {}", bytes.join(","));
        }
    }
}

/// The segments of a list, the full ones last.
fn segments(list: &[u8], full: usize) -> impl Iterator<Item = &[u8]> {
    let (first, rest) = list.split_at(list.len() % full);
    let first = (!first.is_empty()).then_some(first);
    first.into_iter().chain(rest.chunks(full))
}
