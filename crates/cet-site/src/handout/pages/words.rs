//! Places in line as pages show them (R16).

use crate::entry::pages::{place_now, subject_name};
use crate::handout::views::{AtCampusShown, PlaceShown};
use crate::web::page::Page;
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::handout::verbs::{AtCampus, Place};
use cet_domain::sitting::{Catalogue, Plan};
use cet_domain::standby::rules::Chance;

/// The step of the page of a subject.
pub(super) const fn step(mode: Mode) -> u8 {
    match mode {
        Mode::Written => 4,
        Mode::Oral => 5,
    }
}

pub(super) fn place(page: &Page, catalogue: &Catalogue, plan: &Plan, of: &Place) -> PlaceShown {
    PlaceShown {
        id: of.standby.id.to_string(),
        code: of.standby.subject.to_string(),
        subject: subject_name(page, plan, of.standby.subject),
        at: of.at.iter().map(|at| at_campus(page, catalogue, at)).collect(),
        until: of.until().map(Time::page).unwrap_or_default(),
        fee: of.fee.map(|fee| format!("¥{fee}")).unwrap_or_default(),
    }
}

pub(super) fn at_campus(page: &Page, catalogue: &Catalogue, at: &AtCampus) -> AtCampusShown {
    AtCampusShown {
        campus: place_now(catalogue, at.campus).campus,
        place: at.place,
        total: at.total,
        mark: at.chance.wire(),
        chance: match at.chance {
            Chance::Good => page.m("standby-chance-good"),
            Chance::Even => page.m("standby-chance-even"),
            Chance::Small => page.m("standby-chance-small"),
            Chance::Unknown => page.m("standby-chance-unknown"),
        },
        why: match at.freed {
            Some(freed) => {
                let seats = freed.seats.to_string();
                page.f("standby-chance-why", &[("n", &seats), ("time", &freed.since.page())])
            }
            None => page.m("standby-chance-why-unknown").to_owned(),
        },
    }
}
