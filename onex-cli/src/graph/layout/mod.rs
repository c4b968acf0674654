//! Where the boxes and arrows of a picture are: layers from top to bottom, lanes side by side.
//!
//! The method is Sugiyama's: turn the arrows that close circles, give each box a layer, let long arrows pass the layers
//! between, sort each layer so that few arrows cross, and at last move everything as close as possible to what it is
//! joined with. It must not know contracts or SVG: it knows sizes and pairs of numbers. The same input gives the same
//! layout on every machine.

mod layers;
mod order;
mod place;
mod route;
#[cfg(test)]
mod tests;

/// The space between two layers: room for arrows to turn.
const LAYER_GAP: f64 = 48.0;
/// The space between two boxes of a layer.
const BOX_GAP: f64 = 24.0;
/// The space between two lanes, and so for their frames.
const LANE_GAP: f64 = 72.0;
/// How wide the way of an arrow past a box is.
const WAY: f64 = 8.0;
/// How often arrows may pass layers, all together.
const MAX_WAYS: usize = 20_000;

/// A box to place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Which lane it is in, from 0: no two lanes share a column.
    pub(super) lane: usize,
}

/// A box that is placed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

#[derive(Debug)]
pub(super) struct Layout {
    /// The boxes, as they were given.
    pub(super) boxes: Vec<Rect>,
    /// The way of each arrow, from its start to its end. Between two points of the same `x` it is straight; between others
    /// there are no boxes. The way of an arrow from a box to itself is empty.
    pub(super) ways: Vec<Vec<Point>>,
}

/// The picture has more in it than anybody could read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLarge;

/// Places boxes and the arrows between them, which are pairs of indexes. A lane is at least as wide as `lanes` says.
///
/// # Errors
///
/// So many arrows pass so many layers that the picture would be black.
pub(super) fn layout(sizes: &[Size], arrows: &[(usize, usize)], lanes: &[f64]) -> Result<Layout, TooLarge> {
    let mut layered = layers::assign(sizes, arrows)?;
    order::sort(&mut layered);
    let columns = place::columns(&layered, lanes);
    let rows = place::rows(&layered);
    Ok(route::layout(&layered, &columns, &rows))
}

impl Rect {
    pub(super) fn center(&self) -> f64 {
        self.x + self.width / 2.0
    }

    pub(super) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.y + self.height
    }
}
