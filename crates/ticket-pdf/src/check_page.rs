//! The page that invigilators use to check tickets offline.

use data_encoding::BASE64;

use crate::PublicKey;

/// The page without style, script and keys. It fetches nothing: its content security policy forbids that.
const PAGE: &str = include_str!("check_page.html");
const STYLE: &str = include_str!("check_page.css");
const SCRIPT: &str = include_str!("check_page.js");

/// One HTML file that contains the public keys and checks scanned texts by itself, opened from a disk or a USB stick.
#[must_use]
pub fn offline_page(keys: &[PublicKey]) -> String {
    // A key's name has only letters, digits, `-` and `_` (`SigningKey::from_pkcs8`); any other is omitted.
    let plain = |key: &&PublicKey| {
        !key.name.is_empty() && key.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let list: Vec<String> = keys
        .iter()
        .filter(plain)
        .map(|key| format!("\"{}\": \"{}\"", key.name, BASE64.encode(&key.bytes)))
        .collect();
    let script = SCRIPT.replace("/* KEYS */", &list.join(", "));
    // Everything must be in one file: it is carried to rooms without a network, not served by a server.
    PAGE.replace("<!-- STYLE -->\n", &format!("<style>\n{STYLE}</style>\n"))
        .replace("<!-- SCRIPT -->\n", &format!("<script>\n{script}</script>\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_the_keys_and_asks_nothing_of_a_network() {
        let keys = [
            PublicKey { name: "2017a".into(), bytes: [7; 32] },
            PublicKey { name: "</script>".into(), bytes: [7; 32] },
        ];
        let page = offline_page(&keys);
        assert!(page.contains("const KEYS = {\"2017a\": \"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\"}"));
        for outside in ["http:", "https:", "src=", "fetch(", "import(", "XMLHttpRequest"] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert_eq!(page.matches("</script>").count(), 1);
    }
}
