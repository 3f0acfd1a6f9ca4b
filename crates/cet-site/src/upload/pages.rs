//! The pages of uploads.

mod list;
mod parts;
mod withdrawal;

use crate::web::route::{boxed, get, post};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request};
use axum::response::Response;
use http::StatusCode;

use super::views::OneView;
use super::{columns, files, needs, path, receive, rows, title};
use crate::app::App;
use crate::staff::StaffMember;
use crate::staff::list::{self as staff_list, Form};
use crate::web::answer::{PageError, html, refreshing, refusal, refused_status, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Page, Refused, Typed};
use cet_base::form_mark::SEEN;
use cet_base::store::{DbError, Tx};
use cet_base::texts::Lang;
use cet_base::words::time::Time;
use cet_domain::upload::Kind;
use cet_domain::upload::rules::{self, Act, State};
use cet_domain::upload::store::{self, Finding, PictureOf, Upload};
use cet_domain::upload::verbs::{self, Asked};
use parts::{acts, figures, finding_view, picture_view, sentence, steps};

/// How often a page in progress is loaded again, in seconds.
const AGAIN: &str = "2";
/// Findings of a level on a page.
const SHOWN: i64 = 200;

/// Receives a file of a kind for its list.
macro_rules! received {
    ($kind:expr, $list:ty) => {
        |who: StaffMember, request: Request| async move {
            match receive::receive(&who, $kind, request).await? {
                receive::Received::Upload(id) => Ok(see_other(&format!("{}/{id}", path($kind)))),
                receive::Received::Refused(said) => {
                    staff_list::page::<$list>(&who, said, Typed::default()).await
                }
            }
        }
    };
}

/// Routes of this module.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(
            "/staff/rosters/template.xlsx",
            get(async |who: StaffMember| files::template(&who, Kind::Roster)),
        )
        .route(
            "/staff/scores/template.xlsx",
            get(async |who: StaffMember| files::template(&who, Kind::Scores)),
        )
        .route(
            "/staff/campuses/template.xlsx",
            get(async |who: StaffMember| files::template(&who, Kind::Campuses)),
        )
        .route(
            "/staff/photos/template.xlsx",
            get(async |who: StaffMember| files::template(&who, Kind::Photos)),
        )
        .merge(roster_routes())
        .merge(score_routes())
        .merge(photo_routes())
        .merge(campus_routes())
        // The size of a file is limited while it is received.
        .layer(DefaultBodyLimit::disable())
}

type At = Path<String>;

fn roster_routes() -> Router<App> {
    Router::new()
        .route(
            "/staff/rosters",
            get(staff_list::show::<list::Rosters>).post(boxed(received!(Kind::Roster, list::Rosters))),
        )
        .route("/staff/rosters.csv", get(staff_list::csv::<list::Rosters>))
        .route("/staff/rosters.xlsx", get(staff_list::xlsx::<list::Rosters>))
        .route("/staff/rosters/{id}", get(|who, id: At| show(who, id, Kind::Roster)))
        .route("/staff/rosters/{id}/errors.xlsx", get(|who, id: At| files::errors(who, id, Kind::Roster)))
        .route(
            "/staff/rosters/{id}/columns",
            get(|who, id: At| show_columns(who, id, Kind::Roster))
                .post(boxed(|who, id: At, form| columns::choose(who, id, Kind::Roster, form))),
        )
        .route(
            "/staff/rosters/{id}/publication",
            post(|who, id: At, form| publish(who, id, Kind::Roster, form)),
        )
        .route(
            "/staff/rosters/{id}/withdrawal",
            get(|who, id: At| withdrawal::ask(who, id, Kind::Roster))
                .post(boxed(|who, id: At, form| withdrawal::withdraw(who, id, Kind::Roster, form))),
        )
        .route("/staff/rosters/{id}/discard", post(|who, id: At, form| discard(who, id, Kind::Roster, form)))
}

fn score_routes() -> Router<App> {
    Router::new()
        .route(
            "/staff/scores",
            get(staff_list::show::<list::Scores>).post(boxed(received!(Kind::Scores, list::Scores))),
        )
        .route("/staff/scores.csv", get(staff_list::csv::<list::Scores>))
        .route("/staff/scores.xlsx", get(staff_list::xlsx::<list::Scores>))
        .route("/staff/scores/{id}", get(|who, id: At| show(who, id, Kind::Scores)))
        .route("/staff/scores/{id}/errors.xlsx", get(|who, id: At| files::errors(who, id, Kind::Scores)))
        .route(
            "/staff/scores/{id}/columns",
            get(|who, id: At| show_columns(who, id, Kind::Scores))
                .post(boxed(|who, id: At, form| columns::choose(who, id, Kind::Scores, form))),
        )
        .route(
            "/staff/scores/{id}/publication",
            post(|who, id: At, form| publish(who, id, Kind::Scores, form)),
        )
        .route(
            "/staff/scores/{id}/withdrawal",
            get(|who, id: At| withdrawal::ask(who, id, Kind::Scores))
                .post(boxed(|who, id: At, form| withdrawal::withdraw(who, id, Kind::Scores, form))),
        )
        .route("/staff/scores/{id}/discard", post(|who, id: At, form| discard(who, id, Kind::Scores, form)))
}

fn photo_routes() -> Router<App> {
    Router::new()
        .route(
            "/staff/photos",
            get(staff_list::show::<list::Photos>).post(boxed(received!(Kind::Photos, list::Photos))),
        )
        .route("/staff/photos.csv", get(staff_list::csv::<list::Photos>))
        .route("/staff/photos.xlsx", get(staff_list::xlsx::<list::Photos>))
        .route("/staff/photos/{id}", get(|who, id: At| show(who, id, Kind::Photos)))
        .route("/staff/photos/{id}/pictures/{number}", get(files::picture))
        .route("/staff/photos/{id}/missing.csv", get(|who, id: At| files::missing(who, id, Form::Csv)))
        .route("/staff/photos/{id}/missing.xlsx", get(|who, id: At| files::missing(who, id, Form::Xlsx)))
        .route("/staff/photos/{id}/errors.xlsx", get(|who, id: At| files::errors(who, id, Kind::Photos)))
        .route(
            "/staff/photos/{id}/publication",
            post(|who, id: At, form| publish(who, id, Kind::Photos, form)),
        )
        .route(
            "/staff/photos/{id}/withdrawal",
            get(|who, id: At| withdrawal::ask(who, id, Kind::Photos))
                .post(boxed(|who, id: At, form| withdrawal::withdraw(who, id, Kind::Photos, form))),
        )
        .route("/staff/photos/{id}/discard", post(|who, id: At, form| discard(who, id, Kind::Photos, form)))
}

fn campus_routes() -> Router<App> {
    Router::new()
        .route(
            "/staff/campuses",
            get(staff_list::show::<list::Campuses>).post(boxed(received!(Kind::Campuses, list::Campuses))),
        )
        .route("/staff/campuses.csv", get(staff_list::csv::<list::Campuses>))
        .route("/staff/campuses.xlsx", get(staff_list::xlsx::<list::Campuses>))
        .route("/staff/campuses/{id}", get(|who, id: At| show(who, id, Kind::Campuses)))
        .route("/staff/campuses/{id}/errors.xlsx", get(|who, id: At| files::errors(who, id, Kind::Campuses)))
        .route(
            "/staff/campuses/{id}/columns",
            get(|who, id: At| show_columns(who, id, Kind::Campuses))
                .post(boxed(|who, id: At, form| columns::choose(who, id, Kind::Campuses, form))),
        )
        .route(
            "/staff/campuses/{id}/publication",
            post(|who, id: At, form| publish(who, id, Kind::Campuses, form)),
        )
        .route(
            "/staff/campuses/{id}/withdrawal",
            get(|who, id: At| withdrawal::ask(who, id, Kind::Campuses))
                .post(boxed(|who, id: At, form| withdrawal::withdraw(who, id, Kind::Campuses, form))),
        )
        .route(
            "/staff/campuses/{id}/discard",
            post(|who, id: At, form| discard(who, id, Kind::Campuses, form)),
        )
}

/// The upload with this id, if it is in the scope.
pub(super) async fn found(who: &StaffMember, kind: Kind, id: &str) -> Result<Upload, PageError> {
    who.needs(needs(kind))?;
    let id: i64 = id.parse().map_err(|_| PageError::NotFound)?;
    let scope = who.scope.clone();
    let found: Result<_, DbError> =
        who.app.db.read(async move |tx: &mut Tx<'_>| store::one(tx, &scope, kind, id).await).await;
    found?.ok_or(PageError::NotFound)
}

async fn show(who: StaffMember, Path(id): Path<String>, kind: Kind) -> Result<Response, PageError> {
    let of = found(&who, kind, &id).await?;
    one(&who, kind, &of, Vec::new(), None).await
}

async fn show_columns(who: StaffMember, Path(id): Path<String>, kind: Kind) -> Result<Response, PageError> {
    let of = found(&who, kind, &id).await?;
    let may = rules::may(kind, of.state()?, of.summary().good, Act::Columns);
    if !may || columns::looked(&of).is_empty() {
        return Ok(see_other(&format!("{}/{}", path(kind), of.id)));
    }
    columns_page(&who, kind, &of, Vec::new(), None).await
}

async fn columns_page(
    who: &StaffMember,
    kind: Kind,
    of: &Upload,
    said: Vec<Refused>,
    form: Option<&FormData>,
) -> Result<Response, PageError> {
    let href = format!("{}/{}", path(kind), of.id);
    let (page, menu) = who.frame_at(&href, "upload-columns-title").await?;
    let status = refused_status(&said);
    let page = page.refusing(said, columns::typed(form));
    match columns::view(who, of, kind, (page, menu), form) {
        Some(view) => html(status, &view),
        None => Err(PageError::NotFound),
    }
}

/// Whether there is a file of the students without a photo.
pub(super) fn tells_without(of: &Upload) -> Result<bool, PageError> {
    Ok(parts::tells_without(Kind::Photos, of.state()?))
}

/// Why a file can't be read, in the language of the page.
pub(super) fn failure_of(page: &Page, of: &Upload) -> String {
    let failure = of.failure().unwrap_or_default();
    if page.lang() == Lang::Zh { failure.zh } else { failure.en }
}

/// The page of one upload.
pub(super) async fn one(
    who: &StaffMember,
    kind: Kind,
    of: &Upload,
    said: Vec<Refused>,
    form: Option<&FormData>,
) -> Result<Response, PageError> {
    let state = of.state()?;
    if state == State::Columns && !columns::looked(of).is_empty() {
        return columns_page(who, kind, of, said, form).await;
    }
    let href = format!("{}/{}", path(kind), of.id);
    let (page, menu) = who.frame_at(&href, title(kind)).await?;
    let found = Found::read(who, of.id).await?;
    let status = refused_status(&said);
    let page = page.refusing(said, columns::typed(form));
    let rows = match kind {
        Kind::Roster => rows::rows(who, &page, of, &href).await?,
        Kind::Scores | Kind::Photos | Kind::Campuses => None,
    };
    let views = |list: &[Finding]| list.iter().map(|finding| finding_view(&page, finding)).collect();
    let view = OneView {
        id: of.id.to_string(),
        list: path(kind),
        file_name: of.file_name.clone(),
        state: state.wire(),
        state_words: page.m(list::words_of(of, state)),
        class: list::state_class(state),
        sent: page.f("upload-sent", &[("who", &of.account), ("at", &of.created_at.page())]),
        sentence: sentence(&page, kind, of, state),
        failure: failure_of(&page, of),
        steps: steps(&page, kind, state),
        done: of.done.to_string(),
        total: if of.total > 0 { of.total.to_string() } else { String::new() },
        works: state.is_worked_on() || of.is_being_taken_back(),
        figures: figures(&page, kind, of),
        // Of photos they say who had none when the file was checked.
        headlines: if kind == Kind::Photos && !matches!(state, State::Ready | State::Bad) {
            Vec::new()
        } else {
            views(&found.headlines)
        },
        errors: views(&found.errors),
        warnings: views(&found.warnings),
        notes: views(&found.notes),
        without: parts::tells_without(kind, state) && of.summary().without > 0,
        acts: acts(&page, kind, of, state),
        seen: of.checked_at.map(|at| at.micros().to_string()).unwrap_or_default(),
        rows,
        pictures: found.pictures.iter().map(|of| picture_view(&page, &href, of)).collect(),
        href: href.clone(),
        page,
        menu,
    };
    let answer = html(status, &view)?;
    let works = state.is_worked_on() || of.is_being_taken_back();
    let again = works.then(|| format!("{AGAIN}; url={href}"));
    Ok(flash::clear(who, refreshing(answer, again)))
}

/// The findings that are shown.
struct Found {
    headlines: Vec<Finding>,
    errors: Vec<Finding>,
    warnings: Vec<Finding>,
    notes: Vec<Finding>,
    pictures: Vec<PictureOf>,
}

impl Found {
    async fn read(who: &StaffMember, id: i64) -> Result<Self, PageError> {
        let found: Result<Self, DbError> = who
            .app
            .db
            .read(async move |tx: &mut Tx<'_>| {
                Ok(Self {
                    headlines: store::findings(tx, id, "headline", SHOWN).await?,
                    errors: store::findings(tx, id, "error", SHOWN).await?,
                    warnings: store::findings(tx, id, "warning", SHOWN).await?,
                    notes: store::findings(tx, id, "note", SHOWN).await?,
                    pictures: store::pictures(tx, id).await?,
                })
            })
            .await;
        Ok(found?)
    }
}

/// Ends an act: to the page, or the page again with the refusal. `was`: the file was there before.
async fn ended(
    who: &StaffMember,
    kind: Kind,
    (id, was): (i64, bool),
    done: Result<(), verbs::UploadRefusal>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => {
            who.app.wake_jobs();
            let to = see_other(&format!("{}/{id}", path(kind)));
            Ok(if was { flash::already(who, to) } else { to })
        }
        Err(why) => {
            let of = found(who, kind, &id.to_string()).await?;
            one(who, kind, &of, vec![columns::refused(who, &why)], None).await
        }
    }
}

async fn publish(
    who: StaffMember,
    Path(id): Path<String>,
    kind: Kind,
    form: FormData,
) -> Result<Response, PageError> {
    let of = found(&who, kind, &id).await?;
    let seen = form.one(SEEN)?;
    let asked = Asked {
        seen: (!seen.is_empty()).then(|| Time::from_micros(seen.parse().unwrap_or(0))),
        good_only: form.one("good_only")? == "yes",
        remove_gone: form.one("gone")? == "remove",
    };
    let was = matches!(of.state()?, State::Publishing | State::Published);
    let (id, actor, from) = (of.id, who.actor(), who.from());
    let done = who
        .app
        .db
        .write(async move |tx: &mut Tx<'_>| verbs::publish(tx, &of, asked, (&actor, &from)).await)
        .await;
    ended(&who, kind, (id, was), refusal(done)?).await
}

async fn discard(
    who: StaffMember,
    Path(id): Path<String>,
    kind: Kind,
    _form: FormData,
) -> Result<Response, PageError> {
    let of = found(&who, kind, &id).await?;
    let was = of.state()? == State::Discarded;
    let (id, actor, from) = (of.id, who.actor(), who.from());
    let done =
        who.app.db.write(async move |tx: &mut Tx<'_>| verbs::discard(tx, &of, (&actor, &from)).await).await;
    ended(&who, kind, (id, was), refusal(done)?).await
}

/// Shows an upload with a refusal.
pub(super) async fn again(
    who: &StaffMember,
    kind: Kind,
    of: &Upload,
    said: Refused,
) -> Result<Response, PageError> {
    let mut answer = one(who, kind, of, vec![said], None).await?;
    *answer.status_mut() = StatusCode::CONFLICT;
    Ok(answer)
}
