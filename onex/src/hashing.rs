//! How keys are hashed that are looked up for every message. Std's hasher keeps whoever chooses keys from choosing them so
//! that all fall into one bucket, and takes its time for that. Here are two that need less, each for keys for which less is
//! enough. Keys that come from outside as text (those of runs and mailboxes) stay with std's.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use uuid::Uuid;

/// A table whose keys are names of contracts and of the program. What comes from outside is only looked up in it, so the
/// worst that a chosen name meets are the few declared ones that share its bucket.
pub(crate) type DeclaredMap<K, V> = HashMap<K, V, BuildHasherDefault<DeclaredHasher>>;

/// A table whose keys are ids: 16 bytes each, which a source outside may have chosen.
pub(crate) type IdMap<K, V> = HashMap<K, V, IdHashing>;

/// Mixes eight bytes at a time by a multiplication whose halves are joined. It has no secret.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct DeclaredHasher(u64);

/// 2^64 divided by the golden ratio: odd, and without a pattern in its bits.
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

impl DeclaredHasher {
    /// The hash of a name.
    pub(crate) fn of(name: &str) -> u64 {
        let mut hasher = DeclaredHasher::default();
        hasher.write(name.as_bytes());
        hasher.finish()
    }

    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ MULTIPLIER) * u128::from(MULTIPLIER);
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

impl Hasher for DeclaredHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.mix(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.mix(u64::from(byte));
    }

    fn write_u64(&mut self, word: u64) {
        self.mix(word);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Multilinear hashing: each of the four words of an id times a secret of its own, added up, the upper half of the sum.
///
/// It is strongly universal (Lemire and Kaser, "Strongly universal string hashing is fast"): whichever two ids somebody has
/// chosen without knowing the secrets of this table, they meet as often as two random ones. So no ids are bad for it, though
/// it costs four multiplications. The secrets are drawn for each table and are nowhere to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdHashing {
    secrets: [u64; 5],
}

impl Default for IdHashing {
    fn default() -> Self {
        let random = RandomState::new();
        IdHashing { secrets: std::array::from_fn(|index| random.hash_one(index)) }
    }
}

impl IdHashing {
    /// The hash of an id, as a table of this hashing has it.
    pub(crate) fn of(&self, id: Uuid) -> u64 {
        self.hash_one(id)
    }
}

impl BuildHasher for IdHashing {
    type Hasher = IdHasher;

    fn build_hasher(&self) -> IdHasher {
        let [first, rest @ ..] = self.secrets;
        IdHasher { sum: first, secrets: rest }
    }
}

/// Hashes one id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdHasher {
    sum: u64,
    secrets: [u64; 4],
}

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        debug_assert_eq!(bytes.len(), 16, "it hashes ids, once each");
        let (words, _) = bytes.as_chunks();
        for (word, secret) in words.iter().zip(self.secrets) {
            self.sum = self.sum.wrapping_add(secret.wrapping_mul(u64::from(u32::from_le_bytes(*word))));
        }
    }

    /// All ids are of one length.
    fn write_usize(&mut self, _: usize) {}

    /// A table takes the lowest bits for the place and the highest for the tag, so the 32 good bits are at both ends.
    fn finish(&self) -> u64 {
        let upper = self.sum >> 32;
        (upper << 32) | upper
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// As they may have been drawn.
    const SECRETS: [u64; 5] = [
        0x2D35_8DCC_AA6C_78A5,
        0x8BB8_4B93_962E_ACC9,
        0x4B33_A62E_D433_D4A3,
        0x4D5A_2DA5_1DE1_AA47,
        0xA076_1D64_78BD_642F,
    ];

    /// How many of 4,096 ids fall into the fullest of as many buckets.
    fn fullest(ids: impl Iterator<Item = u128>) -> usize {
        let (hashing, mut buckets) = (IdHashing { secrets: SECRETS }, vec![0; 4_096]);
        for id in ids.take(4_096) {
            buckets[hashing.hash_one(Uuid::from_u128(id)) as usize % 4_096] += 1;
        }
        buckets.into_iter().max().unwrap_or(0)
    }

    #[test]
    fn ids_with_a_pattern_spread_like_random_ones() {
        // Whatever part of an id counts up. A hash that ignores a word has all 4,096 in one bucket.
        for shift in [0, 7, 32, 48, 64, 96, 116] {
            let most = fullest((0..).map(|number: u128| number << shift));
            assert!(most < 16, "{most} ids that count up from bit {shift} are in one bucket");
        }
    }

    #[test]
    fn each_table_has_secrets_of_its_own() {
        let (one, other) = (IdHashing::default(), IdHashing::default());
        let id = Uuid::from_u128(7);
        assert_eq!(one.hash_one(id), one.hash_one(id));
        assert_ne!(one.hash_one(id), other.hash_one(id));
    }

    #[test]
    fn names_that_differ_in_one_place_differ_in_both_ends_of_their_hash() {
        let hash = |name: &str| BuildHasherDefault::<DeclaredHasher>::default().hash_one(name);
        let names = || (0..1_000).map(|version| format!("onex.evt.orders.order-placed.v{version}"));
        let (places, tags): (HashSet<u64>, HashSet<u64>) =
            names().map(|name| hash(&name)).map(|hash| (hash % 65_536, hash >> 57)).unzip();
        assert!(places.len() > 950, "{} of 1,000 places", places.len());
        assert_eq!(tags.len(), 128);
    }
}
