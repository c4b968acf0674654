//! What a picture needs to be readable, whatever is in it.

use proptest::prelude::*;

use super::*;

fn size(lane: usize) -> Size {
    Size { width: 100.0, height: 40.0, lane }
}

fn placed(sizes: &[Size], arrows: &[(usize, usize)]) -> Layout {
    let lanes = sizes.iter().map(|size| size.lane + 1).max().unwrap_or(0);
    layout(sizes, arrows, &vec![0.0; lanes]).expect("it is small")
}

fn arrows_of(boxes: usize) -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..boxes, 0..boxes), 0..40)
}

fn sizes_and_arrows() -> impl Strategy<Value = (Vec<Size>, Vec<(usize, usize)>)> {
    let sizes = (10_u8..200, 10_u8..90, 0_usize..3).prop_map(|(width, height, lane)| Size {
        width: f64::from(width) * 2.0,
        height: f64::from(height),
        lane,
    });
    prop::collection::vec(sizes, 1..20).prop_flat_map(|sizes| {
        let boxes = sizes.len();
        (Just(sizes), arrows_of(boxes))
    })
}

fn overlap(one: &Rect, other: &Rect) -> bool {
    one.x < other.right() && other.x < one.right() && one.y < other.bottom() && other.y < one.bottom()
}

/// The middle of the upper or the lower side, or beside it.
fn touches(point: Point, rect: &Rect) -> bool {
    rect.x <= point.x && point.x <= rect.right() && (point.y == rect.y || point.y == rect.bottom())
}

/// Whether the way from one point to the next can be inside a box: it turns anywhere between the two.
fn passes(from: Point, to: Point, rect: &Rect) -> bool {
    let (top, bottom) = (from.y.min(to.y), from.y.max(to.y));
    let (left, right) = (from.x.min(to.x), from.x.max(to.x));
    top < rect.bottom() && rect.y < bottom && left < rect.right() && rect.x < right
}

proptest! {
    #[test]
    fn boxes_and_arrows_keep_off_each_other((sizes, arrows) in sizes_and_arrows()) {
        let layout = placed(&sizes, &arrows);
        for (index, one) in layout.boxes.iter().enumerate() {
            prop_assert_eq!((one.width, one.height), (sizes[index].width, sizes[index].height));
            for (other_index, other) in layout.boxes.iter().enumerate().skip(index + 1) {
                prop_assert!(!overlap(one, other), "{index} and {other_index}: {one:?} {other:?}");
                if sizes[index].lane < sizes[other_index].lane {
                    prop_assert!(one.right() < other.x, "lanes share a column");
                }
            }
        }
        prop_assert_eq!(layout.ways.len(), arrows.len());
        for ((from, to), way) in arrows.iter().zip(&layout.ways) {
            if from == to {
                prop_assert!(way.is_empty());
                continue;
            }
            prop_assert!(touches(way[0], &layout.boxes[*from]), "{way:?}");
            prop_assert!(touches(way[way.len() - 1], &layout.boxes[*to]), "{way:?}");
            for pair in way.windows(2) {
                for rect in &layout.boxes {
                    prop_assert!(!passes(pair[0], pair[1], rect), "{way:?} passes {rect:?}");
                }
            }
        }
    }

    #[test]
    fn arrows_lead_down_where_there_is_no_circle(arrows in arrows_of(12)) {
        let arrows: Vec<(usize, usize)> = arrows.into_iter().filter(|(from, to)| from < to).collect();
        let layout = placed(&[size(0); 12], &arrows);
        for (from, to) in arrows {
            prop_assert!(layout.boxes[from].bottom() < layout.boxes[to].y);
        }
    }
}

#[test]
fn a_chain_is_straight() {
    let layout = placed(&[size(0); 4], &[(0, 1), (1, 2), (2, 3)]);
    assert!(layout.boxes.iter().all(|rect| rect.center() == layout.boxes[0].center()));
    assert!(layout.ways.iter().flatten().all(|point| point.x == layout.boxes[0].center()));
}

#[test]
fn a_diamond_is_symmetrical() {
    let [top, left, right, bottom] = placed(&[size(0); 4], &[(0, 1), (0, 2), (1, 3), (2, 3)]).boxes[..]
    else {
        panic!("four boxes")
    };
    assert_eq!(top.center(), bottom.center());
    assert_eq!(top.center() - left.center(), right.center() - top.center());
    assert_eq!(left.y, right.y);
}

#[test]
fn arrows_that_need_not_cross_do_not() {
    let layout = placed(&[size(0); 6], &[(0, 5), (1, 4), (2, 3)]);
    let x = |index: usize| layout.boxes[index].x;
    let mut ends = [(x(0), x(5)), (x(1), x(4)), (x(2), x(3))];
    ends.sort_by(|one, other| one.0.total_cmp(&other.0));
    assert!(ends.is_sorted_by(|one, other| one.1 < other.1), "{ends:?}");
}

#[test]
fn what_starts_something_late_is_beside_it() {
    let layout = placed(&[size(0); 5], &[(0, 1), (1, 2), (2, 3), (4, 3)]);
    assert_eq!(layout.boxes[4].y, layout.boxes[2].y);
}

#[test]
fn a_lane_is_as_wide_as_its_title() {
    let layout = layout(&[size(0), size(1)], &[], &[500.0, 0.0]).expect("it is small");
    assert!(layout.boxes[1].x >= layout.boxes[0].x + 500.0);
}

#[test]
fn a_large_picture_is_drawn_and_a_black_one_refused() {
    let chain: Vec<(usize, usize)> = (1..1_000).map(|step| (step - 1, step)).collect();
    assert!(layout(&[size(0); 1_000], &chain, &[0.0]).is_ok());
    let web: Vec<(usize, usize)> =
        (0..1_000).flat_map(|to| (0..to).step_by(25).map(move |from| (from, to))).chain(chain).collect();
    assert_eq!(layout(&[size(0); 1_000], &web, &[0.0]).err(), Some(TooLarge));
}
