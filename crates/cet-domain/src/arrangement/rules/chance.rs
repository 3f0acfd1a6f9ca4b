//! The pseudo-random numbers of the draw: the same on every machine, and reproducible in any language.

use ring::digest;

use super::late::LateSeed;
use crate::arrangement::Unit;

/// The prefix of the generator's key; a change of the algorithm would need another one.
const NAME: &str = "cet arrangement 1";

/// A stream of numbers derived from a unit and a seed.
///
/// The key is SHA-256 of the parts name, sitting, campus, subject and seed (in decimal), each with its length in bytes
/// before it as 8 bytes, big-endian. Block `n` (from 0) is SHA-256 of the key and `n` as 8 bytes, big-endian; it holds
/// four numbers of 8 bytes, big-endian, one after the other.
#[derive(Clone, Debug)]
pub struct Chance {
    key: [u8; 32],
    block: u64,
    ready: [u64; 4],
    used: usize,
}

impl Chance {
    /// The stream of a unit for a seed.
    #[must_use]
    pub fn new(unit: &Unit, seed: i64) -> Self {
        Self::of(&[
            NAME,
            unit.sitting.as_str(),
            unit.campus.as_str(),
            unit.subject.as_str(),
            &seed.to_string(),
        ])
    }

    /// The stream of a late draw: its number in decimal is one more part after the seed.
    #[must_use]
    pub fn late(unit: &Unit, LateSeed { seed, late }: LateSeed) -> Self {
        let (seed, late) = (seed.to_string(), late.to_string());
        Self::of(&[NAME, unit.sitting.as_str(), unit.campus.as_str(), unit.subject.as_str(), &seed, &late])
    }

    fn of(parts: &[&str]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in parts {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part.as_bytes());
        }
        Self { key: sum(context), block: 0, ready: [0; 4], used: 4 }
    }

    /// The next number of the stream.
    pub fn number(&mut self) -> u64 {
        if let Some(number) = self.ready.get(self.used) {
            self.used = self.used.saturating_add(1);
            return *number;
        }
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&self.key);
        context.update(&self.block.to_be_bytes());
        self.block = self.block.wrapping_add(1);
        let block = sum(context);
        for (number, bytes) in self.ready.iter_mut().zip(block.chunks_exact(8)) {
            *number = bytes.try_into().map_or(0, u64::from_be_bytes);
        }
        self.used = 1;
        let [first, ..] = self.ready;
        first
    }

    /// A uniform number from 0 to `limit - 1`; 0 if `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let Ok(limit) = u64::try_from(limit) else { return 0 };
        let Some(rest) = u64::MAX.checked_rem(limit) else { return 0 };
        // Numbers above the last full multiple are rejected: they would bias the result.
        let fair = u64::MAX.saturating_sub(rest);
        loop {
            let number = self.number();
            if number < fair {
                return usize::try_from(number.checked_rem(limit).unwrap_or(0)).unwrap_or(0);
            }
        }
    }

    /// Shuffles a list uniformly: Fisher-Yates, from the end.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.below(last.saturating_add(1));
            list.swap(last, other);
        }
    }
}

fn sum(context: digest::Context) -> [u8; 32] {
    context.finish().as_ref().try_into().unwrap_or([0; 32])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrangement::rules::tests::unit;

    /// Computed outside of this program, with Python's `hashlib`.
    #[test]
    fn the_stream_is_the_documented_one() {
        let mut chance = Chance::new(&unit("1"), 7);
        let numbers: Vec<u64> = (0..5).map(|_| chance.number()).collect();
        assert_eq!(numbers, KNOWN);
    }

    const KNOWN: [u64; 5] = [
        0xd73e_1720_a2cd_c205,
        0xc0e3_de98_b3f2_e9e0,
        0x372d_feee_f056_175d,
        0xe3ee_2489_f480_3a88,
        0x15f0_98ab_032f_f55f,
    ];

    #[test]
    fn another_seed_or_subject_gives_another_stream() {
        let first = |subject, seed| Chance::new(&unit(subject), seed).number();
        assert_ne!(first("1", 7), first("1", 8));
        assert_ne!(first("1", 7), first("2", 7));
    }

    #[test]
    fn a_number_is_below_its_limit_and_reaches_all_below_it() {
        let mut chance = Chance::new(&unit("1"), 1);
        let mut seen = [0; 6];
        for _ in 0..6_000 {
            seen[chance.below(6)] += 1;
        }
        assert!(seen.iter().all(|count| (800..1_200).contains(count)), "{seen:?}");
        assert_eq!(chance.below(0), 0);
        assert_eq!(chance.below(1), 0);
    }
}
