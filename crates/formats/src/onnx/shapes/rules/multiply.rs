//! Matrix products and what is made of them: Gemm, Einsum, attention, recurrent layers.

use lowtide_core::graph::DType;

use super::super::fact::{Call, Fact, Shape};
use super::Rule;
use super::pointwise::broadcast_shapes;

pub(super) fn rule(op_type: &str) -> Option<Rule> {
    Some(match op_type {
        "MatMul" => |call| product(call, 1, call.dtype(0)),
        "MatMulInteger" => |call| product(call, 1, Some(DType::I32)),
        "QLinearMatMul" => |call| product(call, 3, call.dtype(7)),
        "Gemm" => gemm,
        "Einsum" => einsum,
        "Attention" => attention,
        "GRU" | "LSTM" | "RNN" => recurrent,
        _ => return None,
    })
}

/// Products of stacks of matrices; a vector counts as a matrix of one row (left) or column (right) and loses it after.
fn product(call: &Call<'_>, right: usize, dtype: Option<DType>) -> Option<Vec<Fact>> {
    let (mut a, mut b) = (call.shape(0)?.clone(), call.shape(right)?.clone());
    let (row, column) = (a.len() == 1, b.len() == 1);
    if row {
        a.insert(0, Some(1));
    }
    if column {
        b.push(Some(1));
    }
    let (rows, columns) = (a.len().checked_sub(2)?, b.len().checked_sub(2)?);
    let mut shape = broadcast_shapes(&a[..rows].to_vec(), &b[..columns].to_vec())?;
    shape.extend((!row).then_some(a[rows]));
    shape.extend((!column).then_some(b[columns + 1]));
    Some(vec![Fact::new(dtype, shape)])
}

fn gemm(call: &Call<'_>) -> Option<Vec<Fact>> {
    let side = |input: usize, name, axis: usize| {
        let turned = call.node.int(name).unwrap_or(0) != 0;
        let shape = call.shape(input).filter(|shape| shape.len() == 2)?;
        Some(shape[if turned { 1 - axis } else { axis }])
    };
    let shape = vec![side(0, "transA", 0)?, side(1, "transB", 1)?];
    Some(vec![Fact::new(call.dtype(0), shape)])
}

/// Letters of the inputs name axes; `...` stands for any number of them, which are broadcast. Without an output, that is `...` and every letter that
/// stands once, in alphabetical order.
fn einsum(call: &Call<'_>) -> Option<Vec<Fact>> {
    let equation: String = call.node.text("equation")?.split_whitespace().collect();
    let (inputs, output) = match equation.split_once("->") {
        Some((inputs, output)) => (inputs, Some(output)),
        None => (equation.as_str(), None),
    };
    let mut dims: Vec<(char, Option<u64>)> = Vec::new();
    let mut between: Shape = Vec::new();
    for (input, letters) in inputs.split(',').enumerate() {
        let shape = call.shape(input)?;
        let (before, behind) = letters.split_once("...").unwrap_or((letters, ""));
        let rest = shape.len().checked_sub(before.len() + behind.len())?;
        let (lower, upper) = (before.len(), before.len() + rest);
        if !letters.contains("...") && rest > 0 {
            return None;
        }
        let named = shape[..lower].iter().chain(&shape[upper..]).copied();
        dims.extend(before.chars().chain(behind.chars()).zip(named));
        between = broadcast_shapes(&between, &shape[lower..upper].to_vec())?;
    }
    if !dims.iter().all(|(letter, _)| letter.is_ascii_alphabetic()) {
        return None;
    }
    let dim = |letter| {
        let mut all = dims.iter().filter(|(l, _)| *l == letter).map(|(_, d)| *d);
        let first = all.next()?;
        Some(all.fold(first, Ord::max))
    };
    let implied = || {
        let once = |l: &char| dims.iter().filter(|(other, _)| other == l).count() == 1;
        let mut letters: Vec<char> = dims.iter().map(|&(l, _)| l).filter(once).collect();
        letters.sort_unstable();
        letters
    };
    let (before, behind): (Vec<char>, Vec<char>) = match output {
        Some(output) => {
            let (before, behind) = output.split_once("...").unwrap_or((output, ""));
            (before.chars().collect(), behind.chars().collect())
        }
        None => (Vec::new(), implied()),
    };
    let keeps = output.is_none_or(|output| output.contains("..."));
    let mut shape = before.into_iter().map(dim).collect::<Option<Shape>>()?;
    shape.extend(between.into_iter().filter(|_| keeps));
    shape.extend(behind.into_iter().map(dim).collect::<Option<Shape>>()?);
    Some(vec![Fact::new(call.dtype(0), shape)])
}

/// All outputs, then the last one of each direction, then (LSTM) the last cell state.
fn recurrent(call: &Call<'_>) -> Option<Vec<Fact>> {
    let input = call.shape(0).filter(|shape| shape.len() == 3)?;
    let hidden = call.node.int("hidden_size").and_then(|h| h.try_into().ok());
    let hidden = hidden.or_else(|| *call.shape(2)?.get(2)?);
    let directions = match call.node.text("direction") {
        Some("bidirectional") => Some(2),
        _ => Some(1),
    };
    let batch_first = call.node.int("layout") == Some(1);
    let (all, last) = if batch_first {
        (
            vec![input[0], input[1], directions, hidden],
            vec![input[0], directions, hidden],
        )
    } else {
        (
            vec![input[0], directions, input[1], hidden],
            vec![directions, input[1], hidden],
        )
    };
    let last = Fact::new(call.dtype(0), last);
    Some(vec![Fact::new(call.dtype(0), all), last.clone(), last])
}

/// Queries, keys and values, by batch, head, place and feature; or by batch, place and the features of all heads. The keys
/// and values of earlier calls may stand in inputs 4 and 5, and are handed on in outputs 1 and 2.
fn attention(call: &Call<'_>) -> Option<Vec<Fact>> {
    let heads = |name| call.node.int(name).and_then(|n| u64::try_from(n).ok());
    let parts = |input: usize, heads: Option<u64>| match *call.shape(input)?.as_slice() {
        [batch, heads, length, features] => Some([batch, heads, length, features]),
        [batch, length, all] => Some([
            batch,
            heads,
            length,
            all.and_then(|all| all.checked_div(heads?)),
        ]),
        _ => None,
    };
    let q = parts(0, heads("q_num_heads"))?;
    let [k, v] = [
        parts(1, heads("kv_num_heads"))?,
        parts(2, heads("kv_num_heads"))?,
    ];
    let past = match call.fact(4) {
        Some(_) => *call.shape(4)?.get(2)?,
        None => Some(0),
    };
    let length = k[2].and_then(|k| k.checked_add(past?));
    let joined = || q[1]?.checked_mul(v[3]?);
    let output = match call.shape(0)?.len() {
        3 => vec![q[0], q[2], joined()],
        _ => vec![q[0], q[1], q[2], v[3]],
    };
    let shapes = [
        output,
        vec![k[0], k[1], length, k[3]],
        vec![v[0], v[1], length, v[3]],
        vec![q[0], q[1], q[2], length],
    ];
    Some(shapes.map(|shape| Fact::new(call.dtype(0), shape)).into())
}
