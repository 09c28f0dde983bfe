//! `generate`: pairs from a language model, or from patterns.

use std::collections::HashSet;
use std::env;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use ulm_train::generate::claude::{self, Claude};
use ulm_train::generate::ollama::{self, Ollama};
use ulm_train::generate::template::Pattern;
use ulm_train::generate::{Backend, Batch, Generator, Kind, Retry};
use ulm_train::pairs::{Pairs, PairsError, ReplyCase, STDIN, check_reply};

use super::failure::Failure;
use super::output::{self, count, grouped};

/// The environment variable with the Claude API's key.
const KEY: &str = "ANTHROPIC_API_KEY";

/// Largest file of patterns, in bytes.
const MAX_TEMPLATE_BYTES: u64 = 16 << 20;

/// Make training pairs with a language model, or from patterns
///
/// Pairs go to standard output, or are appended to a file: then the same command goes on where it
/// was interrupted. A key of the Claude API is read from ANTHROPIC_API_KEY, its address from
/// ANTHROPIC_BASE_URL unless --url gives it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What the pairs are about: the secret of a guessing game
    #[arg(long, value_name = "WORDS", required_unless_present_any = ["template", "paraphrase", "kind"])]
    topic: Option<String>,

    /// Which pairs
    #[arg(long, value_enum, conflicts_with_all = ["template", "paraphrase"])]
    kind: Option<KindName>,

    /// Other wordings of these pairs; `-` is standard input
    #[arg(long, value_name = "PAIRS", conflicts_with_all = ["template", "topic"])]
    paraphrase: Option<PathBuf>,

    /// Expand patterns, one a line, such as `(are|r) (you|u) (a )?bot|YES`; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["topic", "backend", "model", "url", "count"])]
    template: Option<PathBuf>,

    /// Most questions from one pattern; of more, as many spread evenly
    #[arg(long, value_name = "N", default_value_t = 1000, requires = "template",
          value_parser = clap::value_parser!(u32).range(1..))]
    per_pattern: u32,

    /// Reply to nonsense
    #[arg(long, default_value = "IDK")]
    reply: String,

    /// How many pairs, those in the output file included
    #[arg(long, value_name = "N", default_value_t = 100)]
    count: usize,

    /// Who is asked
    #[arg(long, value_enum, default_value_t = BackendName::Ollama)]
    backend: BackendName,

    /// The language model [default: llama3.2, or claude-haiku-4-5]
    #[arg(long, value_name = "NAME")]
    model: Option<String>,

    /// Address of the backend [default: http://localhost:11434, or the Claude API's]
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// Seed, for backends that have such a thing
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// File to append to
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Which pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KindName {
    /// Questions with all replies: YES, NO, MAYBE, WIN
    Mixed,
    /// Questions that are answered YES
    YesOnly,
    /// Guesses that name the topic: WIN
    WinOnly,
    /// Guesses that name something else: NO
    Distractors,
    /// What nobody understands; needs no topic
    Nonsense,
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BackendName {
    /// Ollama, on this machine unless --url says otherwise
    Ollama,
    /// The Claude API
    Claude,
}

impl Args {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        if let Some(path) = &self.template {
            return self.expand(path);
        }
        let kind = self.kind()?;
        let backend = self.backend()?;
        let mut sink = Sink::open(self.output.as_deref())?;
        let known: Vec<String> = sink.known.iter().cloned().collect();
        let mut generator = Generator::new(backend.as_ref(), kind, self.seed, known);
        while sink.pairs < self.count {
            let batch = generator.next_batch().map_err(|error| {
                let so_far = format!("{} of {} pairs", grouped(sink.pairs), grouped(self.count));
                Failure::about(so_far, error)
            })?;
            let wanted = batch.pairs.iter().take(self.count - sink.pairs);
            sink.add(wanted.map(|pair| (pair.question.as_str(), pair.reply.as_str())))?;
            output::note(&self.progress(&batch, sink.pairs));
        }
        Ok(())
    }

    /// What a batch brought, on a line.
    fn progress(&self, batch: &Batch, pairs: usize) -> String {
        let tally = batch.tally;
        let mut line = format!(
            "{} of {} pairs: {} new",
            grouped(pairs),
            self.count,
            tally.new
        );
        for (number, what) in [
            (tally.repeated, "repeated"),
            (tally.other_reply, "with another reply"),
            (tally.no_pair, "no pair"),
        ] {
            if number > 0 {
                line += &format!(", {number} {what}");
            }
        }
        if batch.refusal.is_some() {
            line += ", the model refused";
        }
        line
    }

    fn kind(&self) -> Result<Kind, Failure> {
        if let Some(path) = &self.paraphrase {
            let pairs = Pairs::read(&[path], ReplyCase::Upper);
            let pairs = pairs.map_err(|error| Failure::input(error.to_string()))?;
            let both = pairs
                .iter()
                .map(|pair| (pair.question.clone(), pair.reply.clone()));
            return Ok(Kind::Paraphrases {
                pairs: both.collect(),
            });
        }
        let kind = self.kind.unwrap_or(KindName::Mixed);
        if kind == KindName::Nonsense {
            let reply = check_reply(&self.reply).map_err(|e| Failure::about("--reply", e))?;
            let reply = reply.to_ascii_uppercase();
            return Ok(Kind::Nonsense { reply });
        }
        let topic = self
            .topic
            .as_deref()
            .map(str::trim)
            .unwrap_or_default()
            .to_owned();
        if topic.is_empty() {
            return Err(Failure::input("--topic: pairs of this kind need one"));
        }
        Ok(match kind {
            KindName::Mixed | KindName::Nonsense => Kind::Mixed { topic },
            KindName::YesOnly => Kind::YesOnly { topic },
            KindName::WinOnly => Kind::WinOnly { topic },
            KindName::Distractors => Kind::Distractors { topic },
        })
    }

    fn backend(&self) -> Result<Box<dyn Backend>, Failure> {
        let (model, retry) = (self.model.as_deref(), Retry::default());
        let url = match self.backend {
            BackendName::Ollama => self
                .url
                .clone()
                .unwrap_or_else(|| ollama::DEFAULT_URL.into()),
            BackendName::Claude => (self.url.clone())
                .or_else(|| env::var("ANTHROPIC_BASE_URL").ok())
                .unwrap_or_else(|| claude::DEFAULT_URL.into()),
        };
        if url.starts_with("https:") && !cfg!(feature = "https") {
            let cause = "this build speaks no HTTPS: build it with `--features https`";
            return Err(Failure::about(url, cause));
        }
        match self.backend {
            BackendName::Ollama => {
                let model = model.unwrap_or(ollama::DEFAULT_MODEL);
                Ok(Box::new(Ollama::new(&url, model, retry)))
            }
            BackendName::Claude => {
                let key = env::var(KEY).unwrap_or_default();
                if key.trim().is_empty() {
                    return Err(Failure::about(KEY, "not set: the Claude API needs a key"));
                }
                let model = model.unwrap_or(claude::DEFAULT_MODEL);
                Ok(Box::new(Claude::new(&url, model, key.trim(), retry)))
            }
        }
    }

    /// Expands the patterns of a file.
    fn expand(&self, path: &Path) -> Result<(), Failure> {
        let text = read_text(path)?;
        let name = if path == Path::new(STDIN) {
            "<stdin>".into()
        } else {
            path.to_string_lossy()
        };
        let mut patterns = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start_matches('\u{feff}').trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let pattern = Pattern::parse(line, ReplyCase::Upper);
            let place = format!("{name}:{}", number + 1);
            patterns.push(pattern.map_err(|error| Failure::about(place, error))?);
        }
        if patterns.is_empty() {
            return Err(Failure::about(name, "no patterns"));
        }
        let mut sink = Sink::open(self.output.as_deref())?;
        let (before, mut possible) = (sink.pairs, 0_u64);
        for pattern in &patterns {
            possible = possible.saturating_add(pattern.count());
            let questions = pattern.expand(self.per_pattern as usize);
            sink.add(
                questions
                    .iter()
                    .map(|question| (question.as_str(), pattern.reply())),
            )?;
        }
        output::note(&format!(
            "{} from {}, of {} possible",
            count(sink.pairs - before, "pair"),
            count(patterns.len(), "pattern"),
            grouped(usize::try_from(possible).unwrap_or(usize::MAX)),
        ));
        Ok(())
    }
}

fn read_text(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if path == Path::new(STDIN) {
        io::stdin()
            .take(MAX_TEMPLATE_BYTES)
            .read_to_string(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(MAX_TEMPLATE_BYTES).read_to_string(&mut text))
    };
    read.map_err(|error| Failure::about(path.display(), error))?;
    Ok(text)
}

/// Where pairs go: each question once.
struct Sink {
    file: Option<(PathBuf, File)>,
    /// Questions that are there.
    known: HashSet<String>,
    /// Pairs that are there.
    pairs: usize,
}

impl Sink {
    /// Standard output, or a file to be continued.
    fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            let (file, known, pairs) = (None, HashSet::new(), 0);
            return Ok(Self { file, known, pairs });
        };
        let about = |error: io::Error| Failure::about(path.display(), error);
        let present = if path.exists() {
            match Pairs::read(&[path], ReplyCase::Keep) {
                Ok(pairs) => pairs,
                Err(PairsError::Empty { .. }) => Pairs::default(),
                Err(error) => return Err(Failure::input(error.to_string())),
            }
        } else {
            Pairs::default()
        };
        let mut file = File::options()
            .create(true)
            .append(true)
            .open(path)
            .map_err(about)?;
        let text = fs::read(path).map_err(about)?;
        if !text.is_empty() && !text.ends_with(b"\n") {
            file.write_all(b"\n").map_err(about)?;
        }
        Ok(Self {
            known: present.iter().map(|pair| pair.question.clone()).collect(),
            pairs: present.len(),
            file: Some((path.to_owned(), file)),
        })
    }

    /// Writes those pairs whose question is new.
    fn add<'a>(&mut self, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Result<(), Failure> {
        let mut text = String::new();
        for (question, reply) in pairs {
            if self.known.insert(question.to_owned()) {
                text += &format!("{question}|{reply}\n");
                self.pairs += 1;
            }
        }
        match &mut self.file {
            None => output::print(&text),
            Some((path, file)) => file
                .write_all(text.as_bytes())
                .and_then(|()| file.sync_data())
                .map_err(|error| Failure::about(path.display(), error)),
        }
    }
}
