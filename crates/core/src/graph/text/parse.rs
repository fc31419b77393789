//! Text into a graph.

use rustc_hash::FxHashMap;

use crate::error::Result;
use crate::graph::{Graph, GraphBuilder, Op, OpKind, Tensor};
use crate::ids::{OpId, TensorId};
use crate::units::Bytes;

use super::fields::{self, Fields, optional_quoted};
use super::is_identifier;
use super::lexer::{Line, Token};

/// Reads a graph from the [text syntax](crate::graph::text).
///
/// # Errors
/// Names line, column and remedy for what cannot be read; what reads well but is no graph is refused as
/// [`GraphBuilder::build`] refuses it.
pub fn parse(text: &str) -> Result<Graph> {
    let mut parser = Parser::default();
    for (line, number) in text.lines().zip(1..) {
        let mut line = Line::split(line, number)?;
        if *line.peek() != Token::End {
            parser.statement(&mut line)?;
            line.end()?;
        }
    }
    parser.builder.build()
}

#[derive(Default)]
struct Parser {
    builder: GraphBuilder,
    keys: FxHashMap<String, TensorId>,
    /// Whether a statement other than `graph` was read.
    begun: bool,
}

impl Parser {
    fn statement(&mut self, line: &mut Line<'_>) -> Result<()> {
        let first = !std::mem::replace(&mut self.begun, true);
        // A word is a keyword if a second word follows; so tensors and labels may be called `input`.
        match (line.peek().clone(), line.peek_second()) {
            (Token::Word("graph"), Token::Quoted(_)) => self.graph(line, first),
            (Token::Word("input"), Token::Word(_)) => {
                let inputs = self.list(line)?;
                inputs.into_iter().for_each(|t| self.builder.input(t));
                Ok(())
            }
            (Token::Word("output"), Token::Word(_)) => {
                let outputs = self.list(line)?;
                outputs.into_iter().for_each(|t| self.builder.output(t));
                Ok(())
            }
            (Token::Word("after"), Token::Word(_)) => {
                line.advance();
                let mut op = || line.number("the number of an operator").map(OpId);
                let (before, after) = (op()?, op()?);
                self.builder.control(before, after);
                Ok(())
            }
            (Token::Word(_) | Token::Quoted(_), Token::Mark('(' | '{')) => {
                self.operator(line, Vec::new())
            }
            _ => self.declarations(line),
        }
    }

    fn graph(&mut self, line: &mut Line<'_>, first: bool) -> Result<()> {
        if !first {
            return Err(line.fault("`graph` comes once and before all else; move it up"));
        }
        line.advance();
        let name = optional_quoted(line).unwrap_or_default();
        self.builder = GraphBuilder::new(name);
        Ok(())
    }

    /// The tensors behind a keyword.
    fn list(&self, line: &mut Line<'_>) -> Result<Vec<TensorId>> {
        line.advance();
        let mut tensors = vec![self.known(line)?];
        while line.take(',') {
            tensors.push(self.known(line)?);
        }
        Ok(tensors)
    }

    /// A tensor that was declared above.
    fn known(&self, line: &mut Line<'_>) -> Result<TensorId> {
        let key = line.word("the key of a tensor")?;
        self.keys.get(key).copied().ok_or_else(|| {
            line.fault_before(format_args!(
                "`{key}` is not declared above; add a line `{key}: BYTES`"
            ))
        })
    }

    /// `a: 10` or `a, b: 6 = SPLIT(x)`.
    fn declarations(&mut self, line: &mut Line<'_>) -> Result<()> {
        let mut outputs = Vec::new();
        let mut all_declared = true;
        loop {
            if *line.peek_second() == Token::Mark(':') {
                outputs.push(self.declaration(line)?);
            } else {
                outputs.push(self.known(line)?);
                all_declared = false;
            }
            if !line.take(',') {
                break;
            }
        }
        if line.take('=') {
            self.operator(line, outputs)
        } else if all_declared {
            Ok(())
        } else {
            Err(line.unexpected("`=` and the operator"))
        }
    }

    fn declaration(&mut self, line: &mut Line<'_>) -> Result<TensorId> {
        let key = line.word("the key of a tensor")?;
        self.check_key(line, key)?;
        line.expect(':')?;
        let mut fields = Fields::default();
        while fields.read(line)? {}
        let bytes = fields
            .bytes
            .or_else(|| fields.array.as_ref()?.bytes().map(|b| b.0));
        let bytes = bytes.ok_or_else(|| line.unexpected("the tensor's bytes, a number"))?;
        let from_key = || if is_identifier(key) { key } else { "" }.to_owned();
        let tensor = self.builder.tensor(Tensor {
            name: fields.name.unwrap_or_else(from_key),
            bytes: Bytes(bytes),
            role: fields.role,
            array: fields.array,
        });
        self.keys.insert(key.to_owned(), tensor);
        if fields.input {
            self.builder.input(tensor);
        }
        if fields.output {
            self.builder.output(tensor);
        }
        Ok(tensor)
    }

    fn check_key(&self, line: &Line<'_>, key: &str) -> Result<()> {
        if self.keys.contains_key(key) {
            return Err(line.fault_before(format_args!("`{key}` is declared twice; rename one")));
        }
        let own = format!("%{}", self.keys.len());
        if key == own || is_identifier(key) {
            Ok(())
        } else {
            Err(line.fault_before(format_args!(
                "`{key}` is no key; write an identifier or `{own}`, this tensor's number"
            )))
        }
    }

    /// `SPLIT{split data=0}(x, -, w) @"op name" !`
    fn operator(&mut self, line: &mut Line<'_>, outputs: Vec<TensorId>) -> Result<()> {
        let label = match optional_quoted(line) {
            Some(label) => label,
            None => line.word("an operator, `LABEL(inputs)`")?.to_owned(),
        };
        let kind = match line.take('{') {
            true => fields::kind(line)?,
            false => OpKind::Opaque,
        };
        let inputs = line.list(['(', ')'], |line| match line.peek() {
            Token::Word("-") => {
                line.advance();
                Ok(None)
            }
            _ => self.known(line).map(Some),
        })?;
        let mut name = String::new();
        if line.take('@') {
            name = optional_quoted(line)
                .ok_or_else(|| line.unexpected("the operator's name, quoted"))?;
        }
        let has_effects = line.take('!');
        self.builder.op(Op {
            name,
            label,
            kind,
            inputs,
            outputs,
            has_effects,
        });
        Ok(())
    }
}
