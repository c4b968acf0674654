//! How much two names are alike: «did you mean», as `onex-contract` says it. Names are ASCII, or are compared by bytes.

/// In bytes. A longer name is compared with nothing: it would take long.
pub(super) const LONGEST: usize = 100;
/// Names that are less alike than this are not what was meant.
const ALIKE: f64 = 0.7;
/// Nor are names of which a greater part must be typed anew.
const MOST_EDITS: f64 = 0.4;

/// The search for the name that is most like another one. Case does not count.
#[derive(Clone, Copy)]
pub(super) struct Closest<'n> {
    best: f64,
    pub(super) found: Option<&'n str>,
}

impl<'n> Closest<'n> {
    pub(super) const fn new() -> Self {
        Closest { best: ALIKE, found: None }
    }

    /// Looks at one more candidate.
    pub(super) const fn or(self, name: &str, candidate: &'n str) -> Self {
        let (a, b) = (name.len(), candidate.len());
        let (shorter, longer) = if a < b { (a, b) } else { (b, a) };
        if longer > LONGEST || (longer - shorter) as f64 > MOST_EDITS * longer as f64 {
            return self;
        }
        let likeness = jaro(name, candidate);
        if likeness > self.best && 1.0 - likeness_by_edits(name, candidate, true) <= MOST_EDITS {
            return Closest { best: likeness, found: Some(candidate) };
        }
        self
    }
}

/// `1.0` for equal names, `0.0` for those of which all must be typed anew: Damerau's and Levenshtein's distance over the
/// longer name. Expects names of at most [`LONGEST`] bytes.
pub(super) const fn likeness_by_edits(one: &str, other: &str, any_case: bool) -> f64 {
    let longer = if one.len() > other.len() { one.len() } else { other.len() };
    if longer == 0 {
        return 1.0;
    }
    1.0 - distance(one.as_bytes(), other.as_bytes(), any_case) as f64 / longer as f64
}

const fn folded(byte: u8, any_case: bool) -> u8 {
    if any_case { byte.to_ascii_lowercase() } else { byte }
}

const fn distance(one: &[u8], other: &[u8], any_case: bool) -> usize {
    const SIDE: usize = LONGEST + 2;
    const fn least(a: usize, b: usize) -> usize {
        if a < b { a } else { b }
    }
    if one.len() > LONGEST || other.len() > LONGEST {
        return if one.len() > other.len() { one.len() } else { other.len() };
    }
    let most = one.len() + other.len();
    let mut table = [[0usize; SIDE]; SIDE];
    table[0][0] = most;
    let mut i = 0;
    while i <= one.len() {
        table[i + 1][0] = most;
        table[i + 1][1] = i;
        i += 1;
    }
    let mut j = 0;
    while j <= other.len() {
        table[0][j + 1] = most;
        table[1][j + 1] = j;
        j += 1;
    }
    // The last row in which each byte stood.
    let mut last_row = [0usize; 256];
    let mut i = 1;
    while i <= one.len() {
        let here = folded(one[i - 1], any_case);
        let mut last_column = 0;
        let mut j = 1;
        while j <= other.len() {
            let there = folded(other[j - 1], any_case);
            let (row, column) = (last_row[there as usize], last_column);
            let differs = (here != there) as usize;
            if differs == 0 {
                last_column = j;
            }
            let swapped = table[row][column] + (i - row - 1) + 1 + (j - column - 1);
            let typed = least(table[i][j] + differs, least(table[i + 1][j], table[i][j + 1]) + 1);
            table[i + 1][j + 1] = least(typed, swapped);
            j += 1;
        }
        last_row[here as usize] = i;
        i += 1;
    }
    table[one.len() + 1][other.len() + 1]
}

/// Jaro's likeness, of names in lower case.
const fn jaro(one: &str, other: &str) -> f64 {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.is_empty() && other.is_empty() {
        return 1.0;
    }
    if one.is_empty() || other.is_empty() || one.len() > LONGEST || other.len() > LONGEST {
        return 0.0;
    }
    let longer = if one.len() > other.len() { one.len() } else { other.len() };
    let reach = (longer / 2).saturating_sub(1);
    let (mut in_one, mut in_other) = ([false; LONGEST], [false; LONGEST]);
    let mut matched = 0usize;
    each!(i, here in one => {
        let mut j = i.saturating_sub(reach);
        while j < other.len() && j <= i + reach {
            if !in_other[j] && folded(*here, true) == folded(other[j], true) {
                in_one[i] = true;
                in_other[j] = true;
                matched += 1;
                break;
            }
            j += 1;
        }
    });
    if matched == 0 {
        return 0.0;
    }
    let (mut moved, mut j) = (0usize, 0);
    each!(i, here in one => {
        if in_one[i] {
            while !in_other[j] {
                j += 1;
            }
            if folded(*here, true) != folded(other[j], true) {
                moved += 1;
            }
            j += 1;
        }
    });
    let matched = matched as f64;
    let moved = (moved / 2) as f64;
    (matched / one.len() as f64 + matched / other.len() as f64 + (matched - moved) / matched) / 3.0
}
