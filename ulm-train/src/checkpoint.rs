//! The state of a training, to go on from later, byte by byte as if it had never stopped.

use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use ulm_core::format::crc32;

use crate::accuracy::Accuracy;
use crate::params::UlmValidParams;

/// First bytes of a checkpoint file; the last of them is its version.
const MAGIC: [u8; 8] = *b"ulmstat\x01";

/// Everything that a [`Trainer`](crate::Trainer) needs beside the pairs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    pub(crate) params: UlmValidParams,
    /// CRC-32 of the pairs.
    pub(crate) pairs: u32,
    /// Steps done.
    pub(crate) step: u32,
    /// Seconds spent on them.
    pub(crate) seconds: f64,
    pub(crate) latents: Vec<f32>,
    /// Optimizer: mean gradients.
    pub(crate) means: Vec<f32>,
    /// Optimizer: mean squared gradients.
    pub(crate) squares: Vec<f32>,
    pub(crate) averages: Vec<f32>,
    pub(crate) best: Option<Best>,
    /// Loss summed over the epoch's characters so far, and their number.
    pub(crate) loss: (f64, u64),
}

/// The best model so far, by its accuracy on what was held out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Best {
    pub(crate) accuracy: Accuracy,
    pub(crate) latents: Vec<f32>,
}

/// Why a checkpoint cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The bytes do not start as a checkpoint of this version does.
    NotACheckpoint,
    /// The checksum does not match: the file was changed or cut off.
    Damaged,
    /// The file cannot be read or written.
    Io(io::Error),
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotACheckpoint => f.write_str("not a checkpoint of this version"),
            Self::Damaged => f.write_str("a damaged checkpoint"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl Error for CheckpointError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::NotACheckpoint | Self::Damaged => None,
        }
    }
}

impl Checkpoint {
    /// The hyperparameters that the training was started with.
    #[must_use]
    pub const fn params(&self) -> &UlmValidParams {
        &self.params
    }

    /// The checkpoint as bytes: magic, CRC-32 of the rest, state.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let state = postcard::to_stdvec(self).unwrap_or_default();
        let mut bytes = Vec::with_capacity(MAGIC.len() + 4 + state.len());
        bytes.extend(MAGIC);
        bytes.extend(crc32(&state).to_le_bytes());
        bytes.extend(state);
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) made.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::NotACheckpoint`] or [`CheckpointError::Damaged`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let rest = bytes
            .strip_prefix(&MAGIC)
            .ok_or(CheckpointError::NotACheckpoint)?;
        let (stated, state) = rest.split_first_chunk().ok_or(CheckpointError::Damaged)?;
        if u32::from_le_bytes(*stated) != crc32(state) {
            return Err(CheckpointError::Damaged);
        }
        postcard::from_bytes(state).map_err(|_| CheckpointError::Damaged)
    }

    /// Writes the checkpoint to a file [atomically](write_atomically).
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        write_atomically(path, &self.to_bytes())
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`].
    pub fn load(path: &Path) -> Result<Self, CheckpointError> {
        Self::from_bytes(&fs::read(path).map_err(CheckpointError::Io)?)
    }
}

/// Writes a file so that at any moment there is the old one or the new one, and never half of
/// either: into a file beside it, which then takes its name.
///
/// # Errors
///
/// The system's; the old file is then as it was.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".tmp");
    let beside: PathBuf = path.with_file_name(name);
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_data()
    });
    let renamed = written.and_then(|()| fs::rename(&beside, path));
    if renamed.is_err() {
        // What is left of the attempt is of no use; the error to report is the first one.
        let _ = fs::remove_file(&beside);
    }
    renamed
}
