//! What browsers send.

use std::net::IpAddr;

use super::Target;
use cet_domain::entry::command_id;
use cet_domain::passport::rate_limits::{known_device, new_device};
use cet_domain::passport::rules::own_path;
use cet_domain::testing::vault;
use cet_site::web::form_data::FormData;
use cet_site::web::guard::is_meant_for_us;
use cet_site::web::visitor::{client_address, cookie, language};
use http::{HeaderMap, HeaderValue, header};

/// Where the corpus is nothing but files.
pub(crate) fn none() -> Vec<Vec<u8>> {
    Vec::new()
}

pub(crate) const FORM: Target = Target {
    name: "form",
    run: form,
    seeds: none,
    words: &["&", "=", "%", "+", "%00", "%E9%A2%9C", "%ff", "%c0%af", "subject=1"],
    mutations: 5_000,
};

pub(crate) const COOKIE: Target = Target {
    name: "cookie",
    run: cookies,
    seeds: none,
    words: &["__Host-cet=", "cet-lang=en", ";", "; ", "=", "\"", "zh;q=0.8,en", "lang=en"],
    mutations: 5_000,
};

pub(crate) const TOKEN: Target =
    Target { name: "token", run: token, seeds: tokens, words: &[".", "0", "f", "\u{1}"], mutations: 3_000 };

pub(crate) const COMMAND: Target =
    Target { name: "command", run: command, seeds: none, words: &["a1", "０", "é", " "], mutations: 3_000 };

pub(crate) const REDIRECT: Target = Target {
    name: "redirect",
    run: redirect,
    seeds: none,
    words: &[
        "//",
        "/\\",
        "%2f",
        "%5c",
        "%0d%0a",
        "https:",
        "javascript:",
        "@",
        "/..",
        "%2e%2e",
        "?",
        "#",
        "\t",
    ],
    mutations: 10_000,
};

pub(crate) const HOST: Target = Target {
    name: "host",
    run: host,
    seeds: none,
    words: &[
        "cet.example.cn",
        "CET.example.cn",
        ":443",
        ".",
        ",",
        "10.0.0.1",
        "::ffff:9.9.9.9",
        "\n",
        "unknown",
    ],
    mutations: 5_000,
};

fn form(data: &[u8]) {
    let Ok(read) = FormData::parse(data) else { return };
    let printed = form_urlencoded::Serializer::new(String::new()).extend_pairs(read.all()).finish();
    let again =
        FormData::parse(printed.as_bytes()).unwrap_or_else(|_| panic!("{printed:?} is not read again"));
    assert!(again.all().eq(read.all()), "{printed:?}");
    assert!(read.all().count() <= data.len());
}

fn cookies(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, value.clone());
    headers.insert(header::ACCEPT_LANGUAGE, value);
    for name in ["__Host-cet", "cet-lang", "cet-device", ""] {
        if let Some(found) = cookie(&headers, name) {
            assert!(!found.contains([';', '\r', '\n', '\0']), "{found:?}");
        }
    }
    let _chosen = language(std::str::from_utf8(data).unwrap_or_default(), &headers);
}

const EMAIL: &str = "zhang3@163.com";

fn tokens() -> Vec<Vec<u8>> {
    let sealed = vault().seal("99301000001").unwrap();
    vec![sealed, new_device(&vault(), EMAIL).unwrap().into_bytes()]
}

/// Sealed values and signed ones: nothing opens that this vault has not made.
fn token(data: &[u8]) {
    if let Ok(opened) = vault().open(data) {
        // Sealing takes chance: the corpus holds more than one seal of this text.
        assert_eq!(opened, "99301000001", "a forged value opens");
    }
    let text = String::from_utf8_lossy(data);
    if let Some(id) = known_device(&vault(), EMAIL, &text) {
        assert!(id.len() == 24 && text.starts_with(id), "{text}");
        assert!(known_device(&vault(), "li4@163.com", &text).is_none(), "the device of another");
    }
}

fn command(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(id) = command_id(&text) {
        assert!(id == text && (1..=64).contains(&id.len()) && id.is_ascii());
    }
}

/// Whatever a browser makes of it, it stays on this site.
fn redirect(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some(path) = own_path(text) else { return };
    assert_eq!(path, text);
    HeaderValue::from_str(path).expect("a redirect is a header");
    let base = reqwest::Url::parse("https://cet.example.cn/login").unwrap();
    let joined = base.join(path).unwrap_or_else(|_| panic!("{path:?} leads nowhere"));
    assert_eq!(joined.origin(), base.origin(), "{path:?} leads to {joined}");
    let decoded = base.join(&percent_decoded(path)).unwrap_or(base.clone());
    assert_eq!(decoded.origin(), base.origin(), "{path:?}, decoded once more, leads to {decoded}");
}

fn percent_decoded(text: &str) -> String {
    let plus = text.replace('+', "%2B");
    form_urlencoded::parse(plus.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into_owned())
}

fn host(data: &[u8]) {
    let origins = ["https://cet.example.cn".to_owned(), "https://cet.example.edu.cn:8443".to_owned()];
    let mut headers = HeaderMap::new();
    let mut lines = data.split(|byte| *byte == b'\n');
    let target =
        lines.next().and_then(|target| std::str::from_utf8(target).ok()).filter(|target| !target.is_empty());
    for line in lines.take(3) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(header::HOST, value.clone());
            headers.append("x-forwarded-for", value);
        }
    }
    let ours = |host: &str| {
        ["cet.example.cn", "cet.example.edu.cn:8443"].iter().any(|known| known.eq_ignore_ascii_case(host))
    };
    if is_meant_for_us(&origins, &headers, target).is_ok() {
        let hosts: Vec<_> = headers.get_all(header::HOST).iter().collect();
        assert!(hosts.len() <= 1 && target.is_none_or(ours));
        assert!(
            hosts.iter().all(|host| host.to_str().is_ok_and(ours)) && (target.is_some() || hosts.len() == 1)
        );
    }
    let trusted = ["10.0.0.0/8".parse().unwrap()];
    let stranger: IpAddr = [9, 9, 9, 9].into();
    assert_eq!(client_address(stranger, &headers, &trusted), stranger, "a stranger says who it is");
    let _proxied = client_address([10, 0, 0, 1].into(), &headers, &trusted);
}
