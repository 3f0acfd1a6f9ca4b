//! The money of each day as a file, for finance (S6): every day that has some, the latest first, by way. Of all sittings, as the
//! gateway's bill of the day has it, or of one (`?sitting=`), as the overview shows its last days.

use std::collections::BTreeMap;

use axum::response::Response;

use super::{read, way_words, yuan};
use crate::change::tree;
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{self, Form, Sheet};
use crate::web::answer::PageError;
use cet_domain::staff::Permission;
use cet_domain::statistics::{OfMoney, day_begins};

/// The headings of the table on the overview; what is counted is named.
const HEADINGS: [&str; 7] = [
    "staff-col-day",
    "staff-col-gateway",
    "staff-col-received",
    "staff-money-payments",
    "staff-col-refunded",
    "staff-money-refunds",
    "staff-col-net",
];

pub(in crate::staff::pages) async fn csv(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Csv).await
}

pub(in crate::staff::pages) async fn xlsx(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Xlsx).await
}

async fn file(who: StaffMember, form: Form) -> Result<Response, PageError> {
    who.needs(Permission::Orders)?;
    let (asked, page, begun) = (who.asked_sitting()?, who.page(), Download::of(&who)?);
    let is_named = !who.query("sitting").unwrap_or_default().trim().is_empty();
    let catalogue = who.app.catalogue.get();
    // A day of a bill has the money of every sitting.
    let plans = match asked {
        Some(plan) if is_named => vec![plan],
        _ => catalogue.sittings().into_iter().cloned().collect(),
    };
    let mut all: BTreeMap<i64, BTreeMap<String, OfMoney>> = BTreeMap::new();
    for plan in plans {
        for (day, ways) in read(&who, &plan, tree::own(&who)).await?.own.detail.money {
            for (way, of) in ways {
                all.entry(day).or_default().entry(way).or_default().add(of);
            }
        }
    }
    let row = |(day, way, of): (i64, &String, &OfMoney)| {
        vec![
            day_begins(day).page_date(),
            way_words(&page, way).to_owned(),
            yuan(of.received),
            of.payments.to_string(),
            yuan(of.refunded),
            of.refunds.to_string(),
            yuan(of.received.saturating_sub(of.refunded)),
        ]
    };
    let days = all.iter().rev().flat_map(|(day, ways)| ways.iter().rev().map(|(way, of)| (*day, way, of)));
    let rows = days.map(row).collect();
    let sheet = Sheet { headings: HEADINGS.map(|key| page.m(key).to_owned()).to_vec(), rows };
    list::download(&who, "money", form, (begun, sheet)).await
}
