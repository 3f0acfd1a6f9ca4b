//! `/staff/sittings/{code}/subjects`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::places::{file_form, saved};
use super::windows::{input, optional};
use crate::change::form::{self, Field, Fields, Input, SettingForm, Wrong};
use crate::change::views::{SubjectRow, SubjectsView};
use crate::change::words;
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{Pager, Sheet, download};
use crate::web::answer::{PageError, html};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Choice, Page};
use cet_base::words::codes::{SittingCode, SubjectCode};
use cet_base::words::subject::{Level, Mode};
use cet_base::words::subject_list::{join_codes, parse_codes};
use cet_base::words::time::Time;
use cet_domain::change::{Key, SettingValue, Wanted, parse, rules};
use cet_domain::sitting::{Plan, Subject};
use cet_domain::staff::Permission;

/// The address of a subject that is to be added.
const NEW: &str = "new";
const MODES: [Mode; 2] = [Mode::Written, Mode::Oral];

pub(super) async fn list(who: StaffMember, Path(code): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::Season)?;
    let plan = super::plan(&who, &code)?;
    let path = format!("/staff/sittings/{}/subjects", plan.code);
    let (page, menu) = who.frame_at(&path, "setting-subjects").await?;
    let page = saved(&who, page);
    if let Some((form, what)) = file_form(&who.path) {
        return download(&who, what, form, (Download::of(&who)?, sheet(&page, &plan))).await;
    }
    let time = |at: Option<Time>| at.map(Time::page).unwrap_or_default();
    let row = |subject: &Subject| SubjectRow {
        // The form of a subject is for whoever may change it.
        href: if who.may(Permission::Sittings) { format!("{path}/{}", subject.code) } else { String::new() },
        name: words::subject(&page, &plan, subject.code),
        mode: words::mode(&page, subject.mode).to_owned(),
        level: subject.level.number(),
        exam_from: time(subject.exam_from),
        exam_to: time(subject.exam_to),
        printing_from: time(subject.printing_from),
    };
    let may = who.may(Permission::Sittings) && rules::is_open(plan.state);
    let view = SubjectsView {
        rows: plan.subjects().iter().map(row).collect(),
        pager: Pager::files(&path),
        new: if may { format!("{path}/{NEW}") } else { String::new() },
        back: format!("/staff/sittings/{}", plan.code),
        sitting: plan.name_in(page.lang().code()).to_owned(),
        page,
        menu,
    };
    html(StatusCode::OK, &view).map(|response| flash::clear(&who, response))
}

/// The subjects as a file, a column for each field of the form.
fn sheet(page: &Page, plan: &Plan) -> Sheet {
    const FIELDS: [&str; 11] = [
        "code",
        "name",
        "name_en",
        "mode",
        "level",
        "language",
        "needs",
        "exam_from",
        "exam_to",
        "printing_from",
        "printing_to",
    ];
    let time = |at: Option<Time>| at.map(|at| at.to_string()).unwrap_or_default();
    let row = |of: &Subject| {
        vec![
            of.code.to_string(),
            of.name.clone(),
            of.name_en.clone(),
            words::mode(page, of.mode).to_owned(),
            of.level.number().to_string(),
            of.language.clone(),
            join_codes(&of.needs),
            time(of.exam_from),
            time(of.exam_to),
            time(of.printing_from),
            time(of.printing_to),
        ]
    };
    Sheet {
        headings: FIELDS.iter().map(|name| words::field(page, name)).collect(),
        rows: plan.subjects().iter().map(row).collect(),
    }
}

struct SubjectForm {
    sitting: SittingCode,
    /// `None`: one that is to be added.
    code: Option<SubjectCode>,
    /// The code that was typed for it.
    typed: Option<SubjectCode>,
    free_levels: bool,
}

impl SubjectForm {
    fn of(who: &StaffMember, (code, subject): &(String, String)) -> Result<Self, PageError> {
        let plan = super::plan(who, code)?;
        let known = if subject == NEW {
            None
        } else {
            let code = SubjectCode::parse(subject).map_err(|_| PageError::NotFound)?;
            plan.subject(code).ok_or(PageError::NotFound)?;
            Some(code)
        };
        Ok(Self {
            sitting: plan.code.clone(),
            code: known,
            typed: None,
            free_levels: who.app.config.staff.free_levels,
        })
    }

    fn key(&self) -> Option<Key> {
        self.code.or(self.typed).map(Key::Subject)
    }
}

pub(super) async fn show(who: StaffMember, Path(of): Path<(String, String)>) -> Result<Response, PageError> {
    form::show(&who, &SubjectForm::of(&who, &of)?).await
}

pub(super) async fn submit(
    who: StaffMember,
    Path(of): Path<(String, String)>,
    sent: FormData,
) -> Result<Response, PageError> {
    let mut form = SubjectForm::of(&who, &of)?;
    sent.each_once(&[])?;
    form.typed = SubjectCode::parse(sent.first("code").trim()).ok();
    form::submit(&who, &form, &sent).await
}

impl SettingForm for SubjectForm {
    const NEEDS: Permission = Permission::Sittings;

    fn sitting(&self) -> &SittingCode {
        &self.sitting
    }

    fn path(&self) -> String {
        let name = self.code.map_or_else(|| NEW.to_owned(), |code| code.to_string());
        format!("/staff/sittings/{}/subjects/{name}", self.sitting)
    }

    fn back(&self) -> String {
        format!("/staff/sittings/{}/subjects", self.sitting)
    }

    fn title(&self, _who: &StaffMember, page: &Page, plan: &Plan) -> String {
        self.code
            .map_or_else(|| page.m("setting-subject-new").to_owned(), |code| words::subject(page, plan, code))
    }

    fn keys(&self, _plan: &Plan) -> Vec<Key> {
        // A new one still needs the permission for subjects.
        vec![self.key().unwrap_or(Key::Sitting)]
    }

    async fn fields(&self, _who: &StaffMember, page: &Page, plan: &Plan) -> Result<Fields, PageError> {
        let own = self.code.and_then(|code| plan.subject(code));
        let key = self.key().unwrap_or(Key::Sitting);
        let field = |name: &str, hint: &'static str, input: Input, value: String| Field {
            name: name.to_owned(),
            label: words::field(page, name),
            hint: if hint.is_empty() { String::new() } else { page.m(hint).to_owned() },
            input,
            value,
            key,
        };
        let modes = MODES
            .map(|mode| Choice { value: mode.wire().to_owned(), text: words::mode(page, mode).to_owned() });
        let time = |at: fn(&Subject) -> Option<Time>| input(own.and_then(at));
        let mut list = Vec::new();
        if self.code.is_none() {
            list.push(field("code", "setting-subject-code-hint", Input::Text, String::new()));
        }
        list.extend([
            field("name", "", Input::Text, own.map(|of| of.name.clone()).unwrap_or_default()),
            field("name_en", "", Input::Text, own.map(|of| of.name_en.clone()).unwrap_or_default()),
            field("mode", "", Input::Choice(modes.to_vec()), own.map_or("", |of| of.mode.wire()).to_owned()),
            field(
                "level",
                "setting-level-hint",
                Input::Number,
                own.map(|of| of.level.number().to_string()).unwrap_or_default(),
            ),
            field("language", "", Input::Text, own.map_or(Subject::ENGLISH, |of| &of.language).to_owned()),
            field(
                "needs",
                "setting-needs-hint",
                Input::Text,
                own.map(|of| join_codes(&of.needs)).unwrap_or_default(),
            ),
            field("exam_from", "", Input::Time, time(|of| of.exam_from)),
            field("exam_to", "", Input::Time, time(|of| of.exam_to)),
            field("printing_from", "", Input::Time, time(|of| of.printing_from)),
            field("printing_to", "setting-printing-to-hint", Input::Time, time(|of| of.printing_to)),
        ]);
        Ok(Fields { list, own: own.is_some(), ..Fields::default() })
    }

    fn parse(&self, sent: &FormData, plan: &Plan) -> Result<Vec<Wanted>, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let code = self.code.or(self.typed);
        if code.is_none() {
            wrong.push(Wrong::field("code", "setting-subject-code-wrong"));
        }
        let there = self.typed.filter(|_| self.code.is_none()).and_then(|code| plan.subject(code));
        let name = parse::name(sent.first("name"));
        if name.is_none() {
            wrong.push(Wrong::field("name", "setting-name-wrong"));
        }
        let mode = Mode::from_wire(sent.first("mode").trim());
        if mode.is_none() {
            wrong.push(Wrong::field("mode", "setting-mode-wrong"));
        }
        let levels = if self.free_levels { 1..=9 } else { 4..=6 };
        let level = parse::number(sent.first("level"), levels.clone())
            .filter(|level| self.free_levels || [4, 6].contains(level))
            .and_then(Level::from_number);
        if level.is_none() {
            wrong.push(if self.free_levels {
                Wrong::number("level", levels)
            } else {
                Wrong::field("level", "setting-level-wrong")
            });
        }
        let language = parse::name(sent.first("language"));
        if language.is_none() {
            wrong.push(Wrong::field("language", "setting-name-wrong"));
        }
        let needs = parse_codes(sent.first("needs"));
        if needs.is_err() {
            wrong.push(Wrong::field("needs", "setting-needs-wrong"));
        }
        let [exam_from, exam_to, printing_from, printing_to] =
            times(sent, code.and_then(|code| plan.subject(code)), &mut wrong);
        let name_en = english(sent, &mut wrong);
        let (Some(code), Some(name), Some(mode), Some(level), Some(language), Ok(needs)) =
            (code, name, mode, level, language, needs)
        else {
            wrong.extend(there.map(|_| Wrong::field("code", "setting-subject-code-taken")));
            return Err(wrong);
        };
        let next = plan.subjects().iter().map(|subject| subject.place).max().unwrap_or(0).saturating_add(1);
        let place = plan.subject(code).map_or(next, |subject| subject.place);
        let subject = Subject {
            code,
            place,
            name_en: name_en.unwrap_or_else(|| name.clone()),
            name,
            mode,
            level,
            language,
            needs,
            exam_from,
            exam_to,
            printing_from,
            printing_to,
        };
        // The confirmed form that added it, sent twice, changes nothing; the code of another is taken.
        let is_repeat = |there: &Subject| *there == subject && sent.first("confirm") == "yes";
        if there.is_some_and(|there| !is_repeat(there)) {
            wrong.push(Wrong::field("code", "setting-subject-code-taken"));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(vec![(Key::Subject(code), Some(SettingValue::Subject(Box::new(subject))))])
    }
}

/// The English name, if there is one.
fn english(sent: &FormData, wrong: &mut Vec<Wrong>) -> Option<String> {
    let typed = Some(sent.first("name_en").trim()).filter(|text| !text.is_empty())?;
    let name = parse::name(typed);
    if name.is_none() {
        wrong.push(Wrong::field("name_en", "setting-name-wrong"));
    }
    name
}

/// The times of a subject; those that can't be read are reported.
fn times(sent: &FormData, own: Option<&Subject>, wrong: &mut Vec<Wrong>) -> [Option<Time>; 4] {
    let now = |of: fn(&Subject) -> Option<Time>| own.and_then(of);
    [
        ("exam_from", now(|of| of.exam_from)),
        ("exam_to", now(|of| of.exam_to)),
        ("printing_from", now(|of| of.printing_from)),
        ("printing_to", now(|of| of.printing_to)),
    ]
    .map(|(name, now)| {
        optional(sent, name, now).unwrap_or_else(|of| {
            wrong.push(of);
            None
        })
    })
}
