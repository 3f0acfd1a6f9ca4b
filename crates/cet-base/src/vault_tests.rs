use super::*;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use suite::HASH;

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
        assert!(sealed.insert(seal.seal(key, [0; NONCE], &[], "x").unwrap()));
    }
    for of in Use::ALL {
        assert!(labels.insert(bound_to(1, of, b"here")), "{of:?}");
    }
}

/// Another set, made of other algorithms of the same library: only that it is another counts here.
struct Another;

impl Suite for Another {
    fn name(&self) -> &'static str {
        "another"
    }

    fn derive(&self, secret: &Secret, salt: &[u8], label: &[u8]) -> Option<Secret> {
        Some(Zeroizing::new(self.keyed_hash(secret, &[salt, label])))
    }

    fn seal(&self, key: &Secret, nonce: [u8; NONCE], bound: &[u8], body: &mut Vec<u8>) -> Option<()> {
        let (nonce, bound) = (Nonce::assume_unique_for_key(nonce), Aad::from(bound));
        chacha(key)?.seal_in_place_append_tag(nonce, bound, body).ok()
    }

    fn open(&self, key: &Secret, nonce: [u8; NONCE], bound: &[u8], body: &mut Vec<u8>) -> Option<()> {
        let (nonce, bound) = (Nonce::assume_unique_for_key(nonce), Aad::from(bound));
        let length = chacha(key)?.open_in_place(nonce, bound, body).ok()?.len();
        body.truncate(length);
        Some(())
    }

    fn keyed_hash(&self, key: &Secret, parts: &[&[u8]]) -> [u8; HASH] {
        let key = hmac::Key::new(hmac::HMAC_SHA384, key.as_slice());
        hmac::sign(&key, &parts.concat()).as_ref().first_chunk().copied().unwrap()
    }
}

fn chacha(key: &Secret) -> Option<LessSafeKey> {
    Some(LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key.as_slice()).ok()?))
}

const SUITES: &[&dyn Suite] = &[&suite::Standard, &Another];

/// TH61: what is sealed moves to other algorithms as it moves to another key, while nodes serve.
#[test]
fn another_set_of_algorithms_takes_over_by_a_line_of_the_key_file() {
    let (seal, lookup) = ("0f".repeat(32), "a5".repeat(32));
    let old = Vault::parse(&format!("seal 1 {seal}\nlookup {lookup}")).unwrap();
    let (text, bound) = (old.seal("x").unwrap(), old.seal_for(Use::Document, b"here", "993010").unwrap());
    let new = format!("seal 2 {seal} another\nseal 1 {seal} aes\nlookup {lookup}");
    let new = Vault::parse_with(&new, SUITES).unwrap();
    assert_eq!(new.open(&text).unwrap(), "x");
    assert_eq!(new.open_for(Use::Document, b"here", &bound).unwrap(), "993010");
    assert_eq!(new.document_key("passport", "1"), old.document_key("passport", "1"));
    let moved = new.anew(&text).unwrap().unwrap();
    assert_eq!((new.open(&moved).unwrap().as_str(), moved.first()), ("x", Some(&2)));
    // The same secret under the standard algorithms opens nothing of theirs.
    let same = Vault::parse(&format!("seal 2 {seal}\nlookup {lookup}")).unwrap();
    assert_eq!(same.open(&moved), Err(VaultError::Sealed));
    let hashed = format!("seal 1 {seal}\nlookup {lookup} another");
    let hashed = Vault::parse_with(&hashed, SUITES).unwrap();
    assert_ne!(hashed.document_key("passport", "1"), old.document_key("passport", "1"));
    assert_ne!(hashed.sign_token("p", b"c"), old.sign_token("p", b"c"));
}

#[test]
fn algorithms_that_the_program_does_not_have_are_named_with_their_line() {
    let key = "0f".repeat(32);
    let of = |seal: &str, lookup: &str| {
        Vault::parse(&format!("seal 1 {key}{seal}\nlookup {key}{lookup}")).map(drop)
    };
    assert_eq!(of(" aes", " aes"), Ok(()));
    assert_eq!(of(" sm4", ""), Err(VaultError::Suite(1)));
    assert_eq!(of("", " sm3"), Err(VaultError::Suite(2)));
    assert_eq!(of(" aes aes", ""), Err(VaultError::Line(1)));
    assert!(VaultError::Suite(1).to_string().ends_with("one of: aes"));
}

/// What earlier programs have sealed and hashed: their database is read by this one.
#[test]
fn what_earlier_programs_sealed_and_hashed_stays_readable() {
    let of = |text: &str| HEXLOWER.decode(text.as_bytes()).unwrap();
    let vault = Vault::parse(&format!("seal 1 {}\nlookup {}", "0f".repeat(32), "a5".repeat(32))).unwrap();
    let text = of("015e236789c1cd291187203b0f7852b01215ab58432e40e20231700fb39568935c7d0097f684");
    assert_eq!(vault.open(&text).unwrap(), "颜993010");
    let before = of("0152d54e86ff10adbb3c086aef746f46d582844447eaaa0531dcf8e24ad62625799a59a9c6d9");
    assert_eq!(vault.open(&before).unwrap(), "颜993010");
    let bound = of("01024e6ff5658784935d136bd771079059079b3ec5db40207588ebe04a5ab9508876ae87f15fa0");
    assert_eq!(vault.open_for(Use::Document, b"here", &bound).unwrap(), "颜993010");
    assert_eq!(to_hex(&vault.document_key("passport", "1")), "ade6c2dd909d3049fe6003ea6cf5fccd");
    let signed = "6048992e086b7d763b738c35251f5c5c67914b261f2fb61a91eccc45afa12ec9";
    assert_eq!(to_hex(&vault.sign_token("p", b"c")), signed);
}
