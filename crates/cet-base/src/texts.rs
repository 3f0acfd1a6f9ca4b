//! All user-visible texts, in Chinese and English, from the Fluent files of `locales/`.
//!
//! One file per module and language, compiled into the program. Keys begin with their module's name.
//! Messages without arguments are resolved once, so that a page only looks them up.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// A language that pages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Chinese, the language of the manual and the default.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Reads the value of `?lang=` or of the language cookie.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// Picks from an `Accept-Language` header the language that is wanted most, of equal ones the first; Chinese if none of ours is
    /// wanted (RFC 9110, section 12.5.4). Of `en-GB` only the language counts.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let ranges: Vec<(String, u16)> = weighed(header)
            .map(|(range, weight)| (range.split('-').next().unwrap_or_default().to_ascii_lowercase(), weight))
            .collect();
        let wanted = |lang: Self| {
            let of = |code: &str| {
                let found = ranges.iter().enumerate().filter(|(_, (range, _))| range == code);
                found.map(|(at, (_, weight))| (*weight, Reverse(at))).max()
            };
            let (weight, at) = of(lang.code()).or_else(|| of("*"))?;
            (weight > 0).then_some((weight, at))
        };
        if wanted(Self::En) > wanted(Self::Zh) { Self::En } else { Self::Zh }
    }

    /// The short code of `?lang=` and the cookie: `zh` or `en`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The language tag of HTML: `zh-CN` or `en`.
    #[must_use]
    pub const fn html(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The other of the two languages.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }
}

/// The values of a header with their weights in thousandths, in its order: `en;q=0.3, zh` (RFC 9110, section 12.4.2). A value whose
/// weight can't be read is left out.
pub fn weighed(header: &str) -> impl Iterator<Item = (&str, u16)> {
    header.split(',').filter_map(|item| {
        let mut parts = item.split(';').map(str::trim);
        let value = parts.next().filter(|value| !value.is_empty())?;
        let weight = parts.find_map(|part| {
            let (name, weight) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("q").then_some(weight.trim())
        });
        Some((value, weight.map_or(Some(1_000), thousandths)?))
    })
}

/// `0.3` is 300: at most three decimals, at most 1.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let decimals = format!("{decimals:0<3}").parse().ok()?;
    match (whole, decimals) {
        ("0", decimals) => Some(decimals),
        ("1", 0) => Some(1_000),
        _ => None,
    }
}

macro_rules! rooms {
    ($($room:literal),+ $(,)?) => {
        /// The Fluent files: module, Chinese text, English text.
        const ROOMS: &[(&str, &str, &str)] = &[$((
            $room,
            include_str!(concat!("../locales/zh/", $room, ".ftl")),
            include_str!(concat!("../locales/en/", $room, ".ftl")),
        )),+];
    };
}

rooms!(
    "layout",
    "refusal",
    "error",
    "portal",
    "passport",
    "captcha",
    "privacy",
    "registration",
    "entry",
    "situation",
    "payment",
    "collective",
    "rehearsal",
    "dispute",
    "report",
    "review",
    "staff",
    "ticket",
    "arrangement",
    "audit",
    "message",
    "setting",
    "change",
    "sheet",
    "upload",
    "waiting",
    "standby",
    "roster",
    "reconciliation"
);

/// All texts of one language.
pub struct Texts {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
    fixed: HashMap<String, String>,
}

static ZH: LazyLock<Texts> = LazyLock::new(|| Texts::load(Lang::Zh));
static EN: LazyLock<Texts> = LazyLock::new(|| Texts::load(Lang::En));

/// The texts of `lang`.
#[must_use]
pub fn texts(lang: Lang) -> &'static Texts {
    match lang {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    }
}

impl Texts {
    fn load(lang: Lang) -> Self {
        let mut bundle = FluentBundle::new_concurrent(lang.html().parse().into_iter().collect());
        bundle.set_use_isolating(false);
        let mut ids = Vec::new();
        for (_, zh, en) in ROOMS {
            let source = match lang {
                Lang::Zh => zh,
                Lang::En => en,
            };
            ids.extend(message_ids(source));
            // A test checks that the files are free of errors; whatever could be parsed is kept anyway.
            let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(part, _)| part);
            bundle.add_resource_overriding(resource);
        }
        let mut fixed = HashMap::with_capacity(ids.len());
        for id in ids {
            if let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) {
                let mut errors = Vec::new();
                let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
                if errors.is_empty() {
                    fixed.insert(id.to_owned(), text);
                }
            }
        }
        Self { lang, bundle, fixed }
    }

    /// The language of these texts.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// The message `key`, which takes no arguments; the key itself if there is none (a bug that a test finds).
    #[must_use]
    pub fn m(&'static self, key: &'static str) -> &'static str {
        self.fixed.get(key).map_or(key, String::as_str)
    }

    /// The message of a key known only at run time, if there is one without arguments.
    #[must_use]
    pub fn find(&'static self, key: &str) -> Option<&'static str> {
        self.fixed.get(key).map(String::as_str)
    }

    /// The message `key` with its arguments filled in; the key itself if there is none.
    #[must_use]
    pub fn f(&self, key: &str, args: &[(&str, &str)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, argument(value))).collect();
        self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }
}

/// An argument; a count is a number to Fluent, so that a message may choose between one and several. What only looks like
/// one (`00012`, a student number) is written as it is.
fn argument(value: &str) -> FluentValue<'_> {
    let plain = value.len() < 10
        && value.bytes().all(|b| b.is_ascii_digit())
        && (value == "0" || !value.starts_with('0'));
    match value.parse::<u32>() {
        Ok(count) if plain => count.into(),
        _ => value.into(),
    }
}

fn message_ids(source: &'static str) -> impl Iterator<Item = &'static str> {
    source.lines().filter_map(|line| {
        let (id, _) = line.split_once('=')?;
        let id = id.trim_end();
        let plain = id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        plain.then_some(id)
    })
}

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;
