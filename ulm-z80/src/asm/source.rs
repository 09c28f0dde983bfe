//! Where source text comes from: memory, or the file system.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A lookup from names to source files, for the root file, `include` and `incbin`.
pub trait Sources {
    /// The bytes of the file `name`.
    ///
    /// # Errors
    ///
    /// The cause, in words that can follow "cannot read NAME: ".
    fn read(&self, name: &str) -> Result<Cow<'_, [u8]>, String>;
}

/// Sources held in memory, for instance by `include_str!`.
///
/// ```
/// use ulm_z80::asm::{MemorySources, assemble};
///
/// let sources = MemorySources::new().with("main.asm", " org 100h\n ret\n");
/// assert_eq!(assemble(&sources, "main.asm", &[]).unwrap().bytes, [0xC9]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemorySources<'a> {
    files: BTreeMap<String, Cow<'a, [u8]>>,
}

impl<'a> MemorySources<'a> {
    /// No files yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the text of a file, or replaces it.
    #[must_use]
    pub fn with(self, name: &str, text: &'a str) -> Self {
        self.with_bytes(name, text.as_bytes())
    }

    /// Adds the bytes of a file, or replaces them: a table for `incbin`, or generated text.
    #[must_use]
    pub fn with_bytes(mut self, name: &str, bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        self.files.insert(name.to_owned(), bytes.into());
        self
    }
}

impl Sources for MemorySources<'_> {
    fn read(&self, name: &str) -> Result<Cow<'_, [u8]>, String> {
        match self.files.get(name) {
            Some(bytes) => Ok(Cow::Borrowed(bytes)),
            None => Err("not among the sources in memory".to_owned()),
        }
    }
}

/// Sources in the file system: a name is a path, looked up in the working directory and then in the others given, as
/// pasmo does with its `-I`.
#[derive(Debug, Clone, Default)]
pub struct FileSources {
    folders: Vec<PathBuf>,
}

impl FileSources {
    /// Looks up files in the working directory, then beside the file `root`.
    #[must_use]
    pub fn beside(root: &Path) -> Self {
        Self {
            folders: root.parent().map(Path::to_owned).into_iter().collect(),
        }
    }
}

impl Sources for FileSources {
    fn read(&self, name: &str) -> Result<Cow<'_, [u8]>, String> {
        let first = std::fs::read(name);
        let mut found = first;
        for folder in &self.folders {
            if found.is_ok() {
                break;
            }
            if let Ok(bytes) = std::fs::read(folder.join(name)) {
                found = Ok(bytes);
            }
        }
        found.map(Cow::Owned).map_err(|e| e.to_string())
    }
}
