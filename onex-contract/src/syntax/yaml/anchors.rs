//! What anchors name, and what it costs to repeat it.

use std::collections::HashMap;

use super::super::Node;

/// How much a value is, with all that is in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    pub(super) nodes: usize,
    pub(super) text: usize,
    /// 0 for a scalar.
    pub(super) height: usize,
}

impl Size {
    pub(super) fn scalar(text: &str) -> Self {
        Self { nodes: 1, text: text.len(), height: 0 }
    }

    /// An empty list or mapping.
    pub(super) fn container() -> Self {
        Self { nodes: 1, text: 0, height: 1 }
    }

    /// Counts a value that is put into this one.
    pub(super) fn hold(&mut self, child: Self) {
        self.nodes += child.nodes;
        self.text += child.text;
        self.height = self.height.max(child.height + 1);
    }
}

/// The values that have anchors, by the number that the parser gives an anchor.
#[derive(Debug, Default)]
pub(super) struct Anchors(HashMap<usize, (Node, Size)>);

impl Anchors {
    pub(super) fn define(&mut self, anchor: usize, node: Node, size: Size) {
        self.0.insert(anchor, (node, size));
    }

    /// The value, if it is complete: inside itself, an anchor names nothing yet.
    pub(super) fn get(&self, anchor: usize) -> Option<(&Node, Size)> {
        self.0.get(&anchor).map(|(node, size)| (node, *size))
    }
}
