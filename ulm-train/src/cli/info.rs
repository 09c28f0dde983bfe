//! `info`: what a model file says about itself.

use std::fmt::Write;
use std::path::PathBuf;

use serde_json::json;
use ulm_core::format::{WEIGHTS_PER_BYTE, column_bytes};
use ulm_core::{Layer, Model};

use super::failure::Failure;
use super::files::ModelFile;
use super::output::{self, grouped, latin1, percent};
use super::table::Table;

/// Show what a model is: shape, charset, sizes, fallback
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The model
    #[arg(value_name = "MODEL.ulm")]
    model: PathBuf,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let file = ModelFile::read(&self.model)?;
        let model = file.model()?;
        if self.json {
            return output::print_json(&as_json(&model, file.bytes().len()));
        }
        output::print(&as_text(&model, file.bytes().len()))
    }
}

/// Weights of a layer, the padding of its columns not counted.
fn weights(layer: &Layer<'_>) -> usize {
    usize::from(layer.inputs()) * usize::from(layer.width())
}

/// Bytes of a layer's weights and biases.
fn layer_bytes(layer: &Layer<'_>) -> usize {
    usize::from(layer.inputs()) * column_bytes(layer.width()) + 2 * usize::from(layer.width())
}

fn share(nonzero: usize, weights: usize) -> f64 {
    nonzero as f64 / weights.max(1) as f64
}

/// Weights that are not zero, and all weights.
fn totals(model: &Model<'_>) -> (usize, usize) {
    let nonzero = model.layers().map(|layer| layer.nonzero() as usize).sum();
    (nonzero, model.layers().map(|layer| weights(&layer)).sum())
}

fn as_json(model: &Model<'_>, bytes: usize) -> serde_json::Value {
    let layer = |layer: Layer<'_>| {
        json!({
            "inputs": layer.inputs(),
            "width": layer.width(),
            "weights": weights(&layer),
            "nonzero": layer.nonzero(),
            "density": share(layer.nonzero() as usize, weights(&layer)),
            "bytes": layer_bytes(&layer),
        })
    };
    let (nonzero, weights) = totals(model);
    let fallback = model.fallback();
    json!({
        "name": model.name(),
        "bytes": bytes,
        "query_buckets": model.query_buckets(),
        "context_buckets": model.context_buckets(),
        "layers": model.layers().map(layer).collect::<Vec<_>>(),
        "weights": weights,
        "nonzero": nonzero,
        "density": share(nonzero, weights),
        "charset": latin1(model.charset()),
        "max_reply": model.max_reply(),
        "fallback": (!fallback.is_empty()).then(|| latin1(fallback)),
        "threshold": model.threshold(),
        "engine_width": model.engine_width(),
        "metadata": model.metadata(),
    })
}

fn as_text(model: &Model<'_>, bytes: usize) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name:<10}{value}");
    };
    let name = match model.name() {
        "" => "(none)",
        name => name,
    };
    line("name", name.into());
    line("size", format!("{} bytes", grouped(bytes)));
    line(
        "inputs",
        format!(
            "{} query + {} context buckets",
            model.query_buckets(),
            model.context_buckets()
        ),
    );
    let entries = model.charset().len() + 1;
    line(
        "charset",
        format!("`{}` and EOS: {entries} entries", latin1(model.charset())),
    );
    line(
        "replies",
        format!("at most {} characters", model.max_reply()),
    );
    let fallback = latin1(model.fallback());
    line(
        "fallback",
        match (model.fallback(), model.threshold()) {
            ([], _) => "none".into(),
            (_, 0) => format!("`{fallback}`, threshold 0: never said in doubt"),
            (_, threshold) => format!("`{fallback}` below threshold {threshold}"),
        },
    );
    if !model.metadata().is_empty() {
        line("metadata", model.metadata().replace('\n', "\n          "));
    }

    let headings = [
        "layer",
        ">inputs",
        ">neurons",
        ">weights",
        ">non-zero",
        ">share",
        ">bytes",
    ];
    let mut table = Table::new(&headings);
    for (number, layer) in model.layers().enumerate() {
        table.row([
            (number + 1).to_string(),
            grouped(layer.inputs().into()),
            grouped(layer.width().into()),
            grouped(weights(&layer)),
            grouped(layer.nonzero() as usize),
            percent(Some(share(layer.nonzero() as usize, weights(&layer)))),
            grouped(layer_bytes(&layer)),
        ]);
    }
    let (nonzero, weights) = totals(model);
    table.row([
        "all".into(),
        String::new(),
        String::new(),
        grouped(weights),
        grouped(nonzero),
        percent(Some(share(nonzero, weights))),
        grouped(model.layers().map(|layer| layer_bytes(&layer)).sum()),
    ]);
    format!(
        "{text}\n{}\n{WEIGHTS_PER_BYTE} weights to a byte, biases of 2 bytes.\n",
        table.render()
    )
}
