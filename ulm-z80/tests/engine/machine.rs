//! A program's engine, called from outside.

use ulm_core::Model;
use ulm_core::encode::trim;
use ulm_z80::pack::{Layout, Options, PackError, Packed, pack};
use ulm_z80::z80::{Pair, Register, Z80};

/// T-states that no step of any model comes near.
const LIMIT: u64 = 400_000_000;
/// Where routines are called from.
const STACK: u16 = 0xFFF0;
const RETURN: u16 = 0xFFF8;

/// All layouts.
pub(crate) const LAYOUTS: [Layout; 2] = [Layout::Packed, Layout::Lists];

/// An engine in an emulated machine.
pub(crate) struct Machine {
    z80: Z80,
    packed: Packed,
}

/// One choice and what led to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The activations of the hidden layers, then the logits.
    pub(crate) layers: Vec<Vec<i16>>,
    /// `None` for EOS.
    pub(crate) byte: Option<u8>,
    pub(crate) margin: u16,
}

impl Machine {
    /// `None` where lists of so many weights don't fit 64 KB; the packed layout must.
    pub(crate) fn new(model: &Model<'_>, layout: Layout) -> Option<Self> {
        let options = Options {
            layout,
            ..Options::default()
        };
        let packed = match pack(model, &options) {
            Err(PackError::TooLarge { .. }) if layout == Layout::Lists => return None,
            result => result.unwrap(),
        };
        let mut z80 = Z80::new();
        z80.memory_mut().fill(0xA5);
        z80.load(packed.image.origin, &packed.image.bytes);
        let mut machine = Self { z80, packed };
        machine.call("init", &[], |_, _| ());
        Some(machine)
    }

    fn symbol(&self, name: &str) -> u16 {
        u16::try_from(self.packed.image.symbols[name]).unwrap()
    }

    fn byte(&self, name: &str) -> u8 {
        self.z80.memory()[usize::from(self.symbol(name))]
    }

    /// Calls a routine, and `watch` at each of the `labels` passed.
    fn call(&mut self, name: &str, labels: &[&str], mut watch: impl FnMut(&str, &Z80)) {
        // A model of one layer has no routine for the others.
        let symbols = &self.packed.image.symbols;
        let labels: Vec<(u16, &str)> = labels
            .iter()
            .filter_map(|label| Some((u16::try_from(*symbols.get(*label)?).ok()?, *label)))
            .collect();
        self.z80.set_pair(Pair::SP, STACK);
        self.z80.push(RETURN);
        self.z80.set_pc(self.symbol(name));
        let end = self.z80.t_states() + LIMIT;
        while self.z80.pc() != RETURN {
            let pc = self.z80.pc();
            if let Some((_, label)) = labels.iter().find(|(address, _)| *address == pc) {
                watch(label, &self.z80);
            }
            self.z80.step().unwrap();
            assert!(self.z80.t_states() < end, "{name} does not return");
        }
        assert_eq!(self.z80.pair(Pair::SP), STACK, "{name}");
    }

    /// Starts a reply; the buckets lit by the question.
    pub(crate) fn hear(&mut self, query: &[u8]) -> Vec<u16> {
        let text = trim(query);
        let line = self.symbol("line_text");
        self.z80.load(line, text);
        self.z80.set_pair(Pair::HL, line);
        self.z80
            .set_register(Register::C, u8::try_from(text.len()).unwrap());
        let mut buckets = Vec::new();
        self.call("hear", &["column_address"], |_, z80| {
            buckets.push(z80.pair(Pair::HL));
        });
        self.z80.memory_mut()[usize::from(line)..][..256].fill(0xA5);
        let max_reply = self.symbol("MAX_REPLY") as u8;
        let left = self.symbol("choices_left");
        self.z80.load(left, &[max_reply]);
        buckets
    }

    /// Makes the next choice; `None` when the reply is as long as it may be.
    pub(crate) fn choose(&mut self, model: &Model<'_>) -> Option<Choice> {
        let widths: Vec<usize> = model.layers().map(|layer| layer.width().into()).collect();
        let mut layers = Vec::new();
        let counts = usize::from(self.symbol("counts"));
        let rest = usize::from(self.symbol("rest"));
        self.call("choose", &["sum_layer", "best"], |label, z80| {
            let memory = z80.memory();
            let sums = match label {
                "best" => z80.pair(Pair::HL).into(),
                _ => usize::from(z80.register(Register::A)) * 256,
            };
            let activation = |n| match sums + 256 == counts {
                // The first layer, as counts and rests.
                true => 8 * i16::from(memory[counts + n] as i8) + i16::from(memory[rest + n]),
                false => i16::from_le_bytes([memory[sums + n], memory[sums + 256 + n]]) >> 2,
            };
            let lowest = if label == "best" { i16::MIN } else { 0 };
            let neurons = 0..widths[layers.len()];
            layers.push(neurons.map(|n| activation(n).max(lowest)).collect());
        });
        if layers.is_empty() {
            return None;
        }
        let byte = self.z80.register(Register::A);
        let margin = self.z80.word(self.symbol("margin"));
        Some(Choice {
            layers,
            byte: (byte != 0).then_some(byte),
            margin,
        })
    }

    /// The end of the reply so far.
    pub(crate) fn context(&self) -> Vec<u8> {
        let at = usize::from(self.symbol("context"));
        self.z80.memory()[at..at + 8].to_vec()
    }

    /// Whether any choice is left.
    pub(crate) fn is_over(&self) -> bool {
        self.byte("choices_left") == 0
    }
}

/// Compares everything of the reply to `query` with `ulm-core`, in all layouts.
pub(crate) fn compare(model: &Model<'_>, machine: &mut Machine, query: &[u8]) {
    let name = String::from_utf8_lossy(query).into_owned();
    let expected: Vec<u16> =
        ulm_core::encode::query_buckets(query, model.query_buckets()).collect();
    assert_eq!(machine.hear(query), expected, "{name:?}");
    let mut engine = ulm_core::Engine::<256>::new();
    let mut choices = engine.choices(model, query).unwrap();
    loop {
        let before = *choices.context().bytes();
        assert_eq!(machine.context(), before, "{name:?}");
        let mut layers = Vec::new();
        let Some(expected) = choices.next_observed(|layer| layers.push(layer.to_vec())) else {
            break;
        };
        let choice = machine.choose(model).expect("a choice is left");
        let expected = Choice {
            layers,
            byte: expected.byte,
            margin: expected.margin,
        };
        assert_eq!(choice, expected, "{name:?} after {before:?}");
    }
    assert!(machine.is_over(), "{name:?}");
}
