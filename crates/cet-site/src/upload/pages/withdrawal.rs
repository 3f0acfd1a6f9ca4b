//! Taking a published file back: its page links to a question that names what is taken back.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::parts::figures;
use super::{ended, found};
use crate::staff::StaffMember;
use crate::staff::menu::place_name;
use crate::upload::path;
use crate::upload::views::WithdrawalView;
use crate::web::answer::{PageError, html, refusal, see_other};
use crate::web::form_data::FormData;
use cet_base::store::Tx;
use cet_domain::upload::rules::{self, Act, State};
use cet_domain::upload::store::Upload;
use cet_domain::upload::{Kind, verbs};

/// Takes the file back: the form of the question page, and whoever posts without having asked for it.
pub(super) async fn withdraw(
    who: StaffMember,
    Path(id): Path<String>,
    kind: Kind,
    form: FormData,
) -> Result<Response, PageError> {
    let of = found(&who, kind, &id).await?;
    let reason = form.one("reason")?.trim().to_owned();
    let was = of.state()? == State::Withdrawn;
    let (id, actor, from) = (of.id, who.actor(), who.from());
    let done = who
        .app
        .db
        .write(async move |tx: &mut Tx<'_>| {
            verbs::withdraw(tx, &of, &reason, (&actor, &from)).await.map(drop)
        })
        .await;
    ended(&who, kind, (id, was), refusal(done)?).await
}

/// Asks first: the page names the file and what becomes of its rows. What can't be taken back is not asked about.
pub(super) async fn ask(who: StaffMember, Path(id): Path<String>, kind: Kind) -> Result<Response, PageError> {
    let of = found(&who, kind, &id).await?;
    if !rules::may(kind, of.state()?, of.summary().good, Act::Withdraw) || of.is_being_taken_back() {
        return Ok(see_other(&format!("{}/{}", path(kind), of.id)));
    }
    question(&who, kind, &of).await
}

async fn question(who: &StaffMember, kind: Kind, of: &Upload) -> Result<Response, PageError> {
    let href = format!("{}/{}", path(kind), of.id);
    let (page, menu) = who.frame_at(&format!("{href}/withdrawal"), "upload-withdraw-title").await?;
    let place = match of.place.prefix() {
        "" => page.m("staff-nation").to_owned(),
        code => format!("({code}){}", place_name(&who.app.catalogue.get(), page.lang(), code)),
    };
    let about = match kind {
        Kind::Roster => "upload-withdraw-about",
        Kind::Scores => "upload-withdraw-about-scores",
        Kind::Photos => "upload-withdraw-about-photos",
        Kind::Campuses => "upload-withdraw-about-campuses",
    };
    let view = WithdrawalView {
        about: page.m(about),
        asks_reason: kind == Kind::Roster,
        file_name: of.file_name.clone(),
        place,
        sent: page.f("upload-sent", &[("who", &of.account), ("at", &of.created_at.page())]),
        figures: figures(&page, kind, of),
        page,
        href,
        menu,
    };
    html(StatusCode::OK, &view)
}
