//! Small maps, made from their entries.

use std::collections::BTreeMap;

/// The map of these entries, of which a later one replaces an earlier one of its key. It inserts one by one: `collect`
/// sorts first, and brings a whole sort for each iterator that it is called on into every user's build.
pub(super) fn map_of<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(entries);
    map
}
