//! Files: models read, results written so that a failure leaves the old file as it was.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use ulm_core::Model;
use ulm_train::write_atomically;

use super::failure::Failure;

/// Largest file that is read as a model, in bytes: the format's limits allow less than half.
const MAX_MODEL_BYTES: u64 = 4 << 20;

/// Bytes of a model file, which are a model.
pub(crate) struct ModelFile {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl ModelFile {
    /// Reads and checks a `.ulm` file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MAX_MODEL_BYTES).read_to_end(&mut bytes))
            .map_err(|error| Failure::about(path.display(), error))?;
        let path = path.to_owned();
        let file = Self { path, bytes };
        file.model()?;
        Ok(file)
    }

    /// The checked view of the bytes.
    pub(crate) fn model(&self) -> Result<Model<'_>, Failure> {
        Model::parse(&self.bytes).map_err(|error| Failure::about(self.path.display(), error))
    }

    /// The file's bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A file to be written at the end of a command, known to be writable from its start on.
#[derive(Debug)]
pub(crate) struct Target {
    /// As the user wrote it.
    path: PathBuf,
    /// Where links lead, so that it is not a link that is replaced.
    resolved: PathBuf,
}

impl Target {
    /// Makes sure that `path` can be written, and leaves what is there alone.
    pub(crate) fn check(path: &Path) -> Result<Self, Failure> {
        let target = Self {
            path: path.to_owned(),
            resolved: fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()),
        };
        target
            .probe()
            .map_err(|error| Failure::about(path.display(), error))?;
        Ok(target)
    }

    fn probe(&self) -> io::Result<()> {
        match fs::metadata(&self.resolved) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if found.is_file() => {
                drop(File::options().append(true).open(&self.resolved)?);
            }
            Ok(_) => return Ok(()), // a device or a pipe
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        // What takes the place of the file is made beside it: can it be?
        let name = self
            .resolved
            .file_name()
            .ok_or(io::ErrorKind::InvalidFilename)?;
        let mut beside = OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}.tmp", std::process::id()));
        let beside = self.resolved.with_file_name(beside);
        File::create_new(&beside)?;
        fs::remove_file(beside)
    }

    /// Replaces the file by `bytes`: wholly, or not at all.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        self.replace(bytes)
            .map_err(|error| Failure::about(self.path.display(), error))
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        if fs::metadata(&self.resolved).is_ok_and(|found| !found.is_file()) {
            return File::options()
                .write(true)
                .open(&self.resolved)?
                .write_all(bytes);
        }
        write_atomically(&self.resolved, bytes)
    }

    /// Removes the file, where there is one.
    pub(crate) fn remove(&self) -> Result<(), Failure> {
        match fs::remove_file(&self.resolved) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Failure::about(self.path.display(), error))
            }
            _ => Ok(()),
        }
    }

    /// The path, as the user wrote it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
