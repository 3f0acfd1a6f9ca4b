//! What staff do in the season: they close and archive the last sitting, prepare the next one, decide reviews, enter and
//! pay for classes, send files, and ask for a change.

use cet_domain::change::verbs::{By, Made, Policy, Proposal, approve, make};
use cet_domain::change::{Key, SettingValue, Wanted, copy};
use cet_domain::collective_payment::group::{GroupCommand, Whom, enter_one};
use cet_domain::collective_payment::verbs::{OpenCommand, SettleCommand, confirm, gather, open};
use cet_domain::entry::store::staff_queries::Filter;
use cet_domain::review::ReviewState;
use cet_domain::review::rules::Decision;
use cet_domain::review::verbs::{DecideCommand, decide};
use cet_domain::sitting::SittingState;
use cet_domain::sitting::store::write::Head;
use cet_domain::sitting::window::Window;
use cet_domain::staff::demo::DemoAccount;
use jiff::SignedDuration;

use super::people::Group;
use super::{Fault, Seeding, sound};
use crate::staff::verbs::person_key;
use crate::store::{DbError, Tx};
use crate::words::codes::{ProvinceCode, SittingCode, SubjectCode};
use crate::words::ids::PassportId;
use crate::words::staff::Scope;
use crate::words::subject::Mode;

/// Where the demo's staff sit.
const FROM: &str = "127.0.0.1";

impl Seeding {
    fn account(&self, name: &str) -> Result<&DemoAccount, Fault> {
        let found = self.staff.iter().find(|account| account.name == name);
        found.ok_or_else(|| Fault(format!("the demo has no account {name}")))
    }

    fn by(&self, name: &str) -> Result<By, Fault> {
        let account = self.account(name)?;
        Ok(By::Staff {
            account: name.to_owned(),
            person: person_key(&self.context.vault, name),
            role: account.role,
            scope: self.scope(name)?,
            address: FROM.to_owned(),
        })
    }

    pub(super) fn scope(&self, name: &str) -> Result<Scope, Fault> {
        Scope::parse(self.account(name)?.scope).ok_or(DbError::Decode("scope").into())
    }

    /// Makes a change of settings by the first account; where it needs a second person and `is_approved`, by the other.
    async fn change(
        &self,
        (first, second): (&str, &str),
        sitting: &SittingCode,
        wanted: Vec<Wanted>,
        (reason, is_approved): (&str, bool),
    ) -> Result<(), Fault> {
        let (by, other) = (self.by(first)?, self.by(second)?);
        let policy = Policy::of(&self.context.config.staff);
        let proposal = Proposal {
            sitting: sitting.clone(),
            origin: "web",
            wanted,
            reason: reason.to_owned(),
            undoes: None,
            from: None,
            seen: None,
        };
        let done = async move |tx: &mut Tx<'_>| {
            if let Made::Asked(id) = make(tx, &by, &policy, &proposal).await?
                && is_approved
            {
                approve(tx, &other, &policy, id).await?;
            }
            Ok(())
        };
        sound("a change", self.context.db.write(done).await)?;
        self.refresh().await
    }

    /// The nation moves a sitting on.
    pub(super) async fn becomes(&self, sitting: &SittingCode, state: SittingState) -> Result<(), Fault> {
        let wanted = vec![(Key::State, Some(SettingValue::State(state)))];
        self.change(("national", "national-2"), sitting, wanted, ("考次结束", true)).await
    }

    /// The nation prepares the next sitting as a copy of this one.
    pub(super) async fn drafts_next(&self, from: &SittingCode) -> Result<(), Fault> {
        let (by, policy) = (self.by("national")?, Policy::of(&self.context.config.staff));
        let (from, next) = (from.clone(), code("2018-1")?);
        let head = Head {
            name: "2018年上半年CET考试".to_owned(),
            name_en: "CET, first half of 2018".to_owned(),
            year: 2018,
            half: 1,
            ask_student_number: false,
            province_fees: false,
        };
        let done = async move |tx: &mut Tx<'_>| {
            let wanted = copy::wanted(tx, Some(&from), &head, 182).await?;
            let proposal = Proposal {
                sitting: next.clone(),
                origin: "copy",
                wanted,
                reason: String::new(),
                undoes: None,
                from: None,
                seen: None,
            };
            make(tx, &by, &policy, &proposal).await
        };
        sound("a draft", self.context.db.write(done).await)?;
        self.refresh().await
    }

    /// The nation asks to close registration earlier in one province, which waits for a second person.
    pub(super) async fn asks_for_an_earlier_end(&self, sitting: &SittingCode) -> Result<(), Fault> {
        let province = ProvinceCode::parse("97").map_err(|_| DbError::Decode("a province"))?;
        let place = cet_domain::sitting::window::Scope::Province(province);
        let catalogue = self.payments.catalogue.get();
        let plan = catalogue.sitting(sitting).ok_or(DbError::Decode("the season's sitting"))?;
        let (window, _) = plan.window_of(place, Mode::Oral).ok_or(DbError::Decode("a province's window"))?;
        let earlier = Window::new(window.opens(), window.closes().minus(SignedDuration::from_hours(72)));
        let value = SettingValue::Window(earlier.unwrap_or(window), None);
        let wanted = vec![(Key::Window(place, Mode::Oral), Some(value))];
        self.change(("national", "national-2"), sitting, wanted, ("口试考点改造，提前结束报名", false)).await
    }

    /// The school of a campus decides the application of a candidate.
    pub(super) async fn decides(
        &self,
        (sitting, passport): (&SittingCode, PassportId),
        staff: &str,
        decision: Decision,
    ) -> Result<(), Fault> {
        let (context, catalogue) = (self.context.clone(), self.payments.catalogue.get());
        let (sitting, staff, scope) = (sitting.clone(), staff.to_owned(), self.scope(staff)?);
        let sealed =
            self.context.vault.seal("成绩单复印件已核对").map_err(|error| Fault(error.to_string()))?;
        let done = async move |tx: &mut Tx<'_>| {
            let of = cet_domain::review::verbs::of_passport(tx, passport, &sitting).await?;
            let Some(of) = of.filter(|of| of.state == ReviewState::Pending) else { return Ok(()) };
            let cmd = DecideCommand {
                school: of.school,
                id: of.id,
                decision,
                seen: of.submissions,
                shown: cet_base::form_mark::Seen::default(),
                evidence_sealed: sealed.clone(),
                staff: staff.clone(),
                scope: scope.clone(),
                address: FROM.to_owned(),
            };
            decide(tx, &context, &catalogue, &cmd).await
        };
        sound("a review", self.context.db.write(done).await)
    }

    /// A school enters its class in English 4 (集体报名).
    pub(super) async fn enters_class(
        &self,
        sitting: &SittingCode,
        staff: &str,
        class: &[PassportId],
    ) -> Result<(), Fault> {
        let catalogue = self.payments.catalogue.get();
        let plan = catalogue.sitting(sitting).ok_or(DbError::Decode("the season's sitting"))?;
        let subject = plan.subject(code_of("1")?).ok_or(DbError::Decode("a subject"))?.clone();
        let scope = self.scope(staff)?;
        let (sitting, by) = (sitting.clone(), staff.to_owned());
        let passports = class.to_vec();
        let done = async move |tx: &mut Tx<'_>| {
            for passport in &passports {
                let of = cet_domain::registration::verbs::of_passport(tx, *passport, &sitting).await?;
                let Some(of) = of else { continue };
                let cmd = GroupCommand {
                    school: of.school,
                    scope: scope.clone(),
                    sitting: sitting.clone(),
                    whom: Whom::Registration(of.id),
                    subject: subject.clone(),
                    command: None,
                    by: by.clone(),
                    address: FROM.to_owned(),
                };
                enter_one(tx, &catalogue, &cmd).await?;
            }
            Ok(())
        };
        sound("a class", self.context.db.write(done).await)
    }

    /// A school locks the entries of a class for a collective payment, and confirms it if its money has arrived.
    pub(super) async fn pays_for_class(
        &self,
        sitting: &SittingCode,
        staff: &str,
        group: Group,
    ) -> Result<(), Fault> {
        let catalogue = self.payments.catalogue.get();
        let scope = self.scope(staff)?;
        let school = scope.school().ok_or(DbError::Decode("a school's scope"))?;
        let filter =
            Filter { college: String::new(), class: group.class().to_owned(), subject: Some(code_of("1")?) };
        let (sitting, by) = (sitting.clone(), staff.to_owned());
        let done = async move |tx: &mut Tx<'_>| {
            let shown = gather(tx, &catalogue, &scope, &sitting, (&filter, None)).await?.shown();
            let cmd = OpenCommand {
                school,
                scope: scope.clone(),
                sitting: sitting.clone(),
                filter: filter.clone(),
                ticked: None,
                shown,
                seen: cet_base::form_mark::Seen::default(),
                by: by.clone(),
                note: format!("{}班", group.class()),
                lock_days: 7,
                address: FROM.to_owned(),
            };
            let id = open(tx, &catalogue, &cmd).await?;
            if group == Group::Settled {
                let cmd =
                    SettleCommand { id, scope: scope.clone(), by: by.clone(), address: FROM.to_owned() };
                confirm(tx, &catalogue, &cmd).await?;
            }
            Ok(())
        };
        sound("a collective payment", self.context.db.write(done).await)
    }
}

/// A code of a sitting.
pub(super) fn code(text: &str) -> Result<SittingCode, Fault> {
    SittingCode::parse(text).map_err(|_| Fault(format!("{text} is no code of a sitting")))
}

fn code_of(subject: &str) -> Result<SubjectCode, Fault> {
    SubjectCode::parse(subject).map_err(|_| Fault(format!("{subject} is no code of a subject")))
}
