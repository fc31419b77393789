//! What int8 networks have around their operators.
//!
//! ```text
//! x/int8 -> DequantizeLinear -> operator -> y/real -> QuantizeLinear -> y/int8
//! ```
//!
//! Each reader has a DequantizeLinear of its own, so that what waits for it waits as 8 bits.

use lowtide_formats::onnx::emit::{Attribute, Data};

use super::{Emitter, Places};
use crate::zoo::net::{Layer, Op, ValueId};
use crate::zoo::values::{Affine, Stored, Weights, stored};

impl Emitter<'_> {
    /// What a layer called `name` writes: the value itself in float networks.
    pub(super) fn real(&self, name: &str) -> String {
        match self.affine {
            Some(_) => format!("{name}/real"),
            None => name.to_owned(),
        }
    }

    /// What a layer called `name` reads.
    pub(super) fn inputs(&mut self, name: &str, layer: &Layer) -> Vec<String> {
        let inputs = layer.inputs.iter().enumerate();
        let read = |(number, &id): (usize, &ValueId)| match self.affine {
            Some(_) => self.dequantize(id, &format!("{name}/input{number}")),
            None => self.net.value(id).name.clone(),
        };
        inputs.map(read).collect()
    }

    /// The image in front of a dense layer as a line.
    pub(super) fn flat(&mut self, name: &str, layer: &Layer, inputs: Vec<String>) -> String {
        let flat = format!("{name}/flat");
        self.node(&flat, "Flatten", inputs, vec![("axis", Attribute::Int(1))]);
        if self.affine.is_none() {
            return flat;
        }
        let affine = self.parameters_of(layer.inputs[0]);
        let [stored, line] = ["int8", "line"].map(|part| format!("{flat}/{part}"));
        let reads = |x: &str| [vec![x.to_owned()], affine.clone()].concat();
        self.node(&stored, "QuantizeLinear", reads(&flat), Vec::new());
        self.node(&line, "DequantizeLinear", reads(&stored), Vec::new());
        line
    }

    pub(super) fn quantize_inputs(&mut self) {
        for &id in &self.net.inputs {
            self.quantize(id, &self.net.value(id).name);
        }
    }

    pub(super) fn dequantize_outputs(&mut self) {
        if self.affine.is_some() {
            for &id in &self.net.outputs {
                self.dequantize(id, &self.net.value(id).name);
            }
        }
    }

    /// Makes 8 bits of `real`, which holds the value `id`.
    pub(super) fn quantize(&mut self, id: ValueId, real: &str) {
        let name = &self.net.value(id).name;
        let Some(affine) = self.affine.as_ref().map(|affine| affine[id.index()]) else {
            return;
        };
        let scale = Data::Floats(vec![affine.scale]);
        let zero = Data::Int8s(vec![affine.zero_point]);
        let reads = vec![
            real.to_owned(),
            self.constant(&format!("{name}/scale"), &[], scale),
            self.constant(&format!("{name}/zero"), &[], zero),
        ];
        self.node(&format!("{name}/int8"), "QuantizeLinear", reads, Vec::new());
    }

    fn dequantize(&mut self, id: ValueId, real: &str) -> String {
        let stored = format!("{}/int8", self.net.value(id).name);
        let reads = [vec![stored], self.parameters_of(id)].concat();
        self.node(real, "DequantizeLinear", reads, Vec::new());
        real.to_owned()
    }

    /// Scale and zero point, which [`Self::quantize`] has made.
    fn parameters_of(&self, id: ValueId) -> Vec<String> {
        let name = &self.net.value(id).name;
        ["scale", "zero"]
            .map(|part| format!("{name}/{part}"))
            .into()
    }

    /// Filter and bias behind a value of quantisation `input`.
    pub(super) fn integers(
        &mut self,
        name: &str,
        layer: &Layer,
        weights: &Weights,
        input: Affine,
        (shape, places): (&[i64], Places),
    ) -> [String; 2] {
        let dense = matches!(layer.op, Op::FullyConnected { .. });
        let Stored {
            filter,
            bias,
            scales,
            products,
        } = stored(weights, input, !dense);
        let channels = [bias.len() as i64];
        let filter = Data::Int8s(places.map(|place| filter[place]).collect());
        [
            self.constant_of("filter", name, (shape, filter), scales),
            self.constant_of("bias", name, (&channels, Data::Int32s(bias)), products),
        ]
    }

    /// A constant of integers, as floats. Several scales lie along axis 0.
    fn constant_of(
        &mut self,
        part: &str,
        name: &str,
        (shape, data): (&[i64], Data),
        scales: Vec<f32>,
    ) -> String {
        let real = format!("{name}/{part}");
        let extent: &[i64] = match scales.len() {
            1 => &[],
            count => &[count as i64],
        };
        let attributes = match extent {
            [] => Vec::new(),
            _ => vec![("axis", Attribute::Int(0))],
        };
        let reads = vec![
            self.constant(&format!("{real}/stored"), shape, data),
            self.constant(&format!("{real}/scale"), extent, Data::Floats(scales)),
        ];
        self.node(&real, "DequantizeLinear", reads, attributes);
        real
    }
}
