//! Where cells are: columns by what they are joined with, rows by the tallest box of each layer.

use super::layers::Layered;
use super::{BOX_GAP, LANE_GAP, LAYER_GAP};

const SWEEPS: usize = 32;
/// How much more a way resists being moved than a box: long arrows are to be straight.
const WAY_WEIGHT: f64 = 4.0;

/// The middle of each cell, in whole numbers.
pub(super) fn columns(layered: &Layered, lanes: &[f64]) -> Vec<f64> {
    let mut columns = vec![0.0; layered.cells.len()];
    let mut left = 0.0;
    for (lane, width) in lanes.iter().enumerate() {
        let rows: Vec<Vec<usize>> = layered
            .layers
            .iter()
            .map(|layer| {
                layer.iter().copied().filter(|cell| layered.cells[*cell].lane == lane).collect::<Vec<_>>()
            })
            .collect();
        if rows.iter().all(Vec::is_empty) {
            continue;
        }
        settle(layered, &rows, &mut columns);
        let cells = || rows.iter().flatten().copied();
        let half = |cell: usize| layered.cells[cell].width / 2.0;
        let start = cells().map(|cell| columns[cell] - half(cell)).fold(f64::INFINITY, f64::min);
        for cell in cells() {
            columns[cell] = (columns[cell] - start + left).round();
        }
        let end = cells().map(|cell| columns[cell] + half(cell)).fold(left + width, f64::max);
        left = end + LANE_GAP;
    }
    columns
}

/// Moves the cells of a lane towards their neighbours in it: those above, those below, and so on; at last both.
fn settle(layered: &Layered, rows: &[Vec<usize>], columns: &mut [f64]) {
    for row in rows {
        pack(layered, row, columns, |_| 0.0);
    }
    for sweep in 0..=SWEEPS {
        let (above, below) = (sweep % 2 == 0 || sweep == SWEEPS, sweep % 2 == 1 || sweep == SWEEPS);
        let wish = |columns: &[f64], cell: usize| {
            let this = &layered.cells[cell];
            let neighbours = above.then_some(&this.above).into_iter().chain(below.then_some(&this.below));
            let wishes: Vec<f64> = neighbours
                .flatten()
                .filter(|neighbour| layered.cells[**neighbour].lane == this.lane)
                .map(|neighbour| columns[*neighbour])
                .collect();
            if wishes.is_empty() { columns[cell] } else { wishes.iter().sum::<f64>() / wishes.len() as f64 }
        };
        let mut place = |row: &Vec<usize>| {
            let wishes: Vec<f64> = row.iter().map(|cell| wish(columns, *cell)).collect();
            pack(layered, row, columns, |position| wishes[position]);
        };
        if above { rows.iter().for_each(&mut place) } else { rows.iter().rev().for_each(&mut place) }
    }
}

/// Places a row as close to its wishes as the widths and the order allow, by least squares.
///
/// With the widths taken off, cells may be at the same place but not overtake each other: the solution is that of
/// isotonic regression, which pools neighbours that would overlap.
fn pack(layered: &Layered, row: &[usize], columns: &mut [f64], wish: impl Fn(usize) -> f64) {
    struct Pool {
        cells: usize,
        weight: f64,
        mean: f64,
    }
    let mut offset = 0.0;
    let mut previous: Option<f64> = None;
    let mut offsets = Vec::with_capacity(row.len());
    let mut pools: Vec<Pool> = Vec::with_capacity(row.len());
    for (position, cell) in row.iter().enumerate() {
        let half = layered.cells[*cell].width / 2.0;
        offset += previous.map_or(0.0, |before| before + BOX_GAP + half);
        previous = Some(half);
        offsets.push(offset);
        let weight = if layered.is_way(*cell) { WAY_WEIGHT } else { 1.0 };
        let mut pool = Pool { cells: 1, weight, mean: wish(position) - offset };
        while let Some(before) = pools.pop_if(|before| before.mean >= pool.mean) {
            let weight = before.weight + pool.weight;
            let mean = (before.mean * before.weight + pool.mean * pool.weight) / weight;
            pool = Pool { cells: before.cells + pool.cells, weight, mean };
        }
        pools.push(pool);
    }
    let means = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.mean, pool.cells));
    for ((cell, offset), mean) in row.iter().zip(offsets).zip(means) {
        columns[*cell] = mean + offset;
    }
}

/// The top and the bottom of each layer.
pub(super) fn rows(layered: &Layered) -> Vec<(f64, f64)> {
    let mut top = 0.0;
    let row = |layer: &Vec<usize>| {
        let height = layer.iter().map(|cell| layered.cells[*cell].height).fold(0.0, f64::max);
        let row = (top, top + height);
        top = row.1 + LAYER_GAP;
        row
    };
    layered.layers.iter().map(row).collect()
}
