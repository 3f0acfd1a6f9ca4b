//! Files on the web (season.md section 3): `/staff/rosters`, `/staff/scores`, `/staff/photos`, `/staff/campuses`. A file
//! is uploaded, checked by a job, looked at, and published; what it did can be taken back.

mod columns;
mod files;
mod pages;
mod receive;
mod rows;
mod views;

pub(crate) use pages::routes;

use cet_domain::staff::Permission;
use cet_domain::upload::Kind;

/// The path of a kind's pages.
pub(crate) const fn path(kind: Kind) -> &'static str {
    match kind {
        Kind::Roster => "/staff/rosters",
        Kind::Scores => "/staff/scores",
        Kind::Photos => "/staff/photos",
        Kind::Campuses => "/staff/campuses",
    }
}

/// The permission to upload a kind.
pub(crate) const fn needs(kind: Kind) -> Permission {
    match kind {
        Kind::Roster | Kind::Photos => Permission::Rosters,
        Kind::Scores => Permission::Scores,
        Kind::Campuses => Permission::Sittings,
    }
}

/// The text key of a kind's title.
pub(crate) const fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Roster => "upload-rosters",
        Kind::Scores => "upload-scores",
        Kind::Photos => "upload-photos",
        Kind::Campuses => "upload-campuses",
    }
}

#[cfg(test)]
mod tests;
