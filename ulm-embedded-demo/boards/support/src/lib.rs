//! What the demo's boards share.

#![no_std]

#[cfg(feature = "semihosting")]
mod logger;
mod register;
mod stack;

pub use register::Register;

use ulm_core::{Model, ParseError, engine_width};
use ulm_embedded_demo::{Board, Chat, Exit, Lamp, Session};

/// The model, chosen when building: see `build.rs`.
pub static MODEL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/model.ulm"));

/// Width of the engine, as the model needs it.
const WIDTH: usize = engine_width(MODEL);

/// Chats on `board` until the user leaves. Returns whether all went well.
pub fn run(board: &mut impl Board) -> bool {
    stack::paint();
    let model = match Model::parse(MODEL) {
        Ok(model) => model,
        Err(error) => {
            refuse(&error);
            return false;
        }
    };
    defmt::info!(
        "model {=str}: {=usize} bytes, engine {=usize} neurons wide",
        model.name(),
        MODEL.len(),
        WIDTH
    );
    let mut chat = Chat::<WIDTH>::new(model);
    let exit = chat.run(board, log_reply);
    if let Exit::Engine(error) = exit {
        defmt::error!("{}", error);
        return false;
    }
    report(chat.session());
    true
}

fn refuse(error: &ParseError) {
    defmt::error!("not a model: {}", error);
}

fn log_reply(before: &Session, after: &Session, lamp: &Lamp) {
    let characters = after.characters - before.characters;
    let count = after.count - before.count;
    defmt::info!(
        "reply {=u32}: {=u32} characters, {=u64} instructions, {=u32} bytes of stack",
        after.replies,
        characters,
        count,
        stack::deepest()
    );
    let (color, _) = lamp.color.parts();
    defmt::debug!(
        "lamp: on {=bool}, {=u8} %, {=str}",
        lamp.on,
        lamp.percent,
        color
    );
}

/// Leaves what was measured where the host finds it.
#[cfg(feature = "semihosting")]
fn report(session: &Session) {
    use core::fmt::Write;
    let mut text = heapless::String::<128>::new();
    let written = write!(
        text,
        "{} {} {} {} {}\n",
        session.replies,
        session.characters,
        session.count_per_character(),
        stack::deepest(),
        MODEL.len()
    );
    if written.is_err() || semihosting::fs::write(c"report.txt", text.as_bytes()).is_err() {
        defmt::warn!("the report could not be written");
    }
}

#[cfg(not(feature = "semihosting"))]
fn report(session: &Session) {
    defmt::info!("{=u64} a character", session.count_per_character());
}

/// Ends the emulator; `ok` becomes its exit status.
#[cfg(feature = "semihosting")]
pub fn exit(ok: bool) -> ! {
    semihosting::process::exit(if ok { 0 } else { 1 })
}
