//! The rules of a passport, without a database.

use super::*;

fn weak(password: &str) -> bool {
    super::weak(password, Email::parse("zhang3.li@163.com").ok().as_ref(), &[]).is_some()
}

/// A1.
#[test]
fn common_passwords_are_weak_in_any_dress() {
    for password in [
        "password",
        "Password",
        "P@ssw0rd",
        "12345678",
        "11111111",
        "abcdefgh",
        "qwertyuiop",
        "iloveyou",
        "19980312",
    ] {
        assert!(weak(password), "{password}");
    }
    for password in ["zhang3.li", "Zhang3.Li@163.com", "short", "", &"x".repeat(129)] {
        assert!(weak(password), "{password}");
    }
}

/// A1.
#[test]
fn other_passwords_are_taken_up_to_128_characters() {
    let longest = "颜x ".repeat(42) + "ab";
    assert_eq!(longest.chars().count(), 128);
    for password in ["Blue-Kite-42", "correct horse battery", "颜色很好看的风筝", longest.as_str()] {
        assert!(!weak(password), "{password}");
    }
}

#[test]
fn both_faults_of_a_password_are_named() {
    assert_eq!(
        refused_password("short", "other", None),
        [PassportRefusal::PasswordWeak(Weakness::Length), PassportRefusal::PasswordMismatch]
    );
}

#[test]
fn a_document_needs_kind_and_number_and_everything_wrong_is_named() {
    let typed = TypedProfile { phone: "", document_kind: "", document_number: "", name: " " };
    assert!(Profile::parse(typed) == Ok(Profile::default()));
    let typed =
        TypedProfile { phone: "call me", document_kind: "officer", document_number: "!", name: "\u{202e}" };
    let refused = Profile::parse(typed).unwrap_err();
    assert!(refused.contains(&PassportRefusal::Field("phone")), "{refused:?}");
    assert!(refused.contains(&PassportRefusal::DocumentKind), "{refused:?}");
    assert!(refused.contains(&PassportRefusal::DocumentNumber), "{refused:?}");
    let typed = TypedProfile { phone: "", document_kind: "macau-id", document_number: "", name: "" };
    assert_eq!(Profile::parse(typed).unwrap_err(), [PassportRefusal::DocumentNumber]);
    let typed = TypedProfile { phone: "", document_kind: "", document_number: "WW1", name: "" };
    assert_eq!(Profile::parse(typed).unwrap_err(), [PassportRefusal::DocumentKind]);
}

/// W11.
#[test]
fn a_wrong_check_digit_is_only_a_hint() {
    assert!(check_digit_hint("resident-id", "330101199001010000"));
    assert!(!check_digit_hint("resident-id", "11010519491231002X"));
    assert!(!check_digit_hint("", ""));
    assert!(check_digit_hint("hongkong-id", "A123456(4)"));
    // Of what is left out, or of a number without a check digit, it says nothing.
    for (kind, number) in [
        ("hongkong-id", "A123456"),
        ("hongkong-id", "A123456(3)"),
        ("macau-id", "1234567"),
        ("macau-id", "12345678"),
        ("resident-id", "11010519491231002"),
        ("resident-id", "110105491231002"),
        ("passport", "12"),
        ("taiwan-permit", "1234567"),
        ("hkmacau-permit", "H1"),
    ] {
        assert!(!check_digit_hint(kind, number), "{kind} {number}");
    }
}

/// TH20.
#[test]
fn logging_in_leads_only_to_paths_of_this_site() {
    for path in ["/home", "/registration/oral?campus=993010", "/payment/990001?x=%E9%A2%9C", "/"] {
        assert_eq!(own_path(path), Some(path));
    }
    for path in [
        "",
        "home",
        "//evil",
        "/\\evil",
        "\\\\evil",
        "%2f%2fevil",
        "/%2fevil",
        "/%5cevil",
        "/%2e//evil",
        "https://evil",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x",
        "/a%0d%0ab",
        "/a b",
        "/\tevil",
        "/颜",
        "/%ff",
        "/login",
        "/login?next=/home",
        "/logout",
    ] {
        assert_eq!(own_path(path), None, "{path:?}");
    }
}
