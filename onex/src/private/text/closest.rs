//! The name that was probably meant, found while the compiler runs.

/// The name that is nearest by edit distance, if it is near: at most a third of the longer name.
pub(super) const fn closest<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    let mut best: Option<(&str, usize)> = None;
    let mut i = 0;
    while i < names.len() {
        let distance = distance(name.as_bytes(), names[i].as_bytes());
        let longer = if name.len() > names[i].len() { name.len() } else { names[i].len() };
        if distance * 3 <= longer {
            best = match best {
                Some((_, least)) if least <= distance => best,
                _ => Some((names[i], distance)),
            };
        }
        i += 1;
    }
    match best {
        Some((name, _)) => Some(name),
        None => None,
    }
}

/// Levenshtein, by rows. Names longer than a row are compared by their beginning.
const fn distance(a: &[u8], b: &[u8]) -> usize {
    const ROW: usize = 64;
    let width = if b.len() < ROW { b.len() } else { ROW - 1 };
    let mut row = [0usize; ROW];
    let mut j = 0;
    while j <= width {
        row[j] = j;
        j += 1;
    }
    let mut i = 0;
    while i < a.len() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        let mut j = 0;
        while j < width {
            let substitute = diagonal + (a[i] != b[j]) as usize;
            diagonal = row[j + 1];
            let insert = row[j] + 1;
            let delete = row[j + 1] + 1;
            let least = if insert < delete { insert } else { delete };
            row[j + 1] = if substitute < least { substitute } else { least };
            j += 1;
        }
        i += 1;
    }
    row[width]
}
