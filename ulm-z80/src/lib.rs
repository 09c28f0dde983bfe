//! ulm-z80
