//! The order of each layer from left to right, so that few arrows cross.

use super::layers::Layered;

/// How often the layers are sorted, down and up in turn. More changes little on graphs of the size that people read.
const SWEEPS: usize = 16;

/// Sorts each layer by what its cells are joined with in the layer before, and keeps the best of all tries. Lanes are
/// never mixed.
pub(super) fn sort(layered: &mut Layered) {
    let mut positions = vec![0; layered.cells.len()];
    for layer in &mut layered.layers {
        layer.sort_by_key(|cell| layered.cells[*cell].lane);
        number(layer, &mut positions);
    }
    let mut best = (crossings(layered, &positions), layered.layers.clone());
    for sweep in 0..SWEEPS {
        if best.0 == 0 {
            break;
        }
        if sweep % 2 == 0 {
            (1..layered.layers.len()).for_each(|layer| sort_layer(layered, layer, true, &mut positions));
        } else {
            (0..layered.layers.len().saturating_sub(1))
                .rev()
                .for_each(|layer| sort_layer(layered, layer, false, &mut positions));
        }
        let crossed = crossings(layered, &positions);
        if crossed < best.0 {
            best = (crossed, layered.layers.clone());
        }
    }
    layered.layers = best.1;
}

/// Sorts one layer by the mean position of the neighbours above or below; who has none stays where it is.
fn sort_layer(layered: &mut Layered, layer: usize, by_above: bool, positions: &mut [usize]) {
    let cells = &layered.cells;
    let key = |cell: usize| {
        let neighbours = if by_above { &cells[cell].above } else { &cells[cell].below };
        let sum: usize = neighbours.iter().map(|neighbour| positions[*neighbour]).sum();
        let mean =
            if neighbours.is_empty() { positions[cell] as f64 } else { sum as f64 / neighbours.len() as f64 };
        (cells[cell].lane, mean)
    };
    let mut keyed: Vec<((usize, f64), usize)> =
        layered.layers[layer].iter().map(|cell| (key(*cell), *cell)).collect();
    keyed.sort_by(|((lane, mean), _), ((other_lane, other_mean), _)| {
        lane.cmp(other_lane).then(mean.total_cmp(other_mean))
    });
    layered.layers[layer] = keyed.into_iter().map(|(_, cell)| cell).collect();
    number(&layered.layers[layer], positions);
}

fn number(layer: &[usize], positions: &mut [usize]) {
    for (position, cell) in layer.iter().enumerate() {
        positions[*cell] = position;
    }
}

/// How many pairs of arrows cross between neighbouring layers.
fn crossings(layered: &Layered, positions: &[usize]) -> usize {
    let mut crossed = 0;
    for pair in layered.layers.windows(2) {
        let mut ends: Vec<(usize, usize)> = pair[0]
            .iter()
            .flat_map(|upper| {
                layered.cells[*upper].below.iter().map(|lower| (positions[*upper], positions[*lower]))
            })
            .collect();
        ends.sort_unstable();
        crossed += inversions(ends.into_iter().map(|(_, lower)| lower), pair[1].len());
    }
    crossed
}

/// How many pairs are in the wrong order, counted with a Fenwick tree.
fn inversions(numbers: impl Iterator<Item = usize>, bound: usize) -> usize {
    let mut tree = vec![0_usize; bound + 1];
    let mut inverted = 0;
    for (seen, number) in numbers.enumerate() {
        let mut not_greater = 0;
        let mut at = number + 1;
        while at > 0 {
            not_greater += tree[at];
            at &= at - 1;
        }
        inverted += seen - not_greater;
        let mut at = number + 1;
        while at <= bound {
            tree[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    inverted
}

#[cfg(test)]
mod tests {
    use super::inversions;

    #[test]
    fn inversions_are_pairs_in_the_wrong_order() {
        for (numbers, expected) in [
            (&[][..], 0),
            (&[0, 1, 2], 0),
            (&[2, 1, 0], 3),
            (&[1, 0, 3, 2], 2),
            (&[1, 1, 1], 0),
            (&[3, 0, 0, 1], 3),
        ] {
            assert_eq!(inversions(numbers.iter().copied(), 4), expected, "{numbers:?}");
        }
    }
}
