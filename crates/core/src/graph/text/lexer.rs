//! One line of text into tokens, and a cursor over them that knows where it stands.

use std::fmt;
use std::iter::Peekable;
use std::str::{CharIndices, FromStr};

use crate::error::{Error, Result};

/// A token of a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// A key, label, keyword, number or lone `-`.
    Word(&'t str),
    /// A quoted text, unescaped.
    Quoted(String),
    /// Punctuation.
    Mark(char),
    /// The end of the line.
    End,
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "`{word}`"),
            Self::Quoted(text) => write!(f, "{text:?}"),
            Self::Mark(mark) => write!(f, "`{mark}`"),
            Self::End => f.write_str("the end of the line"),
        }
    }
}

/// The marks of the syntax.
const MARKS: &str = ":=,()[]{}@!?";

fn starts_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_%-.".contains(c)
}

fn continues_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_./+-".contains(c)
}

/// The tokens of one line and a position among them.
pub(super) struct Line<'t> {
    tokens: Vec<(Token<'t>, usize)>,
    at: usize,
    number: usize,
}

impl<'t> Line<'t> {
    /// Splits `text`, line `number` of the source counted from 1.
    pub(super) fn split(text: &'t str, number: usize) -> Result<Self> {
        let mut line = Self {
            tokens: Vec::new(),
            at: 0,
            number,
        };
        let mut chars = text.char_indices().peekable();
        while let Some((start, c)) = chars.next() {
            let token = match c {
                '#' => break,
                c if c.is_whitespace() => continue,
                '"' => match quoted(&mut chars) {
                    Ok(text) => Token::Quoted(text),
                    Err(what) => return Err(line.error(column(text, start), what)),
                },
                c if MARKS.contains(c) => Token::Mark(c),
                c if starts_word(c) => {
                    let mut end = start + 1;
                    while chars.next_if(|&(_, c)| continues_word(c)).is_some() {
                        end += 1;
                    }
                    Token::Word(&text[start..end])
                }
                c => {
                    let what = format!("{c:?} has no meaning here; names that hold it need quotes");
                    return Err(line.error(column(text, start), what));
                }
            };
            line.tokens.push((token, start));
        }
        // Columns are looked up once a line: tokens lie in order, so one walk does for all.
        line.tokens.push((Token::End, text.len()));
        line.count_columns(text);
        Ok(line)
    }

    /// Turns byte offsets into columns, counted in characters from 1.
    fn count_columns(&mut self, text: &str) {
        let (mut offset, mut chars) = (0, 0);
        for (_, place) in &mut self.tokens {
            chars += text[offset..*place].chars().count();
            offset = *place;
            *place = chars + 1;
        }
    }

    /// The token the cursor stands at.
    pub(super) fn peek(&self) -> &Token<'t> {
        &self.tokens[self.at].0
    }

    /// The token behind it.
    pub(super) fn peek_second(&self) -> &Token<'t> {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)].0
    }

    /// Moves over the current token; stays at the end.
    pub(super) fn advance(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
    }

    /// Moves over `mark` if it is there.
    pub(super) fn take(&mut self, mark: char) -> bool {
        let here = *self.peek() == Token::Mark(mark);
        if here {
            self.advance();
        }
        here
    }

    /// Moves over `mark`, which must be there.
    pub(super) fn expect(&mut self, mark: char) -> Result<()> {
        if self.take(mark) {
            Ok(())
        } else {
            Err(self.unexpected(format_args!("`{mark}`")))
        }
    }

    /// Moves over a word, which must be there and is said to be `what`.
    pub(super) fn word(&mut self, what: &str) -> Result<&'t str> {
        match *self.peek() {
            Token::Word(word) => {
                self.advance();
                Ok(word)
            }
            _ => Err(self.unexpected(what)),
        }
    }

    /// Moves over a number, which must be there and is said to be `what`.
    pub(super) fn number<N: FromStr>(&mut self, what: &str) -> Result<N> {
        match self.peek() {
            Token::Word(word) => match word.parse() {
                Ok(number) => {
                    self.advance();
                    Ok(number)
                }
                Err(_) => Err(self.unexpected(what)),
            },
            _ => Err(self.unexpected(what)),
        }
    }

    /// Moves over `(item, item, ...)` with any pair of brackets; `item` reads one.
    pub(super) fn list<T>(
        &mut self,
        [open, close]: [char; 2],
        mut item: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.expect(open)?;
        let mut items = Vec::new();
        if self.take(close) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.take(close) {
                return Ok(items);
            }
            if !self.take(',') {
                return Err(self.unexpected(format_args!("`,` or `{close}`")));
            }
        }
    }

    /// The line must end here.
    pub(super) fn end(&self) -> Result<()> {
        match self.peek() {
            Token::End => Ok(()),
            _ => Err(self.unexpected("the end of the line")),
        }
    }

    /// What stands here is not what should.
    pub(super) fn unexpected(&self, wanted: impl fmt::Display) -> Error {
        self.fault(format_args!("found {}, write {wanted}", self.peek()))
    }

    /// Something is wrong with what stands here.
    pub(super) fn fault(&self, what: impl fmt::Display) -> Error {
        self.error(self.tokens[self.at].1, what)
    }

    /// Something is wrong with what was just moved over.
    pub(super) fn fault_before(&self, what: impl fmt::Display) -> Error {
        self.error(self.tokens[self.at.saturating_sub(1)].1, what)
    }

    fn error(&self, column: usize, what: impl fmt::Display) -> Error {
        Error::new(format_args!(
            "line {}, column {column}: {what}",
            self.number
        ))
    }
}

fn column(text: &str, offset: usize) -> usize {
    text[..offset].chars().count() + 1
}

/// The rest of a quoted text whose opening quote was read.
fn quoted(chars: &mut Peekable<CharIndices<'_>>) -> Result<String, &'static str> {
    let mut text = String::new();
    loop {
        match chars.next().map(|(_, c)| c) {
            None => return Err("the quoted text does not end; add `\"`"),
            Some('"') => return Ok(text),
            Some('\\') => text.push(escaped(chars)?),
            Some(c) => text.push(c),
        }
    }
}

/// The character behind a backslash.
fn escaped(chars: &mut Peekable<CharIndices<'_>>) -> Result<char, &'static str> {
    const WRONG: &str = "unknown escape; write `\\\"`, `\\\\`, `\\n`, `\\r`, `\\t` or `\\u{1f}`";
    match chars.next().map(|(_, c)| c) {
        Some(c @ ('"' | '\\')) => Ok(c),
        Some('n') => Ok('\n'),
        Some('r') => Ok('\r'),
        Some('t') => Ok('\t'),
        Some('u') => {
            chars.next_if(|&(_, c)| c == '{').ok_or(WRONG)?;
            let mut code = 0u32;
            while let Some((_, digit)) = chars.next_if(|(_, c)| c.is_ascii_hexdigit()) {
                let digit = digit.to_digit(16).ok_or(WRONG)?;
                code = code.checked_mul(16).ok_or(WRONG)? | digit;
            }
            chars.next_if(|&(_, c)| c == '}').ok_or(WRONG)?;
            char::from_u32(code).ok_or(WRONG)
        }
        _ => Err(WRONG),
    }
}
