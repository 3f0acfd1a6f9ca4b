//! Which answers and proofs are accepted, and how much work a proof is.

use ring::digest;

use super::questions::plain;

/// Leading zero bits of a proof where nothing has failed lately: about a second of a phone's work.
const BITS: u32 = 18;
/// After so many failures of the network one bit more, which doubles the work; not more than an old phone does in some eight
/// seconds.
const DEARER: [i64; 1] = [10];
/// The digits of pictures: where a stroke is cut or crossed, 7 is taken for 1, and 6 and 9 for 8.
const DIGITS: &str = "0123458";
const OF: u64 = 7;
/// The most digits of a proof's counter.
const LONGEST_PROOF: usize = 20;

/// Digits for a picture, from a random number.
pub(super) fn digits(chance: u64, count: u32) -> String {
    let mut left = chance;
    let mut drawn = String::new();
    for _ in 0..count {
        drawn.extend(left.checked_rem(OF).and_then(|place| DIGITS.chars().nth(usize::try_from(place).ok()?)));
        left = left.checked_div(OF).unwrap_or(0);
    }
    drawn
}

/// How many bits a proof has after so many failures of its network.
pub(super) fn bits(failures: i64) -> u32 {
    DEARER.iter().filter(|many| failures >= **many).fold(BITS, |bits, _| bits.saturating_add(1))
}

/// Whether what was typed is one of the answers, as people type them.
pub(super) fn same_answer(typed: &str, answers: &[String]) -> bool {
    let typed = plain(typed);
    !typed.is_empty() && answers.contains(&typed)
}

/// Whether SHA-256 of `{id}:{proof}` begins with `bits` zero bits; `proof` is a decimal counter.
#[must_use]
pub fn proof_holds(id: &str, proof: &str, bits: u32) -> bool {
    if proof.is_empty() || proof.len() > LONGEST_PROOF || !proof.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let hash = digest::digest(&digest::SHA256, format!("{id}:{proof}").as_bytes());
    let start = hash.as_ref().first_chunk().map_or(u64::MAX, |start| u64::from_be_bytes(*start));
    start.leading_zeros() >= bits
}
