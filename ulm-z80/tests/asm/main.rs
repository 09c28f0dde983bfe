//! The assembler: against an independent one, against bytes written down, and against nonsense.

mod against_others;
mod errors;
mod forms;
mod golden;
mod nonsense;
mod others;
mod second_core;
mod timing;
