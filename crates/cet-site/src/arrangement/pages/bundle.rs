//! `/staff/arrangements/{campus}/lists.zip`: all printed lists of a campus, sent while they are made.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::{HeaderValue, header};

use crate::staff::StaffMember;
use crate::web::answer::{BUSY_SECONDS, PageError};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::CampusCode;
use cet_domain::arrangement::bundle::{self, BundleFault, Source};
use cet_domain::arrangement::lists::ListFault;
use cet_domain::arrangement::store::lists::{Stand, in_scope};
use cet_domain::arrangement::verbs::lists::taken_out;
use cet_domain::staff::Permission;

/// The name of the file, and of its line in the log.
const FILE: &str = "lists.zip";

pub(super) async fn file(who: StaffMember, Path(campus): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::SeatLists)?;
    let plan = who.shown_sitting().await?;
    let campus = CampusCode::parse(&campus).map_err(|_| PageError::NotFound)?;
    if !who.scope.holds(campus.as_str()) {
        return Err(PageError::NotFound);
    }
    let (scope, sitting) = (who.scope.clone(), plan.code.clone());
    let read: Result<Vec<Stand>, DbError> =
        who.app.db.read(async move |tx: &mut Tx<'_>| in_scope(tx, &scope, &sitting).await).await;
    let published = read?.into_iter().filter(|of| of.campus == campus && of.published_at.is_some());
    let units: Vec<(cet_domain::arrangement::Unit, i64)> = published
        .filter_map(|of| {
            let unit = cet_domain::arrangement::Unit {
                campus,
                sitting: plan.code.clone(),
                year: plan.year,
                half: plan.half,
                subject: of.subject,
                mode: plan.subject(of.subject)?.mode,
            };
            Some((unit, of.candidates))
        })
        .collect();
    if units.is_empty() {
        return Err(PageError::NotFound);
    }
    noted(&who, &units).await?;
    let source = Source {
        db: who.app.db.clone(),
        printer: Arc::clone(&who.app.printer),
        vault: Arc::clone(&who.app.vault),
        catalogue: who.app.catalogue.get(),
        plan,
    };
    let mut parts = bundle::begin(source, units.into_iter().map(|(unit, _)| unit).collect());
    // The first list decides the status; a fault after it breaks the file off.
    let first = match parts.recv().await {
        Some(Ok(first)) => first,
        Some(Err(BundleFault::List(ListFault::Busy))) => return Err(PageError::TooBusy(BUSY_SECONDS)),
        Some(Err(fault)) => return Err(PageError::fault(fault)),
        None => return Err(PageError::fault("a file of lists ended before it began")),
    };
    let rest = stream::unfold((Some(first), parts), async |(first, mut parts)| match first {
        Some(first) => Some((Ok(first), (None, parts))),
        None => parts.recv().await.map(|part| (part, (None, parts))),
    });
    let name = format!("attachment; filename=\"{campus}-{FILE}\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(PageError::fault)?),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(rest)).into_response())
}

/// Records for each unit that its lists were taken out (TH27).
async fn noted(who: &StaffMember, units: &[(cet_domain::arrangement::Unit, i64)]) -> Result<(), PageError> {
    let (actor, address, units) = (who.actor(), who.from(), Arc::new(units.to_vec()));
    let written: Result<(), DbError> = who
        .app
        .db
        .write(async move |tx: &mut Tx<'_>| {
            for (unit, seats) in units.iter() {
                let seats = usize::try_from(*seats).unwrap_or(0);
                taken_out(tx, unit, FILE, seats, (actor.clone(), &address)).await?;
            }
            Ok(())
        })
        .await;
    Ok(written?)
}
