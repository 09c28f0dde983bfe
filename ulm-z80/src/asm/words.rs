//! The words that cannot be names, because an assembler reads them as something else.

/// Instructions, in alphabetical order.
const INSTRUCTIONS: [&str; 68] = [
    "adc", "add", "and", "bit", "call", "ccf", "cp", "cpd", "cpdr", "cpi", "cpir", "cpl", "daa",
    "dec", "di", "djnz", "ei", "ex", "exx", "halt", "im", "in", "inc", "ind", "indr", "ini",
    "inir", "jp", "jr", "ld", "ldd", "lddr", "ldi", "ldir", "neg", "nop", "or", "otdr", "otir",
    "out", "outd", "outi", "pop", "push", "res", "ret", "reti", "retn", "rl", "rla", "rlc", "rlca",
    "rld", "rr", "rra", "rrc", "rrca", "rrd", "rst", "sbc", "scf", "set", "sla", "sll", "sra",
    "srl", "sub", "xor",
];

/// Directives that we know, and those of pasmo that we don't.
const DIRECTIVES: [&str; 28] = [
    ".error", ".shift", ".warning", "db", "defb", "defl", "defm", "defs", "defw", "ds", "dw",
    "else", "end", "endif", "endm", "endp", "equ", "exitm", "if", "incbin", "include", "irp",
    "local", "macro", "org", "proc", "public", "rept",
];

/// Operators that are words, registers and conditions.
const OTHERS: [&str; 51] = [
    "a", "af", "af'", "b", "bc", "c", "d", "de", "defined", "e", "eq", "f", "ge", "gt", "h",
    "high", "hl", "hx", "hy", "i", "ix", "ixh", "ixl", "iy", "iyh", "iyl", "l", "le", "low", "lt",
    "lx", "ly", "m", "mod", "nc", "ne", "not", "nul", "nz", "p", "pe", "po", "r", "shl", "shr",
    "sp", "xh", "xl", "yh", "yl", "z",
];

/// Whether `word` (lower case) is an instruction.
pub(super) fn is_instruction(word: &str) -> bool {
    INSTRUCTIONS.binary_search(&word).is_ok()
}

/// Whether `word` (lower case) is a directive.
pub(super) fn is_directive(word: &str) -> bool {
    DIRECTIVES.contains(&word)
}

/// Whether `word` (lower case) cannot be a name.
pub(super) fn is_reserved(word: &str) -> bool {
    is_instruction(word) || OTHERS.binary_search(&word).is_ok() || is_directive(word)
}

/// The operator that `word` (lower case) stands for.
pub(super) fn operator(word: &str) -> Option<&'static str> {
    Some(match word {
        "and" => "&",
        "or" => "|",
        "xor" => "xor",
        "not" => "~",
        "mod" => "%",
        "shl" => "<<",
        "shr" => ">>",
        "eq" => "=",
        "ne" => "!=",
        "lt" => "<",
        "le" => "<=",
        "gt" => ">",
        "ge" => ">=",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searched_tables_are_sorted() {
        assert!(INSTRUCTIONS.is_sorted());
        assert!(OTHERS.is_sorted());
    }
}
