//! Files: models read, results written so that a failure leaves the old file as it was.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use ulm_core::Model;

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
    path: PathBuf,
}

impl Target {
    /// Makes sure that `path` can be written, and leaves what is there alone.
    pub(crate) fn check(path: &Path) -> Result<Self, Failure> {
        let target = Self {
            path: fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()),
        };
        target
            .probe()
            .map_err(|error| Failure::about(path.display(), error))?;
        Ok(target)
    }

    fn probe(&self) -> io::Result<()> {
        match fs::metadata(&self.path) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if found.is_file() => drop(File::options().append(true).open(&self.path)?),
            Ok(_) => return Ok(()), // a device or a pipe
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let temporary = self.temporary()?;
        File::create_new(&temporary)?;
        fs::remove_file(temporary)
    }

    /// The name of the file that takes the place of the target once it is complete.
    fn temporary(&self) -> io::Result<PathBuf> {
        let name = self
            .path
            .file_name()
            .ok_or(io::ErrorKind::InvalidFilename)?;
        let mut temporary = OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}.tmp", std::process::id()));
        Ok(self.path.with_file_name(temporary))
    }

    /// Replaces the file by `bytes`: wholly, or not at all.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        self.replace(bytes)
            .map_err(|error| Failure::about(self.path.display(), error))
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let found = fs::metadata(&self.path).ok();
        if found.as_ref().is_some_and(|found| !found.is_file()) {
            return File::options()
                .write(true)
                .open(&self.path)?
                .write_all(bytes);
        }
        let temporary = self.temporary()?;
        let written = (|| {
            let mut file = File::create(&temporary)?;
            if let Some(found) = found {
                file.set_permissions(found.permissions())?;
            }
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, &self.path)
        })();
        if written.is_err() {
            // The first error is the one to tell; what it left behind is of no use.
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    /// The path, as messages show it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
