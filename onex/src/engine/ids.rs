//! Some ids, of which there are mostly one or two.

use std::ops::Deref;

use uuid::Uuid;

/// So many need no memory of their own.
const FEW: usize = 4;

/// Ids in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    few: [Uuid; FEW],
    /// How many of `few` there are, as long as there are no more.
    count: usize,
    /// All of them, once there are more.
    many: Vec<Uuid>,
}

impl Ids {
    pub(crate) fn push(&mut self, id: Uuid) {
        if self.many.is_empty() && self.count < FEW {
            self.few[self.count] = id;
            self.count += 1;
            return;
        }
        if self.many.is_empty() {
            self.many.extend_from_slice(&self.few);
        }
        self.many.push(id);
    }
}

impl Deref for Ids {
    type Target = [Uuid];

    fn deref(&self) -> &[Uuid] {
        if self.many.is_empty() { &self.few[..self.count] } else { &self.many }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_all_there_in_their_order() {
        for count in 0..=FEW + 3 {
            let all: Vec<Uuid> = (0..count as u128).map(Uuid::from_u128).collect();
            let mut ids = Ids::default();
            all.iter().for_each(|id| ids.push(*id));
            assert_eq!(*ids, *all);
        }
    }
}
