//! The kinds of document, with their names in forms, in the manual and in rosters.

use crate::words::text::is_invisible;

/// The kinds of document that the qualification query accepts; officers' cards are not among them (R3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// 中华人民共和国居民身份证.
    ResidentId,
    /// 台湾居民往来大陆通行证.
    TaiwanPermit,
    /// 港澳居民来往内地通行证.
    HongKongMacauPermit,
    /// 护照, of any country.
    Passport,
    /// 香港身份证.
    HongKongId,
    /// 澳门身份证.
    MacauId,
}

impl DocumentKind {
    /// Every kind, in the order of the manual's list.
    pub const ALL: [Self; 6] = [
        Self::ResidentId,
        Self::TaiwanPermit,
        Self::HongKongMacauPermit,
        Self::Passport,
        Self::HongKongId,
        Self::MacauId,
    ];

    /// The name in forms and in the database, as `resident-id`.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Self::ResidentId => "resident-id",
            Self::TaiwanPermit => "taiwan-permit",
            Self::HongKongMacauPermit => "hkmacau-permit",
            Self::Passport => "passport",
            Self::HongKongId => "hongkong-id",
            Self::MacauId => "macau-id",
        }
    }

    /// The name in the manual's list and in rosters.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            Self::ResidentId => "中华人民共和国居民身份证",
            Self::TaiwanPermit => "台湾居民往来大陆通行证",
            Self::HongKongMacauPermit => "港澳居民来往内地通行证",
            Self::Passport => "护照",
            Self::HongKongId => "香港身份证",
            Self::MacauId => "澳门身份证",
        }
    }

    /// Reads the name that forms and the database use.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.wire() == text)
    }

    /// Parses the name of a kind in a roster: the manual's, the official, the everyday short one, or ours.
    #[must_use]
    pub fn from_roster(text: &str) -> Option<Self> {
        let name: String = text.chars().filter(|&c| !c.is_whitespace() && !is_invisible(c)).collect();
        // A bracket explains the kind, as in 居民身份证（中国大陆）.
        let name = name.split(['(', '（']).next().unwrap_or_default();
        match name {
            "居民身份证"
            | "身份证"
            | "二代身份证"
            | "第二代身份证"
            | "第二代居民身份证"
            | "大陆居民身份证"
            | "内地居民身份证"
            | "中国居民身份证"
            | "身份证号"
            | "身份证号码" => Some(Self::ResidentId),
            "台湾居民来往大陆通行证" | "台湾通行证" | "台胞证" | "台湾居民通行证" => {
                Some(Self::TaiwanPermit)
            }
            "港澳居民往来内地通行证" | "港澳通行证" | "港澳居民通行证" | "回乡证" => {
                Some(Self::HongKongMacauPermit)
            }
            "外国护照" | "中国护照" | "中华人民共和国护照" => Some(Self::Passport),
            "香港居民身份证" | "香港永久性居民身份证" => Some(Self::HongKongId),
            "澳门居民身份证" | "澳门永久性居民身份证" | "澳门特别行政区居民身份证" => {
                Some(Self::MacauId)
            }
            other => Self::ALL
                .into_iter()
                .find(|kind| kind.chinese() == other || kind.wire().eq_ignore_ascii_case(other)),
        }
    }
}
