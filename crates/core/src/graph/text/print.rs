//! A graph into text.

use std::fmt::{self, Display, Formatter};

use rustc_hash::FxHashMap;

use crate::graph::{ArrayType, Bound, Graph, Op, OpKind, Quantization, Role};
use crate::ids::{Table, TensorId};

use super::is_identifier;

/// Writes `graph` in the [text syntax](crate::graph::text): declarations in the order of their ids, then operators, so
/// that [`parse`](super::parse()) hands out the same ids.
#[must_use]
pub fn print(graph: &Graph) -> String {
    Printed {
        graph,
        keys: keys(graph),
    }
    .to_string()
}

/// Names that are identifiers of one tensor alone; `None` for tensors that go by their number.
fn keys(graph: &Graph) -> Table<TensorId, Option<&str>> {
    let mut uses: FxHashMap<&str, u32> = FxHashMap::default();
    for tensor in graph.tensors().rows() {
        *uses.entry(&tensor.name).or_default() += 1;
    }
    let tensors = graph.tensors().rows();
    tensors
        .map(|tensor| Some(tensor.name.as_str()).filter(|&n| uses[n] == 1 && is_identifier(n)))
        .collect()
}

struct Printed<'g> {
    graph: &'g Graph,
    keys: Table<TensorId, Option<&'g str>>,
}

impl Display for Printed<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.graph.name().is_empty() {
            writeln!(f, "graph {}", Quoted(self.graph.name()))?;
        }
        // The words `input` on declarations say it all if the list has the order of the ids, each once.
        let inputs = self.graph.inputs();
        let ascending = inputs.is_sorted_by(|a, b| a < b);
        for id in self.graph.tensors().ids() {
            self.declaration(f, id)?;
            let word = ascending && inputs.binary_search(&id).is_ok();
            writeln!(f, "{}", if word { " input" } else { "" })?;
        }
        self.graph.ops().rows().try_for_each(|op| self.op(f, op))?;
        for (first, second) in self.graph.control() {
            writeln!(f, "after {} {}", first.0, second.0)?;
        }
        if !ascending {
            writeln!(f, "input {}", self.list(inputs))?;
        }
        match self.graph.outputs() {
            [] => Ok(()),
            outputs => writeln!(f, "output {}", self.list(outputs)),
        }
    }
}

impl Printed<'_> {
    fn key(&self, id: TensorId) -> String {
        self.keys[id].map_or_else(|| id.to_string(), str::to_owned)
    }

    fn list(&self, tensors: &[TensorId]) -> String {
        let keys: Vec<String> = tensors.iter().map(|&t| self.key(t)).collect();
        keys.join(", ")
    }

    fn declaration(&self, f: &mut Formatter<'_>, id: TensorId) -> fmt::Result {
        let tensor = self.graph.tensor(id);
        write!(f, "{}: {}", self.key(id), tensor.bytes)?;
        if let Some(array) = &tensor.array {
            write!(f, " {}", Array(array))?;
        }
        if self.keys[id].is_none() && !tensor.name.is_empty() {
            write!(f, " {}", Quoted(&tensor.name))?;
        }
        f.write_str(match tensor.role {
            Role::Activation => "",
            Role::Constant => " const",
            Role::Variable => " variable",
        })
    }

    fn op(&self, f: &mut Formatter<'_>, op: &Op) -> fmt::Result {
        if !op.outputs.is_empty() {
            write!(f, "{} = ", self.list(&op.outputs))?;
        }
        match is_identifier(&op.label) {
            true => f.write_str(&op.label)?,
            false => write!(f, "{}", Quoted(&op.label))?,
        }
        write!(f, "{}", Kind(&op.kind))?;
        let arguments = op.inputs.iter();
        let arguments: Vec<String> = arguments
            .map(|&t| t.map_or_else(|| "-".to_owned(), |t| self.key(t)))
            .collect();
        write!(f, "({})", arguments.join(", "))?;
        if !op.name.is_empty() {
            write!(f, " @{}", Quoted(&op.name))?;
        }
        writeln!(f, "{}", if op.has_effects { " !" } else { "" })
    }
}

/// A text in quotes; what would end the line or the quotes is escaped.
struct Quoted<'t>(&'t str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if c.is_control() => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("\"")
    }
}

/// Element type, shape and quantisation.
struct Array<'t>(&'t ArrayType);

impl Display for Array<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let axis = |axis: &Option<u64>| axis.map_or_else(|| "?".to_owned(), |n| n.to_string());
        let shape: Vec<String> = self.0.shape.iter().map(axis).collect();
        write!(f, "{}[{}]", self.0.dtype, shape.join(","))?;
        match &self.0.quantization {
            Some(quantization) => write!(f, " {}", Parameters(quantization)),
            None => Ok(()),
        }
    }
}

/// Scales and zero points; a file may have more of one than of the other.
struct Parameters<'t>(&'t Quantization);

impl Display for Parameters<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Quantization {
            scales,
            zero_points,
            axis,
        } = self.0;
        f.write_str("q")?;
        if *axis != 0 || scales.len() > 1 {
            write!(f, "@{axis}")?;
        }
        let absent = || "-".to_owned();
        let pair = |i: usize| {
            let scale = scales.get(i).copied().map_or_else(absent, float);
            let zero_point = zero_points.get(i).map_or_else(absent, i64::to_string);
            format!("{scale}:{zero_point}")
        };
        let pairs: Vec<String> = (0..scales.len().max(zero_points.len())).map(pair).collect();
        write!(f, "({})", pairs.join(", "))
    }
}

/// The shortest decimals that read back the same bits; the bits themselves where there are no decimals.
fn float(x: f32) -> String {
    match x.is_finite() {
        true => format!("{x:?}"),
        false => format!("{:#010x}", x.to_bits()),
    }
}

/// A kind in braces; nothing for an opaque operator.
struct Kind<'t>(&'t OpKind);

impl Display for Kind<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if *self.0 == OpKind::Opaque {
            return Ok(());
        }
        write!(f, "{{{}", self.0.word())?;
        match self.0 {
            OpKind::Transpose { perm: Some(perm) } => {
                let axes: Vec<String> = perm.iter().map(u32::to_string).collect();
                write!(f, " perm=[{}]", axes.join(","))?;
            }
            OpKind::Pad {
                amounts: Some(amounts),
            } => {
                let pairs = amounts
                    .iter()
                    .map(|(before, behind)| format!("{before}:{behind}"));
                write!(f, " amounts=[{}]", pairs.collect::<Vec<_>>().join(","))?;
            }
            OpKind::Split { data, axis } => {
                write!(f, " data={data}")?;
                axis.map_or(Ok(()), |axis| write!(f, " axis={axis}"))?;
            }
            OpKind::Slice {
                axis,
                start,
                end,
                bounds,
            } => {
                let bounds = bounds
                    .iter()
                    .map(|Bound { says, input, at }| format!("{}:{input}:{at}", says.word()));
                write!(f, " axis={axis} start={start} end={end}")?;
                write!(f, " bounds=[{}]", bounds.collect::<Vec<_>>().join(","))?;
            }
            OpKind::Concat { axis } => write!(f, " axis={axis}")?,
            OpKind::Constant { value } => write!(f, " value={value}")?,
            OpKind::Contract {
                data_axis,
                weight_axis,
                activation,
            } => {
                write!(f, " data={data_axis} weights={weight_axis}")?;
                write!(f, " activation={}", u8::from(*activation))?;
            }
            OpKind::Add { activation } => write!(f, " activation={}", u8::from(*activation))?,
            OpKind::Channelwise {
                axis,
                group,
                params,
            } => {
                let params: Vec<String> = params.iter().map(|(i, a)| format!("{i}:{a}")).collect();
                write!(
                    f,
                    " axis={axis} group={group} params=[{}]",
                    params.join(",")
                )?;
            }
            _ => {}
        }
        f.write_str("}")
    }
}
