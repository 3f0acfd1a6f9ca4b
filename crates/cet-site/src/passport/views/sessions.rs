//! 登录记录 (A9), of candidates and of staff.

use askama::Template;

use crate::staff::menu::Menu;
use crate::web::page::Page;
use cet_base::form_mark::mark;
use cet_base::texts::Texts;
use cet_base::vault::Vault;
use cet_domain::passport::device::Device;
use cet_domain::passport::session::Listed;

/// Families of browsers with their names.
const BROWSERS: [(&str, &str); 10] = [
    ("wechat", "passport-browser-wechat"),
    ("dingtalk", "passport-browser-dingtalk"),
    ("qq", "passport-browser-qq"),
    ("uc", "passport-browser-uc"),
    ("huawei", "passport-browser-huawei"),
    ("xiaomi", "passport-browser-xiaomi"),
    ("edge", "passport-browser-edge"),
    ("firefox", "passport-browser-firefox"),
    ("chrome", "passport-browser-chrome"),
    ("safari", "passport-browser-safari"),
];
/// Systems with their names.
const SYSTEMS: [(&str, &str); 7] = [
    ("harmony", "passport-system-harmony"),
    ("android", "passport-system-android"),
    ("iphone", "passport-system-iphone"),
    ("ipad", "passport-system-ipad"),
    ("windows", "passport-system-windows"),
    ("mac", "passport-system-mac"),
    ("linux", "passport-system-linux"),
];

/// The codes of a browser and a system in words.
#[must_use]
pub fn browser_words(t: &'static Texts, code: &str) -> String {
    if code.is_empty() {
        return t.m("passport-sessions-unknown").to_owned();
    }
    let (browser, system) = Device::parts(code);
    let name = |list: &[(&str, &'static str)], code: &str, other: &'static str| {
        t.m(list.iter().find(|(known, _)| *known == code).map_or(other, |(_, key)| key))
    };
    let browser = name(&BROWSERS, browser, "passport-browser-other");
    let system = name(&SYSTEMS, system, "passport-system-other");
    t.f("passport-session-on", &[("browser", browser), ("system", system)])
}

/// The name of a session in an address: its id, with a keyed hash that says whose it is. So a repeat of its end succeeds
/// although the row is gone, and another's id is answered as one that was made up.
#[must_use]
pub fn session_name(vault: &Vault, owner: &[u8], id: i64) -> String {
    let content = [owner, b"\n".as_slice(), &id.to_be_bytes()].concat();
    format!("{id:016x}{}", mark(vault, "session-name", &content))
}

/// The id in a name, if it was made for this owner.
#[must_use]
pub fn session_named(vault: &Vault, owner: &[u8], name: &str) -> Option<i64> {
    let id = i64::from_str_radix(name.get(..16)?, 16).ok().filter(|id| *id != 0)?;
    (session_name(vault, owner, id) == name).then_some(id)
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its name in an address; empty for one without an id.
    pub name: String,
    /// Whether it is the reader's own.
    pub here: bool,
    /// When it began.
    pub since: String,
    /// When it was last used.
    pub used: String,
    /// Its browser in words.
    pub browser: String,
    /// Its network without the end.
    pub network: String,
}

/// The rows of an owner's sessions.
#[must_use]
pub fn rows(t: &'static Texts, vault: &Vault, owner: &[u8], own: &[u8], all: &[Listed]) -> Vec<SessionRow> {
    let row = |of: &Listed| SessionRow {
        name: if of.id == 0 { String::new() } else { session_name(vault, owner, of.id) },
        here: of.token_hash == own,
        since: of.created_at.page(),
        used: of.seen_at.page(),
        browser: browser_words(t, &of.browser),
        network: if of.network.is_empty() {
            t.m("passport-sessions-unknown").to_owned()
        } else {
            of.network.clone()
        },
    };
    all.iter().map(row).collect()
}

/// `/account/sessions` (A9).
#[derive(Template)]
#[template(path = "passport/sessions.html")]
pub struct SessionsView {
    /// The frame.
    pub page: Page,
    /// Where its forms go.
    pub base: &'static str,
    /// The sessions, the last used first.
    pub rows: Vec<SessionRow>,
}

/// `/staff/account/sessions`.
#[derive(Template)]
#[template(path = "staff/sessions.html")]
pub struct StaffSessionsView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// Where its forms go.
    pub base: &'static str,
    /// The sessions, the last used first.
    pub rows: Vec<SessionRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A9, TH21.
    #[test]
    fn the_name_of_a_session_is_good_for_its_owner_alone() {
        let vault = Vault::parse(&Vault::new_key_file().unwrap()).unwrap();
        let name = session_name(&vault, b"1", 77);
        assert_eq!(session_named(&vault, b"1", &name), Some(77));
        assert_eq!(session_named(&vault, b"2", &name), None);
        for name in ["", "77", &"0".repeat(48), &format!("{}x", &name[..47]), "ä"] {
            assert_eq!(session_named(&vault, b"1", name), None, "{name}");
        }
    }
}
