//! Expressions: parsed once into postfix order, evaluated when the names are known.
//!
//! pasmo computes with 16 unsigned bits and has a precedence of its own (unary minus binds weaker than `+`, a shift as
//! strong as `*`). We compute with 64 bits and refuse, rather than guess, where that would differ.

use std::rc::Rc;

use super::error::AsmErrorKind;
use super::lexer::{Token, Word};
use super::words;

/// Operators in one expression may nest this deep, and parentheses as well.
const MAX_DEPTH: u32 = 64;
/// Values on the way stay within 32 bits and a sign, so that no product overflows 64.
const MAX_VALUE: i64 = u32::MAX as i64;

/// A name's value, as the parser finds it.
pub(super) enum Lookup {
    /// Known for good: it becomes a constant of the expression.
    Known(i64),
    /// Not known yet: it is asked for again at the end, under this name.
    Later(Rc<str>),
}

/// What the parser asks its surroundings.
pub(super) trait Names {
    fn lookup(&self, name: &Word) -> Lookup;
    fn is_defined(&self, name: &Word) -> bool;
    /// The value of `$`.
    fn here(&self) -> i64;
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Value(i64),
    Name(Rc<str>),
    Unary(&'static str),
    Binary(&'static str),
}

/// An expression in postfix order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Expr {
    steps: Vec<Step>,
}

impl Expr {
    pub(super) fn constant(value: i64) -> Self {
        Self {
            steps: vec![Step::Value(value)],
        }
    }

    /// The negative of the expression.
    pub(super) fn negated(mut self) -> Self {
        self.steps.push(Step::Unary("-"));
        self
    }

    /// The value, with names looked up by `value_of`.
    pub(super) fn eval(
        &self,
        mut value_of: impl FnMut(&Rc<str>) -> Result<i64, AsmErrorKind>,
    ) -> Result<i64, AsmErrorKind> {
        let mut stack: Vec<i64> = Vec::with_capacity(4);
        for step in &self.steps {
            let value = match step {
                Step::Value(value) => *value,
                Step::Name(name) => value_of(name)?,
                Step::Unary(operator) => unary(operator, stack.pop().unwrap_or(0)),
                Step::Binary(operator) => {
                    let right = stack.pop().unwrap_or(0);
                    binary(operator, stack.pop().unwrap_or(0), right)?
                }
            };
            if let Step::Binary(operator) = step
                && !(-MAX_VALUE..=MAX_VALUE).contains(&value)
            {
                return Err(AsmErrorKind::Overflow { operator });
            }
            stack.push(value);
        }
        Ok(stack.pop().unwrap_or(0))
    }

    /// The value, if it needs no name from further down.
    pub(super) fn now(&self) -> Option<Result<i64, AsmErrorKind>> {
        match self.steps.iter().any(|s| matches!(s, Step::Name(_))) {
            true => None,
            false => Some(self.eval(|_| Ok(0))),
        }
    }

    /// A name that the expression waits for.
    pub(super) fn awaited(&self) -> Option<&Rc<str>> {
        self.steps.iter().find_map(|step| match step {
            Step::Name(name) => Some(name),
            _ => None,
        })
    }
}

/// True is all ones, which fits a byte and a word.
fn truth(value: bool) -> i64 {
    if value { -1 } else { 0 }
}

fn unary(operator: &str, value: i64) -> i64 {
    match operator {
        "-" => -value,
        "~" => !value,
        "!" => truth(value == 0),
        "high" => value >> 8 & 0xFF,
        "low" => value & 0xFF,
        _ => value,
    }
}

fn binary(operator: &'static str, left: i64, right: i64) -> Result<i64, AsmErrorKind> {
    // Where 16 unsigned bits and ours could differ, both sides must be what 16 unsigned bits can hold.
    let as_words = |value: i64| match u16::try_from(value) {
        Ok(word) => Ok(i64::from(word)),
        Err(_) => Err(AsmErrorKind::NoWord { operator, value }),
    };
    Ok(match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left
            .checked_mul(right)
            .ok_or(AsmErrorKind::Overflow { operator })?,
        "&" => left & right,
        "|" => left | right,
        "xor" => left ^ right,
        "=" => truth((left ^ right) & 0xFFFF == 0),
        "!=" => truth((left ^ right) & 0xFFFF != 0),
        _ => {
            let (left, right) = (as_words(left)?, as_words(right)?);
            match operator {
                "/" | "%" if right == 0 => return Err(AsmErrorKind::DivisionByZero),
                "/" => left / right,
                "%" => left % right,
                "<<" if right < 16 => left << right & 0xFFFF,
                ">>" if right < 16 => left >> right,
                "<<" | ">>" => 0,
                "<" => truth(left < right),
                "<=" => truth(left <= right),
                ">" => truth(left > right),
                _ => truth(left >= right),
            }
        }
    })
}

const ADVICE_UNARY: &str = "put parentheses around the sign and its number, as in (-2)+5";
const ADVICE_SHIFT: &str = "put parentheses around the shift, as in (1 << 3)+1";
const ADVICE_HIGH: &str = "put parentheses around the part, as in high (x+1)";

/// Reads expressions from the front of a token slice.
struct Parser<'t, 'n, N> {
    tokens: &'t [Token],
    names: &'n N,
    steps: Vec<Step>,
    depth: u32,
}

/// Parses one expression from the front of `tokens`; gives back what follows it.
pub(super) fn parse<'t, N: Names>(
    tokens: &'t [Token],
    names: &N,
) -> Result<(Expr, &'t [Token]), AsmErrorKind> {
    let mut parser = Parser {
        tokens,
        names,
        steps: Vec::new(),
        depth: 0,
    };
    parser.whole()?;
    let mut expr = Expr {
        steps: parser.steps,
    };
    if expr.steps.len() > 1 && expr.awaited().is_none() {
        expr = Expr::constant(expr.eval(|_| Ok(0))?);
    }
    Ok((expr, parser.tokens))
}

impl<N: Names> Parser<'_, '_, N> {
    /// `high` or `low` and a part, or operators.
    fn whole(&mut self) -> Result<(), AsmErrorKind> {
        let Some(operator) = self.take_word(&["high", "low"]) else {
            return self.alternatives();
        };
        self.primary()?;
        if self.peek_operator().is_some() {
            return Err(AsmErrorKind::Ambiguous {
                advice: ADVICE_HIGH,
            });
        }
        self.steps.push(Step::Unary(operator));
        Ok(())
    }

    fn alternatives(&mut self) -> Result<(), AsmErrorKind> {
        self.conjunction()?;
        while let Some(operator) = self.take(&["|", "xor"]) {
            self.conjunction()?;
            self.steps.push(Step::Binary(operator));
        }
        Ok(())
    }

    fn conjunction(&mut self) -> Result<(), AsmErrorKind> {
        self.signed()?;
        while let Some(operator) = self.take(&["&"]) {
            self.signed()?;
            self.steps.push(Step::Binary(operator));
        }
        Ok(())
    }

    /// A sign and its operand, or a comparison.
    fn signed(&mut self) -> Result<(), AsmErrorKind> {
        let Some(operator) = self.take(&["-", "+", "~", "!"]) else {
            return self.comparison();
        };
        self.primary()?;
        match self.peek_operator() {
            None | Some("&" | "|" | "xor") => {}
            Some(_) => {
                return Err(AsmErrorKind::Ambiguous {
                    advice: ADVICE_UNARY,
                });
            }
        }
        self.steps.push(Step::Unary(operator));
        Ok(())
    }

    fn comparison(&mut self) -> Result<(), AsmErrorKind> {
        self.sum()?;
        while let Some(operator) = self.take(&["=", "!=", "<", "<=", ">", ">="]) {
            self.sum()?;
            self.steps.push(Step::Binary(operator));
        }
        Ok(())
    }

    fn sum(&mut self) -> Result<(), AsmErrorKind> {
        let mut shifted = self.product()?;
        while let Some(operator) = self.take(&["+", "-"]) {
            shifted |= self.product()?;
            if shifted {
                return Err(AsmErrorKind::Ambiguous {
                    advice: ADVICE_SHIFT,
                });
            }
            self.steps.push(Step::Binary(operator));
        }
        Ok(())
    }

    /// Factors; says whether one of the operators was a shift.
    fn product(&mut self) -> Result<bool, AsmErrorKind> {
        self.primary()?;
        let (mut operators, mut shifted) = (0, false);
        while let Some(operator) = self.take(&["*", "/", "%", "<<", ">>"]) {
            operators += 1;
            shifted |= matches!(operator, "<<" | ">>");
            if shifted && operators > 1 {
                return Err(AsmErrorKind::Ambiguous {
                    advice: ADVICE_SHIFT,
                });
            }
            self.primary()?;
            self.steps.push(Step::Binary(operator));
        }
        Ok(shifted)
    }

    fn primary(&mut self) -> Result<(), AsmErrorKind> {
        let Some((first, rest)) = self.tokens.split_first() else {
            return Err(expected("a value", self.tokens));
        };
        let step = match first {
            Token::Number(value) => Step::Value(*value),
            Token::Text(text) => match **text {
                [byte] => Step::Value(byte.into()),
                _ => return Err(expected("a string of one character", self.tokens)),
            },
            Token::Mark("$") => Step::Value(self.names.here()),
            Token::Mark("(") => {
                self.tokens = rest;
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(AsmErrorKind::TooDeep);
                }
                self.whole()?;
                self.depth -= 1;
                return match self.take_mark(")") {
                    true => Ok(()),
                    false => Err(expected("a closing parenthesis", self.tokens)),
                };
            }
            Token::Word(word) if &*word.lower == "defined" => {
                let Some((Token::Word(name), rest)) = rest.split_first() else {
                    return Err(expected("a name", rest));
                };
                self.tokens = rest;
                self.steps
                    .push(Step::Value(truth(self.names.is_defined(name))));
                return Ok(());
            }
            Token::Word(word) if words::is_reserved(&word.lower) => {
                return Err(expected("a value", self.tokens));
            }
            Token::Word(word) => match self.names.lookup(word) {
                Lookup::Known(value) => Step::Value(value),
                Lookup::Later(name) => Step::Name(name),
            },
            Token::Mark(_) => return Err(expected("a value", self.tokens)),
        };
        self.tokens = rest;
        self.steps.push(step);
        Ok(())
    }

    fn peek_operator(&self) -> Option<&'static str> {
        match self.tokens.first()? {
            Token::Mark("," | ")" | "(" | ":" | "$") => None,
            Token::Mark(mark) => Some(mark),
            Token::Word(word) => words::operator(&word.lower),
            _ => None,
        }
    }

    fn take(&mut self, wanted: &[&'static str]) -> Option<&'static str> {
        let operator = self.peek_operator().filter(|o| wanted.contains(o))?;
        self.tokens = &self.tokens[1..];
        Some(operator)
    }

    fn take_word(&mut self, wanted: &[&'static str]) -> Option<&'static str> {
        let Some(Token::Word(word)) = self.tokens.first() else {
            return None;
        };
        let found = wanted.iter().find(|w| **w == &*word.lower)?;
        self.tokens = &self.tokens[1..];
        Some(found)
    }

    fn take_mark(&mut self, mark: &str) -> bool {
        let found = self.tokens.first().is_some_and(|t| t.is(mark));
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }
}

/// The error of finding something else than `what` at the front of `tokens`.
pub(super) fn expected(what: &'static str, tokens: &[Token]) -> AsmErrorKind {
    AsmErrorKind::Expected {
        what,
        found: match tokens.first() {
            Some(token) => format!("`{token}`"),
            None => "the end of the line".to_owned(),
        },
    }
}
