//! A model, loaded into the engine.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use fastrand::Rng;
use lowtide_core::graph::{ArrayType, Graph, Op, Role};
use lowtide_core::ids::TensorId;
use lowtide_formats::{Source, onnx};
use rten::{ModelOptions, NodeId, Value, ValueOrView};

use crate::CannotRun;
use crate::feeds::Feed;
use crate::tflite::{self, Storage};

/// Elements of all tensors of a model that is run: 1 GiB.
const MOST_ELEMENTS: u64 = 1 << 28;

/// Multiplications of a model that is run: some seconds.
const MOST_WORK: u64 = 1 << 37;

/// A model that can be run.
pub struct Network<'s> {
    graph: &'s Graph,
    engine: rten::Model,
    /// The TFLite model, where it is one.
    lowered: Option<&'s lowtide_formats::tflite::Model>,
}

impl<'s> Network<'s> {
    /// Loads a model. `folder` is where weights in other files are.
    ///
    /// # Errors
    /// Where the engine lacks an operator or element type, named, or where weights are not there.
    pub fn of(source: &'s Source, folder: &Path) -> Result<Self, CannotRun> {
        let graph = source.graph();
        check_size(graph)?;
        let (bytes, lowered) = match source {
            Source::Tflite(model) => (tflite::lowered(model)?.write(), Some(model)),
            Source::Onnx(model) => (model.bytes().to_vec(), None),
            Source::Json(_) => return Err(CannotRun::new("a JSON graph has no weights")),
        };
        let mut options = ModelOptions::with_all_ops();
        // Every tensor of the file can be asked for, and two models are run alike.
        options.enable_optimization(false);
        if let Source::Onnx(model) = source {
            for (name, bytes) in external(model, folder)? {
                options.external_data(&name, bytes);
            }
        }
        let engine = guarded(|| options.load(bytes))?;
        let engine = engine.map_err(|error| CannotRun::new(first_line(&error)))?;
        Ok(Self {
            graph,
            engine,
            lowered,
        })
    }

    /// Inputs drawn from `rng`, one for each input of the graph.
    ///
    /// # Errors
    /// Element types that the engine does not have; open dimensions.
    pub fn draw(&self, rng: &mut Rng) -> Result<Vec<Feed>, CannotRun> {
        let inputs = self.graph.inputs().iter();
        inputs
            .map(|&t| {
                let count = self.shape(t)?.iter().product();
                match self.lowered {
                    Some(_) => Feed::stored(self.array(t)?, count, rng),
                    None => Feed::plain(self.array(t)?, count, rng),
                }
            })
            .collect()
    }

    /// The elements of `wanted` tensors after a run: as they are stored, less the zero point.
    ///
    /// # Errors
    /// The engine's, as when shapes do not fit.
    pub fn run(&self, feeds: &[Feed], wanted: &[TensorId]) -> Result<Vec<Vec<f64>>, CannotRun> {
        let ids: Vec<NodeId> = wanted
            .iter()
            .map(|&t| self.node(t))
            .collect::<Result<_, _>>()?;
        let inputs = self.graph.inputs().iter().zip(feeds);
        let inputs = inputs.map(|(&t, feed)| Ok((self.node(t)?, value(&self.shape(t)?, feed)?)));
        let inputs: Vec<(NodeId, ValueOrView<'_>)> = inputs.collect::<Result<_, CannotRun>>()?;
        let values = guarded(|| self.engine.run(inputs, &ids, None))?;
        let values = values.map_err(|error| CannotRun::new(first_line(&error)))?;
        values.into_iter().map(elements).collect()
    }

    /// The real number of one step of a tensor; none where its numbers are real.
    #[must_use]
    pub fn step(&self, t: TensorId) -> Option<f64> {
        let array = self.graph.tensor(t).array.as_ref()?;
        match Storage::of(array) {
            Ok(Storage::Steps { scale, .. }) if self.lowered.is_some() => Some(scale),
            _ if array.dtype.is_float() => None,
            _ => Some(1.0),
        }
    }

    fn array(&self, t: TensorId) -> Result<&ArrayType, CannotRun> {
        let tensor = self.graph.tensor(t);
        let array = tensor.array.as_ref();
        array.ok_or_else(|| CannotRun::new(format_args!("'{}', of unknown type", tensor.name)))
    }

    fn shape(&self, t: TensorId) -> Result<Vec<usize>, CannotRun> {
        let shape: Option<Vec<usize>> = match self.lowered {
            Some(model) => tflite::shape(model, t)
                .and_then(|shape| shape.into_iter().map(|n| n.try_into().ok()).collect()),
            None => {
                let axis = |axis: &Option<u64>| usize::try_from((*axis)?).ok();
                self.array(t)?.shape.iter().map(axis).collect()
            }
        };
        shape.ok_or_else(|| CannotRun::new("inputs of open size; give it with --dim"))
    }

    fn node(&self, t: TensorId) -> Result<NodeId, CannotRun> {
        let name = match self.lowered {
            Some(_) => tflite::wire(t),
            None => self.graph.tensor(t).name.clone(),
        };
        let node = self.engine.find_node(&name);
        node.ok_or_else(|| {
            CannotRun::new(format_args!(
                "tensor '{name}', which the engine does not show"
            ))
        })
    }
}

/// Refuses what could not be held in memory: a file can ask for any size.
fn check_size(graph: &Graph) -> Result<(), CannotRun> {
    let tensors = graph
        .tensors()
        .rows()
        .filter_map(|tensor| tensor.array.as_ref());
    let elements = tensors.map(|array| array.elements().unwrap_or(0));
    let all = elements.fold(0u64, u64::saturating_add);
    if all > MOST_ELEMENTS {
        return Err(CannotRun::new(format_args!(
            "a model with {all} elements in its tensors"
        )));
    }
    let ops = graph.ops().rows().map(|op| work(graph, op));
    let all = ops.fold(0u64, u64::saturating_add);
    if all > MOST_WORK {
        return Err(CannotRun::new(format_args!("some {all} multiplications")));
    }
    Ok(())
}

/// About how many multiplications an operator takes: each element of its output meets each weight of its channel.
fn work(graph: &Graph, op: &Op) -> u64 {
    let array = |t: TensorId| graph.tensor(t).array.as_ref();
    let elements = |t| array(t).and_then(ArrayType::elements).unwrap_or(0);
    let outputs = op.outputs.iter().map(|&t| elements(t)).max();
    let weights = op
        .reads()
        .filter(|&t| graph.tensor(t).role == Role::Constant);
    let of_channel = weights.map(|t| {
        let ends = array(t).and_then(|array| Some((*array.shape.first()?, *array.shape.last()?)));
        let channels = match ends {
            Some((Some(1), Some(last))) => last,
            Some((Some(first), _)) => first,
            _ => 1,
        };
        elements(t) / channels.max(1)
    });
    outputs
        .unwrap_or(0)
        .saturating_mul(of_channel.max().unwrap_or(1).max(1))
}

/// The weights in other files, by the names that the model has for them.
fn external(model: &onnx::Model, folder: &Path) -> Result<Vec<(String, Vec<u8>)>, CannotRun> {
    let files = onnx::external::files(model.bytes()).map_err(CannotRun::new)?;
    let read = |name: String| {
        let inside = Path::new(&name)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        if !inside {
            return Err(CannotRun::new(format_args!(
                "weights in '{name}', outside the model's folder"
            )));
        }
        let bytes = std::fs::read(folder.join(&name));
        let bytes =
            bytes.map_err(|error| CannotRun::new(format_args!("weights in '{name}': {error}")))?;
        Ok((name, bytes))
    };
    files.into_iter().map(read).collect()
}

/// The engine's answer, be it a panic: what it runs comes from a file.
fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, CannotRun> {
    catch_unwind(AssertUnwindSafe(run))
        .map_err(|_| CannotRun::new("a model on which the engine panics"))
}

fn first_line(error: &dyn std::fmt::Display) -> String {
    error
        .to_string()
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// The elements of an input as the engine takes them.
fn value(shape: &[usize], feed: &Feed) -> Result<ValueOrView<'static>, CannotRun> {
    let value = match feed {
        Feed::Floats(values) => Value::from_shape(shape, values.clone()).ok(),
        Feed::Ints(values) => Value::from_shape(shape, values.clone()).ok(),
        Feed::Bytes(values) => Value::from_shape(shape, values.clone()).ok(),
        Feed::SignedBytes(values) => Value::from_shape(shape, values.clone()).ok(),
    };
    value
        .map(ValueOrView::from)
        .ok_or_else(|| CannotRun::new("inputs that do not fit their shape"))
}

fn elements(value: Value) -> Result<Vec<f64>, CannotRun> {
    Ok(match value {
        Value::FloatTensor(tensor) => tensor.into_data().into_iter().map(f64::from).collect(),
        Value::Int32Tensor(tensor) => tensor.into_data().into_iter().map(f64::from).collect(),
        Value::Int8Tensor(tensor) => tensor.into_data().into_iter().map(f64::from).collect(),
        Value::UInt8Tensor(tensor) => tensor.into_data().into_iter().map(f64::from).collect(),
        _ => return Err(CannotRun::new("tensors that are sequences")),
    })
}
