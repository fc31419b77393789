//! A syntax for graphs, for tests and bug reports. What [`print`](print()) writes, [`parse`] reads back without loss, ids included.
//!
//! One statement a line; `#` starts a comment; a tensor is declared before it is used.
//!
//! ```text
//! graph "name"                            # first, if at all
//! x: 8 i8[2,4] q(0.5:-1) input            # key: bytes, dtype[shape], quantisation, role; all but bytes optional
//! w: i8[2,?] 30 const                     # `?` is an open axis; bytes may be left out where the shape tells them
//! s: 4 i8[2,2] q@1(0.1:0, 0.2:3) variable # one scale:zero point for each slice of axis 1
//! %3: 6 "a name that is no identifier"    # a tensor without a usable name goes by its number
//! a: 10
//! a, %3 = SPLIT{split data=0}(x, -, w) @"op name" !    # outputs = label{kind}(inputs), op name, `!` if it has effects
//! y: 64, z: 64 = FORK(a, %3)              # a tensor may be declared where it is produced
//! LOG(y) !                                # an operator without outputs
//! after 0 1                               # control edge: operator 0 runs before operator 1
//! output y, y
//! input x                                 # every `input` or `output`, as a word or a line, adds to the list in turn
//! ```
//!
//! A key is an identifier, `[A-Za-z_][A-Za-z0-9_./-]*`, or `%` and the tensor's number. The tensor's name is the quoted
//! text in its declaration; without one it is the key if that is an identifier, and empty otherwise. Kinds are written
//! as `identity`, `reshape`, `transpose perm=[0,2,1]`, `pad amounts=[1:1,0:0]`, `split data=0 axis=3`, `slice axis=3 start=0 end=4 bounds=[start:1:3,length:2:3]`, `concat axis=3`,
//! `requantize`, `constant value=0`, `elementwise`, `normalize`,
//! `contract data=3 weights=3 activation=1` and `channelwise axis=3 group=1 params=[1:3,2:0]`. An absent optional input is `-`.
//! Floats that are not numbers are written as their
//! bits, `0x7fc00000`.
//!
//! ```
//! use lowtide_core::graph::Graph;
//!
//! let graph: Graph = "x: 8 input\ny: 64 output = ADD(x, x)".parse()?;
//! assert_eq!(graph.ops().len(), 1);
//! # Ok::<(), lowtide_core::error::Error>(())
//! ```

mod fields;
mod lexer;
mod parse;
mod print;

#[cfg(test)]
mod tests;

pub use parse::parse;
pub use print::print;

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

use super::Graph;

impl FromStr for Graph {
    type Err = Error;

    /// Reads the [text syntax](crate::graph::text).
    fn from_str(text: &str) -> Result<Self, Error> {
        parse(text)
    }
}

impl fmt::Display for Graph {
    /// Writes the [text syntax](crate::graph::text).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(self))
    }
}

/// Whether the text can stand as a key or label without quotes.
fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_./-".contains(c))
}
