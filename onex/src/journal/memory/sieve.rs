//! Which ids have certainly not been added lately, in so few bytes that they stay near the processor. Knows nothing of marks.
//!
//! Each id is three bits of one word. There are two generations of words: what is added goes into the younger one, and once that
//! has taken as many as it has room for it is the older one, and what was older is forgotten.

/// How many ids one word takes before it says of one in twenty-five that was not added that it may have been.
const IN_A_WORD: usize = 8;

/// Two generations of ids, by their hashes.
#[derive(Debug)]
pub(super) struct Sieve {
    /// The younger and the older beside each other: as many as a power of two.
    words: Vec<[u64; 2]>,
    /// How many the younger has taken.
    added: usize,
}

impl Sieve {
    /// One that forgets no id before it has taken `room` more.
    pub(super) fn new(room: usize) -> Self {
        Sieve { words: vec![[0; 2]; room.div_ceil(IN_A_WORD).next_power_of_two()], added: 0 }
    }

    /// How many it takes before it forgets the first.
    pub(super) fn room(&self) -> usize {
        self.words.len() * IN_A_WORD
    }

    pub(super) fn add(&mut self, hash: u64) {
        if self.added == self.room() {
            self.words.iter_mut().for_each(|[younger, older]| *older = std::mem::take(younger));
            self.added = 0;
        }
        let place = self.place(hash);
        self.words[place][0] |= bits(hash);
        self.added += 1;
    }

    /// False: it was not added since as many were as there is room for.
    pub(super) fn may_have(&self, hash: u64) -> bool {
        let bits = bits(hash);
        self.words[self.place(hash)].iter().any(|word| word & bits == bits)
    }

    fn place(&self, hash: u64) -> usize {
        hash as usize & (self.words.len() - 1)
    }
}

/// Three places of a word, of the bits of a hash that say least about its place.
fn bits(hash: u64) -> u64 {
    [46, 52, 58].iter().fold(0, |bits, shift| bits | 1 << (hash >> shift & 63))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::hashing::IdHashing;

    #[test]
    fn it_knows_the_latest_as_many_as_it_has_room_for_and_hardly_any_other() {
        let hashing = IdHashing::default();
        let hash = |id: usize| hashing.of(Uuid::from_u128(id as u128));
        let mut sieve = Sieve::new(1_000);
        let room = sieve.room();
        assert!(room >= 1_000);
        for id in 0..5 * room {
            sieve.add(hash(id));
            // Also where a generation has begun or is about to.
            if id % (room / 8) < 2 {
                let first = (id + 1).saturating_sub(room);
                assert!((first..=id).all(|id| sieve.may_have(hash(id))), "after {id}");
            }
        }
        let strangers = (0..10_000).filter(|id| sieve.may_have(hash(100_000_000 + id))).count();
        assert!(strangers < 1_500, "{strangers} of 10,000");
        let forgotten = (0..2 * room).filter(|id| sieve.may_have(hash(*id))).count();
        assert!(forgotten < room / 2, "{forgotten} of {}", 2 * room);
    }
}
