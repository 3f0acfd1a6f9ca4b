//! Who does what, and when.

use std::sync::Arc;

use cet_domain::arrangement::whole::{self, Task};
use cet_domain::entry::verbs::{CancelCommand, cancel};
use cet_domain::review::rules::Decision;
use cet_domain::review::verbs::{SubmitCommand, submit};
use cet_domain::score::Ticket;
use cet_domain::sitting::SittingState;
use futures_util::future::try_join_all;
use jiff::SignedDuration;

use super::candidates::{FROM, Office, dispute, enter_subjects, save_record};
use super::money::Sandboxes;
use super::people::{Group, RETURNING, Student, students};
use super::staff::code;
use super::{Fault, Seeding, sound};
use crate::audit::{self, Actor};
use crate::outbox::delivery::Delivery;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;
use crate::words::ids::{EntryId, PassportId};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
/// Moments over which the candidates of a campus are spread.
const TURNS: usize = 50;
/// Candidates who pay at the same time.
const AT_ONCE: usize = 8;
/// The hour before the end in which the schools enter their classes.
const CLASSES_AT: i64 = 20;
/// The hour in which what was paid twice goes back.
const REFUNDS_AT: i64 = 5;
/// When the gateway has carried these refunds out, in minutes: it only takes note of them at first.
const REFUNDED_AT: i64 = 295;
/// How many hours apart the season ends what is overdue.
const SWEEPS_EVERY: i64 = 6;
/// The hour in which one more candidate pays twice.
const LATE_AT: i64 = 4;
/// When that refund is tried while its gateway is silent, in minutes: it rests for six hours after that, and waits.
const TRIES: [i64; 5] = [240, 238, 230, 210, 140];
/// The days before the end on which the candidates of the last sitting came.
const RETURNED_AT: [i64; 3] = [185, 182, 175];

/// On which of these days a student came; `None` for those who did not take part. Registration opens earlier at some places.
fn wave_of(student: &Student) -> Option<usize> {
    match (student.number, student.place.is_early()) {
        (RETURNING.., _) => None,
        (0..4, true) => Some(0),
        (0..4, false) | (4..6, true) => Some(1),
        _ => Some(2),
    }
}

/// When records are reported as wrong and when schools answer, in minutes: after the last candidate came.
const REPORTED_AT: i64 = 80;
const ANSWERED_AT: i64 = 35;

/// Whom somebody else says to be himself: a province has that to decide.
const DISPUTED: (&str, usize) = ("995010", 12);

/// What a candidate does in the current sitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    /// Saves the record and enters nothing.
    Saves,
    /// Enters and has not paid yet.
    Enters,
    /// Opens an order and leaves.
    Orders,
    /// Enters these and pays.
    Pays(&'static [&'static str]),
    /// Pays for the written subject and lets the oral one expire.
    PaysHalf,
    /// Never pays.
    Lapses,
    /// Cancels what was entered.
    Cancels,
    /// Pays at two gateways.
    PaysTwice,
    /// Asks for a review of CET6.
    Reviews,
    /// Is entered by the school.
    InClass(Group),
}

impl Deed {
    fn of(student: &Student) -> Self {
        let own = student.place.own;
        if let Some(group) = student.group() {
            return Self::InClass(group);
        }
        match (student.number % 10, student.number) {
            (1, _) if !own => Self::Pays(&["1", "F"]),
            (2, _) | (6, 36) => Self::Enters,
            // The manual's two schools have decided everything: what waits for them is what their visitors hand in.
            (3, number) if !own || number < 20 => Self::Reviews,
            (5, _) if !own => Self::Pays(&["2"]),
            (6, 16) => Self::Orders,
            (6, 26) => Self::Cancels,
            (6, _) => Self::Saves,
            (8, 28) if student.place.is_early() && !student.place.is_scarce() => Self::PaysHalf,
            (8, _) if student.place.is_early() => Self::Lapses,
            (9, 49) if matches!(student.place.campus, "981020" | "971020" | "995010" | "983010") => {
                Self::PaysTwice
            }
            (9, 29) if student.place.campus == "993010" => Self::PaysTwice,
            _ => Self::Pays(&["1"]),
        }
    }

    fn enters(self) -> &'static [&'static str] {
        match self {
            Self::Saves | Self::InClass(_) => &[],
            Self::Pays(subjects) => subjects,
            Self::PaysHalf => &["1", "F"],
            Self::Enters | Self::Orders | Self::Lapses | Self::Cancels | Self::PaysTwice | Self::Reviews => {
                &["1"]
            }
        }
    }

    /// How many minutes before the end of the season this happens.
    fn minutes_before(self, student: &Student) -> i64 {
        let turn = i64::try_from((student.number * 7 + student.at * 3) % TURNS).unwrap_or(0);
        let early = student.place.is_early();
        match self {
            // Their hold of a day is over.
            Self::Lapses | Self::PaysHalf => 60 * HOUR + turn * 10,
            Self::InClass(_) => CLASSES_AT * HOUR + turn,
            Self::PaysTwice if student.place.own => LATE_AT * HOUR + turn,
            Self::PaysTwice => REFUNDS_AT * HOUR + turn,
            // A record with nothing entered is released after a day.
            Self::Saves | Self::Enters | Self::Orders | Self::Cancels => 23 * HOUR - turn * 25,
            Self::Pays(_) | Self::Reviews if early => 70 * HOUR - turn * 83,
            Self::Pays(_) | Self::Reviews => 23 * HOUR + 30 - turn * 27,
        }
    }
}

/// A candidate with what was entered.
struct Came {
    student: Student,
    deed: Deed,
    passport: PassportId,
    entries: Vec<EntryId>,
}

impl Came {
    /// Whether the candidate wants an oral seat where they are all taken (R16).
    fn waits(&self) -> bool {
        self.student.place.campus == "982010"
            && self.student.number % 10 == 9
            && self.deed == Deed::Pays(&["1"])
    }
}

impl Seeding {
    async fn at(&self, minutes: i64) -> Result<(), Fault> {
        self.times.before_end(SignedDuration::from_mins(minutes)).await
    }

    /// Registration, payment, the draw of the seats, the end, the archive.
    pub(super) async fn last_sitting(&self) -> Result<(), Fault> {
        let sitting = code("2017-1")?;
        self.refresh().await?;
        self.sandboxes(Sandboxes::Quiet).await?;
        // On several days: by them the current sitting's end is estimated.
        for (at, wave) in (0_usize..).zip(RETURNED_AT) {
            self.at(wave * DAY).await?;
            let returning = students().into_iter().filter(|student| wave_of(student) == Some(at)).collect();
            let came = self.come(&sitting, returning, |_| Deed::Pays(&["1"])).await?;
            self.pay_all(&sitting, &came).await?;
        }
        self.at(160 * DAY).await?;
        let catalogue = self.payments.catalogue.get();
        cet_domain::statistics::jobs::keep(&self.context.db, &catalogue).await?;
        let plan = catalogue.sitting(&sitting).ok_or(DbError::Decode("the last sitting"))?;
        let task = Task::Arrange { seed: 2017, publish: true, actor: Actor::Command("arrange") };
        let drawn = whole::run(&self.context.db, plan, None, &task, Arc::new(|_, _| ())).await;
        sound("an arrangement", drawn)?;
        // Whoever was seated then was told then, and not on the demo's first day.
        self.deliver().await?;
        self.at(100 * DAY).await?;
        self.becomes(&sitting, SittingState::Closed).await?;
        self.at(60 * DAY).await?;
        self.becomes(&sitting, SittingState::Archived).await?;
        self.at(12 * DAY).await
    }

    /// The current sitting until now; returns the number of its candidates.
    pub(super) async fn current_sitting(&self) -> Result<usize, Fault> {
        let sitting = code("2017-2")?;
        self.at(6 * DAY).await?;
        self.drafts_next(&sitting).await?;
        self.at(4 * DAY).await?;
        self.files_arrive(&sitting).await?;
        let mut waiting: Vec<(i64, Student)> = students()
            .into_iter()
            .filter(Student::is_candidate)
            .map(|student| (Deed::of(&student).minutes_before(&student), student))
            .collect();
        waiting.sort_by_key(|(minutes, student)| (-minutes, student.at, student.number));
        let count = waiting.len();
        let mut tries = TRIES.into_iter().peekable();
        let mut without_seat = Vec::new();
        for wave in waiting.chunk_by(|(one, _), (other, _)| one / HOUR == other / HOUR) {
            let minutes = wave.first().map_or(0, |(minutes, _)| *minutes);
            while let Some(try_at) = tries.next_if(|try_at| *try_at >= minutes) {
                self.refund_in_vain(try_at).await?;
            }
            self.at(minutes).await?;
            let students = wave.iter().map(|(_, student)| student.clone()).collect();
            let came = self.come(&sitting, students, Deed::of).await?;
            self.pay_all(&sitting, &came).await?;
            self.do_the_rest(&sitting, &came).await?;
            without_seat.extend(came.iter().filter(|one| one.waits()).map(|one| one.passport));
            match minutes / HOUR {
                CLASSES_AT => self.schools_enter(&sitting, &came).await?,
                REFUNDS_AT => self.send_refunds().await?,
                _ => {}
            }
            if minutes / HOUR % SWEEPS_EVERY == 0 {
                self.end_overdue().await?;
            }
        }
        self.wait_for_a_seat(&sitting, &without_seat).await?;
        self.at(REPORTED_AT).await?;
        self.records_are_reported(&sitting).await?;
        self.at(ANSWERED_AT).await?;
        self.reports_are_answered(&sitting).await?;
        self.asks_for_an_earlier_end(&sitting).await?;
        self.at(0).await?;
        self.end_overdue().await?;
        self.bill_of_yesterday().await?;
        self.sandboxes(Sandboxes::Usual).await?;
        self.deliver().await?;
        Ok(count)
    }

    fn office(&self, sitting: &SittingCode) -> Office {
        Office {
            context: self.context.clone(),
            catalogue: self.payments.catalogue.get(),
            sitting: sitting.clone(),
            password_hash: self.password_hash.clone(),
        }
    }

    /// Some candidates save and enter, in one transaction.
    async fn come(
        &self,
        sitting: &SittingCode,
        students: Vec<Student>,
        deed: fn(&Student) -> Deed,
    ) -> Result<Vec<Came>, Fault> {
        let office = self.office(sitting);
        let done = async move |tx: &mut Tx<'_>| {
            let mut came = Vec::with_capacity(students.len());
            for student in &students {
                let deed = deed(student);
                let passport = save_record(tx, &office, student).await?;
                let entries = enter_subjects(tx, &office, passport, deed.enters()).await?;
                came.push(Came { student: student.clone(), deed, passport, entries });
            }
            Ok::<_, Fault>(came)
        };
        self.context.db.write(done).await
    }

    /// Those who pay do, some of them at the same time.
    async fn pay_all(&self, sitting: &SittingCode, came: &[Came]) -> Result<(), Fault> {
        for some in came.chunks(AT_ONCE) {
            try_join_all(some.iter().map(|one| self.pay_one(sitting, one))).await?;
        }
        Ok(())
    }

    async fn pay_one(&self, sitting: &SittingCode, one: &Came) -> Result<(), Fault> {
        let who = (sitting, one.passport);
        let number = one.student.number;
        let gateway = if number.is_multiple_of(3) {
            gateway::payease::CODE
        } else if number.is_multiple_of(5) {
            gateway::wechat::CODE
        } else {
            gateway::alipay::CODE
        };
        match one.deed {
            Deed::Pays(_) => self.pays(who, &[], gateway).await,
            Deed::PaysHalf => self.pays(who, one.entries.get(..1).unwrap_or_default(), gateway).await,
            Deed::PaysTwice => self.pays_twice(who).await,
            Deed::Orders => {
                let order = self.order(who, &[], gateway).await?;
                self.visit(sitting, &order).await
            }
            Deed::Saves | Deed::Enters | Deed::Lapses | Deed::Cancels | Deed::Reviews | Deed::InClass(_) => {
                Ok(())
            }
        }
    }

    /// Cancellations and reviews.
    async fn do_the_rest(&self, sitting: &SittingCode, came: &[Came]) -> Result<(), Fault> {
        for one in came {
            match (one.deed, one.entries.first()) {
                (Deed::Cancels, Some(entry)) => {
                    let cmd =
                        CancelCommand { passport: one.passport, sitting: sitting.clone(), entry: *entry };
                    let catalogue = self.payments.catalogue.get();
                    let done = async move |tx: &mut Tx<'_>| cancel(tx, &catalogue, &cmd).await;
                    sound("a cancellation", self.context.db.write(done).await)?;
                }
                (Deed::Reviews, _) => self.review(sitting, one).await?,
                (Deed::Enters, _) if (one.student.place.campus, one.student.number) == DISPUTED => {
                    let (office, student) = (self.office(sitting), one.student.clone());
                    let done = async move |tx: &mut Tx<'_>| dispute(tx, &office, &student).await;
                    self.context.db.write(done).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A candidate asks for a review; the schools with an account have decided about some.
    async fn review(&self, sitting: &SittingCode, one: &Came) -> Result<(), Fault> {
        let cmd = SubmitCommand {
            passport: one.passport,
            sitting: sitting.clone(),
            looked_up: None,
            ticket: one.student.ticket().and_then(|ticket| Ticket::parse(&ticket)),
            confirmed: true,
            address: FROM.to_string(),
        };
        let catalogue = self.payments.catalogue.get();
        let done = async move |tx: &mut Tx<'_>| submit(tx, &catalogue, &cmd).await;
        let submitted: Result<_, DbError> = self.context.db.write(done).await;
        submitted?.map_err(|why| Fault(format!("a review was refused: {why:?}")))?;
        let who = (sitting, one.passport);
        match (one.student.number, one.student.place.campus) {
            (13, "991010") => self.decides(who, "school-99101", Decision::Approve).await,
            (13, "993010") => self.decides(who, "school-99301", Decision::Refuse).await,
            _ => Ok(()),
        }
    }

    /// The two schools with accounts enter their classes and pay for them.
    async fn schools_enter(&self, sitting: &SittingCode, came: &[Came]) -> Result<(), Fault> {
        for (campus, staff) in [("991010", "school-99101"), ("993010", "school-99301")] {
            let in_class =
                |one: &&Came| matches!(one.deed, Deed::InClass(_)) && one.student.place.campus == campus;
            let own: Vec<PassportId> = came.iter().filter(in_class).map(|one| one.passport).collect();
            self.enters_class(sitting, staff, &own).await?;
            for group in [Group::Settled, Group::Waiting] {
                self.pays_for_class(sitting, staff, group).await?;
            }
        }
        Ok(())
    }

    /// Sends the refunds of those who paid twice, and asks what became of them.
    async fn send_refunds(&self) -> Result<(), Fault> {
        self.refund().await?;
        self.at(REFUNDED_AT).await?;
        self.refund().await
    }

    /// Sends the refund of the one who paid twice last, to a gateway that does not answer.
    async fn refund_in_vain(&self, minutes: i64) -> Result<(), Fault> {
        self.at(minutes).await?;
        self.sandboxes(Sandboxes::Silent).await?;
        self.refund().await?;
        self.sandboxes(Sandboxes::Quiet).await
    }

    /// Does what the job of expiry does.
    async fn end_overdue(&self) -> Result<(), Fault> {
        while cet_domain::entry::jobs::sweep(&self.context.db, self.payments.catalogue.get()).await?.done > 0
        {
        }
        Ok(())
    }

    /// Reminds, tells, mails and links the audit log, as the jobs do: what a person causes at the demo is not behind the
    /// season's mails in the queue.
    async fn deliver(&self) -> Result<(), Fault> {
        let (db, vault) = (&self.context.db, &self.context.vault);
        while cet_domain::entry::jobs::remind(db, self.payments.catalogue.get()).await?.done > 0 {}
        while cet_domain::arrangement::jobs::tell_seats(db, self.payments.catalogue.get()).await?.done > 0 {}
        while crate::message::jobs::mail_owed(&self.context).await?.done > 0 {}
        while crate::outbox::jobs::send_due(db, vault, &Delivery::Mailbox).await?.done > 0 {}
        while audit::link_some(db).await?.done > 0 {}
        Ok(())
    }
}
