//! All settings of one sitting, and the queries of pages and rules on them.

use std::collections::{BTreeMap, HashMap};

use super::limit::{Limit, LimitOn};
use super::store::write::Head;
use super::subject::Subject;
use super::window::WindowLine;
use super::window::{Scope, Window, WindowState, narrowest_first};
use crate::store::Value;
use crate::stored_as;
use crate::texts::Lang;
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::subject::Mode;
use crate::words::time::Time;

/// The state of a sitting (`season.md` 1.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SittingState {
    /// In preparation: neither candidates nor jobs see it.
    #[default]
    Draft,
    /// Visible to candidates; the latest one is the current one.
    Published,
    /// Its last exam is over.
    Closed,
    /// Kept for the record.
    Archived,
}

impl SittingState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Published, Self::Closed, Self::Archived];

    /// The name in files and in the database.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Closed => "closed",
            Self::Archived => "archived",
        }
    }

    /// Parses the name in files and in the database.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.wire() == text)
    }
}

stored_as!(SittingState, String, |state| Value::Text(state.wire()), |raw| SittingState::from_wire(&raw));

/// The kind of text of a sitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextKind {
    /// 报名协议.
    Agreement,
    /// 报考须知 of the written subjects.
    GuidanceWritten,
    /// 报考须知 of the oral subjects.
    GuidanceOral,
}

impl TextKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Agreement, Self::GuidanceWritten, Self::GuidanceOral];

    /// The name in files and in the database, as `guidance-oral`.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Self::Agreement => "agreement",
            Self::GuidanceWritten => "guidance-written",
            Self::GuidanceOral => "guidance-oral",
        }
    }

    /// Parses the name in files and in the database.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.wire() == text)
    }
}

/// A Markdown text with its version, which an acceptance records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionedText {
    /// Increases with every change.
    pub version: i64,
    /// Markdown.
    pub body: String,
}

/// 省通告 or 学校通告.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The scope of the notice.
    pub scope: Scope,
    /// Where it is shown; `None` means everywhere.
    pub step: Option<Mode>,
    /// Markdown.
    pub body: String,
    /// Markdown in English; empty: the Chinese text is shown there too.
    pub body_en: String,
}

impl Notice {
    /// The text in the language of a page (`zh` or `en`).
    #[must_use]
    pub fn body_in(&self, lang: &str) -> &str {
        if lang == "en" && !self.body_en.is_empty() { &self.body_en } else { &self.body }
    }
}

/// One sitting with all its settings.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its code, as `2017-2`.
    pub code: SittingCode,
    /// Its Chinese name, as 2017年下半年.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// Its state.
    pub state: SittingState,
    /// The year.
    pub year: i64,
    /// 1 上半年, 2 下半年.
    pub half: i64,
    /// Whether binding asks for the student number too (W3).
    pub ask_student_number: bool,
    /// Whether provinces may set fees of their own.
    pub province_fees: bool,
    pub(crate) limits: BTreeMap<(Scope, LimitOn), Limit>,
    pub(crate) subjects: Vec<Subject>,
    pub(crate) windows: HashMap<(Scope, Mode), (Window, Option<Time>)>,
    pub(crate) fees: HashMap<(Scope, SubjectCode), Fen>,
    pub(crate) notices: HashMap<Scope, Vec<Notice>>,
    pub(crate) texts: HashMap<(TextKind, String), VersionedText>,
    pub(crate) oral_settings: HashMap<Scope, Vec<String>>,
    pub(crate) pools: BTreeMap<CampusCode, Vec<SubjectCode>>,
}

impl Plan {
    /// The name in the language of a page (`zh` or `en`), if it has one there.
    #[must_use]
    pub fn name_in(&self, lang: &str) -> &str {
        if lang == "en" && !self.name_en.is_empty() { &self.name_en } else { &self.name }
    }

    /// The subjects in the order of lists.
    #[must_use]
    pub fn subjects(&self) -> &[Subject] {
        &self.subjects
    }

    /// One subject.
    #[must_use]
    pub fn subject(&self, code: SubjectCode) -> Option<&Subject> {
        self.subjects.iter().find(|subject| subject.code == code)
    }

    /// The subjects that a campus offers (those with a seat pool there), in the order of lists.
    pub fn offered(&self, campus: CampusCode) -> impl Iterator<Item = &Subject> {
        let codes = self.pools.get(&campus).map(Vec::as_slice).unwrap_or_default();
        self.subjects.iter().filter(move |subject| codes.contains(&subject.code))
    }

    /// Whether a campus offers a subject.
    #[must_use]
    pub fn offers(&self, campus: CampusCode, subject: SubjectCode) -> bool {
        self.pools.get(&campus).is_some_and(|codes| codes.contains(&subject))
    }

    /// The campuses that offer anything, in the order of their codes.
    pub fn campuses(&self) -> impl Iterator<Item = CampusCode> {
        self.pools.keys().copied()
    }

    /// The registration window at a campus: the most specific setting of campus, school, province and nation.
    #[must_use]
    pub fn window(&self, campus: CampusCode, mode: Mode) -> Option<Window> {
        self.window_setting(campus, mode).map(|(window, _)| *window)
    }

    /// From the first opening to the last closing of any window of the sitting.
    #[must_use]
    pub fn registration_span(&self) -> Option<(Time, Time)> {
        let opens = self.windows.values().map(|(window, _)| window.opens()).min()?;
        let closes = self.windows.values().map(|(window, _)| window.closes()).max()?;
        Some((opens, closes))
    }

    /// The same of the windows that hold at a place or at places below it: nobody else's.
    #[must_use]
    pub fn registration_span_of(&self, place: Scope) -> Option<(Time, Time)> {
        let here = place.to_string();
        let is_above = |scope: Scope| here.starts_with(&scope.to_string());
        let holds = |(scope, mode): &(Scope, Mode)| {
            let nearer = |(other, of): &(Scope, Mode)| {
                of == mode && is_above(*other) && other.to_string().len() > scope.to_string().len()
            };
            scope.to_string().starts_with(&here) || is_above(*scope) && !self.windows.keys().any(nearer)
        };
        let own = || self.windows.iter().filter(|(key, _)| holds(key)).map(|(_, (window, _))| *window);
        Some((own().map(Window::opens).min()?, own().map(Window::closes).max()?))
    }

    /// When candidates of other campuses may enter here: at the earliest when the window opens.
    #[must_use]
    pub fn outsiders_from(&self, campus: CampusCode, mode: Mode) -> Option<Time> {
        self.window_setting(campus, mode)
            .map(|(window, outsiders)| outsiders.unwrap_or(window.opens()).max(window.opens()))
    }

    /// The state of registration at a campus for a candidate of a home campus; `None` if no window is set.
    #[must_use]
    pub fn window_state(
        &self,
        campus: CampusCode,
        home: CampusCode,
        mode: Mode,
        now: Time,
    ) -> Option<WindowState> {
        let (window, outsiders) = self.window_setting(campus, mode)?;
        let state = window.state(now);
        match (state, outsiders) {
            (WindowState::Open, Some(from)) if campus != home && now < *from => {
                Some(WindowState::NotYet(*from))
            }
            _ => Some(state),
        }
    }

    /// A sitting without any settings, to be created.
    #[must_use]
    pub fn empty(code: SittingCode) -> Self {
        Self {
            code,
            name: String::new(),
            name_en: String::new(),
            state: SittingState::Draft,
            year: 0,
            half: 0,
            ask_student_number: false,
            province_fees: false,
            limits: BTreeMap::new(),
            subjects: Vec::new(),
            windows: HashMap::new(),
            fees: HashMap::new(),
            notices: HashMap::new(),
            texts: HashMap::new(),
            oral_settings: HashMap::new(),
            pools: BTreeMap::new(),
        }
    }

    /// The settings of the sitting itself, except its state.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            name: self.name.clone(),
            name_en: self.name_en.clone(),
            year: self.year,
            half: self.half,
            ask_student_number: self.ask_student_number,
            province_fees: self.province_fees,
        }
    }

    /// A place's own window, with when candidates of other campuses may come.
    #[must_use]
    pub fn window_of(&self, place: Scope, mode: Mode) -> Option<(Window, Option<Time>)> {
        self.windows.get(&(place, mode)).copied()
    }

    /// A place's own limit.
    #[must_use]
    pub fn limit(&self, place: Scope, on: LimitOn) -> Option<Limit> {
        self.limits.get(&(place, on)).copied()
    }

    /// A place's own fee.
    #[must_use]
    pub fn fee_of(&self, place: Scope, subject: SubjectCode) -> Option<Fen> {
        self.fees.get(&(place, subject)).copied()
    }

    /// A place's own prefixes of other oral campuses.
    #[must_use]
    pub fn oral_of(&self, place: Scope) -> Option<&[String]> {
        self.oral_settings.get(&place).map(Vec::as_slice)
    }

    /// A place's own notice for one step, or for all.
    #[must_use]
    pub fn notice_of(&self, place: Scope, step: Option<Mode>) -> Option<&Notice> {
        self.notices.get(&place)?.iter().find(|notice| notice.step == step)
    }

    /// The newest version of a text in exactly this language.
    #[must_use]
    pub fn own_text(&self, kind: TextKind, lang: Lang) -> Option<&VersionedText> {
        self.texts.get(&(kind, lang.code().to_owned()))
    }

    fn window_setting(&self, campus: CampusCode, mode: Mode) -> Option<&(Window, Option<Time>)> {
        narrowest_first(campus).iter().find_map(|scope| self.windows.get(&(*scope, mode)))
    }

    /// The fee of a subject at a campus, by the most specific setting; `None` if none is set (`fee-unset`).
    #[must_use]
    pub fn fee(&self, campus: CampusCode, subject: SubjectCode) -> Option<Fen> {
        narrowest_first(campus).iter().find_map(|scope| self.fees.get(&(*scope, subject))).copied()
    }

    /// The notices that candidates of a campus see at a step, the nation's first and the campus's last.
    #[must_use]
    pub fn notices(&self, campus: CampusCode, step: Mode) -> Vec<&Notice> {
        let widest_first = narrowest_first(campus).into_iter().rev();
        widest_first
            .flat_map(|scope| self.notices.get(&scope).map(Vec::as_slice).unwrap_or_default())
            .filter(|notice| notice.step.is_none_or(|own| own == step))
            .collect()
    }

    /// The newest version of a text in a language (`zh` or `en`), else the Chinese one.
    #[must_use]
    pub fn text(&self, kind: TextKind, lang: &str) -> Option<&VersionedText> {
        let own = self.texts.get(&(kind, lang.to_owned()));
        own.or_else(|| self.texts.get(&(kind, "zh".to_owned())))
    }

    /// All windows, for the consistency check of dates.
    #[must_use]
    pub fn windows(&self) -> Vec<WindowLine> {
        let line =
            |(&(scope, mode), &(window, outsiders_from)): (&(Scope, Mode), &(Window, Option<Time>))| {
                WindowLine { line: 0, scope, mode, window, outsiders_from }
            };
        let mut windows: Vec<WindowLine> = self.windows.iter().map(line).collect();
        windows.sort_by_key(|line| (line.scope, line.mode));
        windows
    }

    /// Whether candidates of a home campus may take the oral test at another campus at all (R11).
    #[must_use]
    pub fn oral_elsewhere(&self, home: CampusCode) -> bool {
        self.elsewhere(home).iter().any(|prefix| prefix.as_str() != home.as_str())
    }

    /// Whether a candidate of a home campus may take the oral test at a campus, regardless of its window (R11).
    #[must_use]
    pub fn oral_allowed(&self, home: CampusCode, campus: CampusCode) -> bool {
        campus == home
            || self.elsewhere(home).iter().any(|prefix| campus.as_str().starts_with(prefix.as_str()))
    }

    /// The campuses where a candidate of a home campus may enter an oral subject now or later, in the order of their
    /// codes, with when that begins where it has not (R11).
    #[must_use]
    pub fn oral_campuses(&self, home: CampusCode, now: Time) -> Vec<(CampusCode, Option<Time>)> {
        let has_oral = |campus: CampusCode| self.offered(campus).any(|subject| subject.mode == Mode::Oral);
        let open = |campus| match self.window_state(campus, home, Mode::Oral, now)? {
            WindowState::Open => Some((campus, None)),
            WindowState::NotYet(from) => Some((campus, Some(from))),
            WindowState::Closed(_) => None,
        };
        self.campuses()
            .filter(|campus| self.oral_allowed(home, *campus) && has_oral(*campus))
            .filter_map(open)
            .collect()
    }

    /// The code prefixes of the most specific setting: the home campus's own, else its school's, province's, the
    /// nation's.
    fn elsewhere(&self, home: CampusCode) -> &[String] {
        let setting = narrowest_first(home).iter().find_map(|scope| self.oral_settings.get(scope));
        setting.map(Vec::as_slice).unwrap_or_default()
    }
}
