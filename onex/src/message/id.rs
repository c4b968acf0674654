//! Identities that survive a restart: each is a function of what caused it.
//!
//! Semantics 8 and 9. A redelivered cause makes the same ids again, so that whoever receives can de-duplicate.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A run: UUID v7, so that runs sort by the time they were started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub Uuid);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The id of an envelope that a handler or step emits: `uuid5(cause, "node/step/type/index")`.
///
/// `cause` is the inbound envelope or the action; `step` is the handler or step; `index` counts what one cause emits.
#[must_use]
pub fn emitted_id(cause: Uuid, node: &str, step: &str, wire_type: &str, index: usize) -> Uuid {
    let spelled;
    let index = match DIGITS.get(index) {
        Some(digit) => digit,
        None => {
            spelled = index.to_string();
            &*spelled
        }
    };
    named(cause, [node, "/", step, "/", wire_type, "/", index])
}

const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// `uuid5` of a name in parts. It is made for each message that is sent, so names of usual length are joined without asking
/// for memory. The hash begins with the cause: nothing of it can be computed beforehand.
fn named<const PARTS: usize>(namespace: Uuid, parts: [&str; PARTS]) -> Uuid {
    let (mut short, mut end) = ([0; 192], 0);
    for part in parts {
        let Some(place) = short.get_mut(end..end + part.len()) else {
            return Uuid::new_v5(&namespace, parts.concat().as_bytes());
        };
        place.copy_from_slice(part.as_bytes());
        end += part.len();
    }
    Uuid::new_v5(&namespace, &short[..end])
}

/// The id of a step's action, and its idempotency key: the same on every attempt of the same generation.
///
/// `uuid5(run, "step/item/forward|compensate/generation")`.
#[must_use]
pub fn action_id(run: RunId, step: &str, compensating: bool, generation: u32) -> Uuid {
    item_action_id(run, step, 0, compensating, generation)
}

/// The id of the action of a step for one item of a batch or a stream, or for one entry of a list: as [`action_id`], with its position.
#[must_use]
pub fn item_action_id(run: RunId, step: &str, item: u64, compensating: bool, generation: u32) -> Uuid {
    let direction = if compensating { "compensate" } else { "forward" };
    Uuid::new_v5(&run.0, format!("{step}/{item}/{direction}/{generation}").as_bytes())
}

/// The id of a whole step that is done once for each entry of a list: of what counts them, and has ended when they have.
#[must_use]
pub fn list_action_id(run: RunId, step: &str) -> Uuid {
    Uuid::new_v5(&run.0, format!("{step}/all/forward/0").as_bytes())
}

/// The id of an envelope that is read from a file or another seekable source: a function of the source and the
/// byte offset, so that a restart that reads it again is recognised.
#[must_use]
pub fn source_id(source: &str, offset: u64) -> Uuid {
    let source = Uuid::new_v5(&Uuid::NAMESPACE_URL, source.as_bytes());
    Uuid::new_v5(&source, &offset.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r08_an_id_is_that_of_its_name_however_long_it_is() {
        let cause = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        for length in [0, 1, 100, 177, 178, 179, 180, 181, 182, 300, 5_000] {
            for index in [0, 9, 10, 1_234_567] {
                let step = "x".repeat(length);
                let name = format!("node/{step}/orders.placed/{index}");
                let id = emitted_id(cause, "node", &step, "orders.placed", index);
                assert_eq!(id, Uuid::new_v5(&cause, name.as_bytes()), "{name}");
            }
        }
    }
}
