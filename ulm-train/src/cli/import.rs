//! `import`: a model of the original project becomes a `.ulm` file.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use ulm_train::import::{DEFAULT_MAX_REPLY, Import};

use super::failure::Failure;
use super::files::Target;
use super::output;

/// Import a model of the original Z80-uLM project (.npz)
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The archive that its trainer wrote
    #[arg(value_name = "MODEL.npz")]
    archive: PathBuf,

    /// Where to write the model
    #[arg(short, long, value_name = "MODEL.ulm")]
    output: PathBuf,

    /// Query buckets among the inputs [default: half of the inputs]
    #[arg(long, value_name = "Q")]
    query_buckets: Option<u16>,

    /// Most characters in a reply, which the archive does not say
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_REPLY,
          value_parser = clap::value_parser!(u8).range(1..))]
    max_reply: u8,

    /// Name to store in the model [default: the archive's file name]
    #[arg(long)]
    name: Option<String>,
}

impl Args {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let path = self.archive.display();
        let target = Target::check(&self.output)?;
        let import = Import {
            query_buckets: self.query_buckets,
            max_reply: self.max_reply,
        };
        let file = File::open(&self.archive).map_err(|error| Failure::about(path, error))?;
        let path = self.archive.display();
        let mut model = import
            .read(BufReader::new(file))
            .map_err(|error| Failure::about(&path, error))?;
        let stem = self
            .archive
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy();
        model.name = self.name.unwrap_or_else(|| stem.into_owned());
        let bytes = model
            .to_bytes()
            .map_err(|error| Failure::about(&path, error))?;
        target.write(&bytes)?;

        let model_path = self.output.display();
        output::note(&format!(
            "{model_path}: {} bytes. Try it: ulm-train chat {model_path}",
            output::grouped(bytes.len())
        ));
        Ok(())
    }
}
