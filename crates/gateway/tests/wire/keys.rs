//! Keys: which formats are accepted, and that none can be printed.

use crate::world::*;
use gateway::keys::{
    KeyError, MacKey, Md5RsaPrivateKey, Md5RsaPublicKey, Rsa2PrivateKey, Rsa2PublicKey, generate,
};

#[test]
fn plain_base64_without_armour_is_read_as_alipays_tool_writes_it() {
    let bare: String = keys().app_private.lines().filter(|line| !line.starts_with('-')).collect();
    let key = Rsa2PrivateKey::from_pem(&bare).unwrap();
    let bare: String = keys().app_public.lines().filter(|line| !line.starts_with('-')).collect();
    let public = Rsa2PublicKey::from_pem(&format!("\u{feff}{bare}\r\n")).unwrap();
    let signature = key.sign(b"a=1").unwrap();
    assert!(public.verify(b"a=1", &signature));
    assert!(!public.verify(b"a=2", &signature));
    assert!(key.public_key().verify(b"a=1", &signature));
}

#[test]
fn a_key_of_the_wrong_kind_or_length_is_refused() {
    assert_eq!(Rsa2PrivateKey::from_pem("").err(), Some(KeyError::NotPem));
    assert_eq!(Rsa2PrivateKey::from_pem("?").err(), Some(KeyError::NotPem));
    assert_eq!(Rsa2PrivateKey::from_pem("AAAA").err(), Some(KeyError::NotRsa));
    assert_eq!(Rsa2PrivateKey::from_pem(&keys().app_public).err(), Some(KeyError::NotRsa));
    assert_eq!(Rsa2PublicKey::from_pem(&keys().payease_public).err(), Some(KeyError::NotRsa));
    assert_eq!(MacKey::new(b"\r\n").err(), Some(KeyError::Empty));
}

#[test]
fn v_sign_is_read_in_hex_and_in_base64() {
    use base64::Engine as _;
    let private = Md5RsaPrivateKey::from_pem(&keys().payease_private).unwrap();
    let public = Md5RsaPublicKey::from_pem(&keys().payease_public).unwrap();
    let sign = private.sign(&[b"oid", b"1"]).unwrap();
    assert_eq!(sign.len(), 256);
    assert!(public.verify(&[b"oid1"], &sign));
    assert!(!public.verify(&[b"oid2"], &sign));
    let bytes: Vec<u8> =
        (0..sign.len()).step_by(2).map(|at| u8::from_str_radix(&sign[at..at + 2], 16).unwrap()).collect();
    assert!(public.verify(&[b"oid1"], &base64::engine::general_purpose::STANDARD.encode(bytes)));
}

#[test]
fn no_key_is_printed() {
    let printed = format!("{:?} {:?} {:?} {:?}", keys(), alipay(), payease(), merchant());
    let secrets = [&keys().app_private, &keys().alipay_private, &keys().payease_private, &keys().mac_key];
    for secret in secrets {
        let part = secret.lines().find(|line| !line.starts_with('-')).unwrap();
        assert!(!printed.contains(part));
    }
}

#[test]
fn a_broken_random_source_makes_no_keys() {
    assert_eq!(generate(&mut |_| false).err(), Some(KeyError::Random));
}
