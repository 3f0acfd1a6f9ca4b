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
fn a_pem_file_is_read_whatever_its_lines_end_in_and_however_long_they_are() {
    let lines: Vec<&str> = keys().app_private.lines().collect();
    let (body, [head, tail]) = (&lines[1..lines.len() - 1], [lines[0], lines[lines.len() - 1]]);
    for text in [
        lines.join("\r\n"),
        format!("\u{feff}{}\n\n", lines.join("\n")),
        format!("Bag Attributes\n    friendlyName: app\n{}\n", lines.join("\n")),
        format!("{head}\n{}\n{tail}", body.concat()),
    ] {
        assert!(Rsa2PrivateKey::from_pem(&text).is_ok(), "{text}");
    }
}

#[test]
fn a_pem_file_holds_one_whole_block_and_nothing_behind_it() {
    let whole = keys().app_private.trim_end();
    let public = keys().app_public.trim_end();
    for text in [
        format!("{whole}\nx"),
        format!("{whole}\n{public}"),
        whole.replace("-----END PRIVATE", "-----END RSA PRIVATE"),
        whole.split("-----END").next().unwrap().to_owned(),
        whole.replace(
            "-----BEGIN PRIVATE KEY-----\n",
            "-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n",
        ),
        whole.replacen("MII", "M!I", 1),
    ] {
        let error = Rsa2PrivateKey::from_pem(&text).unwrap_err();
        assert!(matches!(error, KeyError::Armour(_)), "{error}: {text}");
        assert!(std::error::Error::source(&error).is_some());
    }
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
    use data_encoding::{BASE64, HEXLOWER};
    let private = Md5RsaPrivateKey::from_pem(&keys().payease_private).unwrap();
    let public = Md5RsaPublicKey::from_pem(&keys().payease_public).unwrap();
    let sign = private.sign(&[b"oid", b"1"]).unwrap();
    assert_eq!(sign.len(), 256);
    assert!(public.verify(&[b"oid1"], &sign));
    assert!(!public.verify(&[b"oid2"], &sign));
    assert!(public.verify(&[b"oid1"], &sign.to_uppercase()));
    assert!(public.verify(&[b"oid1"], &BASE64.encode(&HEXLOWER.decode(sign.as_bytes()).unwrap())));
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
