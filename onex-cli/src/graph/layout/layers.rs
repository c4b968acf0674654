//! Which layer each box is in, and where long arrows pass the layers between.

use super::{MAX_WAYS, Size, TooLarge, WAY};

/// A place in a layer: a box, or the way of an arrow past the boxes.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) layer: usize,
    pub(super) lane: usize,
    pub(super) width: f64,
    pub(super) height: f64,
    /// The cells of the layer above that it is joined with.
    pub(super) above: Vec<usize>,
    /// Those of the layer below.
    pub(super) below: Vec<usize>,
}

/// Boxes and ways in layers. The first cells are the boxes, in their order; the others are ways.
pub(super) struct Layered {
    pub(super) cells: Vec<Cell>,
    pub(super) boxes: usize,
    /// The cells of each layer, from left to right.
    pub(super) layers: Vec<Vec<usize>>,
    /// The cells of each arrow, from its start to its end; none for an arrow from a box to itself.
    pub(super) chains: Vec<Vec<usize>>,
}

impl Layered {
    pub(super) fn is_way(&self, cell: usize) -> bool {
        cell >= self.boxes
    }
}

pub(super) fn assign(sizes: &[Size], arrows: &[(usize, usize)]) -> Result<Layered, TooLarge> {
    let turned = closes_circle(sizes.len(), arrows);
    let down: Vec<(usize, usize)> = arrows
        .iter()
        .zip(&turned)
        .map(|(&(from, to), turned)| if *turned { (to, from) } else { (from, to) })
        .collect();
    let layer = longest_paths(sizes.len(), &down);
    let passed = down.iter().map(|&(upper, lower)| layer[lower].saturating_sub(layer[upper] + 1));
    if passed.sum::<usize>() > MAX_WAYS {
        return Err(TooLarge);
    }

    let cell = |layer, lane, width, height| Cell {
        layer,
        lane,
        width,
        height,
        above: Vec::new(),
        below: Vec::new(),
    };
    let mut cells: Vec<Cell> = sizes
        .iter()
        .zip(&layer)
        .map(|(size, layer)| cell(*layer, size.lane, size.width, size.height))
        .collect();
    let mut chains = Vec::with_capacity(arrows.len());
    for (&(upper, lower), turned) in down.iter().zip(turned) {
        let mut chain = Vec::new();
        if upper != lower {
            chain.push(upper);
            // A way between two lanes keeps to the first: the others have frames.
            let lane = sizes[upper].lane.min(sizes[lower].lane);
            for layer in layer[upper] + 1..layer[lower] {
                chain.push(cells.len());
                cells.push(cell(layer, lane, WAY, 0.0));
            }
            chain.push(lower);
        }
        for pair in chain.windows(2) {
            cells[pair[0]].below.push(pair[1]);
            cells[pair[1]].above.push(pair[0]);
        }
        if turned {
            chain.reverse();
        }
        chains.push(chain);
    }
    let mut layers = vec![Vec::new(); cells.iter().map(|cell| cell.layer + 1).max().unwrap_or(0)];
    for (index, cell) in cells.iter().enumerate() {
        layers[cell.layer].push(index);
    }
    Ok(Layered { cells, boxes: sizes.len(), layers, chains })
}

/// For each arrow whether it leads back to a box that is on the way to it, depth first in the order of the boxes.
fn closes_circle(boxes: usize, arrows: &[(usize, usize)]) -> Vec<bool> {
    #[derive(Clone, Copy, PartialEq)]
    enum Visit {
        Never,
        Open,
        Done,
    }
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); boxes];
    for (arrow, &(from, _)) in arrows.iter().enumerate() {
        leaving[from].push(arrow);
    }
    let mut closes = vec![false; arrows.len()];
    let mut visits = vec![Visit::Never; boxes];
    for first in 0..boxes {
        if visits[first] != Visit::Never {
            continue;
        }
        visits[first] = Visit::Open;
        let mut path = vec![(first, 0)];
        while let Some((from, next)) = path.last_mut() {
            let Some(&arrow) = leaving[*from].get(*next) else {
                visits[*from] = Visit::Done;
                path.pop();
                continue;
            };
            *next += 1;
            let to = arrows[arrow].1;
            match visits[to] {
                Visit::Never => {
                    visits[to] = Visit::Open;
                    path.push((to, 0));
                }
                Visit::Open => closes[arrow] = true,
                Visit::Done => {}
            }
        }
    }
    closes
}

/// The layer of each box: one below the lowest that leads to it. What nothing leads to is just above what it leads to.
fn longest_paths(boxes: usize, down: &[(usize, usize)]) -> Vec<usize> {
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); boxes];
    let mut waits_for = vec![0_usize; boxes];
    for &(upper, lower) in down.iter().filter(|(upper, lower)| upper != lower) {
        below[upper].push(lower);
        waits_for[lower] += 1;
    }
    let tops: Vec<usize> = (0..boxes).filter(|top| waits_for[*top] == 0).collect();
    let mut layer = vec![0; boxes];
    let mut free = tops.clone();
    while let Some(upper) = free.pop() {
        for lower in &below[upper] {
            layer[*lower] = layer[*lower].max(layer[upper] + 1);
            waits_for[*lower] -= 1;
            if waits_for[*lower] == 0 {
                free.push(*lower);
            }
        }
    }
    for top in tops {
        layer[top] = below[top].iter().map(|lower| layer[*lower] - 1).min().unwrap_or(0);
    }
    layer
}
