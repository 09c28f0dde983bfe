//! Every public function of `ulm-core`, on values that the compiler cannot know. With
//! `panic-never` this links only if no panic is left in any of them.

#![no_std]
#![no_main]

use core::fmt::{self, Write};
use core::hint::black_box;
use ulm_core::encode::{Context, query_buckets, trim};
use ulm_core::format::{column_bytes, crc32};
use ulm_core::{Choice, Choices, Doubt, Engine, EngineError, Model, Reply, engine_width};
use ulm_probe::{MODEL, entry};

struct Sink;

impl Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        black_box(text);
        Ok(())
    }
}

fn show(value: impl fmt::Display) {
    black_box(write!(Sink, "{value}")).ok();
}

fn formats_and_encoders(question: &[u8]) {
    black_box(engine_width(question));
    black_box(crc32(question));
    black_box(column_bytes(black_box(7)));
    black_box(trim(question));
    query_buckets(question, black_box(128)).for_each(|bucket| {
        black_box(bucket);
    });
    let mut context = black_box(Context::default());
    context.push(black_box(b'A'));
    black_box(context.bytes());
    context.buckets(black_box(128)).for_each(|bucket| {
        black_box(bucket);
    });
    black_box(context == Context::new());
}

fn model(model: &Model<'_>) {
    black_box((model.query_buckets(), model.context_buckets()));
    black_box((model.threshold(), model.max_reply()));
    black_box((model.fallback(), model.charset()));
    black_box((model.name(), model.metadata()));
    black_box((model.engine_width(), model.info()));
    black_box(model.layers().len());
    for layer in model.layers() {
        black_box((layer.inputs(), layer.width(), layer.nonzero()));
        black_box(layer.column(black_box(3)));
        layer.columns().for_each(|column| {
            black_box(column);
        });
        layer.biases().for_each(|bias| {
            black_box(bias);
        });
        layer.weights(black_box(3)).for_each(|weight| {
            black_box(weight);
        });
    }
}

fn choices<const W: usize>(mut choices: Choices<'_, '_, W>) {
    black_box(choices.next_observed(|layer| {
        black_box(layer);
    }));
    black_box(choices.logits());
    black_box(choices.made());
    black_box(choices.context());
    if let Some(Choice {
        entry,
        byte,
        margin,
    }) = choices.next()
    {
        black_box((entry, byte, margin));
    }
}

fn reply<const W: usize>(mut reply: Reply<'_, '_, W>) {
    let doubt: Doubt = black_box(reply.doubt());
    black_box(doubt.is_below(black_box(9)));
    black_box(reply.is_fallback());
    black_box(reply.next());
    black_box(reply.logits());
    black_box(reply.choices_made());
    black_box(reply.write_to(&mut Sink)).ok();
}

fn talk<const W: usize>(engine: &mut Engine<W>, file: &[u8], question: &[u8]) {
    let checked = match Model::parse(file) {
        Ok(checked) => checked,
        Err(error) => return show(error),
    };
    model(&checked);
    match engine.choices(&checked, question) {
        Ok(running) => choices(running),
        Err(error @ EngineError::TooWide { .. }) => show(error),
        Err(error) => show(error),
    }
    match engine.ask(&checked, question) {
        Ok(running) => reply(running),
        Err(error) => show(error),
    }
}

#[entry]
fn main() -> ! {
    let mut wide = Engine::<256>::default();
    let mut narrow = Engine::<64>::new();
    loop {
        let question = black_box(MODEL);
        formats_and_encoders(question);
        talk(&mut wide, black_box(MODEL), question);
        talk(&mut narrow, black_box(MODEL), question);
        black_box(narrow.clone());
    }
}
