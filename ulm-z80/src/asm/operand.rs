//! What stands behind an instruction: registers, conditions, addresses, values.

use super::error::AsmErrorKind;
use super::expr::{self, Expr, Names};
use super::lexer::Token;

/// An index register, with the prefix that turns HL into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Index {
    Ix = 0xDD,
    Iy = 0xFD,
}

/// One operand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand {
    /// B, C, D, E, H, L or A by the number that opcodes give it: 0 to 5 and 7.
    R8(u8),
    /// IXH, IXL, IYH or IYL: the index register, and 4 or 5 as for H and L.
    Half(Index, u8),
    /// BC, DE, HL or SP by the number that opcodes give it: 0 to 3.
    R16(u8),
    /// IX or IY.
    Whole(Index),
    Af,
    AfShadow,
    I,
    R,
    F,
    /// NZ, Z, NC, PO, PE, P or M by the number that opcodes give it; C is an `R8(1)` until an instruction knows better.
    Condition(u8),
    /// `(BC)`, `(DE)`, `(HL)` or `(SP)`.
    At(u8),
    /// `(C)`.
    AtC,
    /// `(IX)` without displacement.
    AtIndex(Index),
    /// `(IX+d)`.
    AtIndexed(Index, Expr),
    /// `(nn)`.
    AtAddress(Expr),
    /// `nn`.
    Value(Expr),
}

/// Parses the comma-separated operands of an instruction.
pub(super) fn parse_all<N: Names>(
    tokens: &[Token],
    names: &N,
) -> Result<Vec<Operand>, AsmErrorKind> {
    let mut operands = Vec::new();
    let mut rest = tokens;
    if rest.is_empty() {
        return Ok(operands);
    }
    loop {
        let (operand, after) = parse(rest, names)?;
        operands.push(operand);
        match after {
            [] => return Ok(operands),
            [Token::Mark(","), after @ ..] => rest = after,
            _ => return Err(expr::expected("a comma or the end of the line", after)),
        }
    }
}

fn parse<'t, N: Names>(
    tokens: &'t [Token],
    names: &N,
) -> Result<(Operand, &'t [Token]), AsmErrorKind> {
    match tokens {
        [Token::Word(word), rest @ ..] => {
            if let Some(operand) = register(&word.lower) {
                return Ok((operand, rest));
            }
        }
        [Token::Mark("("), inner @ ..] => return parenthesized(inner, names),
        _ => {}
    }
    let (value, rest) = expr::parse(tokens, names)?;
    Ok((Operand::Value(value), rest))
}

fn register(word: &str) -> Option<Operand> {
    Some(match word {
        "b" => Operand::R8(0),
        "c" => Operand::R8(1),
        "d" => Operand::R8(2),
        "e" => Operand::R8(3),
        "h" => Operand::R8(4),
        "l" => Operand::R8(5),
        "a" => Operand::R8(7),
        "bc" => Operand::R16(0),
        "de" => Operand::R16(1),
        "hl" => Operand::R16(2),
        "sp" => Operand::R16(3),
        "ix" => Operand::Whole(Index::Ix),
        "iy" => Operand::Whole(Index::Iy),
        "ixh" => Operand::Half(Index::Ix, 4),
        "ixl" => Operand::Half(Index::Ix, 5),
        "iyh" => Operand::Half(Index::Iy, 4),
        "iyl" => Operand::Half(Index::Iy, 5),
        "af" => Operand::Af,
        "af'" => Operand::AfShadow,
        "i" => Operand::I,
        "r" => Operand::R,
        "f" => Operand::F,
        "nz" => Operand::Condition(0),
        "z" => Operand::Condition(1),
        "nc" => Operand::Condition(2),
        "po" => Operand::Condition(4),
        "pe" => Operand::Condition(5),
        "p" => Operand::Condition(6),
        "m" => Operand::Condition(7),
        _ => return None,
    })
}

/// What follows an opening parenthesis: an operand that starts so is an address, to its end.
fn parenthesized<'t, N: Names>(
    tokens: &'t [Token],
    names: &N,
) -> Result<(Operand, &'t [Token]), AsmErrorKind> {
    let (operand, rest) = match tokens {
        [Token::Word(word), rest @ ..] => match register(&word.lower) {
            Some(Operand::R16(pair)) => (Operand::At(pair), rest),
            Some(Operand::R8(1)) => (Operand::AtC, rest),
            Some(Operand::Whole(index)) => displaced(index, rest, names)?,
            Some(_) => {
                return Err(expr::expected(
                    "BC, DE, HL, SP, C, IX, IY or a value",
                    tokens,
                ));
            }
            None => address(tokens, names)?,
        },
        _ => address(tokens, names)?,
    };
    match rest {
        [Token::Mark(")"), rest @ ..] => match rest {
            [] | [Token::Mark(","), ..] => Ok((operand, rest)),
            _ => Err(AsmErrorKind::Ambiguous {
                advice: "an operand that starts with ( is an address; for a value write 0+(...)",
            }),
        },
        _ => Err(expr::expected("a closing parenthesis", rest)),
    }
}

fn address<'t, N: Names>(
    tokens: &'t [Token],
    names: &N,
) -> Result<(Operand, &'t [Token]), AsmErrorKind> {
    let (value, rest) = expr::parse(tokens, names)?;
    Ok((Operand::AtAddress(value), rest))
}

fn displaced<'t, N: Names>(
    index: Index,
    tokens: &'t [Token],
    names: &N,
) -> Result<(Operand, &'t [Token]), AsmErrorKind> {
    match tokens {
        [Token::Mark("+"), rest @ ..] => {
            let (value, rest) = expr::parse(rest, names)?;
            Ok((Operand::AtIndexed(index, value), rest))
        }
        [Token::Mark("-"), rest @ ..] => {
            let (value, rest_after) = expr::parse(rest, names)?;
            let used = &rest[..rest.len() - rest_after.len()];
            let mut depth = 0;
            for token in used {
                match token {
                    Token::Mark("(") => depth += 1,
                    Token::Mark(")") => depth -= 1,
                    // pasmo reads (ix-3+1) as (ix-(3+1)).
                    Token::Mark("+" | "-") if depth == 0 => {
                        return Err(AsmErrorKind::Ambiguous {
                            advice: "put parentheses around what is subtracted from the index",
                        });
                    }
                    _ => {}
                }
            }
            Ok((Operand::AtIndexed(index, value.negated()), rest_after))
        }
        _ => Ok((Operand::AtIndex(index), tokens)),
    }
}
