//! The one table of refunds by staff: what may go back of a paid entry, and what becomes of entry and seat. Pure.
//!
//! The whole of the fee ends the entry and gives its seat back; a seat in a published room stays empty, so that nobody is
//! moved, and its ticket is void. A part leaves the entry as it is. So does everything once the exam has begun: who has
//! sat it keeps the entry, and only the money goes back.

/// What becomes of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It ends, and its seat is free.
    Withdraw,
    /// It stays as it is.
    Keep,
}

impl Effect {
    /// The name in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Withdraw => "withdraw",
            Self::Keep => "keep",
        }
    }

    /// Parses that name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        [Self::Withdraw, Self::Keep].into_iter().find(|effect| effect.wire() == text)
    }
}

/// Why a sum can't go back for an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unfit {
    /// It is not paid, or has ended.
    NotPaid,
    /// Its school paid for it: no gateway received money for it from the candidate.
    BySchool,
    /// No sum.
    Nothing,
    /// All that was paid for it goes back already.
    AllBack,
    /// More than is left of what was paid for it.
    TooMuch,
    /// It carries an oral entry that is paid, locked or being paid, which has to end first or with it (R10).
    CarriesOral,
    /// Somebody sent money of its order back in the gateway's own console, and finance has not settled yet what that was:
    /// it could go back twice.
    Unexplained,
}

/// How far an entry has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is not paid, or has ended.
    NotPaid,
    /// It is paid, and its exam lies ahead.
    Paid,
    /// It is paid, and its exam has begun.
    Begun,
}

/// What decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidEntry {
    /// What the candidate's receipt paid for it, in fen; `None`: no receipt did.
    pub price: Option<i64>,
    /// How much of that goes back already.
    pub back: i64,
    /// How far it has come.
    pub stage: Stage,
    /// Whether an oral entry that is not part of the same refund hangs on it.
    pub carries_oral: bool,
    /// Whether a refund of its order that this system did not send is in suspense.
    pub unexplained: bool,
}

impl PaidEntry {
    /// What is left of what was paid for it.
    #[must_use]
    pub fn left(&self) -> i64 {
        self.price.unwrap_or(0).saturating_sub(self.back).max(0)
    }

    /// Whether giving this sum back ends it, an oral one apart.
    #[must_use]
    pub fn ends(&self, amount: i64) -> bool {
        self.stage == Stage::Paid && amount > 0 && amount == self.left()
    }
}

/// What becomes of an entry when this many fen go back for it.
///
/// # Errors
/// [`Unfit`]: they can't.
pub fn effect(of: &PaidEntry, amount: i64) -> Result<Effect, Unfit> {
    if of.stage == Stage::NotPaid {
        return Err(Unfit::NotPaid);
    }
    if of.price.is_none() {
        return Err(Unfit::BySchool);
    }
    if amount <= 0 {
        return Err(if of.back > 0 && of.left() == 0 { Unfit::AllBack } else { Unfit::Nothing });
    }
    if amount > of.left() {
        return Err(Unfit::TooMuch);
    }
    if of.unexplained {
        return Err(Unfit::Unexplained);
    }
    match (of.ends(amount), of.carries_oral) {
        (true, true) => Err(Unfit::CarriesOral),
        (true, false) => Ok(Effect::Withdraw),
        (false, _) => Ok(Effect::Keep),
    }
}

/// How much of each line went back in a refund that names no line: all of the one that has just this left, or of one line
/// after the other. `None`: it is more than is left of them.
#[must_use]
pub fn shares(left: &[i64], sum: i64) -> Option<Vec<i64>> {
    let all = left.iter().fold(0, |all: i64, one| all.saturating_add(*one));
    if sum <= 0 || sum > all {
        return None;
    }
    if let Some(exact) = left.iter().position(|one| *one == sum) {
        return Some(left.iter().enumerate().map(|(at, _)| if at == exact { sum } else { 0 }).collect());
    }
    let mut rest = sum;
    let share = |one: &i64| {
        let share = rest.min(*one);
        rest = rest.saturating_sub(share);
        share
    };
    Some(left.iter().map(share).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAID: PaidEntry =
        PaidEntry { price: Some(30), back: 0, stage: Stage::Paid, carries_oral: false, unexplained: false };

    #[test]
    fn the_whole_fee_ends_an_entry_and_a_part_leaves_it() {
        assert_eq!(effect(&PAID, 30), Ok(Effect::Withdraw));
        assert_eq!(effect(&PAID, 29), Ok(Effect::Keep));
        assert_eq!(
            effect(&PaidEntry { back: 10, ..PAID }, 20),
            Ok(Effect::Withdraw),
            "the rest is the whole"
        );
        assert_eq!(
            effect(&PaidEntry { stage: Stage::Begun, ..PAID }, 30),
            Ok(Effect::Keep),
            "who sat the exam keeps it"
        );
    }

    #[test]
    fn no_more_goes_back_than_came_and_nothing_for_what_is_not_paid() {
        assert_eq!(effect(&PAID, 31), Err(Unfit::TooMuch));
        assert_eq!(effect(&PaidEntry { back: 30, ..PAID }, 1), Err(Unfit::TooMuch));
        assert_eq!(effect(&PaidEntry { back: 10, ..PAID }, 30), Err(Unfit::TooMuch));
        assert_eq!((effect(&PAID, 0), effect(&PAID, -1)), (Err(Unfit::Nothing), Err(Unfit::Nothing)));
        assert_eq!(effect(&PaidEntry { back: 30, ..PAID }, 0), Err(Unfit::AllBack));
        assert_eq!(effect(&PaidEntry { back: 29, ..PAID }, 0), Err(Unfit::Nothing));
        assert_eq!(effect(&PaidEntry { stage: Stage::NotPaid, ..PAID }, 30), Err(Unfit::NotPaid));
        assert_eq!(effect(&PaidEntry { price: None, ..PAID }, 30), Err(Unfit::BySchool));
    }

    #[test]
    fn nothing_goes_back_while_a_refund_of_somebody_else_is_unexplained() {
        let unexplained = PaidEntry { unexplained: true, ..PAID };
        assert_eq!(
            (effect(&unexplained, 30), effect(&unexplained, 1)),
            (Err(Unfit::Unexplained), Err(Unfit::Unexplained))
        );
        assert_eq!(effect(&unexplained, 31), Err(Unfit::TooMuch), "what is wrong for good is said first");
    }

    #[test]
    fn a_refund_that_names_no_line_is_of_the_line_with_its_sum_or_of_one_after_the_other() {
        assert_eq!(shares(&[2007, 3155], 3155), Some(vec![0, 3155]));
        assert_eq!(shares(&[2007, 3155], 3000), Some(vec![2007, 993]));
        assert_eq!(shares(&[2007, 3155], 5162), Some(vec![2007, 3155]));
        assert_eq!(shares(&[0, 10], 3), Some(vec![0, 3]));
        for sum in [5163, 0, -1] {
            assert_eq!(shares(&[2007, 3155], sum), None, "{sum}");
        }
        assert_eq!(shares(&[], 1), None);
    }

    #[test]
    fn a_written_entry_that_carries_an_oral_one_does_not_end_before_it() {
        let carrying = PaidEntry { carries_oral: true, ..PAID };
        assert_eq!(effect(&carrying, 30), Err(Unfit::CarriesOral));
        assert_eq!(effect(&carrying, 29), Ok(Effect::Keep));
        assert_eq!(effect(&PaidEntry { stage: Stage::Begun, ..carrying }, 30), Ok(Effect::Keep));
    }
}
