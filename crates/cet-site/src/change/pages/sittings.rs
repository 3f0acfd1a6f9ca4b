//! `/staff/sittings`: all sittings, a new one as a copy, and the readiness board of one.

use std::ops::RangeInclusive;

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::places::saved;
use super::sitting_list::{PATH, Sittings, state_words};
use crate::change::form::{self, Field, Fields, Input, SettingForm, Wrong, by, policy};
use crate::change::keys;
use crate::change::views::{BoardView, CheckRow};
use crate::change::{tree, words};
use crate::staff::StaffMember;
use crate::staff::list;
use crate::web::answer::{PageError, html, refusal, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Page, Refused};
use cet_base::store::{DbError, Stop, Tx};
use cet_base::words::codes::SittingCode;
use cet_domain::change::verbs::{Made, Proposal, make};
use cet_domain::change::{ChangeRefusal, Key, SettingValue, Wanted, copy, parse, readiness};
use cet_domain::portal::is_portal;
use cet_domain::sitting::Plan;
use cet_domain::sitting::store::write::Head;
use cet_domain::staff::Permission;

/// The lists of settings below a sitting: permission, address, text key.
const PAGES: [(Permission, &str, &str); 6] = [
    (Permission::Season, "subjects", "setting-subjects"),
    (Permission::Season, "fees", "setting-fees"),
    (Permission::Windows, "windows", "setting-windows"),
    (Permission::Limits, "limits", "setting-limits"),
    (Permission::OralSettings, "oral", "setting-oral"),
    (Permission::ArrangementSettings, "arrangement", "setting-arrangement"),
];
/// The texts: address, text keys of kind and language.
const TEXTS: [(&str, &str, &str); 6] = [
    ("agreement/zh", "setting-text-agreement", "setting-in-chinese"),
    ("agreement/en", "setting-text-agreement", "setting-in-english"),
    ("guidance-written/zh", "setting-text-guidance-written", "setting-in-chinese"),
    ("guidance-written/en", "setting-text-guidance-written", "setting-in-english"),
    ("guidance-oral/zh", "setting-text-guidance-oral", "setting-in-chinese"),
    ("guidance-oral/en", "setting-text-guidance-oral", "setting-in-english"),
];
/// How far a copied sitting's dates may move, in days: ten years.
const MOST_DAYS: i64 = 3_660;
const YEARS: RangeInclusive<i64> = 1987..=2100;

struct New {
    code: SittingCode,
    head: Head,
    from: Option<SittingCode>,
    days: i64,
}

fn parse_new(sent: &FormData) -> Result<New, Vec<Wrong>> {
    let mut wrong = Vec::new();
    // The portal's own settings are stored under a code that no sitting may have.
    let code = SittingCode::parse(sent.first("code").trim()).ok().filter(|code| !is_portal(code));
    if code.is_none() {
        wrong.push(Wrong::field("code", "setting-code-wrong"));
    }
    let head = parse_head(sent, &mut wrong);
    let from = sent.first("from").trim();
    let from = if from.is_empty() {
        None
    } else {
        let code = SittingCode::parse(from).ok();
        if code.is_none() {
            wrong.push(Wrong::field("from", "setting-from-wrong"));
        }
        code
    };
    let days = sent.first("shift_days").trim();
    let days = if days.is_empty() {
        Some(0)
    } else {
        let (sign, digits) = days.strip_prefix('-').map_or((1, days), |digits| (-1, digits));
        let number = parse::number(digits, 0..=MOST_DAYS).map(|days| days.saturating_mul(sign));
        if number.is_none() {
            wrong.push(Wrong::number("shift_days", MOST_DAYS.saturating_neg()..=MOST_DAYS));
        }
        number
    };
    match (code, head, days) {
        (Some(code), Some(head), Some(days)) if wrong.is_empty() => Ok(New { code, head, from, days }),
        _ => Err(wrong),
    }
}

fn parse_head(sent: &FormData, wrong: &mut Vec<Wrong>) -> Option<Head> {
    let name = parse::name(sent.first("name"));
    if name.is_none() {
        wrong.push(Wrong::field("name", "setting-name-wrong"));
    }
    let name_en = sent.first("name_en").trim();
    let name_en = if name_en.is_empty() { name.clone() } else { parse::name(name_en) };
    if name.is_some() && name_en.is_none() {
        wrong.push(Wrong::field("name_en", "setting-name-wrong"));
    }
    let year = parse::number(sent.first("year"), YEARS);
    if year.is_none() {
        wrong.push(Wrong::number("year", YEARS));
    }
    let half = parse::number(sent.first("half"), 1..=2);
    if half.is_none() {
        wrong.push(Wrong::field("half", "setting-half-wrong"));
    }
    Some(Head {
        name: name?,
        name_en: name_en?,
        year: year?,
        half: half?,
        ask_student_number: sent.first("ask_student_number") == "yes",
        province_fees: sent.first("province_fees") == "yes",
    })
}

pub(super) async fn create(who: StaffMember, sent: FormData) -> Result<Response, PageError> {
    who.needs(Permission::Sittings)?;
    sent.each_once(&[])?;
    let t = who.page().t;
    let wrong_of = |wrong: Vec<Wrong>| -> Vec<Refused> {
        let refused = |wrong: Wrong| wrong.told(t);
        wrong.into_iter().map(refused).collect()
    };
    let (parsed, unfit) = (parse_new(&sent), unfit(&who, &sent));
    let new = match parsed {
        Ok(new) if unfit.is_empty() => new,
        Ok(new) if was_made(&who, &new).await? => {
            return Ok(flash::already(&who, see_other(&format!("{PATH}/{}", new.code))));
        }
        parsed => {
            let wrong = parsed.err().into_iter().flatten().chain(unfit).collect();
            return list::page::<Sittings>(&who, wrong_of(wrong), sent.all_typed()).await;
        }
    };
    let (by, policy) = (by(&who), policy(&who));
    let code = new.code.clone();
    let made: Result<Made, Stop<Vec<ChangeRefusal>>> = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| {
            let wanted = copy::wanted(tx, new.from.as_ref(), &new.head, new.days).await?;
            let proposal = Proposal {
                sitting: new.code.clone(),
                origin: "copy",
                wanted,
                reason: String::new(),
                undoes: None,
                from: None,
                seen: None,
            };
            make(tx, &by, &policy, &proposal).await
        })
        .await;
    match refusal(made)? {
        Ok(_) => {
            who.app.catalogue.refresh(&who.app.db).await?;
            Ok(flash::set(&who, see_other(&format!("{PATH}/{code}")), form::SAVED))
        }
        Err(refusals) => {
            let shown = who.page();
            let plan = Plan::empty(code);
            let said = refusals.iter().flat_map(|refusal| {
                crate::change::refusal_texts::on_form(&who, &shown, &plan, &Fields::default(), refusal)
            });
            list::page::<Sittings>(&who, said.collect(), sent.all_typed()).await
        }
    }
}

/// What is no fault of the fields alone: a code that a sitting has, and a copy of none.
fn unfit(who: &StaffMember, sent: &FormData) -> Vec<Wrong> {
    let catalogue = who.app.catalogue.get();
    let known = |name: &str| {
        let code = SittingCode::parse(sent.first(name).trim()).ok();
        code.map(|code| catalogue.sitting(&code).is_some())
    };
    let mut wrong = Vec::new();
    if known("code") == Some(true) {
        wrong.push(Wrong::field("code", "setting-code-taken"));
    }
    if known("from") == Some(false) {
        wrong.push(Wrong::field("from", "setting-from-wrong"));
    }
    wrong
}

/// Whether the same form made the sitting before.
async fn was_made(who: &StaffMember, new: &New) -> Result<bool, PageError> {
    let (code, head, from, days) = (new.code.clone(), new.head.clone(), new.from.clone(), new.days);
    let account = who.name.clone();
    let same: Result<bool, DbError> = who
        .app
        .db
        .read_long(async move |tx: &mut Tx<'_>| {
            let wanted = copy::wanted(tx, from.as_ref(), &head, days).await?;
            copy::was_made(tx, &code, &wanted, &account).await
        })
        .await;
    Ok(same?)
}

/// The readiness board of a sitting for a place.
pub(super) async fn board(who: StaffMember, Path(code): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::Season)?;
    let code = super::plan(&who, &code)?.code.clone();
    let plan = form::fresh(&who, &code).await?.plan;
    let top = tree::top(&who)?;
    let path = format!("{PATH}/{code}");
    let (page, menu) = who.frame_at(&path, "setting-board").await?;
    let mut page = saved(&who, page);
    page.title = plan.name_in(page.lang().code()).to_owned();
    let catalogue = who.app.catalogue.get();
    let (place, read) = (top.to_string(), plan.clone());
    let facts: Result<_, DbError> =
        who.app.db.read_long(async move |tx: &mut Tx<'_>| readiness::facts(tx, &read, &place).await).await;
    let facts = facts?;
    let row = |of: readiness::Check| CheckRow {
        check: of.what.wire(),
        state: of.state.wire(),
        class: of.state.class(),
        name: keys::find(&page, &format!("setting-check-{}", of.what.wire())).unwrap_or_default().to_owned(),
        words: keys::find(&page, &format!("setting-check-state-{}", of.state.wire()))
            .unwrap_or_default()
            .to_owned(),
        number: of.number.map(|number| number.to_string()).unwrap_or_default(),
        href: href(&who, &path, of.what),
    };
    let checks = readiness::checks(&plan, top, &facts).into_iter().map(row).collect();
    let below = tree::below(&catalogue, top);
    let rows = below.iter().map(|place| {
        let name = words::place(&page, &catalogue, *place);
        (tree::name(*place), name, format!("{path}?place={}", tree::name(*place)))
    });
    let may = who.may(Permission::Sittings);
    let pages = PAGES.iter().filter(|(needs, ..)| who.may(*needs)).map(|(_, below, title)| {
        let below = format!("{path}/{below}");
        (below, page.m(title).to_owned())
    });
    let texts = TEXTS.iter().filter(|_| may).map(|(below, kind, lang)| {
        let words = |key: &'static str| page.m(key);
        (format!("{path}/texts/{below}"), format!("{} · {}", words(kind), words(lang)))
    });
    let pages = pages.chain(texts).collect();
    let view = BoardView {
        pages,
        place: words::place(&page, &catalogue, top),
        place_code: tree::name(top),
        state: state_words(&page, plan.state),
        wire: plan.state.wire(),
        checks,
        below: rows.collect(),
        above: tree::above(&who, top)
            .map(|up| format!("{path}?place={}", tree::name(up)))
            .unwrap_or_default(),
        settings: if may { format!("{path}/settings") } else { String::new() },
        publication: if may { format!("{path}/publication") } else { String::new() },
        menu,
        page,
    };
    html(StatusCode::OK, &view).map(|response| flash::clear(&who, response))
}

/// The page where a check of a sitting is dealt with; empty if the role has none.
pub(crate) fn check_page(who: &StaffMember, plan: &Plan, what: readiness::What) -> String {
    href(who, &format!("{PATH}/{}", plan.code), what)
}

/// The page where a check is dealt with; empty if the role has none.
fn href(who: &StaffMember, path: &str, what: readiness::What) -> String {
    use readiness::What as W;
    let (needs, to) = match what {
        W::Subjects => (Permission::Season, format!("{path}/subjects")),
        W::Fees => (Permission::Season, format!("{path}/fees")),
        W::Windows | W::Dates => (Permission::Windows, format!("{path}/windows")),
        W::Pools => (
            Permission::Pools,
            format!("/staff/pools?sitting={}", path.rsplit('/').next().unwrap_or_default()),
        ),
        W::Agreement => (Permission::Sittings, format!("{path}/texts/agreement/zh")),
        W::Guidance => (Permission::Sittings, format!("{path}/texts/guidance-written/zh")),
        W::Rosters => (Permission::Students, "/staff/students".to_owned()),
        W::Oral => (Permission::OralSettings, format!("{path}/oral")),
    };
    if who.may(needs) { to } else { String::new() }
}

struct HeadForm {
    sitting: SittingCode,
}

pub(super) async fn show(who: StaffMember, Path(code): Path<String>) -> Result<Response, PageError> {
    form::show(&who, &HeadForm { sitting: super::plan(&who, &code)?.code.clone() }).await
}

pub(super) async fn submit(
    who: StaffMember,
    Path(code): Path<String>,
    sent: FormData,
) -> Result<Response, PageError> {
    form::submit(&who, &HeadForm { sitting: super::plan(&who, &code)?.code.clone() }, &sent).await
}

impl SettingForm for HeadForm {
    const NEEDS: Permission = Permission::Sittings;

    fn sitting(&self) -> &SittingCode {
        &self.sitting
    }

    fn path(&self) -> String {
        format!("{PATH}/{}/settings", self.sitting)
    }

    fn back(&self) -> String {
        format!("{PATH}/{}", self.sitting)
    }

    fn title(&self, _who: &StaffMember, page: &Page, plan: &Plan) -> String {
        format!("{} · {}", page.m("setting-kind-sitting"), plan.name_in(page.lang().code()))
    }

    fn keys(&self, _plan: &Plan) -> Vec<Key> {
        vec![Key::Sitting]
    }

    async fn fields(&self, _who: &StaffMember, page: &Page, plan: &Plan) -> Result<Fields, PageError> {
        let tick = |on: bool| if on { "yes" } else { "" }.to_owned();
        let field = |name: &str, input: Input, value: String| Field {
            name: name.to_owned(),
            label: words::field(page, name),
            hint: String::new(),
            input,
            value,
            key: Key::Sitting,
        };
        let list = vec![
            field("name", Input::Text, plan.name.clone()),
            field("name_en", Input::Text, plan.name_en.clone()),
            field("year", Input::Number, plan.year.to_string()),
            field("half", Input::Number, plan.half.to_string()),
            field("ask_student_number", Input::Tick, tick(plan.ask_student_number)),
            field("province_fees", Input::Tick, tick(plan.province_fees)),
        ];
        Ok(Fields { list, own: true, ..Fields::default() })
    }

    fn parse(&self, sent: &FormData, _plan: &Plan) -> Result<Vec<Wanted>, Vec<Wrong>> {
        let mut wrong = Vec::new();
        match parse_head(sent, &mut wrong) {
            Some(head) if wrong.is_empty() => Ok(vec![(Key::Sitting, Some(SettingValue::Sitting(head)))]),
            _ => Err(wrong),
        }
    }
}
