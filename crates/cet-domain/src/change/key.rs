//! What can be set: the keys of settings (the table of season.md section 1).

use crate::portal::PortalPage;
use crate::sitting::limit::LimitOn;
use crate::sitting::plan::TextKind;
use crate::sitting::window::Scope as Place;
use crate::texts::Lang;
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::subject::Mode;

/// One setting of a sitting. The order of keys is the order in which changes write them: whatever refers to a subject
/// comes after it, and seat pools come last (`docs/locking.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Name, year, half and switches of the sitting.
    Sitting,
    /// A subject.
    Subject(SubjectCode),
    /// What a place allows the places below it.
    Limit(Place, LimitOn),
    /// When registration is open.
    Window(Place, Mode),
    /// A fee.
    Fee(Place, SubjectCode),
    /// The other campuses of the oral test.
    Oral(Place),
    /// A notice for one step, or for all.
    Notice(Place, Option<Mode>),
    /// Agreement or guidance.
    Text(TextKind, Lang),
    /// Settings of the arrangement.
    Arrangement(Place),
    /// The text of a page of the portal; like news, of no sitting.
    Portal(PortalPage, Lang),
    /// An item of news, by its id.
    News(i64),
    /// The state of the sitting.
    State,
    /// The seats of a subject at a campus.
    Pool(CampusCode, SubjectCode),
}

/// The kind of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// [`Key::Sitting`].
    Sitting,
    /// [`Key::Subject`].
    Subject,
    /// [`Key::Limit`].
    Limit,
    /// [`Key::Window`].
    Window,
    /// [`Key::Fee`].
    Fee,
    /// [`Key::Oral`].
    Oral,
    /// [`Key::Notice`].
    Notice,
    /// [`Key::Text`].
    Text,
    /// [`Key::Arrangement`].
    Arrangement,
    /// [`Key::Portal`].
    Portal,
    /// [`Key::News`].
    News,
    /// [`Key::State`].
    State,
    /// [`Key::Pool`].
    Pool,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 13] = [
        Self::Sitting,
        Self::Subject,
        Self::Limit,
        Self::Window,
        Self::Fee,
        Self::Oral,
        Self::Notice,
        Self::Text,
        Self::Arrangement,
        Self::Portal,
        Self::News,
        Self::State,
        Self::Pool,
    ];

    /// The name in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Sitting => "sitting",
            Self::Subject => "subject",
            Self::Limit => "limit",
            Self::Window => "window",
            Self::Fee => "fee",
            Self::Oral => "oral",
            Self::Notice => "notice",
            Self::Text => "text",
            Self::Arrangement => "arrangement",
            Self::Portal => "portal",
            Self::News => "news",
            Self::State => "state",
            Self::Pool => "pool",
        }
    }

    /// The field of the audit log that holds such a setting.
    #[must_use]
    pub(crate) const fn audit_field(self) -> &'static str {
        match self {
            Self::Sitting => "setting-sitting",
            Self::Subject => "setting-subject",
            Self::Limit => "setting-limit",
            Self::Window => "setting-window",
            Self::Fee => "setting-fee",
            Self::Oral => "setting-oral",
            Self::Notice => "setting-notice",
            Self::Text => "setting-text",
            Self::Arrangement => "setting-arrangement",
            Self::Portal | Self::News => "setting-portal",
            Self::State => "state",
            Self::Pool => "setting-pool",
        }
    }

    /// Parses the name in the database.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.wire() == text)
    }
}

impl Key {
    /// Whether it belongs to the portal instead of a sitting.
    #[must_use]
    pub const fn is_of_portal(&self) -> bool {
        matches!(self, Self::Portal(..) | Self::News(_))
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Sitting => Kind::Sitting,
            Self::Subject(_) => Kind::Subject,
            Self::Limit(..) => Kind::Limit,
            Self::Window(..) => Kind::Window,
            Self::Fee(..) => Kind::Fee,
            Self::Oral(_) => Kind::Oral,
            Self::Notice(..) => Kind::Notice,
            Self::Text(..) => Kind::Text,
            Self::Arrangement(_) => Kind::Arrangement,
            Self::Portal(..) => Kind::Portal,
            Self::News(_) => Kind::News,
            Self::State => Kind::State,
            Self::Pool(..) => Kind::Pool,
        }
    }

    /// The place that it belongs to.
    #[must_use]
    pub const fn place(&self) -> Place {
        match self {
            Self::Sitting
            | Self::Subject(_)
            | Self::Text(..)
            | Self::Portal(..)
            | Self::News(_)
            | Self::State => Place::National,
            Self::Limit(place, _)
            | Self::Window(place, _)
            | Self::Fee(place, _)
            | Self::Oral(place)
            | Self::Notice(place, _)
            | Self::Arrangement(place) => *place,
            Self::Pool(campus, _) => Place::Campus(*campus),
        }
    }

    /// The part of the key beside kind and place, as it is stored.
    #[must_use]
    pub fn item(&self) -> String {
        match self {
            Self::Sitting | Self::Oral(_) | Self::Arrangement(_) | Self::State => String::new(),
            Self::Subject(subject) | Self::Fee(_, subject) | Self::Pool(_, subject) => subject.to_string(),
            Self::Limit(_, on) => on.to_string(),
            Self::Window(_, mode) => mode.wire().to_owned(),
            Self::Notice(_, step) => step.map_or("", Mode::wire).to_owned(),
            Self::Text(kind, lang) => format!("{}/{}", kind.wire(), lang.code()),
            Self::Portal(page, lang) => format!("{}/{}", page.wire(), lang.code()),
            Self::News(id) => id.to_string(),
        }
    }

    /// Parses a stored key.
    #[must_use]
    pub(crate) fn from_stored(kind: &str, place: &str, item: &str) -> Option<Self> {
        let place = Place::parse(place)?;
        Some(match Kind::from_wire(kind)? {
            Kind::Sitting => Self::Sitting,
            Kind::State => Self::State,
            Kind::Subject => Self::Subject(SubjectCode::parse(item).ok()?),
            Kind::Limit => Self::Limit(place, LimitOn::from_wire(item)?),
            Kind::Window => Self::Window(place, Mode::from_wire(item)?),
            Kind::Fee => Self::Fee(place, SubjectCode::parse(item).ok()?),
            Kind::Oral => Self::Oral(place),
            Kind::Notice if item.is_empty() => Self::Notice(place, None),
            Kind::Notice => Self::Notice(place, Some(Mode::from_wire(item)?)),
            Kind::Text => {
                let (kind, lang) = item.split_once('/')?;
                Self::Text(TextKind::from_wire(kind)?, Lang::parse(lang)?)
            }
            Kind::Portal => {
                let (page, lang) = item.split_once('/')?;
                Self::Portal(PortalPage::from_wire(page)?, Lang::parse(lang)?)
            }
            Kind::News => Self::News(item.parse().ok()?),
            Kind::Arrangement => Self::Arrangement(place),
            Kind::Pool => match place {
                Place::Campus(campus) => Self::Pool(campus, SubjectCode::parse(item).ok()?),
                Place::National | Place::Province(_) | Place::School(_) => return None,
            },
        })
    }
}
