//! The assembler: against an independent one, against bytes written down, and against nonsense.

mod against_pasmo;
mod errors;
mod forms;
mod golden;
mod nonsense;
mod pasmo;
