//! The text that a program is assembled from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use ulm_core::encode::{CONTEXT_WINDOWS, Context, ONE};
use ulm_core::format::column_bytes;
use ulm_core::{Layer, Model};

use super::columns::{self, Columns};
use super::share::{self, Shared};
use super::{Layout, Options, PackError};
use crate::asm::{Sources, assemble};

/// The file that includes the others.
pub(super) const ROOT: &str = "image.asm";
/// Buffers start at a multiple of this.
const ALIGNMENT: u32 = 512;

/// The engine's files, as they are in the repository.
const ENGINE: [(&str, &str); 8] = [
    (ROOT, include_str!("../../asm/image.asm")),
    ("cpm.asm", include_str!("../../asm/cpm.asm")),
    ("chat.asm", include_str!("../../asm/chat.asm")),
    ("encode.asm", include_str!("../../asm/encode.asm")),
    ("network.asm", include_str!("../../asm/network.asm")),
    ("handlers.asm", include_str!("../../asm/handlers.asm")),
    ("lists.asm", include_str!("../../asm/lists.asm")),
    ("packed.asm", include_str!("../../asm/packed.asm")),
];

/// The files of a program's source: the engine's, and the model's (`model.inc`, `model.asm`,
/// `layerN.asm`, `layerN.bin`).
#[derive(Debug, Clone)]
pub struct Source {
    files: BTreeMap<String, Cow<'static, [u8]>>,
    /// The files that hold weights: their names, what is left of them without, and the bytes that these take.
    weights: Vec<(String, String, u32)>,
}

impl Sources for Source {
    fn read(&self, name: &str) -> Result<Cow<'_, [u8]>, String> {
        match self.files.get(name) {
            Some(bytes) => Ok(Cow::Borrowed(bytes)),
            None => Err("no part of the program's source".to_owned()),
        }
    }
}

impl Source {
    /// The source of the program for `model`.
    #[must_use]
    pub fn new(model: &Model<'_>, options: &Options) -> Self {
        let engine = ENGINE.map(|(name, text)| (name.to_owned(), Cow::from(text.as_bytes())));
        let mut source = Self {
            files: BTreeMap::from(engine),
            weights: Vec::new(),
        };
        let shared = match options.layout {
            Layout::Packed => Vec::new(),
            Layout::Lists => shared_sums(model),
        };
        source.add("model.inc", constants(model, options, &shared));
        source.add("model.asm", data(model, options, &shared));
        for (number, layer) in model.layers().enumerate() {
            let file = format!("layer{number}.bin");
            let all = 0..layer.inputs();
            let queries = model.query_buckets();
            let label = match number {
                0 => "first_columns".to_owned(),
                number => format!("columns{number}"),
            };
            let parts = match (options.layout, number) {
                (Layout::Packed, _) => vec![columns::packed(&label, &file, &layer, all)],
                (Layout::Lists, 0) => vec![
                    columns::packed(&label, &file, &layer, 0..queries),
                    columns::context_lists("context_columns", &layer, queries..layer.inputs()),
                ],
                (Layout::Lists, _) => vec![columns::shared_lists(&label, &shared[number])],
            };
            source.add_columns(number, parts);
        }
        source
    }

    /// The files and their contents, [`Self::root`] among them.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(name, bytes)| (name.as_str(), &bytes[..]))
    }

    /// The name of the file that includes the others.
    #[must_use]
    pub const fn root() -> &'static str {
        ROOT
    }

    /// The address behind the program and its buffers, wherever that is: assembled without weights, and these added.
    pub(super) fn end(&self) -> Result<u32, PackError> {
        let mut bare = self.clone();
        let mut weights = 0;
        for (name, text, size) in &self.weights {
            weights += size;
            bare.add(name, text.as_str());
        }
        let image = assemble(&bare, ROOT, &[]).map_err(PackError::Asm)?;
        let at = |name: &str| image.symbols[name] as u32;
        let buffers = image.end - at("buffers");
        Ok((at("image_end") + weights).next_multiple_of(ALIGNMENT) + buffers)
    }

    fn add_columns(&mut self, layer: usize, parts: Vec<Columns>) {
        let name = format!("layer{layer}.asm");
        let (mut text, mut bare, mut size) = (String::new(), String::new(), 0);
        for part in parts {
            text += &part.text;
            bare += &part.bare;
            size += part.size;
            if let Some((name, bytes)) = part.file {
                self.add(&name, bytes);
            }
        }
        self.add(&name, text);
        self.weights.push((name, bare, size));
    }

    fn add(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.files.insert(name.to_owned(), Cow::Owned(bytes.into()));
    }
}

/// `model.inc`: what the engine's text calls by name.
fn constants(model: &Model<'_>, options: &Options, shared: &[Shared]) -> String {
    let first = model.layers().next().map_or(0, |layer| layer.width());
    let constants = [
        ("QUERY_BUCKETS", usize::from(model.query_buckets())),
        ("CONTEXT_BUCKETS", usize::from(model.context_buckets())),
        ("LAYERS", model.layers().count()),
        ("FIRST_WIDTH", first.into()),
        ("FIRST_COLUMN_BYTES", column_bytes(first)),
        ("CHARSET_ENTRIES", model.charset().len() + 1),
        ("MAX_REPLY", model.max_reply().into()),
        ("THRESHOLD", model.threshold().into()),
        ("LISTS", usize::from(options.layout == Layout::Lists)),
        ("LONG_MINUS", usize::from(columns::has_long_minus(shared))),
    ];
    let mut text = String::from("; What the engine must know of the model.\n\n");
    for (name, value) in constants {
        text += &format!("{name:<19} equ {value}\n");
    }
    text
}

/// `model.asm`: the model's data, but for the weights.
fn data(model: &Model<'_>, options: &Options, shared: &[Shared]) -> String {
    let mut text = String::from("; The model.\n\n");
    let banner = match options.banner {
        true => banner(model.name()),
        false => Vec::new(),
    };
    labelled_bytes(&mut text, "banner", banner.iter().copied().chain([0]));
    labelled_bytes(&mut text, "charset", model.charset().iter().copied());
    if model.threshold() > 0 {
        let fallback = model.fallback().iter().copied();
        labelled_bytes(&mut text, "fallback", fallback.chain([0]));
    }
    text += "layers:\n";
    for (number, layer) in model.layers().enumerate().skip(1) {
        let (bytes, inputs) = (column_bytes(layer.width()), layer.inputs() % 256);
        let pointers = 512 * (number - 1);
        text += &format!("        db high (pointers+{pointers}),{inputs},{bytes}\n");
        text += &format!("        dw biases{number},columns{number}\n");
        if let Some(Shared { rows, merges }) = shared.get(number) {
            let (last, neurons) = (rows.len() - 1, rows.len() - merges.len());
            text += &format!(
                "        db {last},{}\n        dw columns{number}_shared\n",
                neurons - 1
            );
        }
    }
    text += "        db 0\n";
    let padding = padding_sums(model);
    for (number, layer) in model.layers().enumerate() {
        let mut biases: Vec<i16> = match number {
            0 => padding.clone(),
            _ => layer.biases().collect(),
        };
        let label = match number {
            0 => "first_biases".to_owned(),
            number => format!("biases{number}"),
        };
        // The engine copies and clears 16 at a time.
        biases.resize(biases.len().next_multiple_of(16), 0);
        let sums = shared.get(number).map_or(0, |shared| shared.rows.len());
        let blocks = sums.saturating_sub(biases.len()).div_ceil(16) as u8;
        let low = biases.iter().map(|bias| bias.to_le_bytes()[0]);
        let high = biases.iter().map(|bias| bias.to_le_bytes()[1]);
        let width = (biases.len() % 256) as u8;
        labelled_bytes(
            &mut text,
            &label,
            [width, blocks].into_iter().chain(low).chain(high),
        );
    }
    for number in 0..model.layers().count() {
        text += &format!("        include \"layer{number}.asm\"\n");
    }
    text
}

/// The layers' weights with shared sums; the first layer, whose columns are others, has none.
fn shared_sums(model: &Model<'_>) -> Vec<Shared> {
    let activity = share::activity(model);
    let inputs = std::iter::once(&[][..]).chain(activity.iter().map(Vec::as_slice));
    (0..)
        .zip(model.layers().zip(inputs))
        .map(|(number, (layer, activity))| match number {
            0 => Shared::without_any(&layer),
            _ => Shared::new(&layer, activity),
        })
        .collect()
}

/// The first layer's biases, and the columns of all windows of an empty context.
fn padding_sums(model: &Model<'_>) -> Vec<i16> {
    let Some(first) = model.layers().next() else {
        return Vec::new();
    };
    let mut sums: Vec<i16> = first.biases().collect();
    let windows = Context::new();
    let buckets = windows.buckets(model.context_buckets());
    debug_assert_eq!(buckets.count(), CONTEXT_WINDOWS);
    for bucket in windows.buckets(model.context_buckets()) {
        add_column(&mut sums, &first, model.query_buckets() + bucket);
    }
    sums
}

fn add_column(sums: &mut [i16], layer: &Layer<'_>, input: u16) {
    for (sum, weight) in sums.iter_mut().zip(layer.weights(input)) {
        *sum = sum.wrapping_add(ONE.wrapping_mul(weight.into()));
    }
}

/// What the program says at its start. CP/M's characters are ASCII; of a name in others their place is kept.
fn banner(name: &str) -> Vec<u8> {
    let name: String = name
        .chars()
        .map(|c| match c {
            ' '..='~' => c,
            _ => '?',
        })
        .collect();
    let text = match name.is_empty() {
        true => "Ask me something; ! leaves.\r\n".to_owned(),
        false => format!("{name}: ask me something; ! leaves.\r\n"),
    };
    text.into_bytes()
}

/// A label and its bytes.
fn labelled_bytes(text: &mut String, label: &str, bytes: impl Iterator<Item = u8>) {
    let _ = writeln!(text, "{label}:");
    let bytes: Vec<String> = bytes.map(|byte| byte.to_string()).collect();
    for line in bytes.chunks(16) {
        let _ = writeln!(text, "        db {}", line.join(","));
    }
}
