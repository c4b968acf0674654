//! Words that a contract may spell in several ways and in any case, spelt as the tables of the language have them first.

use super::super::cst::{Collection, Content, Kind, Node};
use crate::language::{Section, Shape, Word};

/// Spells every word below a mapping of the language. What has an anchor is left alone: who refers to it may read it
/// otherwise.
pub(super) fn spell(mapping: &mut Collection<'_>, section: &'static Section) {
    for entry in &mut mapping.entries {
        let key = entry.key.as_ref().and_then(Node::text).and_then(|name| section.key(name));
        if let Some(key) = key {
            spell_value(&mut entry.value, &key.shape);
        }
    }
}

/// The depth is that of the tree, which the parser bounds.
fn spell_value(node: &mut Node<'_>, shape: &'static Shape) {
    if !node.properties.is_empty() {
        return;
    }
    match (shape, &mut node.content) {
        (Shape::Word(words), Content::Scalar(_)) => spell_word(node, words),
        (Shape::Either(shapes), _) => shapes.iter().for_each(|shape| spell_value(node, shape)),
        (Shape::Section(section), Content::Collection(mapping)) if mapping.kind == Kind::Mapping => {
            spell(mapping, section);
        }
        (Shape::Table { values: shape, .. }, Content::Collection(items)) if items.kind == Kind::Mapping => {
            items.entries.iter_mut().for_each(|entry| spell_value(&mut entry.value, shape));
        }
        (Shape::List(shape), Content::Collection(items)) if items.kind == Kind::List => {
            items.entries.iter_mut().for_each(|entry| spell_value(&mut entry.value, shape));
        }
        _ => {}
    }
}

fn spell_word(node: &mut Node<'_>, words: &'static [Word]) {
    let word = node.text().and_then(|text| words.iter().find(|word| word.is(text) && word.name != text));
    if let Some(word) = word {
        *node = Node::scalar(word.name);
    }
}
