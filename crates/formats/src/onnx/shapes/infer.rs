//! The walk through a graph, node by node, that gathers what is known of each tensor.

use std::collections::HashMap;

use super::super::schema::{GraphView, ModelView, NodeView, is_standard};
use super::rules::{self, control};
use super::{Bindings, Call, Fact, values};
use crate::error::Result;

/// What is known of the tensors of a graph, by name; and of the graph around it.
pub(crate) struct Scope<'s, 'a> {
    facts: HashMap<&'a str, Fact>,
    outer: Option<&'s Scope<'s, 'a>>,
}

impl<'a> Scope<'_, 'a> {
    /// What is known of the tensor of this name, here or further out.
    pub(crate) fn fact(&self, name: &str) -> Option<&Fact> {
        match self.facts.get(name) {
            Some(fact) => Some(fact),
            None => self.outer?.fact(name),
        }
    }

    /// What is known of a node's inputs.
    pub(crate) fn call<'c>(&'c self, node: &'c NodeView<'a>, opset: i64) -> Call<'c> {
        const NOTHING: &Fact = &Fact {
            dtype: None,
            shape: None,
            value: None,
        };
        let fact = |name: &&str| (!name.is_empty()).then(|| self.fact(name).unwrap_or(NOTHING));
        Call {
            node,
            opset,
            inputs: node.inputs.iter().map(fact).collect(),
        }
    }
}

/// Gathers what is known of every tensor of a graph: the operator set, and the sizes of open dimensions.
pub(crate) struct Walk<'w, 'd> {
    pub(crate) opset: i64,
    pub(crate) bindings: &'w Bindings<'d>,
}

impl<'w, 'd> Walk<'w, 'd> {
    /// For the graphs of this model.
    pub(crate) fn new(model: &ModelView<'_>, bindings: &'w Bindings<'d>) -> Self {
        Self {
            opset: model.opset,
            bindings,
        }
    }
}

impl Walk<'_, '_> {
    /// Walks through a graph. `given` is what the caller knows of its inputs, beyond what is declared.
    ///
    /// # Errors
    /// Names a body that is damaged.
    pub(crate) fn graph<'s, 'a>(
        &self,
        graph: &GraphView<'a>,
        outer: Option<&'s Scope<'s, 'a>>,
        given: Vec<Fact>,
    ) -> Result<Scope<'s, 'a>> {
        let declared = graph.value_info.iter().chain(&graph.outputs);
        let declared: HashMap<&str, Fact> = declared
            .map(|(name, what)| (*name, self.bindings.declared(name, what)))
            .collect();
        let mut scope = Scope {
            facts: HashMap::new(),
            outer,
        };
        let mut given = given.into_iter();
        for (name, what) in &graph.inputs {
            let fact = self.bindings.declared(name, what);
            let fact = fact.or(given.next().unwrap_or_default());
            scope.facts.insert(name, fact);
        }
        for tensor in &graph.initializers {
            scope.facts.insert(tensor.name, Fact::of_tensor(tensor));
        }
        for node in &graph.nodes {
            let mut facts = self.node(node, &scope, graph.depth)?.into_iter();
            for &name in &node.outputs {
                let inferred = facts.next().unwrap_or_default();
                let mut fact = match declared.get(name) {
                    Some(declared) => declared.clone().or(inferred),
                    None => inferred,
                };
                self.bindings.fill(name, &mut fact);
                scope.facts.insert(name, fact);
            }
        }
        Ok(scope)
    }

    /// What follows for a node's outputs; may be fewer than it has.
    fn node<'a>(
        &self,
        node: &NodeView<'a>,
        scope: &Scope<'_, 'a>,
        depth: usize,
    ) -> Result<Vec<Fact>> {
        if is_standard(node.domain) && control::has_bodies(node) {
            return control::infer(self, node, scope, depth);
        }
        let call = scope.call(node, self.opset);
        let mut facts = rules::apply(&call).unwrap_or_default();
        if let (true, Some(first)) = (is_standard(node.domain), facts.first_mut()) {
            values::fold(&call, first);
        }
        Ok(facts)
    }
}
