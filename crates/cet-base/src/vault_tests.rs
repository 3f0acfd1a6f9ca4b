use super::*;

fn vault() -> Vault {
    Vault::parse(&Vault::new_key_file().unwrap()).unwrap()
}

#[test]
fn what_is_sealed_opens_again_and_looks_different_each_time() {
    let vault = vault();
    let (one, two) = (vault.seal("颜993010").unwrap(), vault.seal("颜993010").unwrap());
    assert_ne!(one, two);
    assert_eq!(vault.open(&one).unwrap(), "颜993010");
}

#[test]
fn a_changed_byte_or_another_key_opens_nothing() {
    let vault = vault();
    let sealed = vault.seal("secret").unwrap();
    for place in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[place] ^= 1;
        assert_eq!(vault.open(&changed), Err(VaultError::Sealed));
    }
    assert_eq!(self::vault().open(&sealed), Err(VaultError::Sealed));
}

#[test]
fn an_older_key_still_opens_after_a_newer_one_was_put_first() {
    let old = "seal 1 0000000000000000000000000000000000000000000000000000000000000001\nlookup 0000000000000000000000000000000000000000000000000000000000000002";
    let sealed = Vault::parse(old).unwrap().seal("x").unwrap();
    let new = format!("seal 2 00000000000000000000000000000000000000000000000000000000000000ff\n{old}");
    assert_eq!(Vault::parse(&new).unwrap().open(&sealed).unwrap(), "x");
}

#[test]
fn what_was_sealed_before_there_were_purposes_opens_and_is_sealed_anew_once() {
    let vault = vault();
    let old = vault.seal_as_before("x").unwrap();
    assert_eq!(vault.open(&old).unwrap(), "x");
    let new = vault.anew(&old).unwrap().unwrap();
    assert_eq!((vault.open(&new), vault.open_before(&new)), (Ok("x".to_owned()), Err(VaultError::Sealed)));
    assert_eq!((vault.anew(&new), new.len()), (Ok(None), old.len()));
    assert_eq!(self::vault().anew(&new), Err(VaultError::Sealed));
}

#[test]
fn the_same_number_of_another_kind_is_another_document() {
    let vault = vault();
    assert_ne!(vault.document_key("passport", "1"), vault.document_key("macau-id", "1"));
    assert_eq!(vault.document_key("passport", "1"), vault.document_key("passport", "1"));
}

#[test]
fn a_key_is_64_hex_digits_of_either_case() {
    let key = "00112233445566778899aabbccddeeff".repeat(2);
    let file = |seal: &str| Vault::parse(&format!("seal 1 {seal}\nlookup {key}"));
    let sealed = file(&key).unwrap().seal("x").unwrap();
    assert_eq!(file(&key.to_uppercase()).unwrap().open(&sealed).unwrap(), "x");
    let signed = key.replace("00", "+0");
    for wrong in [&key[2..], &key[1..], &format!("{key}00"), &signed, &key.replace("00", "0é")] {
        assert_eq!(file(wrong).unwrap_err(), VaultError::Line(1), "{wrong}");
    }
}

#[test]
fn a_wrong_key_file_names_its_line() {
    assert_eq!(Vault::parse("# x\nseal one 00").unwrap_err(), VaultError::Line(2));
    assert_eq!(Vault::parse("").unwrap_err(), VaultError::Missing("lookup"));
    let file = Vault::new_key_file().unwrap();
    let twice = |word: &str| {
        let line = file.lines().find(|line| line.starts_with(word)).unwrap();
        Vault::parse(&format!("{file}{line}\n")).unwrap_err()
    };
    assert_eq!((twice("seal"), twice("lookup")), (VaultError::Doubled(4), VaultError::Doubled(4)));
}

/// TH61: either of the two is enough, and a mistake in one is not seen in what opens.
#[test]
fn each_purpose_has_a_key_and_a_label_of_its_own() {
    let vault = vault();
    let seal = vault.first().unwrap();
    let mut sealed = std::collections::BTreeSet::new();
    let mut labels = std::collections::BTreeSet::new();
    for key in Use::ALL.iter().map(|of| seal.of(*of).unwrap()).chain([&seal.before]) {
        let mut body = b"x".to_vec();
        let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
        key.seal_in_place_append_tag(nonce, Aad::empty(), &mut body).unwrap();
        assert!(sealed.insert(body));
    }
    for of in Use::ALL {
        assert!(labels.insert(bound_to(1, of, b"here").as_ref().to_vec()), "{of:?}");
    }
}
