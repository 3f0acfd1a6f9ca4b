//! The places of a list of settings: a place and those directly below it.

use std::collections::BTreeSet;

use crate::staff::StaffMember;
use crate::web::answer::PageError;
use cet_base::words::codes::{ProvinceCode, SchoolCode};
use cet_domain::sitting::Catalogue;
use cet_domain::sitting::window::Scope as Place;

/// The place of an address: `nation` or a code.
pub(crate) fn parse(text: &str) -> Option<Place> {
    if text == "nation" {
        Some(Place::National)
    } else {
        Some(text).filter(|text| !text.is_empty()).and_then(Place::parse)
    }
}

/// A place in an address.
pub(crate) fn name(place: Place) -> String {
    match place {
        Place::National => "nation".to_owned(),
        Place::Province(_) | Place::School(_) | Place::Campus(_) => place.to_string(),
    }
}

/// The place of an address, if it is in the member's scope and there is such a place.
///
/// # Errors
/// [`PageError::NotFound`].
pub(crate) fn in_scope(who: &StaffMember, text: &str) -> Result<Place, PageError> {
    let place = parse(text).ok_or(PageError::NotFound)?;
    let known = exists(&who.app.catalogue.get(), place);
    if known && cet_domain::change::rules::covers(&who.scope, place) {
        Ok(place)
    } else {
        Err(PageError::NotFound)
    }
}

fn exists(catalogue: &Catalogue, place: Place) -> bool {
    match place {
        Place::National => true,
        Place::Province(code) => {
            cet_domain::sitting::provinces::standard_name(code).is_some()
                || catalogue.campuses().any(|(campus, _)| campus.province() == code)
        }
        Place::School(code) => catalogue.campuses_of(code).next().is_some(),
        Place::Campus(code) => catalogue.campus_name(code).is_some(),
    }
}

/// The place that a list begins with: `?place=`, else the member's own.
///
/// # Errors
/// [`PageError::NotFound`] for a place outside the scope.
pub(crate) fn top(who: &StaffMember) -> Result<Place, PageError> {
    let (place, own) = (who.query("place").unwrap_or_default(), own(who));
    let place = place.trim();
    // One's own is there also where no campus is known yet.
    if place.is_empty() || place == name(own) { Ok(own) } else { in_scope(who, place) }
}

/// The member's own place.
pub(crate) fn own(who: &StaffMember) -> Place {
    Place::parse(who.scope.prefix()).unwrap_or(Place::National)
}

/// The places directly below one, in the order of their codes.
pub(crate) fn below(catalogue: &Catalogue, place: Place) -> Vec<Place> {
    match place {
        Place::National => {
            let all: BTreeSet<ProvinceCode> = catalogue.campuses().map(|(code, _)| code.province()).collect();
            all.into_iter().map(Place::Province).collect()
        }
        Place::Province(province) => {
            let all: BTreeSet<SchoolCode> = catalogue
                .campuses()
                .filter(|(code, _)| code.province() == province)
                .map(|(code, _)| code.school())
                .collect();
            all.into_iter().map(Place::School).collect()
        }
        Place::School(school) => {
            catalogue.campuses_of(school).map(|(campus, _)| Place::Campus(campus)).collect()
        }
        Place::Campus(_) => Vec::new(),
    }
}

/// The place above, if the member may see it.
pub(crate) fn above(who: &StaffMember, place: Place) -> Option<Place> {
    let up = match place {
        Place::National => return None,
        Place::Province(_) => Place::National,
        Place::School(code) => Place::Province(code.province()),
        Place::Campus(code) => Place::School(code.school()),
    };
    cet_domain::change::rules::covers(&who.scope, up).then_some(up)
}
