//! The lists of uploads, with the form to send one.

use axum::response::Response;

use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::upload::views::{ListRow, ListView};
use crate::upload::{needs, path, title};
use crate::web::answer::{PageError, refused_html};
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_domain::sitting::SittingState;
use cet_domain::staff::Permission;
use cet_domain::statistics::share::tenths;
use cet_domain::upload::Kind;
use cet_domain::upload::rules::{End, State};
use cet_domain::upload::store::{self, Upload};

/// The text key of a state.
pub(crate) fn state_words(state: State) -> &'static str {
    match state {
        State::Receiving => "upload-state-receiving",
        State::Checking => "upload-state-checking",
        State::Columns => "upload-state-columns",
        State::Bad => "upload-state-bad",
        State::Ready => "upload-state-ready",
        State::Publishing => "upload-state-publishing",
        State::Published => "upload-state-published",
        State::Withdrawn => "upload-state-withdrawn",
        State::Discarded => "upload-state-discarded",
    }
}

/// The text key of an upload's state; of one that does not count it is how it ended.
pub(crate) fn words_of(of: &Upload, state: State) -> &'static str {
    match (state, of.end()) {
        (State::Published, _) if of.is_being_taken_back() => "upload-state-taking-back",
        (State::Discarded, Some(End::Refused)) => "upload-state-refused",
        (State::Discarded, Some(End::CutOff)) => "upload-state-cut-off",
        (State::Discarded, Some(End::Lapsed)) => "upload-state-lapsed",
        (state, _) => state_words(state),
    }
}

/// The colour of a state.
pub(crate) fn state_class(state: State) -> &'static str {
    match state {
        State::Receiving | State::Checking | State::Publishing => "info",
        State::Columns | State::Ready => "warn",
        State::Bad => "bad",
        State::Published => "ok",
        State::Withdrawn | State::Discarded => "",
    }
}

const HEADINGS: &[&str] = &[
    "upload-col-at",
    "upload-col-file",
    "upload-col-state",
    "upload-figure-rows",
    "upload-tab-new",
    "upload-tab-changed",
    "upload-figure-errors",
    "upload-col-who",
];

macro_rules! lists {
    ($($name:ident, $kind:expr, $wire:literal;)+) => {$(
        pub(crate) enum $name {}

        impl List for $name {
            type Row = Upload;

            const NAME: &'static str = $wire;
            const NEEDS: Permission = needs($kind);
            const FILTERS: &'static [&'static str] = &["state"];
            const HEADINGS: &'static [&'static str] = HEADINGS;

            fn limited(_: &StaffMember) -> Vec<Limited> {
                vec![Limited::to("state", states($kind).map(State::wire))]
            }

            async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Upload>, PageError> {
                read(who, $kind, asked, limit).await
            }

            fn key(of: &Upload) -> String {
                of.id.to_string()
            }

            fn cells(_: &StaffMember, page: &Page, of: &Upload, _: bool) -> Result<Vec<String>, PageError> {
                let row = row(page, $kind, of)?;
                let (at, state) = (of.created_at.to_string(), row.state_words.to_owned());
                Ok(vec![at, row.file_name, state, row.rows, row.new, row.changed, row.errors, row.who])
            }

            async fn view(
                who: &StaffMember,
                asked: Asked,
                pager: Pager,
                found: Vec<Upload>,
                (said, typed): (Vec<Refused>, Typed),
            ) -> Result<Response, PageError> {
                view(who, $kind, (asked, pager), &found, (said, typed)).await
            }
        }
    )+};
}

lists! {
    Rosters, Kind::Roster, "rosters";
    Scores, Kind::Scores, "scores";
    Photos, Kind::Photos, "photos";
    Campuses, Kind::Campuses, "campuses";
}

/// The states to filter by.
fn states(kind: Kind) -> impl Iterator<Item = State> {
    let has =
        move |state: &State| *state != State::Receiving && (kind != Kind::Photos || *state != State::Columns);
    State::ALL.into_iter().filter(has)
}

async fn read(who: &StaffMember, kind: Kind, asked: &Asked, limit: i64) -> Result<Vec<Upload>, PageError> {
    let (scope, before) = (who.scope.clone(), asked.after.parse().unwrap_or(0));
    let state = asked.get("state").to_owned();
    let found: Result<Vec<Upload>, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| store::list(tx, &scope, kind, &state, before, limit).await)
        .await;
    Ok(found?)
}

fn row(page: &Page, kind: Kind, of: &Upload) -> Result<ListRow, PageError> {
    let (state, summary) = (of.state()?, of.summary());
    let checked = summary.rows > 0;
    let number = |count: u64| if checked { count.to_string() } else { "—".to_owned() };
    let share = if state.is_worked_on() && of.total > 0 {
        format!(" {}%", tenths(of.done, of.total) / 10)
    } else {
        String::new()
    };
    Ok(ListRow {
        id: of.id.to_string(),
        href: format!("{}/{}", path(kind), of.id),
        at: of.created_at.page(),
        file_name: of.file_name.clone(),
        state: state.wire(),
        state_words: page.m(words_of(of, state)),
        class: state_class(state),
        share,
        rows: number(summary.rows),
        new: number(summary.new),
        changed: number(summary.changed),
        errors: number(summary.errors),
        who: of.account.clone(),
    })
}

async fn view(
    who: &StaffMember,
    kind: Kind,
    (asked, pager): (Asked, Pager),
    found: &[Upload],
    (said, typed): (Vec<Refused>, Typed),
) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(path(kind), title(kind)).await?;
    let rows: Result<Vec<ListRow>, PageError> = found.iter().map(|of| row(&page, kind, of)).collect();
    let catalogue = who.app.catalogue.get();
    let open = |state| matches!(state, SittingState::Draft | SittingState::Published);
    let sittings = catalogue
        .all()
        .into_iter()
        .filter(|plan| kind.has_sitting() && open(plan.state))
        .map(|plan| Choice {
            value: plan.code.to_string(),
            text: plan.name_in(page.lang().code()).to_owned(),
        })
        .collect();
    let campuses = catalogue
        .campuses()
        .filter(|(code, _)| {
            kind == Kind::Roster && who.scope.school().is_some() && who.scope.holds(code.as_str())
        })
        .map(|(code, name)| Choice { value: code.to_string(), text: format!("({code}){name}") })
        .collect();
    let states = states(kind)
        .map(|state| Choice { value: state.wire().to_owned(), text: page.m(state_words(state)).to_owned() })
        .collect();
    let (about, hint, accept) = match kind {
        Kind::Roster => ("upload-about-rosters", "upload-hint-table", ".csv,.xlsx"),
        Kind::Scores => ("upload-about-scores", "upload-hint-scores", ".csv,.xlsx"),
        Kind::Photos => ("upload-about-photos", "upload-hint-photos", ".zip"),
        Kind::Campuses => ("upload-about-campuses", "upload-hint-campuses", ".csv,.xlsx"),
    };
    let page = page.refusing(said.clone(), typed);
    let view = ListView {
        path: path(kind),
        about: page.m(about),
        hint: page.m(hint),
        accept,
        states,
        sittings,
        sitting: catalogue.current().map(|plan| plan.code.to_string()).unwrap_or_default(),
        campuses,
        template: format!("{}/template.xlsx", path(kind)),
        rows: rows?,
        pager,
        asked,
        page,
        menu,
    };
    refused_html(&said, None, &view)
}
