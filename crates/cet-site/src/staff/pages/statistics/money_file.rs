//! The money of each day as a file, for finance (S6): every day that has some, the latest first, by way. The same figures as
//! those of the last days on the overview, of the same sitting (`?sitting=`).

use axum::response::Response;

use super::{read, way_words, yuan};
use crate::change::tree;
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{self, Form, Sheet};
use crate::web::answer::PageError;
use cet_domain::staff::Permission;
use cet_domain::statistics::day_begins;

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
    let (plan, page, begun) = (who.asked_sitting()?, who.page(), Download::of(&who)?);
    let mut rows = Vec::new();
    // Before the first sitting there is no money.
    if let Some(plan) = plan {
        let read = read(&who, &plan, tree::own(&who)).await?;
        for (day, ways) in read.own.detail.money.iter().rev() {
            for (way, of) in ways.iter().rev() {
                rows.push(vec![
                    day_begins(*day).page_date(),
                    way_words(&page, way).to_owned(),
                    yuan(of.received),
                    of.payments.to_string(),
                    yuan(of.refunded),
                    of.refunds.to_string(),
                    yuan(of.received.saturating_sub(of.refunded)),
                ]);
            }
        }
    }
    let sheet = Sheet { headings: HEADINGS.map(|key| page.m(key).to_owned()).to_vec(), rows };
    list::download(&who, "money", form, (begun, sheet)).await
}
