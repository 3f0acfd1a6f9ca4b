//! What a session is recognised by in its owner's list (A9): which browser on which system, and from which network. Neither
//! says enough to follow a person: a family and a system, and an address without its end.

use std::net::IpAddr;

/// Families, each with what is found in its `User-Agent`, before those that it claims to be.
const BROWSERS: [(&str, &str); 11] = [
    ("MicroMessenger", "wechat"),
    ("DingTalk", "dingtalk"),
    ("QQBrowser", "qq"),
    ("UCBrowser", "uc"),
    ("HuaweiBrowser", "huawei"),
    ("MiuiBrowser", "xiaomi"),
    ("Edg", "edge"),
    ("Firefox/", "firefox"),
    ("FxiOS", "firefox"),
    ("Chrome/", "chrome"),
    ("Safari/", "safari"),
];
/// Systems, in the same way.
const SYSTEMS: [(&str, &str); 7] = [
    ("HarmonyOS", "harmony"),
    ("Android", "android"),
    ("iPhone", "iphone"),
    ("iPad", "ipad"),
    ("Windows", "windows"),
    ("Mac OS X", "mac"),
    ("Linux", "linux"),
];

/// Where a session was begun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Codes of browser and system, as `chrome-windows`.
    pub browser: String,
    /// The address without its end, as `203.0.113.*`.
    pub network: String,
}

impl Device {
    /// The device of a request.
    #[must_use]
    pub fn new(user_agent: &str, address: IpAddr) -> Self {
        Self {
            browser: format!("{}-{}", found(&BROWSERS, user_agent), found(&SYSTEMS, user_agent)),
            network: shortened(address),
        }
    }

    /// The codes of browser and system of a stored one; `other` where nothing is known.
    #[must_use]
    pub fn parts(browser: &str) -> (&str, &str) {
        browser.split_once('-').unwrap_or(("other", "other"))
    }
}

fn found(known: &[(&str, &'static str)], user_agent: &str) -> &'static str {
    known.iter().find(|(mark, _)| user_agent.contains(mark)).map_or("other", |(_, code)| code)
}

/// An address without its last byte; of IPv6, what one provider gives a customer.
fn shortened(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.*")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::*")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A9.
    #[test]
    fn a_browser_is_named_by_its_family_and_system_and_never_by_what_it_pretends() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36";
        let edge = format!("{chrome} Edg/120.0");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1";
        let wechat = "Mozilla/5.0 (Linux; Android 13) Chrome/107.0 Mobile Safari/537.36 MicroMessenger/8.0";
        let address = "203.0.113.77".parse().unwrap();
        for (agent, code) in [
            (chrome, "chrome-windows"),
            (&edge, "edge-windows"),
            (phone, "safari-iphone"),
            (wechat, "wechat-android"),
            ("curl/8.0", "other-other"),
            ("", "other-other"),
        ] {
            assert_eq!(Device::new(agent, address).browser, code, "{agent}");
        }
        assert_eq!(Device::parts("safari-iphone"), ("safari", "iphone"));
        assert_eq!(Device::parts(""), ("other", "other"));
    }

    /// A9.
    #[test]
    fn an_address_is_kept_without_its_end() {
        for (address, kept) in [
            ("203.0.113.77", "203.0.113.*"),
            ("::ffff:203.0.113.77", "203.0.113.*"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::*"),
        ] {
            assert_eq!(Device::new("", address.parse().unwrap()).network, kept);
        }
    }
}
