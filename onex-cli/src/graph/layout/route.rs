//! The way of each arrow from box to box, past the boxes between.

use super::layers::Layered;
use super::{Layout, Point, Rect};

/// The space between two arrows at the same side of a box, where there is room for it.
const PORT_GAP: f64 = 14.0;

pub(super) fn layout(layered: &Layered, columns: &[f64], rows: &[(f64, f64)]) -> Layout {
    let mut boxes = Vec::with_capacity(layered.boxes);
    for (cell, column) in layered.cells.iter().zip(columns).take(layered.boxes) {
        let (top, bottom) = rows[cell.layer];
        let y = ((top + bottom - cell.height) / 2.0).round();
        boxes.push(Rect { x: column - cell.width / 2.0, y, width: cell.width, height: cell.height });
    }
    let way = |chain: &Vec<usize>| match chain[..] {
        [first, .., last] if layered.cells[first].layer > layered.cells[last].layer => {
            let down: Vec<usize> = chain.iter().rev().copied().collect();
            way_down(layered, columns, rows, &boxes, &down).into_iter().rev().collect()
        }
        _ => way_down(layered, columns, rows, &boxes, chain),
    };
    let ways = layered.chains.iter().map(way).collect();
    Layout { boxes, ways }
}

/// Straight through each layer, so that only the space between two layers is left to turn in.
fn way_down(
    layered: &Layered,
    columns: &[f64],
    rows: &[(f64, f64)],
    boxes: &[Rect],
    chain: &[usize],
) -> Vec<Point> {
    let mut points = Vec::with_capacity(chain.len() * 2);
    for (position, cell) in chain.iter().copied().enumerate() {
        let (top, bottom) = rows[layered.cells[cell].layer];
        let (x, top, bottom) = if position == 0 {
            let port = port(layered, columns, &layered.cells[cell].below, chain[1], boxes[cell].width);
            (columns[cell] + port, boxes[cell].bottom(), bottom)
        } else if position == chain.len() - 1 {
            let before = chain[position - 1];
            let port = port(layered, columns, &layered.cells[cell].above, before, boxes[cell].width);
            (columns[cell] + port, top, boxes[cell].y)
        } else {
            (columns[cell], top, bottom)
        };
        points.push(Point { x, y: top });
        if bottom > top {
            points.push(Point { x, y: bottom });
        }
    }
    points
}

/// How far from the middle of a box the arrow of a neighbour meets it. Arrows do not meet it all in one point, and are in
/// the order of what they come from, so that they do not cross in front of it.
fn port(layered: &Layered, columns: &[f64], neighbours: &[usize], neighbour: usize, width: f64) -> f64 {
    let place = |cell: usize| (layered.cells[cell].lane, columns[cell]);
    let mut others: Vec<usize> = neighbours.iter().copied().filter(|other| *other != neighbour).collect();
    others.sort_unstable();
    others.dedup();
    let before = others.iter().filter(|other| place(**other) < place(neighbour)).count() as f64;
    let gap = PORT_GAP.min(width / (others.len() as f64 + 2.0));
    ((before - others.len() as f64 / 2.0) * gap).round()
}
