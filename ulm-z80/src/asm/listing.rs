//! The listing: address, bytes, T-states and source, line by line, and the symbols.

use std::fmt;

use super::{Image, Row};

/// Bytes on one line of the listing.
const BYTES_PER_LINE: usize = 4;
/// Lines that one row of data may take; the rest is summed up.
const MAX_LINES_PER_ROW: usize = 8;

/// An [`Image`] to be displayed as a listing.
///
/// ```text
/// addr  bytes        T      line  source
/// 0100  0E 02        7         1          ld   c,2
/// 0102  CD 05 00     17        2          call 5
/// ```
///
/// T-states are those of the [`timing()`](super::timing()) table, as `not taken/taken` where they differ. Lines that come
/// from a macro have a `+` behind their number.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a>(pub &'a Image);

impl fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "addr  bytes        T      line  source")?;
        let mut file = None;
        for row in &self.0.rows {
            if file != Some(row.file()) {
                file = Some(row.file());
                writeln!(f, "; {}", row.file())?;
            }
            self.row(row, f)?;
        }
        writeln!(f, "\nsymbols")?;
        for (name, value) in &self.0.symbols {
            let words = -0x8000..=0xFFFF;
            match words.contains(value) {
                true => writeln!(f, "{:04X}  {name}", value & 0xFFFF)?,
                false => writeln!(f, "{value:X}  {name}")?,
            }
        }
        Ok(())
    }
}

impl Listing<'_> {
    fn row(&self, row: &Row, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = &self.0.bytes[row.stored.clone()];
        let mut chunks = bytes.chunks(BYTES_PER_LINE);
        let address = match row.value {
            None => format!("{:04X}", row.address),
            Some(_) => String::new(),
        };
        let first = match row.value {
            Some(value) => format!("= {:04X}", value & 0xFFFF),
            None if bytes.is_empty() && row.size > 0 => format!("({} free)", row.size),
            None => hex(chunks.next().unwrap_or(&[])),
        };
        let t_states = row.timing.map(|t| t.to_string()).unwrap_or_default();
        let mark = if row.is_expansion { '+' } else { ' ' };
        let line = format!(
            "{address:4}  {first:11}  {t_states:5}  {:4}{mark} {}",
            row.line,
            row.source()
        );
        writeln!(f, "{}", line.trim_end())?;
        for (n, chunk) in (1..MAX_LINES_PER_ROW).zip(chunks.by_ref()) {
            let address = row.address as usize + n * BYTES_PER_LINE;
            writeln!(f, "{address:04X}  {}", hex(chunk))?;
        }
        let rest: usize = chunks.map(<[u8]>::len).sum();
        if rest > 0 {
            writeln!(f, "      ({rest} more)")?;
        }
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(" ")
}
