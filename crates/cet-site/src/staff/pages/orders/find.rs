//! Finding orders by one field: an order's number, that of a trade or of a refund, or the number of a document. A POST,
//! because no document belongs in a URL.

use axum::response::Response;

use super::{Orders, one};
use crate::staff::StaffMember;
use crate::staff::list::{self, Asked, List as _, Pager};
use crate::staff::pages::registrations::find::documents;
use crate::web::answer::{PageError, see_other};
use crate::web::form_data::FormData;
use crate::web::page::Refused;
use cet_base::store::{DbError, Tx};
use cet_domain::payment::store::find;
use cet_domain::payment::store::scoped::OrderSeen;
use cet_domain::roster::DocumentKeys;
use cet_domain::staff::Permission;

/// The longest number of a gateway (`gateway::Notice::trade_no`).
const LONGEST: usize = 64;

pub(in crate::staff::pages) async fn search(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::Orders)?;
    let number: String = form.one("q")?.chars().filter(|c| !c.is_whitespace()).collect();
    let found = recognised(&who, number).await?;
    if let [order] = found.as_slice() {
        return Ok(see_other(&one::address(&order.number)));
    }
    let typed = form.typed(&["q"]);
    if found.is_empty() {
        let said = Refused::new(who.page().t, "record-not-found").saying(who.page().m("staff-not-found"));
        return list::page::<Orders>(&who, vec![said.at("q")], typed).await;
    }
    Orders::view(&who, Asked::default(), Pager::default(), found, (Vec::new(), typed)).await
}

/// What a number is of, by what is found: the first.
async fn recognised(who: &StaffMember, number: String) -> Result<Vec<OrderSeen>, PageError> {
    // PostgreSQL stores no NUL.
    if number.is_empty() || number.chars().count() > LONGEST || number.chars().any(char::is_control) {
        return Ok(Vec::new());
    }
    let upper = number.to_uppercase();
    let keys: Vec<Vec<u8>> = documents(&upper)
        .iter()
        .map(|document| DocumentKeys::of(&who.app.vault, document))
        .flat_map(|keys| [Some(keys.as_typed()), keys.otherwise()])
        .flatten()
        .map(|key| key.bytes().to_vec())
        .collect();
    let sitting = who.list_sitting().map(|plan| plan.code.clone());
    let scope = who.scope.clone();
    let read = async move |tx: &mut Tx<'_>| {
        let mut found = find::of_number(tx, &scope, &number).await?;
        if found.is_empty() {
            found = find::of_refund(tx, &scope, &upper).await?;
        }
        if found.is_empty() {
            found = find::of_trade(tx, &scope, &number).await?;
        }
        for key in &keys {
            if let Some(sitting) = sitting.as_ref().filter(|_| found.is_empty()) {
                found.extend(find::of_document(tx, &scope, sitting, key).await?);
            }
        }
        Ok(found)
    };
    let found: Result<_, DbError> = who.app.db.read(read).await;
    Ok(found?)
}
