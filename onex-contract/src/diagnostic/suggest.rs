//! "Did you mean".

/// Names that are less alike than this are not what was meant.
const ALIKE: f64 = 0.7;
/// Nor are names of which a greater part must be typed anew: `terminal_event` and `consumed_events` are alike.
const MOST_EDITS: f64 = 0.4;
/// In bytes. A longer name is compared with nothing: it would take long.
const LONGEST: usize = 100;

/// The candidate that is most like a name, if one is like it enough. Case does not count.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    closest_of(name, &mut candidates.into_iter())
}

/// Compiled once, not for each sort of iterator.
fn closest_of<'a>(name: &str, candidates: &mut dyn Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        // A name of another length takes at least as many edits as it has more characters.
        let (shorter, longer) = (name.len().min(candidate.len()), name.len().max(candidate.len()));
        if (longer - shorter) as f64 > MOST_EDITS * longer as f64 && name.is_ascii() && candidate.is_ascii() {
            continue;
        }
        let candidate_in_lower = candidate.to_lowercase();
        let likeness = strsim::jaro(&name, &candidate_in_lower);
        // The edits are counted last: that takes far longer, and few candidates are alike at all.
        if likeness > best.map_or(ALIKE, |(score, _)| score)
            && 1.0 - strsim::normalized_damerau_levenshtein(&name, &candidate_in_lower) <= MOST_EDITS
        {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn the_best_of_the_similar_names_is_meant() {
        assert_eq!(closest("handlerz", ["handler_routing", "handlers", "description"]), Some("handlers"));
        assert_eq!(closest("PARALEL", ["sequential", "parallel"]), Some("parallel"));
        assert_eq!(closest("terminal_event", ["consumed_events"]), None);
        assert_eq!(closest("evaluation_layers", ["validation_rules"]), None);
        assert_eq!(closest("xyz", ["handlers", "description"]), None);
        assert_eq!(closest("x", []), None);
    }
}
