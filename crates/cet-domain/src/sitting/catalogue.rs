//! The reference tables as one immutable snapshot, and the cell that holds the current one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::plan::{Plan, SittingState};
use super::{provinces, store};
use crate::portal::Portal;
use crate::store::{Db, DbError, Tx};
use crate::texts::Lang;
use crate::words::codes::{CampusCode, ProvinceCode, SchoolCode, SittingCode};
use crate::words::time::Time;

/// Every sitting with its settings, and the names of places: read once, shared by all requests.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    pub(super) version: i64,
    pub(super) portal: Portal,
    pub(super) sittings: BTreeMap<SittingCode, Arc<Plan>>,
    pub(super) provinces: BTreeMap<ProvinceCode, String>,
    pub(super) schools: BTreeMap<SchoolCode, String>,
    pub(super) campuses: BTreeMap<CampusCode, String>,
}

impl Catalogue {
    /// The version of the reference tables in this snapshot; 0 is the empty catalogue.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// What was written for the portal.
    #[must_use]
    pub fn portal(&self) -> &Portal {
        &self.portal
    }

    /// The current sitting: the highest published one by year, half and code.
    #[must_use]
    pub fn current(&self) -> Option<&Arc<Plan>> {
        let published = self.sittings.values().filter(|plan| plan.state == SittingState::Published);
        published.max_by_key(|plan| (plan.year, plan.half, &plan.code))
    }

    /// The sitting that its candidates are told of: the current one, between two seasons the last that was closed.
    #[must_use]
    pub fn told(&self) -> Option<&Arc<Plan>> {
        let closed = || self.sittings().into_iter().find(|plan| plan.state == SittingState::Closed);
        self.current().or_else(closed)
    }

    /// The sitting that staff look at: the one that candidates are told of, else the last that was archived.
    #[must_use]
    pub fn shown_to_staff(&self) -> Option<&Arc<Plan>> {
        self.told().or_else(|| self.sittings().into_iter().next())
    }

    /// A sitting, including a draft: whoever knows its code prepares it, or has data in it.
    #[must_use]
    pub fn sitting(&self, code: &SittingCode) -> Option<&Arc<Plan>> {
        self.sittings.get(code)
    }

    /// All sittings that are visible to candidates, the newest first.
    #[must_use]
    pub fn sittings(&self) -> Vec<&Arc<Plan>> {
        let known = self.sittings.values().filter(|plan| plan.state != SittingState::Draft);
        let mut all: Vec<_> = known.collect();
        all.sort_by_key(|plan| std::cmp::Reverse((plan.year, plan.half, &plan.code)));
        all
    }

    /// All sittings, drafts included, the newest first: for staff.
    #[must_use]
    pub fn all(&self) -> Vec<&Arc<Plan>> {
        let mut all: Vec<_> = self.sittings.values().collect();
        all.sort_by_key(|plan| std::cmp::Reverse((plan.year, plan.half, &plan.code)));
        all
    }

    /// The name of a province: the installation's own, else the standard's, else the code.
    #[must_use]
    pub fn province_name(&self, code: ProvinceCode) -> String {
        let own = self.provinces.get(&code).map(String::as_str);
        own.or_else(|| provinces::standard_name(code)).map_or_else(|| code.to_string(), str::to_owned)
    }

    /// The same in a language: the names by the standard have an English one, what the installation wrote is as it is.
    #[must_use]
    pub fn province_name_in(&self, code: ProvinceCode, lang: Lang) -> String {
        let name = self.province_name(code);
        let english = provinces::english_name(code, &name).filter(|_| lang == Lang::En);
        english.map_or(name, str::to_owned)
    }

    /// The name of a school: its own, else that of its first campus; `None` if no campus of it is known.
    #[must_use]
    pub fn school_name(&self, code: SchoolCode) -> Option<&str> {
        let own = self.schools.get(&code).map(String::as_str);
        own.or_else(|| self.campuses_of(code).next().map(|(_, name)| name))
    }

    /// The name of a campus; `None` if it is unknown.
    #[must_use]
    pub fn campus_name(&self, code: CampusCode) -> Option<&str> {
        self.campuses.get(&code).map(String::as_str)
    }

    /// The campuses of a school in the order of their codes.
    pub fn campuses_of(&self, school: SchoolCode) -> impl Iterator<Item = (CampusCode, &str)> {
        let first = CampusCode::parse(&format!("{school}0")).ok();
        let from = first.into_iter().flat_map(|first| self.campuses.range(first..));
        from.take_while(move |(code, _)| code.school() == school).map(|(code, name)| (*code, name.as_str()))
    }

    /// All campuses in the order of their codes.
    pub fn campuses(&self) -> impl Iterator<Item = (CampusCode, &str)> {
        self.campuses.iter().map(|(code, name)| (*code, name.as_str()))
    }
}

/// The current catalogue of a process. Readers keep the snapshot they took; nobody waits for a reload.
#[derive(Debug, Default)]
pub struct CatalogueCell {
    current: RwLock<Arc<Catalogue>>,
    /// How far the database's clock was ahead of the process's when it was asked last, in microseconds.
    ahead: AtomicI64,
}

impl CatalogueCell {
    /// Loads the catalogue for the first time.
    ///
    /// # Errors
    /// [`DbError`], also when a stored value is invalid.
    pub async fn open(db: &Db) -> Result<Self, DbError> {
        let cell = Self::default();
        cell.refresh(db).await?;
        Ok(cell)
    }

    /// A cell with a given catalogue, for tests of rules and pages.
    #[must_use]
    pub fn holding(catalogue: Catalogue) -> Self {
        Self { current: RwLock::new(Arc::new(catalogue)), ahead: AtomicI64::default() }
    }

    /// The current snapshot.
    #[must_use]
    pub fn get(&self) -> Arc<Catalogue> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The database's time as of the last refresh, without a query: for pages that decide nothing by it.
    #[must_use]
    pub fn about_now(&self, db: &Db) -> Time {
        let process = db.clock().process_now();
        Time::from_micros(process.micros().saturating_add(self.ahead.load(Ordering::Relaxed)))
    }

    /// As after a refresh in a rehearsal whose clock is so many microseconds ahead.
    #[cfg(any(test, feature = "testing"))]
    #[doc(hidden)]
    pub fn be_ahead(&self, micros: i64) {
        self.ahead.store(micros, Ordering::Relaxed);
    }

    /// Reloads the catalogue when its version has changed; returns whether it did.
    ///
    /// # Errors
    /// [`DbError`]; the old snapshot stays.
    pub async fn refresh(&self, db: &Db) -> Result<bool, DbError> {
        let known = self.get().version;
        let read =
            db.read(async |tx: &mut Tx<'_>| Ok::<_, DbError>((store::version(tx).await?, tx.now().await?)));
        let (version, now) = read.await?;
        let ahead = now.micros().saturating_sub(db.clock().process_now().micros());
        self.ahead.store(ahead, Ordering::Relaxed);
        if version == known {
            return Ok(false);
        }
        let fresh = db.read_long(async move |tx| store::load(tx).await).await?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(true)
    }
}

#[cfg(test)]
#[path = "tests/catalogue.rs"]
mod tests;
