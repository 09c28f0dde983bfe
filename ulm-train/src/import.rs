//! Models of the original Z80-μLM project, from the `.npz` archives that its trainer writes.
//!
//! Such an archive holds, for each layer `N` from 1, `fcN_weight` (integers −2 to 1, neurons × inputs)
//! and `fcN_bias` (16 bits); `_charset`, a text whose last character stands for EOS; and, as a rule,
//! `_architecture`, the same sizes once more as JSON. The first layer's inputs are the query's
//! buckets, then the context's: as many of each unless [`Import::query_buckets`] says otherwise.
//!
//! Weights, biases and charset are taken as they are. What the original's programs do differently
//! with them (see the design of its `SRA`, its borrow) is not imported: here the arithmetic is
//! `ulm-core`'s.

mod npy;

use std::error::Error;
use std::fmt;
use std::io::{Read, Seek};

use ulm_core::format::{CHARSET_ENTRIES, MAX_BUCKETS, MAX_LAYERS, MAX_WIDTH};
use ulm_core::write::{LayerData, ModelData, WriteError};
use zip::ZipArchive;
use zip::result::ZipError;

pub use npy::NpyError;

/// Most characters in a reply of the original's programs.
pub const DEFAULT_MAX_REPLY: u8 = 50;

/// Most inputs of a layer.
const MAX_INPUTS: usize = 2 * MAX_BUCKETS as usize;

/// How to read an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import {
    /// How many of the inputs are query buckets; `None`: half of them.
    pub query_buckets: Option<u16>,
    /// Most characters in a reply, 1 to 255, which the archive does not say.
    pub max_reply: u8,
}

impl Default for Import {
    fn default() -> Self {
        Self {
            query_buckets: None,
            max_reply: DEFAULT_MAX_REPLY,
        }
    }
}

/// Why an archive is no model.
#[derive(Debug)]
#[non_exhaustive]
pub enum ImportError {
    /// It is no zip archive, or a damaged one.
    Archive(ZipError),
    /// It lacks an array.
    Missing {
        /// The array's name.
        array: String,
    },
    /// An array is not as it should be.
    Array {
        /// Its name.
        array: String,
        /// What is wrong with it.
        error: NpyError,
    },
    /// It has more layers than a network can have.
    TooManyLayers,
    /// A layer does not take what the one before it gives.
    Inputs {
        /// Layer, from 1 as in the archive.
        layer: usize,
        /// Inputs of its weights.
        inputs: usize,
        /// Neurons of the layer before.
        before: usize,
    },
    /// A layer has not one bias a neuron.
    Biases {
        /// Layer, from 1 as in the archive.
        layer: usize,
        /// Biases given.
        biases: usize,
        /// Neurons of its weights.
        neurons: usize,
    },
    /// The inputs cannot be split into query and context buckets.
    Buckets {
        /// Inputs of the first layer.
        inputs: usize,
        /// Query buckets wanted; `None`: half of the inputs.
        query: Option<u16>,
    },
    /// The charset has not one entry for each neuron of the last layer.
    Charset {
        /// Its entries, EOS included.
        entries: usize,
        /// Neurons of the last layer.
        neurons: usize,
    },
    /// `_architecture` is there but no JSON object with the network's sizes.
    Architecture(serde_json::Error),
    /// `_architecture` and the weights disagree.
    Sizes {
        /// Inputs, then neurons of each layer, as `_architecture` has it.
        stated: Vec<usize>,
        /// The same, as the weights have it.
        found: Vec<usize>,
    },
    /// The model breaks a rule of the `.ulm` format.
    Write(WriteError),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive(error) => write!(f, "not a readable .npz archive: {error}"),
            Self::Missing { array } => write!(f, "the archive has no {array}"),
            Self::Array { array, error } => write!(f, "{array}: {error}"),
            Self::TooManyLayers => write!(f, "more than {MAX_LAYERS} layers"),
            Self::Inputs {
                layer,
                inputs,
                before,
            } => write!(
                f,
                "fc{layer}_weight takes {inputs} inputs, the layer before has {before} neurons"
            ),
            Self::Biases {
                layer,
                biases,
                neurons,
            } => write!(f, "fc{layer} has {biases} biases for {neurons} neurons"),
            Self::Buckets { inputs, query } => {
                match query {
                    Some(query) => write!(f, "{query} query buckets of {inputs} inputs")?,
                    None => write!(f, "{inputs} inputs, half of them query buckets")?,
                }
                write!(
                    f,
                    ": both the query's and the context's must be a power of two up to {MAX_BUCKETS}"
                )
            }
            Self::Charset { entries, neurons } => write!(
                f,
                "_charset has {entries} entries, the last layer {neurons} neurons"
            ),
            Self::Architecture(error) => write!(f, "_architecture: {error}"),
            Self::Sizes { stated, found } => write!(
                f,
                "_architecture says {stated:?} (inputs, then neurons), the weights are {found:?}"
            ),
            Self::Write(error) => error.fmt(f),
        }
    }
}

impl Error for ImportError {}

impl From<WriteError> for ImportError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl Import {
    /// Reads a model from an archive. It has no name and no metadata yet.
    ///
    /// The memory needed is bounded by what a `.ulm` can hold, whatever the archive claims.
    ///
    /// # Errors
    ///
    /// [`ImportError`] names the first array that is not as it should be. Weights out of range are
    /// found when the model is written: [`ModelData::to_bytes`].
    pub fn read(&self, archive: impl Read + Seek) -> Result<ModelData, ImportError> {
        let mut archive = ZipArchive::new(archive).map_err(ImportError::Archive)?;
        let mut layers = Vec::new();
        let mut sizes = Vec::new();
        while let Some((inputs, layer)) = read_layer(&mut archive, layers.len() + 1)? {
            match sizes.last() {
                None => sizes.push(inputs),
                Some(&before) if before != inputs => {
                    return Err(ImportError::Inputs {
                        layer: layers.len() + 1,
                        inputs,
                        before,
                    });
                }
                Some(_) => {}
            }
            sizes.push(layer.biases.len());
            layers.push(layer);
        }
        let (Some(&inputs), Some(&neurons)) = (sizes.first(), sizes.last()) else {
            let array = weight_name(1);
            return Err(ImportError::Missing { array });
        };
        check_architecture(&mut archive, &sizes)?;
        let (query_buckets, context_buckets) = self.split(inputs)?;
        Ok(ModelData {
            query_buckets,
            context_buckets,
            charset: read_charset(&mut archive, neurons)?,
            max_reply: self.max_reply,
            layers,
            ..ModelData::default()
        })
    }

    /// Query and context buckets.
    fn split(&self, inputs: usize) -> Result<(u16, u16), ImportError> {
        let query = self.query_buckets.map_or(inputs / 2, usize::from);
        let buckets = |n: usize| {
            let n = u16::try_from(n).ok()?;
            (n.is_power_of_two() && n <= MAX_BUCKETS).then_some(n)
        };
        let context = inputs.saturating_sub(query);
        match (buckets(query), buckets(context)) {
            (Some(query), Some(context)) => Ok((query, context)),
            _ => Err(ImportError::Buckets {
                inputs,
                query: self.query_buckets,
            }),
        }
    }
}

fn weight_name(layer: usize) -> String {
    format!("fc{layer}_weight")
}

/// Reads layer `number` (from 1): how many inputs it has, and its weights input-major. `None` where
/// the archive has no such layer.
fn read_layer(
    archive: &mut ZipArchive<impl Read + Seek>,
    number: usize,
) -> Result<Option<(usize, LayerData)>, ImportError> {
    let name = weight_name(number);
    let read_weights =
        |member: &mut dyn Read| npy::read_integers(member, [MAX_WIDTH.into(), MAX_INPUTS]);
    let Some(weights) = read_array(archive, &name, read_weights)? else {
        return Ok(None);
    };
    if number > MAX_LAYERS {
        return Err(ImportError::TooManyLayers);
    }
    let (neurons, inputs) = (weights.shape[0], weights.shape[1]);
    let array = format!("fc{number}_bias");
    let read_biases = |member: &mut dyn Read| npy::read_integers(member, [MAX_WIDTH.into()]);
    let biases = read_array(archive, &array, read_biases)?
        .ok_or(ImportError::Missing { array })?
        .values;
    if biases.len() != neurons {
        return Err(ImportError::Biases {
            layer: number,
            biases: biases.len(),
            neurons,
        });
    }
    let input_major = (0..inputs).flat_map(|i| (0..neurons).map(move |n| n * inputs + i));
    // A weight that does not even fit a byte is no more out of range than one that does.
    let weight = |at: usize| weights.values[at].clamp(i8::MIN.into(), i8::MAX.into()) as i8;
    let weights = input_major.map(weight).collect();
    Ok(Some((inputs, LayerData { weights, biases })))
}

/// The charset without EOS. NumPy drops NULs from the end of a text, so EOS may be missing.
fn read_charset(
    archive: &mut ZipArchive<impl Read + Seek>,
    neurons: usize,
) -> Result<Vec<u8>, ImportError> {
    let array = "_charset";
    let mut charset =
        read_array(archive, array, |member| npy::read_text(member))?.ok_or_else(|| {
            ImportError::Missing {
                array: array.into(),
            }
        })?;
    if charset.len() == neurons {
        charset.pop();
    }
    let entries = charset.len() + 1;
    let fits = u8::try_from(entries).is_ok_and(|n| CHARSET_ENTRIES.contains(&n));
    if entries == neurons && fits {
        Ok(charset)
    } else {
        Err(ImportError::Charset { entries, neurons })
    }
}

/// Compares `_architecture`, where there is one, with the sizes found: inputs, then each layer's
/// neurons.
fn check_architecture(
    archive: &mut ZipArchive<impl Read + Seek>,
    found: &[usize],
) -> Result<(), ImportError> {
    #[derive(serde::Deserialize)]
    struct Architecture {
        input_size: usize,
        hidden_sizes: Vec<usize>,
        num_classes: usize,
    }

    let Some(json) = read_array(archive, "_architecture", |member| npy::read_text(member))? else {
        return Ok(());
    };
    let end = json
        .iter()
        .rposition(|&byte| byte != 0)
        .map_or(0, |at| at + 1);
    let json = serde_json::from_slice::<Architecture>(&json[..end]);
    let stated = json.map_err(ImportError::Architecture)?;
    let mut sizes = vec![stated.input_size];
    sizes.extend(stated.hidden_sizes);
    sizes.push(stated.num_classes);
    if sizes == found {
        return Ok(());
    }
    Err(ImportError::Sizes {
        stated: sizes,
        found: found.to_vec(),
    })
}

/// Reads an array of the archive; `None` where there is none of that name.
fn read_array<T>(
    archive: &mut ZipArchive<impl Read + Seek>,
    array: &str,
    read: impl FnOnce(&mut dyn Read) -> Result<T, NpyError>,
) -> Result<Option<T>, ImportError> {
    let mut member = match archive.by_name(&format!("{array}.npy")) {
        Ok(member) => member,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(ImportError::Archive(error)),
    };
    match read(&mut member) {
        Ok(value) => Ok(Some(value)),
        Err(error) => Err(ImportError::Array {
            array: array.into(),
            error,
        }),
    }
}
