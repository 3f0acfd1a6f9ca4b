use jiff::SignedDuration;

use super::*;

fn entry(id: i64, subject: &str, state: EntryState) -> EntryFacts {
    let oral = ["F", "S"].contains(&subject);
    EntryFacts {
        id: EntryId(id),
        subject: SubjectCode::parse(subject).unwrap(),
        mode: if oral { Mode::Oral } else { Mode::Written },
        level: if ["1", "3", "F"].contains(&subject) { Level::FOUR } else { Level::SIX },
        campus: CampusCode::parse("993010").unwrap(),
        campus_name: String::new(),
        state,
        fee: Fen::new(1).unwrap(),
        expires_at: at(60),
        order: None,
    }
}

fn at(minutes: i64) -> Time {
    Time::from_micros(0).plus(SignedDuration::from_mins(minutes))
}

fn choose(all: &[EntryFacts], chosen: &[i64]) -> Result<Vec<i64>, Vec<PaymentRefusal>> {
    let chosen = chosen.iter().map(|id| EntryId(*id)).collect();
    entries(all, &chosen, &Needs::default(), at(0))
        .map(|lines| lines.iter().map(|entry| entry.id.0).collect())
}

#[test]
fn nothing_chosen_means_all_that_can_be_paid_together() {
    use EntryState::{Cancelled, Expired, Held, Locked, Paid, Withdrawn};
    let all = [
        entry(1, "1", Held),
        entry(2, "F", Held),
        entry(3, "2", Locked),
        entry(4, "S", Held),
        entry(5, "3", Cancelled),
        entry(6, "3", Expired),
        entry(7, "F", Withdrawn),
    ];
    assert_eq!(choose(&all, &[]), Ok(vec![1, 2]), "the oral one of the locked written one waits");
    assert_eq!(choose(&[entry(1, "1", Paid), entry(2, "F", Held)], &[]), Ok(vec![2]));
    assert_eq!(choose(&[], &[]), Err(vec![PaymentRefusal::NothingToPay]));
    assert_eq!(choose(&[entry(1, "1", Paid)], &[]), Err(vec![PaymentRefusal::NothingToPay]));
    assert_eq!(choose(&[entry(1, "1", Locked)], &[]), Err(vec![PaymentRefusal::EntryLocked(EntryId(1))]));
}

#[test]
fn every_reason_against_the_chosen_ones_is_named_once() {
    use EntryState::{Expired, Held, Locked, Paid};
    let all = [entry(1, "1", Paid), entry(2, "2", Locked), entry(3, "3", Expired), entry(4, "S", Held)];
    let refused = choose(&all, &[1, 2, 3, 4, 99]).unwrap_err();
    let expected = [
        PaymentRefusal::EntryPaid(EntryId(1)),
        PaymentRefusal::EntryLocked(EntryId(2)),
        PaymentRefusal::NotFound,
        PaymentRefusal::OralNeedsWritten(EntryId(4)),
    ];
    assert_eq!(refused, expected);
}

#[test]
fn an_entry_at_the_end_of_its_hold_is_gone() {
    let all = [entry(1, "1", EntryState::Held)];
    let chosen = BTreeSet::from([EntryId(1)]);
    let at_the_end = entries(&all, &chosen, &Needs::default(), at(60));
    assert_eq!(at_the_end, Err(vec![PaymentRefusal::NotFound]));
}

#[test]
fn a_sitting_may_name_the_written_subjects_that_an_oral_one_needs() {
    let code = |text| SubjectCode::parse(text).unwrap();
    let needs = Needs(vec![(code("F"), vec![code("3")])]);
    let (english, japanese, oral) =
        (entry(1, "1", EntryState::Paid), entry(2, "3", EntryState::Paid), entry(3, "F", EntryState::Held));
    let all = [english, japanese, oral];
    let lacks = |needs: &Needs, paid: i64| needs.lacks(&all[2], &all, &BTreeSet::from([EntryId(paid)]));
    assert!(lacks(&needs, 1) && !lacks(&needs, 2));
    assert!(!lacks(&Needs::default(), 1) && lacks(&Needs::default(), 3));
}

#[test]
fn a_bank_belongs_to_payease_and_to_the_list() {
    let offered = Offered {
        gateways: vec![gateway::alipay::CODE, gateway::payease::CODE],
        banks: vec!["85".to_owned()],
    };
    let read = |gateway, bank| method(gateway, bank, &offered).map(|method| method.bank);
    assert_eq!(read("alipay", "nonsense"), Ok(String::new()));
    assert_eq!(read("payease", "85"), Ok("85".to_owned()));
    assert_eq!(read("payease", ""), Err(PaymentRefusal::BankUnknown));
    assert_eq!(read("payease", "8"), Err(PaymentRefusal::BankUnknown));
    for gateway in ["", "ALIPAY", "unionpay"] {
        assert_eq!(read(gateway, "85"), Err(PaymentRefusal::GatewayUnknown));
    }
    assert_eq!(method("alipay", "", &Offered::default()), Err(PaymentRefusal::GatewayUnknown));
}
