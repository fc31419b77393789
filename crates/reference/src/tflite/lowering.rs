//! The network under construction: operands, constants, and what is stored at the end of an operator.

use std::collections::HashSet;

use lowtide_core::graph::{Graph, Op};
use lowtide_core::ids::{Id, OpId, TensorId};
use lowtide_formats::onnx::emit::{Attribute, Data, Initializer, NewModel, NewNode};
use lowtide_formats::tflite::Model;
use lowtide_formats::tflite::schema::Node;

use super::storage::{Storage, numbers, within};
use crate::CannotRun;

/// What the numbers of a wire are worth before they are stored: `real = number * worth`, one for all or one for each index of
/// the last axis.
pub(super) type Worth = Vec<f64>;

/// Reads one operator after the other.
pub(super) struct Lowering<'m> {
    model: &'m Model,
    graph: &'m Graph,
    made: NewModel,
    /// Constants that are there already.
    known: HashSet<TensorId>,
}

/// Something that an operator reads.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    /// The wire.
    pub(super) name: String,
    /// Its shape, as TFLite has it.
    pub(super) shape: Vec<i64>,
    /// What its numbers stand for.
    pub(super) storage: Storage,
}

/// The wire of a tensor.
pub(crate) fn wire(t: TensorId) -> String {
    format!("t{}", t.index())
}

/// The shape of a tensor as it stands in the file.
pub(crate) fn shape(model: &Model, t: TensorId) -> Option<Vec<i64>> {
    let main = model.file().model.subgraphs.first()?;
    let shape = main.tensors.get(t.index())?.shape.iter();
    shape
        .map(|&axis| (axis >= 0).then_some(axis.into()))
        .collect()
}

impl<'m> Lowering<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let graph = model.graph();
        Self {
            model,
            graph,
            made: NewModel {
                name: "reference".into(),
                ..NewModel::default()
            },
            known: HashSet::new(),
        }
    }

    /// The network, with the graph's inputs and outputs.
    pub(super) fn finish(mut self) -> Result<NewModel, CannotRun> {
        let ends = |tensors: &[TensorId]| -> Result<Vec<(String, Vec<i64>)>, CannotRun> {
            tensors
                .iter()
                .map(|&t| Ok((wire(t), self.shape(t)?)))
                .collect()
        };
        let (inputs, outputs) = (ends(self.graph.inputs())?, ends(self.graph.outputs())?);
        self.made.inputs = inputs;
        self.made.outputs = outputs;
        Ok(self.made)
    }

    /// The operator.
    pub(super) fn op(&self, op: OpId) -> &'m Op {
        self.graph.op(op)
    }

    /// The options of an operator.
    pub(super) fn options(&self, op: OpId) -> Option<&'m Node> {
        let main = self.model.file().model.subgraphs.first()?;
        main.operators
            .get(op.index())?
            .options()
            .map(|node| &**node)
    }

    /// An integer option.
    pub(super) fn option(&self, op: OpId, name: &str) -> Result<i64, CannotRun> {
        let value = self.options(op).and_then(|options| options.int(name));
        value.ok_or_else(|| CannotRun::new(format_args!("no option '{name}'")))
    }

    /// The shape of a tensor, with 1 for what is only known at run time, as runtimes take it.
    pub(super) fn shape(&self, t: TensorId) -> Result<Vec<i64>, CannotRun> {
        shape(self.model, t).ok_or_else(|| CannotRun::new("tensors of unknown shape"))
    }

    /// The tensor that an operator reads at a position; none if it is left out.
    pub(super) fn reads(&self, op: OpId, position: usize) -> Option<TensorId> {
        self.op(op).inputs.get(position).copied().flatten()
    }

    /// The tensor that an operator writes at a position.
    pub(super) fn writes(&self, op: OpId, position: usize) -> Result<TensorId, CannotRun> {
        let output = self.op(op).outputs.get(position).copied();
        output.ok_or_else(|| CannotRun::new("no output"))
    }

    /// What an operator reads at a position: data, or a constant in its place.
    pub(super) fn operand(&mut self, op: OpId, position: usize) -> Result<Operand, CannotRun> {
        let t = self.reads(op, position);
        let t = t.ok_or_else(|| CannotRun::new("an input left out"))?;
        let array = self.graph.tensor(t).array.as_ref();
        let array = array.ok_or_else(|| CannotRun::new("tensors of unknown type"))?;
        let storage = Storage::of(array)?;
        if self.model.constant(t).is_some() && self.known.insert(t) {
            let data = Data::Floats(self.numbers(t)?);
            let shape = self.shape(t)?;
            self.made.initializers.push(Initializer {
                name: wire(t),
                shape,
                data,
            });
        }
        Ok(Operand {
            name: wire(t),
            shape: self.shape(t)?,
            storage,
        })
    }

    /// The numbers of a constant, less their zero point.
    pub(super) fn numbers(&self, t: TensorId) -> Result<Vec<f32>, CannotRun> {
        let array = self.graph.tensor(t).array.as_ref();
        let numbers = array.and_then(|array| numbers(array, self.model.constant(t)?));
        numbers.ok_or_else(|| CannotRun::new("weights or parameters that are computed or packed"))
    }

    /// The integers of a constant parameter.
    #[allow(clippy::cast_possible_truncation, reason = "they are whole")]
    pub(super) fn integers(&self, op: OpId, position: usize) -> Result<Vec<i64>, CannotRun> {
        let t = self.reads(op, position);
        let t = t.ok_or_else(|| CannotRun::new("an input left out"))?;
        Ok(self
            .numbers(t)?
            .into_iter()
            .map(|number| number as i64)
            .collect())
    }

    /// Whether a tensor holds floats.
    pub(super) fn is_float(&self, t: TensorId) -> bool {
        let array = self.graph.tensor(t).array.as_ref();
        array.is_some_and(|array| array.dtype.is_float())
    }

    /// What one step of a constant is worth, for each slice; 1 for reals.
    pub(super) fn worth(&self, t: TensorId) -> Worth {
        let array = self.graph.tensor(t).array.as_ref();
        let quantization = array.and_then(|array| array.quantization.as_ref());
        let scales = quantization.map(|q| q.scales.iter().map(|&scale| f64::from(scale)).collect());
        scales.unwrap_or_else(|| vec![1.0])
    }

    /// A new constant.
    pub(super) fn constant(&mut self, shape: &[i64], data: Data) -> String {
        let name = format!("c{}", self.made.initializers.len());
        self.made.initializers.push(Initializer {
            name: name.clone(),
            shape: shape.to_vec(),
            data,
        });
        name
    }

    /// A constant list of integers.
    pub(super) fn list(&mut self, values: &[i64]) -> String {
        self.constant(&[values.len() as i64], Data::Ints(values.to_vec()))
    }

    /// A constant number.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the engine computes in single precision"
    )]
    pub(super) fn scalar(&mut self, value: f64) -> String {
        self.constant(&[], Data::Floats(vec![value as f32]))
    }

    /// A new node; its wire.
    pub(super) fn node(
        &mut self,
        op_type: &'static str,
        inputs: &[&str],
        attributes: &[(&'static str, Attribute)],
    ) -> String {
        let output = format!("n{}", self.made.nodes.len());
        self.push(op_type, inputs, attributes, output)
    }

    fn push(
        &mut self,
        op_type: &'static str,
        inputs: &[&str],
        attributes: &[(&'static str, Attribute)],
        output: String,
    ) -> String {
        self.made.nodes.push(NewNode {
            name: output.clone(),
            op_type,
            inputs: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: output.clone(),
            attributes: attributes.to_vec(),
        });
        output
    }

    /// `number * factors`, which stand along the last axis; the wire itself where they are all 1.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the engine computes in single precision"
    )]
    pub(super) fn times(&mut self, name: String, factors: &[f64]) -> String {
        if factors.iter().all(|&factor| factor == 1.0) {
            return name;
        }
        let factor = match factors {
            [one] => self.scalar(*one),
            many => {
                let data = many.iter().map(|&factor| factor as f32).collect();
                self.constant(&[many.len() as i64], Data::Floats(data))
            }
        };
        self.node("Mul", &[&name, &factor], &[])
    }

    /// The real numbers of an operand.
    pub(super) fn real(&mut self, operand: &Operand) -> String {
        self.times(operand.name.clone(), &[operand.storage.unit()])
    }

    /// Stores `name` as output `position` of the operator: real numbers after the fused `activation` (a number of TFLite's), or rounded to
    /// steps and kept within what can be stored.
    pub(super) fn store(
        &mut self,
        (op, position): (OpId, usize),
        name: String,
        worth: &[f64],
        activation: i64,
    ) -> Result<(), CannotRun> {
        let t = self.writes(op, position)?;
        let array = self.graph.tensor(t).array.as_ref();
        let array = array.ok_or_else(|| CannotRun::new("tensors of unknown type"))?;
        let storage = Storage::of(array)?;
        let unit = storage.unit();
        let factors: Vec<f64> = worth.iter().map(|worth| worth / unit).collect();
        let mut name = self.times(name, &factors);
        let (mut low, mut high) = within(activation)?;
        if let Storage::Steps {
            least, greatest, ..
        } = storage
        {
            name = self.node("Round", &[&name], &[]);
            low = Some(low.map_or(least, |low| (low / unit).round().max(least)));
            high = Some(high.map_or(greatest, |high| (high / unit).round().min(greatest)));
        }
        self.clipped(&name, (low, high), Some(wire(t)));
        Ok(())
    }

    /// Within `low` and `high`, where there are such.
    pub(super) fn clipped(
        &mut self,
        name: &str,
        (low, high): (Option<f64>, Option<f64>),
        output: Option<String>,
    ) -> String {
        let output = output.unwrap_or_else(|| format!("n{}", self.made.nodes.len()));
        let ends = [low, high].map(|end| end.map(|end| self.scalar(end)));
        match ends {
            [None, None] => self.push("Identity", &[name], &[], output),
            [low, high] => {
                let [low, high] = [low, high].map(Option::unwrap_or_default);
                self.push("Clip", &[name, &low, &high], &[], output)
            }
        }
    }
}
