//! How close two accounts are: pure.

use jiff::SignedDuration;

use super::store::Grant;
use crate::words::time::Time;

/// For so long an account whose role is new is watched by nobody but who gave it: its holder has hardly logged in.
pub const YOUNG: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whether one of two persons gave the other's account its role lately, or somebody gave both theirs, one of them lately.
pub(super) fn too_close((one, ours): (&str, &[Grant]), (other, theirs): (&str, &[Grant]), now: Time) -> bool {
    let is_young = |grant: &Grant| now.since(grant.at) < YOUNG;
    let gave = |person: &str, to: &[Grant]| to.iter().any(|grant| grant.by == person && is_young(grant));
    let both = ours
        .iter()
        .any(|our| theirs.iter().any(|their| our.by == their.by && (is_young(our) || is_young(their))));
    gave(one, theirs) || gave(other, ours) || both
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::NOON;

    fn grant(by: &str, days: i64) -> Grant {
        Grant { by: by.to_owned(), at: NOON.minus(SignedDuration::from_hours(24 * days)) }
    }

    /// TH24.
    #[test]
    fn an_account_whose_role_is_new_is_no_second_person_for_who_gave_it_nor_for_the_others_of_the_same_hand()
    {
        let close = |ours: &[Grant], theirs: &[Grant]| {
            let there = too_close(("anna", ours), ("bert", theirs), NOON);
            assert_eq!(there, too_close(("bert", theirs), ("anna", ours), NOON), "either way");
            there
        };
        assert!(!close(&[], &[]), "the operator made both");
        assert!(close(&[], &[grant("anna", 6)]) && !close(&[], &[grant("anna", 7)]));
        assert!(close(&[grant("carl", 0)], &[grant("carl", 90)]), "one of them is new");
        assert!(
            !close(&[grant("carl", 7)], &[grant("carl", 90)])
                && !close(&[grant("carl", 0)], &[grant("dora", 0)])
        );
        assert!(!close(&[grant("carl", 0)], &[]), "the other one is the operator's");
        // An older grant of another hand does not make a new one older.
        assert!(close(&[grant("dora", 90), grant("carl", 1)], &[grant("carl", 30)]));
    }
}
