//! From lines to an image: labels, directives, macros, addresses.
//!
//! No instruction of the Z80 changes its size with a value, so one walk over the source fixes every address. What the
//! walk cannot know yet (a label further down) stays an expression and is put in at the end.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::conditions::{Branch, Conditions};
use super::encode::{self, Encoded, PatchKind};
use super::error::{AsmError, AsmErrorKind, Place};
use super::expr::{self, Expr, Lookup, Names};
use super::items::{Content, Item, Trail, in_range, unwind};
use super::lexer::{self, Line, Token, Word};
use super::statement::{
    SourceFile, SourceLine, Statement, directive_of, file_name, is_defined_by, nothing_after,
    parse_names,
};
use super::{Image, Sources, operand, words};

/// Addresses of a Z80.
const MEMORY_BYTES: u32 = 0x1_0000;
/// Macros, repetitions and includes may nest this deep.
const MAX_DEPTH: usize = 64;
/// Lines visited, repetitions counted: eight for each byte of memory.
const MAX_LINES: u32 = 8 * MEMORY_BYTES;

struct Macro {
    name: Rc<str>,
    parameters: Vec<Rc<str>>,
    body: Vec<SourceLine>,
}

enum Value {
    Known(i64),
    /// An `equ` that waits for a label further down.
    Pending(Expr),
}

struct Symbol {
    value: Value,
    place: Place,
    is_variable: bool,
}

/// Names that are local to a macro call, with the names that stand for them outside.
type Locals = HashMap<Rc<str>, Rc<str>>;

pub(super) struct Program<'s> {
    sources: &'s dyn Sources,
    symbols: HashMap<Rc<str>, Symbol>,
    /// `equ`s that wait for their value, in the order of the source.
    pending: Vec<Rc<str>>,
    /// Names that were used before they were defined.
    awaited: RefCell<HashSet<Rc<str>>>,
    macros: HashMap<Rc<str>, Rc<Macro>>,
    items: Vec<Item>,
    here: u32,
    entry: Option<(Expr, usize)>,
    has_ended: bool,
    /// The label whose `_names` are visible.
    scope: Rc<str>,
    locals: Vec<Locals>,
    blocks: u32,
    open_files: Vec<Arc<str>>,
    depth: usize,
    lines_visited: u32,
    trail: Option<Rc<Trail>>,
}

impl Names for Program<'_> {
    fn lookup(&self, name: &Word) -> Lookup {
        let key = self.key(name);
        match self.symbols.get(&key).map(|symbol| &symbol.value) {
            Some(Value::Known(value)) => Lookup::Known(*value),
            Some(Value::Pending(_)) => Lookup::Later(key),
            None => {
                self.awaited.borrow_mut().insert(Rc::clone(&key));
                Lookup::Later(key)
            }
        }
    }

    fn is_defined(&self, name: &Word) -> bool {
        self.symbols.contains_key(&self.key(name))
    }

    fn here(&self) -> i64 {
        self.here.into()
    }
}

impl<'s> Program<'s> {
    pub(super) fn new(sources: &'s dyn Sources) -> Self {
        Self {
            sources,
            symbols: HashMap::new(),
            pending: Vec::new(),
            awaited: RefCell::default(),
            macros: HashMap::new(),
            items: Vec::new(),
            here: 0,
            entry: None,
            has_ended: false,
            scope: "".into(),
            locals: Vec::new(),
            blocks: 0,
            open_files: Vec::new(),
            depth: 0,
            lines_visited: 0,
            trail: None,
        }
    }

    /// Gives a name a value from outside, as if an `equ` stood above the source.
    pub(super) fn predefine(&mut self, name: &str, value: i64) -> Result<(), AsmError> {
        let place = Place {
            file: format!("definition of {name}").into(),
            line: 0,
        };
        let word = match lexer::tokenize(name).map(|line| line.tokens).as_deref() {
            Ok([Token::Word(word)]) if &*word.text == name => Ok(word.clone()),
            _ => Err(AsmErrorKind::Expected {
                what: "a name",
                found: format!("`{name}`"),
            }),
        };
        word.and_then(|word| self.define(&word, Value::Known(value), place.clone(), false))
            .map_err(|kind| AsmError {
                at: place,
                kind,
                trail: Vec::new(),
            })
    }

    /// Assembles the file `name`.
    pub(super) fn file(&mut self, name: &str) -> Result<(), AsmError> {
        let whole = Place {
            file: name.into(),
            line: 0,
        };
        let lines = self.load(name).map_err(|(line, kind)| AsmError {
            at: Place {
                line,
                ..whole.clone()
            },
            kind,
            trail: unwind(self.trail.as_ref()),
        })?;
        self.open_files.push(whole.file);
        let result = self.block(&lines);
        self.open_files.pop();
        result
    }

    /// Reads and splits a file; an error comes with its line.
    fn load(&self, name: &str) -> Result<Vec<SourceLine>, (u32, AsmErrorKind)> {
        let bytes = self.read(name).map_err(|kind| (0, kind))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            let cause = "not UTF-8 text".to_owned();
            let name = name.to_owned();
            (0, AsmErrorKind::NoSuchFile { name, cause })
        })?;
        let file = Arc::new(SourceFile {
            name: name.into(),
            lines: text.lines().map(str::to_owned).collect(),
        });
        let mut lines = Vec::with_capacity(file.lines.len());
        for (number, text) in (1..).zip(&file.lines) {
            lines.push(SourceLine {
                file: Arc::clone(&file),
                number,
                line: lexer::tokenize(text).map_err(|kind| (number, kind))?,
            });
        }
        Ok(lines)
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, AsmErrorKind> {
        match self.sources.read(name) {
            Ok(bytes) => Ok(bytes.into_owned()),
            Err(cause) => Err(AsmErrorKind::NoSuchFile {
                name: name.to_owned(),
                cause,
            }),
        }
    }

    /// The name under which `name` is known here.
    fn key(&self, name: &Word) -> Rc<str> {
        for locals in self.locals.iter().rev() {
            if let Some(key) = locals.get(&name.text) {
                return Rc::clone(key);
            }
        }
        if name.text.starts_with('_') {
            format!("{}:{}", self.scope, name.text).into()
        } else {
            Rc::clone(&name.text)
        }
    }

    /// Assembles lines in order; every `if` among them must end among them.
    fn block(&mut self, lines: &[SourceLine]) -> Result<(), AsmError> {
        if self.depth >= MAX_DEPTH {
            return match lines.first() {
                Some(line) => Err(self.error(line, AsmErrorKind::TooDeep)),
                None => Ok(()),
            };
        }
        self.depth += 1;
        let result = self.statements(lines);
        self.depth -= 1;
        result
    }

    fn error(&self, line: &SourceLine, kind: AsmErrorKind) -> AsmError {
        AsmError {
            at: Place {
                file: Arc::clone(&line.file.name),
                line: line.number,
            },
            kind,
            trail: unwind(self.trail.as_ref()),
        }
    }

    fn statements(&mut self, lines: &[SourceLine]) -> Result<(), AsmError> {
        let mut conditions = Conditions::default();
        let mut at = 0;
        while let Some(line) = lines.get(at).filter(|_| !self.has_ended) {
            at += 1;
            let taken = self
                .statement(line, &lines[at..], &mut conditions)
                .map_err(|failure| match failure {
                    Failure::Here(kind) => self.error(line, kind),
                    Failure::Inside(error) => error,
                })?;
            at += taken;
        }
        match (conditions.open.last(), self.has_ended) {
            (Some(&(opened, _)), false) => Err(AsmError {
                at: Place {
                    line: opened,
                    ..self.error(&lines[0], AsmErrorKind::TooDeep).at
                },
                kind: AsmErrorKind::Unterminated { block: "if" },
                trail: unwind(self.trail.as_ref()),
            }),
            _ => Ok(()),
        }
    }

    fn visit(&mut self, lines: usize) -> Result<(), AsmErrorKind> {
        self.lines_visited = self
            .lines_visited
            .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        match self.lines_visited > MAX_LINES {
            true => Err(AsmErrorKind::TooManyLines),
            false => Ok(()),
        }
    }

    /// Assembles one line; says how many of the `following` lines it has taken with it.
    fn statement(
        &mut self,
        line: &SourceLine,
        following: &[SourceLine],
        conditions: &mut Conditions,
    ) -> Result<usize, Failure> {
        self.visit(1)?;
        if !conditions.are_met() {
            conditions.skip(line)?;
            return Ok(0);
        }
        let statement = self.split(&line.line)?;
        let Some(operation) = statement.operation else {
            if let Some(label) = statement.label {
                self.label(label, line)?;
            }
            self.emit(line, Content::Nothing)?;
            return Ok(0);
        };
        let operands = statement.operands;
        // Three directives give the label another meaning.
        match &*operation.lower {
            "equ" | "defl" => {
                let content = self.equate(&statement, operation, line)?;
                self.emit(line, content)?;
                return Ok(0);
            }
            "macro" => return Ok(self.macro_definition(&statement, line, following)?),
            _ => {}
        }
        if let Some(label) = statement.label {
            self.label(label, line)?;
        }
        let content = match &*operation.lower {
            "if" => {
                let condition = self.value_now(operands, "if")?;
                conditions
                    .open
                    .push((line.number, Branch::first(condition)));
                Content::Nothing
            }
            "else" | "endif" => {
                nothing_after(operands)?;
                conditions.change(&operation.lower)?;
                Content::Nothing
            }
            "org" => {
                let to = self.value_now(operands, "org")?;
                let to = in_range("org", to, 0, 0xFFFF)? as u32;
                if to < self.here && self.items.iter().any(Item::takes_space) {
                    let from = self.here;
                    return Err(AsmErrorKind::OrgBackwards { from, to }.into());
                }
                self.here = to;
                Content::Nothing
            }
            "db" | "defb" | "defm" => self.data_bytes(operands)?,
            "dw" | "defw" => self.data_words(operands)?,
            "ds" | "defs" => self.reserve(operands)?,
            "incbin" => {
                let name = file_name(operands)?;
                Content::Data(Encoded {
                    bytes: self.read(&name)?,
                    patches: Vec::new(),
                })
            }
            "include" => {
                let name = file_name(operands)?;
                self.emit(line, Content::Nothing)?;
                self.include(&name, line)?;
                return Ok(0);
            }
            "rept" => {
                let times = self.value_now(operands, "rept")?;
                let times = in_range("count", times, 0, 0xFFFF)?;
                let length = self.body_length(following, "rept")?;
                self.repeat(times, &following[..length])?;
                return Ok(length + 1);
            }
            "local" => {
                self.local(operands)?;
                Content::Nothing
            }
            "end" => {
                if !operands.is_empty() {
                    let (value, rest) = expr::parse(operands, self)?;
                    nothing_after(rest)?;
                    self.entry = Some((value, self.items.len()));
                }
                self.has_ended = true;
                Content::Nothing
            }
            ".error" => {
                let message = match operands {
                    [Token::Text(text)] => String::from_utf8_lossy(text).into_owned(),
                    _ => String::new(),
                };
                return Err(AsmErrorKind::Refused { message }.into());
            }
            "endm" => {
                let directive = operation.lower.to_string();
                return Err(AsmErrorKind::Unmatched { directive }.into());
            }
            name if words::is_instruction(name) => self.instruction(operation, operands)?,
            _ => match self.macros.get(&operation.text) {
                Some(called) => {
                    let called = Rc::clone(called);
                    self.emit(line, Content::Nothing)?;
                    self.call(&called, operands, line)?;
                    return Ok(0);
                }
                None => {
                    let name = match statement.label {
                        Some(label) if !statement.has_colon => &label.text,
                        _ => &operation.text,
                    };
                    let name = name.to_string();
                    return Err(AsmErrorKind::UnknownInstruction { name }.into());
                }
            },
        };
        self.emit(line, content)?;
        Ok(0)
    }

    /// Tells label, operation and operands apart.
    fn split<'t>(&self, line: &'t Line) -> Result<Statement<'t>, AsmErrorKind> {
        let mut statement = Statement {
            label: None,
            has_colon: false,
            operation: None,
            operands: &[],
        };
        let after = match &line.tokens[..] {
            [] => return Ok(statement),
            [Token::Word(label), Token::Mark(":"), rest @ ..] => {
                statement.label = Some(label);
                statement.has_colon = true;
                rest
            }
            [Token::Word(label), rest @ ..] if is_defined_by(rest) => {
                statement.label = Some(label);
                rest
            }
            [Token::Word(word), ..]
                if words::is_instruction(&word.lower)
                    || words::is_directive(&word.lower)
                    || self.macros.contains_key(&word.text) =>
            {
                &line.tokens[..]
            }
            [Token::Word(label), rest @ ..] if line.at_margin => {
                statement.label = Some(label);
                rest
            }
            [Token::Word(word), ..] => {
                let name = word.text.to_string();
                return Err(AsmErrorKind::UnknownInstruction { name });
            }
            rest => return Err(expr::expected("a label or an instruction", rest)),
        };
        match after {
            [] => {}
            [Token::Word(operation), operands @ ..] => {
                statement.operation = Some(operation);
                statement.operands = operands;
            }
            rest => return Err(expr::expected("an instruction", rest)),
        }
        Ok(statement)
    }

    fn define(
        &mut self,
        name: &Word,
        value: Value,
        place: Place,
        is_variable: bool,
    ) -> Result<(), AsmErrorKind> {
        if words::is_reserved(&name.lower) {
            let name = name.text.to_string();
            return Err(AsmErrorKind::ReservedWord { name });
        }
        let key = self.key(name);
        if let Some(first) = self.symbols.get(&key)
            && !(is_variable && first.is_variable)
        {
            return Err(AsmErrorKind::Duplicate {
                name: name.text.to_string(),
                first: first.place.to_string(),
            });
        }
        if self.macros.contains_key(&key) {
            return Err(AsmErrorKind::Duplicate {
                name: name.text.to_string(),
                first: "a macro".to_owned(),
            });
        }
        // As in pasmo, a name of any kind ends the reach of the `_names` above it.
        if !name.text.starts_with('_') {
            self.scope = match is_variable {
                true => {
                    self.blocks += 1;
                    format!("{key}@{}", self.blocks).into()
                }
                false => Rc::clone(&key),
            };
        }
        let symbol = Symbol {
            value,
            place,
            is_variable,
        };
        self.symbols.insert(key, symbol);
        Ok(())
    }

    fn label(&mut self, name: &Word, line: &SourceLine) -> Result<(), AsmErrorKind> {
        let value = Value::Known(self.here.into());
        self.define(name, value, line.place(), false)
    }

    fn equate(
        &mut self,
        statement: &Statement<'_>,
        operation: &Word,
        line: &SourceLine,
    ) -> Result<Content, AsmErrorKind> {
        let is_variable = &*operation.lower == "defl";
        let Some(name) = statement.label else {
            return Err(expr::expected("a name before equ or defl", &[]));
        };
        let key = self.key(name);
        let value = if is_variable {
            Value::Known(self.value_now(statement.operands, "defl")?)
        } else {
            let (value, rest) = expr::parse(statement.operands, self)?;
            nothing_after(rest)?;
            match (value.now(), value.awaited()) {
                (Some(known), _) => Value::Known(known?),
                (None, through) => {
                    // Whoever used this name above would get a wrong value from a two-pass assembler.
                    if self.awaited.borrow().contains(&key) {
                        return Err(AsmErrorKind::ForwardChain {
                            name: name.text.to_string(),
                            through: through
                                .map(std::string::ToString::to_string)
                                .unwrap_or_default(),
                        });
                    }
                    Value::Pending(value)
                }
            }
        };
        if matches!(value, Value::Pending(_)) {
            self.pending.push(Rc::clone(&key));
        }
        self.define(name, value, line.place(), is_variable)?;
        Ok(Content::Equate(key))
    }

    /// The value of an expression that must not wait.
    fn value_now(&self, tokens: &[Token], directive: &'static str) -> Result<i64, AsmErrorKind> {
        let (value, rest) = expr::parse(tokens, self)?;
        nothing_after(rest)?;
        self.known(&value, directive)
    }

    fn known(&self, value: &Expr, directive: &'static str) -> Result<i64, AsmErrorKind> {
        match (value.now(), value.awaited()) {
            (Some(value), _) => value,
            (None, name) => Err(AsmErrorKind::NotYetDefined {
                name: name
                    .map(std::string::ToString::to_string)
                    .unwrap_or_default(),
                directive,
            }),
        }
    }

    fn emit(&mut self, line: &SourceLine, content: Content) -> Result<(), AsmErrorKind> {
        let item = Item {
            address: self.here,
            file: Arc::clone(&line.file),
            number: line.number,
            trail: self.trail.clone(),
            content,
        };
        self.here = self.here.saturating_add(item.size());
        self.items.push(item);
        match self.here.checked_sub(MEMORY_BYTES) {
            None | Some(0) => Ok(()),
            Some(over) => Err(AsmErrorKind::BeyondMemory { over }),
        }
    }

    fn instruction(&self, name: &Word, operands: &[Token]) -> Result<Content, AsmErrorKind> {
        let parsed = operand::parse_all(operands, self)?;
        match encode::encode(&name.lower, parsed) {
            Some(encoded) => Ok(Content::Instruction(encoded)),
            None => {
                let operands: String = operands.iter().map(ToString::to_string).collect();
                let instruction = format!("{} {operands}", name.lower).trim_end().to_owned();
                Err(AsmErrorKind::BadOperands { instruction })
            }
        }
    }

    fn data_bytes(&self, operands: &[Token]) -> Result<Content, AsmErrorKind> {
        let mut data = Encoded::default();
        let mut rest = operands;
        loop {
            match rest {
                [Token::Text(text), after @ ..] if matches!(after, [] | [Token::Mark(","), ..]) => {
                    data.bytes.extend_from_slice(text);
                    rest = after;
                }
                _ => {
                    let (value, after) = expr::parse(rest, self)?;
                    data = data.with(PatchKind::Byte, value);
                    rest = after;
                }
            }
            match rest {
                [Token::Mark(","), after @ ..] => rest = after,
                _ => {
                    nothing_after(rest)?;
                    return Ok(Content::Data(data));
                }
            }
        }
    }

    fn data_words(&self, operands: &[Token]) -> Result<Content, AsmErrorKind> {
        let mut data = Encoded::default();
        let mut rest = operands;
        loop {
            let (value, after) = expr::parse(rest, self)?;
            data = data.with(PatchKind::Word, value);
            match after {
                [Token::Mark(","), after @ ..] => rest = after,
                _ => {
                    nothing_after(after)?;
                    return Ok(Content::Data(data));
                }
            }
        }
    }

    fn reserve(&self, operands: &[Token]) -> Result<Content, AsmErrorKind> {
        let (size, rest) = expr::parse(operands, self)?;
        let size = in_range("size", self.known(&size, "ds")?, 0, MEMORY_BYTES.into())? as u32;
        let (fill, rest) = match rest {
            [Token::Mark(","), rest @ ..] => {
                let (fill, rest) = expr::parse(rest, self)?;
                (Some(fill), rest)
            }
            rest => (None, rest),
        };
        nothing_after(rest)?;
        Ok(Content::Reserve { size, fill })
    }

    fn step_inside(&mut self, line: &SourceLine, what: String) -> Option<Rc<Trail>> {
        let step = Trail {
            place: line.place(),
            what,
            outer: self.trail.clone(),
        };
        self.trail.replace(Rc::new(step))
    }

    fn include(&mut self, name: &str, line: &SourceLine) -> Result<(), Failure> {
        if self.open_files.iter().any(|open| **open == *name) {
            let name = name.to_owned();
            return Err(AsmErrorKind::IncludeLoop { name }.into());
        }
        if self.depth > self.open_files.len() {
            let directive = "include";
            return Err(AsmErrorKind::NotInBlock { directive }.into());
        }
        let outer = self.step_inside(line, format!("includes {name}"));
        let result = self.file(name);
        if result.is_ok() {
            self.trail = outer;
        }
        result.map_err(Failure::Inside)
    }

    /// Lines up to the `endm` that closes a block.
    fn body_length(
        &mut self,
        following: &[SourceLine],
        block: &'static str,
    ) -> Result<usize, AsmErrorKind> {
        let mut depth = 0;
        for (length, line) in following.iter().enumerate() {
            match directive_of(&line.line) {
                Some("macro" | "rept") => depth += 1,
                Some("endm") if depth == 0 => {
                    self.visit(length)?;
                    return Ok(length);
                }
                Some("endm") => depth -= 1,
                _ => {}
            }
        }
        Err(AsmErrorKind::Unterminated { block })
    }

    fn repeat(&mut self, times: i64, body: &[SourceLine]) -> Result<(), Failure> {
        let outer_scope = Rc::clone(&self.scope);
        for _ in 0..times {
            self.visit(1)?;
            self.blocks += 1;
            self.scope = format!("rept@{}", self.blocks).into();
            self.block(body).map_err(Failure::Inside)?;
        }
        self.scope = outer_scope;
        Ok(())
    }

    /// `NAME macro P, Q` or `macro NAME, P, Q`.
    fn macro_definition(
        &mut self,
        statement: &Statement<'_>,
        line: &SourceLine,
        following: &[SourceLine],
    ) -> Result<usize, AsmErrorKind> {
        if self.depth > self.open_files.len() {
            let directive = "macro";
            return Err(AsmErrorKind::NotInBlock { directive });
        }
        let (name, list) = match (statement.label, statement.operands) {
            (Some(name), list) => (name, list),
            (None, [Token::Word(name), Token::Mark(","), list @ ..]) => (name, list),
            (None, [Token::Word(name)]) => (name, &[][..]),
            (None, other) => return Err(expr::expected("the macro's name", other)),
        };
        let parameters = parse_names(list)?;
        let reserved = |word: &&Word| words::is_reserved(&word.lower);
        if let Some(word) = parameters.iter().chain([name]).find(reserved) {
            let name = word.text.to_string();
            return Err(AsmErrorKind::ReservedWord { name });
        }
        if self.macros.contains_key(&name.text) || self.symbols.contains_key(&name.text) {
            return Err(AsmErrorKind::Duplicate {
                name: name.text.to_string(),
                first: "another place".to_owned(),
            });
        }
        let length = self.body_length(following, "macro")?;
        let defined = Macro {
            name: Rc::clone(&name.text),
            parameters: parameters.into_iter().map(|word| word.text).collect(),
            body: following[..length].to_vec(),
        };
        self.macros.insert(Rc::clone(&name.text), Rc::new(defined));
        self.emit(line, Content::Nothing)?;
        for line in &following[..=length] {
            self.emit(line, Content::Nothing)?;
        }
        Ok(length + 1)
    }

    fn call(
        &mut self,
        called: &Macro,
        operands: &[Token],
        line: &SourceLine,
    ) -> Result<(), Failure> {
        let arguments: Vec<&[Token]> = match operands {
            [] => Vec::new(),
            _ => operands.split(|token| token.is(",")).collect(),
        };
        if arguments.len() != called.parameters.len() {
            return Err(Failure::Here(AsmErrorKind::ArgumentCount {
                name: called.name.to_string(),
                expected: called.parameters.len(),
                found: arguments.len(),
            }));
        }
        let substitute = |token: &Token| -> Vec<Token> {
            let argument = match token {
                Token::Word(word) => called.parameters.iter().position(|p| **p == *word.text),
                _ => None,
            };
            match argument {
                Some(i) => arguments[i].to_vec(),
                None => vec![token.clone()],
            }
        };
        let body: Vec<SourceLine> = called
            .body
            .iter()
            .map(|line| SourceLine {
                line: Line {
                    tokens: line.line.tokens.iter().flat_map(substitute).collect(),
                    at_margin: line.line.at_margin,
                },
                ..line.clone()
            })
            .collect();
        self.blocks += 1;
        let scope: Rc<str> = format!("{}@{}", called.name, self.blocks).into();
        let outer_scope = std::mem::replace(&mut self.scope, scope);
        let outer = self.step_inside(line, format!("calls macro {}", called.name));
        self.locals.push(Locals::new());
        let result = self.block(&body);
        self.locals.pop();
        if result.is_ok() {
            self.trail = outer;
        }
        self.scope = outer_scope;
        result.map_err(Failure::Inside)
    }

    fn local(&mut self, operands: &[Token]) -> Result<(), AsmErrorKind> {
        let names = parse_names(operands)?;
        let block = self.blocks;
        let Some(locals) = self.locals.last_mut() else {
            return Err(AsmErrorKind::NotInMacro);
        };
        for name in names {
            if words::is_reserved(&name.lower) {
                let name = name.text.to_string();
                return Err(AsmErrorKind::ReservedWord { name });
            }
            let key = format!("{}:{}@{block}", self.scope, name.text).into();
            locals.insert(name.text, key);
        }
        Ok(())
    }

    /// Puts in the values that had to wait, and lays out the image.
    pub(super) fn finish(mut self) -> Result<Image, AsmError> {
        for key in std::mem::take(&mut self.pending) {
            let Some(symbol) = self.symbols.get(&key) else {
                continue;
            };
            if let Value::Pending(expr) = &symbol.value {
                let value = expr
                    .eval(|name| self.value_of(name))
                    .map_err(|kind| AsmError {
                        at: symbol.place.clone(),
                        kind,
                        trail: Vec::new(),
                    })?;
                if let Some(symbol) = self.symbols.get_mut(&key) {
                    symbol.value = Value::Known(value);
                }
            }
        }
        let spaces = || self.items.iter().filter(|item| item.takes_space());
        let origin = spaces().next().map_or(self.here, |item| item.address);
        let end = spaces()
            .next_back()
            .map_or(origin, |item| item.address + item.size());
        let mut bytes = Vec::new();
        let mut rows = Vec::with_capacity(self.items.len());
        for item in &self.items {
            let row = item
                .place(origin, &mut bytes, |name| self.value_of(name))
                .map_err(|kind| item.error(kind))?;
            rows.push(row);
        }
        let entry = match &self.entry {
            None => None,
            Some((expr, item)) => {
                let value = expr
                    .eval(|name| self.value_of(name))
                    .and_then(|value| in_range("entry", value, 0, 0xFFFF));
                Some(value.map_err(|kind| self.items[*item].error(kind))? as u16)
            }
        };
        let symbols = self.symbols.iter();
        let symbols = symbols.filter_map(|(name, symbol)| match symbol.value {
            Value::Known(value) => Some((name.to_string(), value)),
            Value::Pending(_) => None,
        });
        Ok(Image {
            // An origin of 65536 can only belong to an image without bytes.
            origin: u16::try_from(origin).unwrap_or(u16::MAX),
            bytes,
            end,
            entry,
            symbols: symbols.collect(),
            rows,
        })
    }

    fn value_of(&self, name: &Rc<str>) -> Result<i64, AsmErrorKind> {
        match self.symbols.get(name).map(|symbol| &symbol.value) {
            Some(Value::Known(value)) => Ok(*value),
            _ => Err(AsmErrorKind::Undefined {
                // `_names` and macro locals carry the label or call that they belong to.
                name: name.rsplit(':').next().unwrap_or(name).to_owned(),
            }),
        }
    }
}

/// An error in a line, or one from inside the lines that it stands for.
enum Failure {
    Here(AsmErrorKind),
    Inside(AsmError),
}

impl From<AsmErrorKind> for Failure {
    fn from(kind: AsmErrorKind) -> Self {
        Self::Here(kind)
    }
}
