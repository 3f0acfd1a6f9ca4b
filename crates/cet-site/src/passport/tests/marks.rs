//! What marks reveal, and to whom.

use super::*;

fn vault() -> Vault {
    Vault::parse(&Vault::new_key_file().unwrap()).unwrap()
}

fn record(id: i64) -> Record {
    (SchoolCode::parse("99301").unwrap(), RecordId(id))
}

const MINE: PassportId = PassportId(7);
const THEIRS: PassportId = PassportId(8);

#[test]
fn a_record_is_read_from_its_mark_by_the_passport_that_it_was_made_for() {
    let vault = vault();
    for id in [1, 4711, i64::MAX] {
        let mark = record_mark(&vault, MINE, record(id));
        assert_eq!(record_of(&vault, MINE, &mark), Some(record(id)));
        assert_eq!(record_of(&vault, THEIRS, &mark), None);
        assert_eq!(record_of(&self::vault(), MINE, &mark), None);
    }
}

#[test]
fn what_is_no_mark_is_nobodys() {
    let vault = vault();
    let mark = record_mark(&vault, MINE, record(1));
    for at in 0..mark.len() {
        let mut changed = mark.clone().into_bytes();
        changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
        assert_eq!(record_of(&vault, MINE, std::str::from_utf8(&changed).unwrap()), None);
    }
    for text in ["", "0", "zz", "é", &"0".repeat(32), &"0".repeat(10_000), &mark.to_uppercase()] {
        assert_eq!(record_of(&vault, MINE, text), None);
    }
}

#[test]
fn marks_of_one_record_or_of_one_number_have_nothing_in_common() {
    let vault = vault();
    let (mine, theirs) = (record_mark(&vault, MINE, record(1)), record_mark(&vault, THEIRS, record(1)));
    assert_ne!(mine[..32], theirs[..32]);
    assert_ne!(mine[32..], theirs[32..]);
    assert_ne!(passport_mark(&vault, MINE), passport_mark(&vault, THEIRS));
    assert!(!mine.contains("99301"));
}
