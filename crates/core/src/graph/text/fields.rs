//! The parts of a declaration and of an operator: arrays, quantisation, kinds.

use crate::error::Result;
use crate::graph::{ArrayType, Bound, DType, OpKind, Quantization, Role, Says};

use super::lexer::{Line, Token};

/// What stands behind the colon of a declaration.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) bytes: Option<u64>,
    pub(super) array: Option<ArrayType>,
    pub(super) name: Option<String>,
    pub(super) role: Role,
    pub(super) input: bool,
    pub(super) output: bool,
}

impl Fields {
    /// Reads one field; whether there was one.
    pub(super) fn read(&mut self, line: &mut Line<'_>) -> Result<bool> {
        if let Some(name) = optional_quoted(line) {
            self.name = Some(name);
            return Ok(true);
        }
        let Token::Word(word) = *line.peek() else {
            return Ok(false);
        };
        if *line.peek_second() == Token::Mark('[') {
            self.array = Some(array(line)?);
            return Ok(true);
        }
        match word {
            "input" => self.input = true,
            "output" => self.output = true,
            "const" => self.role = Role::Constant,
            "variable" => self.role = Role::Variable,
            _ => {
                let wanted = "bytes, DTYPE[SHAPE], `input`, `output`, `const` or `variable`";
                self.bytes = Some(line.number(wanted)?);
                return Ok(true);
            }
        }
        line.advance();
        Ok(true)
    }
}

/// A quoted text, if one stands here.
pub(super) fn optional_quoted(line: &mut Line<'_>) -> Option<String> {
    let Token::Quoted(text) = line.peek() else {
        return None;
    };
    let text = text.clone();
    line.advance();
    Some(text)
}

/// `i8[2,?,4] q@2(0.5:-1, 0.25:0)`
fn array(line: &mut Line<'_>) -> Result<ArrayType> {
    let Some(dtype) = DType::from_word(line.word("an element type")?) else {
        let known: Vec<&str> = DType::ALL.iter().map(|dtype| dtype.word()).collect();
        let known = known.join(", ");
        return Err(line.fault_before(format_args!("unknown element type, write one of {known}")));
    };
    let shape = line.list(['[', ']'], |line| match line.take('?') {
        true => Ok(None),
        false => line.number("the length of an axis or `?`").map(Some),
    })?;
    let quantized =
        *line.peek() == Token::Word("q") && matches!(line.peek_second(), Token::Mark('(' | '@'));
    Ok(ArrayType {
        dtype,
        shape,
        quantization: quantized.then(|| quantization(line)).transpose()?,
    })
}

/// `q(scale:zero, ...)` or `q@axis(scale:zero, ...)`; `-` for a scale or zero point that the file leaves out.
fn quantization(line: &mut Line<'_>) -> Result<Quantization> {
    line.advance();
    let axis = match line.take('@') {
        true => line.number("the axis")?,
        false => 0,
    };
    let (mut scales, mut zero_points) = (Vec::new(), Vec::new());
    line.list(['(', ')'], |line| {
        scales.extend(unless_absent(line, float)?);
        line.expect(':')?;
        zero_points.extend(unless_absent(line, |line| {
            line.number::<i64>("a zero point")
        })?);
        Ok(())
    })?;
    Ok(Quantization {
        scales,
        zero_points,
        axis,
    })
}

/// What `read` reads, unless `-` stands here.
fn unless_absent<T>(
    line: &mut Line<'_>,
    read: impl FnOnce(&mut Line<'_>) -> Result<T>,
) -> Result<Option<T>> {
    if *line.peek() == Token::Word("-") {
        line.advance();
        return Ok(None);
    }
    read(line).map(Some)
}

/// A decimal number, or the bits of one, `0x7fc00000`.
fn float(line: &mut Line<'_>) -> Result<f32> {
    if let Token::Word(word) = line.peek()
        && let Some(digits) = word.strip_prefix("0x")
        && let Ok(bits) = u32::from_str_radix(digits, 16)
    {
        line.advance();
        return Ok(f32::from_bits(bits));
    }
    line.number("a scale")
}

/// What stands behind `{`, and the `}`.
pub(super) fn kind(line: &mut Line<'_>) -> Result<OpKind> {
    let word = line.word("the kind of the operator")?;
    let kind = match word {
        "opaque" => OpKind::Opaque,
        "identity" => OpKind::Identity,
        "reshape" => OpKind::Reshape,
        "requantize" => OpKind::Requantize,
        "elementwise" => OpKind::Elementwise,
        "normalize" => OpKind::Normalize,
        "transpose" => OpKind::Transpose {
            perm: optional_list(line, "perm", |line| line.number("an axis"))?,
        },
        "pad" => OpKind::Pad {
            amounts: optional_list(line, "amounts", |line| {
                let before = line.number("elements before")?;
                line.expect(':')?;
                Ok((before, line.number("elements behind")?))
            })?,
        },
        "split" => split(line)?,
        "slice" => slice(line)?,
        "concat" => OpKind::Concat {
            axis: attribute(line, "axis", |line| line.number("an axis"))?,
        },
        "constant" => OpKind::Constant {
            value: attribute(line, "value", |line| {
                line.number("the number of a constant")
            })?,
        },
        "contract" => OpKind::Contract {
            data_axis: attribute(line, "data", |line| line.number("an axis"))?,
            weight_axis: attribute(line, "weights", |line| line.number("an axis"))?,
            activation: activation(line)?,
        },
        "add" => OpKind::Add {
            activation: activation(line)?,
        },
        "channelwise" => OpKind::Channelwise {
            axis: attribute(line, "axis", |line| line.number("an axis"))?,
            group: attribute(line, "group", |line| line.number("a number of slices"))?,
            params: attribute(line, "params", |line| {
                line.list(['[', ']'], |line| {
                    let input = line.number("the position of an input")?;
                    line.expect(':')?;
                    Ok((input, line.number("an axis")?))
                })
            })?,
        },
        _ => {
            return Err(line.fault_before(format_args!(
                "`{word}` is no kind of operator; leave `{{...}}` away if none fits"
            )));
        }
    };
    line.expect('}')?;
    Ok(kind)
}

/// Whether a function is applied.
fn activation(line: &mut Line<'_>) -> Result<bool> {
    Ok(attribute(line, "activation", |line| line.number::<u8>("0 or 1"))? != 0)
}

/// What stands behind `split`.
fn split(line: &mut Line<'_>) -> Result<OpKind> {
    Ok(OpKind::Split {
        data: attribute(line, "data", |line| line.number("the position of an input"))?,
        axis: match line.peek() {
            Token::Mark('}') => None,
            _ => Some(attribute(line, "axis", |line| line.number("an axis"))?),
        },
    })
}

/// What stands behind `slice`.
fn slice(line: &mut Line<'_>) -> Result<OpKind> {
    Ok(OpKind::Slice {
        axis: attribute(line, "axis", |line| line.number("an axis"))?,
        start: attribute(line, "start", |line| line.number("a slice"))?,
        end: attribute(line, "end", |line| line.number("a slice"))?,
        bounds: attribute(line, "bounds", |line| {
            line.list(['[', ']'], |line| {
                let word = line.word("`start`, `end` or `length`")?;
                let says = Says::ALL.iter().copied().find(|says| says.word() == word);
                let says = says.ok_or_else(|| {
                    line.fault_before(format_args!(
                        "`{word}` says nothing of slices; write `start`, `end` or `length`"
                    ))
                })?;
                line.expect(':')?;
                let input = line.number("the position of an input")?;
                line.expect(':')?;
                let at = line.number("a place in a list")?;
                Ok(Bound { says, input, at })
            })
        })?,
    })
}

/// `name=value`
fn attribute<T>(
    line: &mut Line<'_>,
    name: &str,
    value: impl FnOnce(&mut Line<'_>) -> Result<T>,
) -> Result<T> {
    if *line.peek() != Token::Word(name) {
        return Err(line.unexpected(format_args!("`{name}=`")));
    }
    line.advance();
    line.expect('=')?;
    value(line)
}

/// `name=[item, ...]`, or nothing before the `}`.
fn optional_list<T>(
    line: &mut Line<'_>,
    name: &str,
    item: impl FnMut(&mut Line<'_>) -> Result<T>,
) -> Result<Option<Vec<T>>> {
    match line.peek() {
        Token::Mark('}') => Ok(None),
        _ => attribute(line, name, |line| line.list(['[', ']'], item)).map(Some),
    }
}
