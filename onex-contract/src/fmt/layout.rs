//! What goes on one line and what does not, and where its comments go then.
//!
//! After it, a value is nothing, a line, a scalar of several lines, or a collection whose entries have lines of their
//! own.

use super::cst::{Collection, Comment, Content, Entry, File, Node};
use super::flow::flow;
use super::multiline::block_scalar;
use super::scalar::{double_quoted, key_text, one_line};

/// How many characters a line may have that could also be several.
const WIDTH: usize = 120;
/// How much deeper the entries of a collection stand than what it is in.
pub(super) const INDENT: usize = 2;

pub(super) fn lay_out(file: &mut File<'_>) {
    if let Content::Collection(root) = &mut file.root.value.content {
        let below = root.dangling.drain(..).chain(file.root.trailing.drain(..));
        file.tail.splice(0..0, below);
        for entry in &mut root.entries {
            lay_out_entry(entry, 0);
        }
    }
}

fn lay_out_entry(entry: &mut Entry<'_>, indent: usize) {
    let tagged = entry.value.is_tagged();
    let line = match &mut entry.value.content {
        Content::Nothing | Content::Line(_) => return,
        Content::Alias(name) => (*name).to_owned(),
        Content::Scalar(scalar) => match one_line(scalar, tagged, false) {
            Some(line) => line.into_owned(),
            None if scalar.is_block() && block_scalar(scalar, indent).is_none() => {
                put_inside_behind(entry, Vec::new());
                let Content::Scalar(scalar) = &entry.value.content else { return };
                double_quoted(&scalar.value)
            }
            None => return,
        },
        Content::Collection(collection) if collection.entries.is_empty() => {
            let brackets = collection.kind.brackets();
            let dangling = std::mem::take(&mut collection.dangling);
            put_inside_behind(entry, dangling);
            brackets.to_owned()
        }
        Content::Collection(_) => match on_one_line(entry, indent) {
            Some(line) => {
                entry.value.properties.clear();
                line
            }
            None => return on_lines_of_its_own(entry, indent),
        },
    };
    entry.value.content = Content::Line(line);
}

fn on_one_line(entry: &Entry<'_>, indent: usize) -> Option<String> {
    let before = entry.key.as_ref().map_or(0, |key| key_text(key, false).chars().count()) + "- ".len();
    let room = WIDTH.checked_sub(indent + before)?;
    if entry.header.is_none() { flow(&entry.value, room) } else { None }
}

fn on_lines_of_its_own(entry: &mut Entry<'_>, indent: usize) {
    let Content::Collection(collection) = &mut entry.value.content else { return };
    collection.flow = false;
    for child in &mut collection.entries {
        lay_out_entry(child, indent + INDENT);
    }
    let dangling = std::mem::take(&mut collection.dangling);
    let mut trailing = std::mem::take(&mut entry.trailing);
    if trailing.len() == 1 && entry.header.is_none() && dangling.is_empty() && !has_comments(&entry.value) {
        entry.header = trailing.pop();
    }
    if entry.key.is_none() {
        // Behind a dash it would stand alone.
        let header = entry.header.take();
        entry.hoist(header);
        // The first entry goes on behind the dash, and has no line above it there.
        let above = first_lead(entry);
        entry.hoist(above);
    }
    entry.tail.splice(0..0, dangling.into_iter().chain(trailing));
}

/// The comments above the first entry of a value that starts on the line of its dash.
fn first_lead<'a>(item: &mut Entry<'a>) -> Vec<Comment<'a>> {
    match &mut item.value.content {
        Content::Collection(Collection { entries, .. }) if item.value.properties.is_empty() => {
            entries.first_mut().map(|first| std::mem::take(&mut first.lead)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Finds a place for comments inside something that cannot have any.
fn put_inside_behind<'a>(entry: &mut Entry<'a>, dangling: Vec<Comment<'a>>) {
    let mut inside: Vec<Comment<'a>> = entry.header.take().into_iter().chain(dangling).collect();
    if inside.len() == 1 && entry.trailing.is_empty() {
        entry.trailing.append(&mut inside);
    }
    entry.hoist(inside);
}

fn has_comments(node: &Node<'_>) -> bool {
    let Content::Collection(Collection { entries, dangling, .. }) = &node.content else { return false };
    let of_entry = |entry: &Entry<'_>| {
        let lists = [&entry.lead, &entry.trailing, &entry.tail];
        lists.iter().any(|list| !list.is_empty()) || entry.header.is_some() || has_comments(&entry.value)
    };
    !dangling.is_empty() || entries.iter().any(of_entry)
}
