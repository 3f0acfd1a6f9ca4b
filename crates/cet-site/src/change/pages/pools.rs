//! `/staff/pools`: seats of each subject at each campus (R15).

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Response;

use super::places::saved;
use super::pool_rows::{self, Row};
use crate::change::form::{self, Field, Fields, Fresh, Input, act, may_change};
use crate::change::views::{PoolRow, PoolsView};
use crate::change::{refusal_texts, tree, words};
use crate::staff::StaffMember;
use crate::staff::file_texts;
use crate::web::answer::{PageError, refused_html};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Choice, Page, Refused, Typed};
use crate::web::upload::Upload;
use cet_base::form_mark::SEEN;
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::{CampusCode, SubjectCode};
use cet_domain::change::verbs::Proposal;
use cet_domain::change::{ChangeRefusal, Key, SettingValue, Wanted, parse, rules};
use cet_domain::seat_pool::scoped;
use cet_domain::sheet::SheetError;
use cet_domain::sitting::Plan;
use cet_domain::sitting::limit::{self, Limit, LimitOn};
use cet_domain::sitting::window::Scope as Place;
use cet_domain::staff::{Permission, Scope};

const PATH: &str = "/staff/pools";
/// What the field of a pool to remove begins with; campus and subject follow.
const REMOVE: &str = "remove.";
/// Campuses of one page: as many as a form of 64 KiB takes with every subject.
const CAMPUSES: usize = 40;

/// The table of a place: its campuses, cut to one page.
struct Table {
    place: Place,
    campuses: Vec<CampusCode>,
    more: bool,
}

fn table(who: &StaffMember, plan: &Plan) -> Result<Table, PageError> {
    let place = tree::top(who)?;
    let catalogue = who.app.catalogue.get();
    let after = who.query("after").unwrap_or_default().trim().to_owned();
    let prefix = place.to_string();
    // Seats of a campus that is no longer known are shown too.
    let all: BTreeSet<CampusCode> =
        catalogue.campuses().map(|(code, _)| code).chain(plan.campuses()).collect();
    let mut campuses: Vec<CampusCode> = all
        .into_iter()
        .filter(|code| code.as_str().starts_with(&prefix) && code.as_str() > after.as_str())
        .take(CAMPUSES.saturating_add(1))
        .collect();
    let more = campuses.len() > CAMPUSES;
    campuses.truncate(CAMPUSES);
    Ok(Table { place, campuses, more })
}

fn name(campus: CampusCode, subject: SubjectCode) -> String {
    format!("capacity.{campus}.{subject}")
}

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::Pools)?;
    let fresh = form::fresh(&who, &super::chosen(&who).await?.code).await?;
    page(&who, &fresh, Vec::new(), None).await
}

async fn page(
    who: &StaffMember,
    Fresh { plan, version }: &Fresh,
    refused: Vec<ChangeRefusal>,
    sent: Option<(&FormData, Vec<Refused>)>,
) -> Result<Response, PageError> {
    let table = table(who, plan)?;
    let (page, menu) = who.frame_at(PATH, "setting-pools").await?;
    let page = saved(who, page);
    let keys: Vec<Key> = keys(plan, &table.campuses);
    let sitting = plan.code.clone();
    let scope = Scope::parse(&table.place.to_string()).ok_or(PageError::NotFound)?;
    let ends = table.campuses.first().copied().zip(table.campuses.last().copied());
    let read: Result<_, DbError> = who
        .app
        .db
        .read_long(async move |tx: &mut Tx<'_>| {
            let seats = match ends {
                Some(ends) => scoped::between(tx, &scope, &sitting, ends).await?,
                None => Vec::new(),
            };
            Ok(seats)
        })
        .await;
    let seats: Vec<scoped::PoolShown> = read?;
    let seats: BTreeMap<(CampusCode, SubjectCode), Held> =
        seats.into_iter().map(|pool| ((pool.campus, pool.subject), Held::of(&pool))).collect();
    let fields = fields(&page, plan, &table.campuses, &seats);
    let mut said: Vec<Refused> = refused
        .iter()
        .flat_map(|refusal| refusal_texts::on_form(who, &page, plan, &fields, refusal))
        .collect();
    let typed = match sent {
        Some((form, wrong)) => {
            said.extend(wrong);
            form.all_typed()
        }
        None => fields
            .list
            .iter()
            .fold(Typed::default(), |typed, field| typed.with(field.name.clone(), field.value.clone())),
    };
    let may = may_change(who, &keys, plan) && rules::is_open(plan.state);
    let page = page.marked(SEEN, version.to_string()).refusing(said.clone(), typed);
    let view = view(who, plan, &table, (page, menu), (&seats, may));
    refused_html(&said, None, &view).map(|response| flash::clear(who, response))
}

fn keys(plan: &Plan, campuses: &[CampusCode]) -> Vec<Key> {
    let subjects = plan.subjects();
    campuses
        .iter()
        .flat_map(|campus| subjects.iter().map(|subject| Key::Pool(*campus, subject.code)))
        .collect()
}

/// How full a pool is.
#[derive(Clone, Copy, Default)]
struct Held {
    capacity: i64,
    taken: i64,
    waiting: i64,
}

impl Held {
    const fn of(pool: &scoped::PoolShown) -> Self {
        Self { capacity: pool.capacity, taken: pool.taken, waiting: pool.waiting }
    }

    const fn left(self) -> i64 {
        self.capacity.saturating_sub(self.taken)
    }
}

type Seats = BTreeMap<(CampusCode, SubjectCode), Held>;

fn fields(page: &Page, plan: &Plan, campuses: &[CampusCode], seats: &Seats) -> Fields {
    let field = |campus: &CampusCode, code: SubjectCode| Field {
        name: name(*campus, code),
        label: words::subject(page, plan, code),
        hint: String::new(),
        input: Input::Number,
        value: seats.get(&(*campus, code)).map(|held| held.capacity.to_string()).unwrap_or_default(),
        key: Key::Pool(*campus, code),
    };
    let list = campuses
        .iter()
        .flat_map(|campus| plan.subjects().iter().map(|subject| field(campus, subject.code)))
        .collect();
    Fields { list, ..Fields::default() }
}

fn view(
    who: &StaffMember,
    plan: &Plan,
    table: &Table,
    (page, menu): (Page, crate::staff::Menu),
    (seats, may): (&Seats, bool),
) -> PoolsView {
    let catalogue = who.app.catalogue.get();
    let campus_name = |campus: CampusCode| words::place(&page, &catalogue, Place::Campus(campus));
    let mut rows = Vec::new();
    for campus in &table.campuses {
        for subject in plan.subjects() {
            let pool = seats.get(&(*campus, subject.code));
            let most = limit::above(Place::Campus(*campus))
                .into_iter()
                .filter_map(|place| plan.limit(place, LimitOn::Capacity(subject.code)))
                .filter_map(|limit| match limit {
                    Limit::Seats(most) => Some(most),
                    Limit::Span(..) => None,
                })
                .min();
            let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
            rows.push(PoolRow {
                campus: campus.to_string(),
                campus_name: campus_name(*campus),
                subject: words::subject(&page, plan, subject.code),
                field: name(*campus, subject.code),
                remove: pool.map(|_| format!("{REMOVE}{campus}.{}", subject.code)).unwrap_or_default(),
                capacity: number(pool.map(|held| held.capacity)),
                taken: number(pool.map(|held| held.taken)),
                left: number(pool.map(|held| held.left())),
                waiting: number(pool.map(|held| held.waiting)),
                limit: number(most),
            });
        }
    }
    let shown = seats.iter().filter(|((campus, _), _)| table.campuses.contains(campus));
    let sum = shown.fold(Held::default(), |sum, (_, held)| Held {
        capacity: sum.capacity.saturating_add(held.capacity),
        taken: sum.taken.saturating_add(held.taken),
        waiting: sum.waiting.saturating_add(held.waiting),
    });
    let place = tree::name(table.place);
    let next = table.campuses.last().filter(|_| table.more);
    let next = next.map(|campus| format!("{PATH}?sitting={}&place={place}&after={campus}", plan.code));
    let below = tree::below(&catalogue, table.place);
    let choices = std::iter::once(table.place)
        .chain(below)
        .map(|place| Choice { value: tree::name(place), text: words::place(&page, &catalogue, place) });
    PoolsView {
        sitting: plan.code.to_string(),
        sitting_name: plan.name_in(page.lang().code()).to_owned(),
        places: choices.collect(),
        place,
        above: tree::above(who, table.place)
            .map(|up| format!("{PATH}?sitting={}&place={}", plan.code, tree::name(up)))
            .unwrap_or_default(),
        rows,
        sums: [sum.capacity, sum.taken, sum.left(), sum.waiting].map(|number| number.to_string()),
        next: next.unwrap_or_default(),
        may,
        page,
        menu,
    }
}

/// The form of the table, or rows of a file or a text: one change with a preview.
pub(super) async fn submit(who: StaffMember, upload: Upload) -> Result<Response, PageError> {
    who.needs(Permission::Pools)?;
    who.made_for(&upload.form)?;
    upload.form.each_once(&[])?;
    let rows = match &upload.file {
        _ if upload.is_empty => Some(Err(SheetError::Empty)),
        Some(file) => {
            let content = file.to_vec();
            let read = tokio::task::spawn_blocking(move || pool_rows::of_file(&content));
            Some(read.await.map_err(PageError::fault)?)
        }
        None => {
            Some(upload.form.one("rows")?).filter(|rows| !rows.is_empty()).map(|t| Ok(pool_rows::of_text(t)))
        }
    };
    match rows {
        Some(rows) => submit_rows(who, upload.form, rows).await,
        None => submit_table(who, upload.form).await,
    }
}

async fn submit_rows(
    who: StaffMember,
    form: FormData,
    rows: Result<Vec<Row>, SheetError>,
) -> Result<Response, PageError> {
    let code = form.one("sitting")?;
    let plan = if code.is_empty() { super::chosen(&who).await? } else { super::plan(&who, code)? };
    let fresh = form::fresh(&who, &plan.code).await?;
    let (plan, shown) = (&fresh.plan, who.page());
    let refuse =
        async |said: Vec<Refused>, form: &FormData| page(&who, &fresh, Vec::new(), Some((form, said))).await;
    let rows = match rows {
        Ok(rows) => rows,
        Err(error) => return refuse(vec![file_texts::refused(&shown, &error)], &form).await,
    };
    // The same form for a file as for a text: what a preview repeats, and what is shown for correction.
    let kept = form
        .all()
        .filter(|(name, _)| *name != "rows")
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let form = FormData::of(kept.chain([("rows".to_owned(), pool_rows::text(&rows))]).collect());
    let (mut wanted, wrong) = pool_rows::wanted(&who, &shown, plan, &rows);
    if !wrong.is_empty() {
        return refuse(wrong, &form).await;
    }
    let sitting = plan.code.clone();
    let list = async move |tx: &mut Tx<'_>| cet_domain::seat_pool::store::capacities(tx, &sitting).await;
    let read: Result<Vec<(CampusCode, SubjectCode, i64)>, DbError> = who.app.db.read_long(list).await;
    let now: BTreeMap<Key, i64> =
        read?.into_iter().map(|(campus, subject, seats)| (Key::Pool(campus, subject), seats)).collect();
    let same = |key: &Key, value: &Option<SettingValue>| matches!(value, Some(SettingValue::Pool(seats)) if now.get(key) == Some(seats));
    // A confirmed form keeps its rows, so that a repeat finds its own values.
    if form.one("confirm")? != "yes" && !wanted.iter().all(|(key, value)| same(key, value)) {
        wanted.retain(|(key, value)| !same(key, value));
    }
    if wanted.len() > pool_rows::MOST_CHANGED {
        let many = shown.f("setting-rows-many", &[("n", &pool_rows::MOST_CHANGED.to_string())]);
        return refuse(vec![Refused::new(shown.t, "field-invalid").at("rows").saying(&many)], &form).await;
    }
    let changed: Vec<Row> = wanted.iter().filter_map(row_of).collect();
    let kept = form
        .all()
        .filter(|(name, _)| *name != "rows")
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let form = FormData::of(kept.chain([("rows".to_owned(), pool_rows::text(&changed))]).collect());
    let proposal = Proposal {
        sitting: plan.code.clone(),
        origin: "web",
        wanted,
        reason: form.one("reason")?.to_owned(),
        undoes: None,
        from: None,
        seen: form::seen(&form)?,
    };
    let back = format!("{PATH}?sitting={}&place={}", plan.code, form.one("place")?);
    match act(&who, &proposal, &form, PATH, &back).await? {
        Ok(response) => Ok(response),
        Err(refusals) => page(&who, &fresh, refusals, Some((&form, Vec::new()))).await,
    }
}

fn row_of((key, value): &Wanted) -> Option<Row> {
    match (key, value) {
        (Key::Pool(campus, subject), Some(SettingValue::Pool(seats))) => {
            Some((0, Ok([campus.to_string(), subject.to_string(), seats.to_string()])))
        }
        _ => None,
    }
}

async fn submit_table(who: StaffMember, sent: FormData) -> Result<Response, PageError> {
    let code = sent.one("sitting")?;
    let plan = if code.is_empty() { super::chosen(&who).await? } else { super::plan(&who, code)? };
    let fresh = form::fresh(&who, &plan.code).await?;
    let plan = &fresh.plan;
    let Parsed { wanted, wrong, shown } = parsed(&who, plan, &sent)?;
    if !may_change(&who, &shown, plan) {
        return Err(PageError::NotFound);
    }
    if !wrong.is_empty() {
        return page(&who, &fresh, Vec::new(), Some((&sent, wrong))).await;
    }
    let proposal = Proposal {
        sitting: plan.code.clone(),
        origin: "web",
        wanted,
        reason: sent.one("reason")?.to_owned(),
        undoes: None,
        from: None,
        seen: form::seen(&sent)?,
    };
    let place = sent.one("place")?;
    let back = format!("{PATH}?sitting={}&place={place}", plan.code);
    match act(&who, &proposal, &sent, PATH, &back).await? {
        Ok(response) => Ok(response),
        Err(refusals) => page(&who, &fresh, refusals, Some((&sent, Vec::new()))).await,
    }
}

/// A submitted table.
#[derive(Default)]
struct Parsed {
    wanted: Vec<Wanted>,
    wrong: Vec<Refused>,
    shown: Vec<Key>,
}

/// The capacities of the form: one field per campus and subject, and a tick to remove its pool; an empty field leaves the pool
/// as it is.
fn parsed(who: &StaffMember, plan: &Plan, sent: &FormData) -> Result<Parsed, PageError> {
    let t = who.page().t;
    let mut all = Parsed::default();
    for (field, text) in sent.all() {
        let removed = field.strip_prefix(REMOVE);
        let Some(rest) = removed.or_else(|| field.strip_prefix("capacity.")) else { continue };
        let key = rest.split_once('.').and_then(|(campus, subject)| {
            Some((CampusCode::parse(campus).ok()?, SubjectCode::parse(subject).ok()?))
        });
        let Some((campus, subject)) = key.filter(|(_, subject)| plan.subject(*subject).is_some()) else {
            return Err(PageError::NotFound);
        };
        all.shown.push(Key::Pool(campus, subject));
        let text = text.trim();
        if removed.is_some() && text == "yes" {
            all.wanted.push((Key::Pool(campus, subject), None));
        }
        // Of a pool that is removed the capacity beside the tick is none.
        if removed.is_some() || text.is_empty() || sent.first(&format!("{REMOVE}{rest}")) == "yes" {
            continue;
        }
        match parse::number(text, 0..=parse::LARGEST_POOL) {
            Some(capacity) => {
                all.wanted.push((Key::Pool(campus, subject), Some(SettingValue::Pool(capacity))));
            }
            None => all.wrong.push(
                Refused::new(t, "field-invalid").at(field.to_owned()).saying(t.m("setting-seats-wrong")),
            ),
        }
    }
    Ok(all)
}
