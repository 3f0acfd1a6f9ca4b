//! What national staff write for the portal (P2, P5): the texts of its pages, in versions, and news that appear at a time.
//!
//! Both are settings of the nation and written by changes only (ADR 8), under a code in place of a sitting's. What nobody
//! has written is the installation's own text, from a file.
//!
//! **Invariant:** visitors see no draft, no news before its time, and none that was withdrawn.

pub mod store;

pub use store::drafts;

use std::collections::BTreeMap;

use crate::texts::Lang;
use crate::words::codes::{CodeError, SittingCode};
use crate::words::time::Time;

/// What stands in place of a sitting's code in changes of the portal.
pub const CODE: &str = "portal";

/// That code.
///
/// # Errors
/// Never: the text is a code.
pub fn code() -> Result<SittingCode, CodeError> {
    SittingCode::parse(CODE)
}

/// Whether a code stands for the portal.
#[must_use]
pub fn is_portal(code: &SittingCode) -> bool {
    code.as_str() == CODE
}

/// A page with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortalPage {
    /// 网站介绍.
    About,
    /// 考试指南.
    Guide,
    /// 考试时间.
    Schedule,
    /// 报名流程.
    Process,
    /// 常见问题.
    Faq,
    /// 考生须知.
    Tips,
}

impl PortalPage {
    /// All of them, as in the navigation.
    pub const ALL: [Self; 6] =
        [Self::About, Self::Guide, Self::Schedule, Self::Process, Self::Faq, Self::Tips];

    /// The name in addresses and in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::Guide => "guide",
            Self::Schedule => "schedule",
            Self::Process => "process",
            Self::Faq => "faq",
            Self::Tips => "tips",
        }
    }

    /// Parses the name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.wire() == text)
    }
}

/// The text of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalText {
    /// Increases with every change.
    pub version: i64,
    /// Markdown.
    pub body: String,
}

/// One item of news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Its id.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The English title; may be empty.
    pub title_en: String,
    /// Markdown in English; may be empty.
    pub body_en: String,
    /// When visitors see it.
    pub publish_at: Time,
    /// Whether it was taken back.
    pub withdrawn: bool,
}

impl News {
    /// Whether visitors see it.
    #[must_use]
    pub fn is_shown(&self, now: Time) -> bool {
        !self.withdrawn && self.publish_at <= now
    }

    /// Title and text in a language; what has no English is Chinese.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> (&str, &str) {
        let or = |english: &'_ str| lang == Lang::En && !english.is_empty();
        (
            if or(&self.title_en) { &self.title_en } else { &self.title },
            if or(&self.body_en) { &self.body_en } else { &self.body },
        )
    }
}

/// Everything that was written for the portal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Portal {
    /// The texts in force.
    pub texts: BTreeMap<(PortalPage, Lang), PortalText>,
    /// The news, the latest first.
    pub news: Vec<News>,
}

impl Portal {
    /// The text of a page; `None`: the installation's own.
    #[must_use]
    pub fn text(&self, page: PortalPage, lang: Lang) -> Option<&PortalText> {
        self.texts.get(&(page, lang))
    }

    /// What visitors see at a time, the latest first.
    pub fn shown(&self, now: Time) -> impl Iterator<Item = &News> {
        self.news.iter().filter(move |news| news.is_shown(now))
    }

    /// When the news changed last by time alone.
    #[must_use]
    pub fn turned(&self, now: Time) -> Option<Time> {
        self.shown(now).map(|news| news.publish_at).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(id: i64, at: i64, withdrawn: bool) -> News {
        let text = |text: &str| text.to_owned();
        News {
            id,
            title: text("标题"),
            body: text("正文"),
            title_en: text(if id == 1 { "Title" } else { "" }),
            body_en: String::new(),
            publish_at: Time::from_micros(at),
            withdrawn,
        }
    }

    /// P5.
    #[test]
    fn news_appear_at_their_time_and_are_gone_once_withdrawn() {
        let all = [news(3, 30, false), news(2, 20, true), news(1, 10, false)].to_vec();
        let portal = Portal { news: all, ..Portal::default() };
        let at = |micros| portal.shown(Time::from_micros(micros)).map(|news| news.id).collect::<Vec<_>>();
        assert_eq!((at(9), at(10), at(29), at(30)), (vec![], vec![1], vec![1], vec![3, 1]));
        let turned = |micros| portal.turned(Time::from_micros(micros)).map(Time::micros);
        assert_eq!((turned(9), turned(29), turned(99)), (None, Some(10), Some(30)));
    }

    #[test]
    fn what_has_no_english_is_chinese() {
        assert_eq!(news(1, 0, false).in_lang(Lang::En), ("Title", "正文"));
        assert_eq!(news(2, 0, false).in_lang(Lang::En), ("标题", "正文"));
        assert_eq!(news(1, 0, false).in_lang(Lang::Zh), ("标题", "正文"));
    }
}
