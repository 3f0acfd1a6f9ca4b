//! Where an oral subject can be entered: campuses with the seats of what the candidate is granted (R11, R12).

use super::facts::granted;
use crate::registration::Registration;
use crate::seat_pool::{self, Seats};
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::subject::Mode;

/// A campus of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OralPlace {
    /// The campus.
    pub campus: CampusCode,
    /// How full the pools are of the oral subjects that the candidate is granted, in the order of the sitting.
    pub seats: Vec<(SubjectCode, Seats)>,
}

/// How full these campuses are. What is overdue counts as taken here, for some seconds: the page of one campus looks
/// closer.
pub async fn oral_places(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    campuses: &[CampusCode],
) -> Result<Vec<OralPlace>, DbError> {
    let plan = catalogue.sitting(&of.sitting).ok_or(DbError::Decode("sitting that is there"))?;
    let pools = seat_pool::store::at_campuses(tx, &of.sitting, campuses).await?;
    let place = |campus: CampusCode| {
        let own = plan.offered(campus).filter(|subject| subject.mode == Mode::Oral);
        let mine = own.filter(|subject| granted(plan, of, campus, subject));
        let seats =
            mine.filter_map(|subject| pools.get(&(campus, subject.code)).map(|seats| (subject.code, *seats)));
        OralPlace { campus, seats: seats.collect() }
    };
    Ok(campuses.iter().map(|campus| place(*campus)).collect())
}
