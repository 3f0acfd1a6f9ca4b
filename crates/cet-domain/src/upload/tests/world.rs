//! A sitting with two schools, and whoever sends files there.

use crate::audit::Actor;
use crate::params;
use crate::roster::tests::sitting;
use crate::roster::{self, removal};
use crate::store::testing::{NOON, TestDb};
use crate::store::{DbError, Stop, Tx};
use crate::testing::{HEAD, key, vault};
use crate::upload::jobs::round;
use crate::upload::store::{self, Finding, New, PART, Upload};
use crate::upload::verbs::{self, Asked, UploadRefusal};
use crate::upload::{Kind, State, Summary};
use crate::words::codes::SittingCode;
use crate::words::document::DocumentKind;
use crate::words::staff::Scope;
use crate::words::time::Time;

pub(super) const BY: &str = "school-99101";

pub(super) fn actor() -> Actor {
    Actor::Staff(BY.to_owned())
}

pub(super) fn row(name: &str, number: &str, campus: &str, class: &str) -> String {
    let school = &campus[..5];
    format!("{name},女,护照,{number},{school},{campus},本科,4,16,16,外语学院,英语,{class},S{number},,,")
}

pub(super) fn csv(rows: &[String]) -> String {
    format!("{HEAD}\n{}\n", rows.join("\n"))
}

pub(super) struct World {
    pub(super) t: TestDb,
}

impl World {
    pub(super) async fn new(t: TestDb) -> Self {
        sitting(&t.db).await;
        Self { t }
    }

    pub(super) fn at(&self, step: i64) {
        self.t.clock.set(Time::from_micros(NOON.micros() + step));
    }

    pub(super) async fn send(&self, place: &str, text: &str) -> i64 {
        self.send_as(place, text.as_bytes(), "", "名单.csv").await
    }

    pub(super) async fn send_as(&self, place: &str, bytes: &[u8], campus: &str, name: &str) -> i64 {
        let new = New {
            kind: Kind::Roster,
            place: Scope::parse(place).unwrap(),
            sitting: "2017-2".to_owned(),
            campus: campus.to_owned(),
            file_name: name.to_owned(),
            account: BY.to_owned(),
        };
        let bytes = bytes.to_vec();
        self.t
            .db
            .write(async move |tx: &mut Tx<'_>| {
                let id = verbs::begin(tx, &new).await?;
                for (number, part) in (0_i64..).zip(bytes.chunks(PART.min(700))) {
                    store::append(tx, id, number, part).await?;
                }
                let size = i64::try_from(bytes.len()).unwrap();
                assert!(verbs::received(tx, id, &new, size, (&actor(), "")).await?);
                Ok::<_, Stop<UploadRefusal>>(id)
            })
            .await
            .unwrap_or_else(|stop| panic!("{stop:?}"))
    }

    /// Runs the job until nothing is left to do.
    pub(super) async fn work(&self) {
        let vault = vault();
        for _ in 0..20 {
            if round(&self.t.db, &vault).await.unwrap().done == 0 {
                return;
            }
        }
        panic!("the job does not come to an end");
    }

    pub(super) async fn one(&self, id: i64) -> Upload {
        let found: Result<_, DbError> = self
            .t
            .db
            .read(async move |tx: &mut Tx<'_>| store::one(tx, &Scope::nation(), Kind::Roster, id).await)
            .await;
        found.unwrap().unwrap()
    }

    pub(super) async fn state(&self, id: i64) -> (State, Summary) {
        let of = self.one(id).await;
        (of.state().unwrap(), of.summary())
    }

    pub(super) async fn findings(&self, id: i64, level: &'static str) -> Vec<Finding> {
        let found: Result<_, DbError> =
            self.t.db.read(async move |tx: &mut Tx<'_>| store::findings(tx, id, level, 99).await).await;
        found.unwrap()
    }

    pub(super) async fn publish(&self, id: i64, asked: Asked) -> Result<(), UploadRefusal> {
        let of = self.one(id).await;
        let done = self
            .t
            .db
            .write(async move |tx: &mut Tx<'_>| verbs::publish(tx, &of, asked, (&actor(), "")).await)
            .await;
        refused(done)?;
        self.work().await;
        Ok(())
    }

    pub(super) async fn withdraw(&self, id: i64, reason: &'static str) -> Result<(), UploadRefusal> {
        let of = self.one(id).await;
        let done = self
            .t
            .db
            .write(async move |tx: &mut Tx<'_>| {
                verbs::withdraw(tx, &of, reason, (&actor(), "")).await.map(drop)
            })
            .await;
        refused(done)
    }

    pub(super) async fn published(&self, place: &str, rows: &[String]) -> i64 {
        let id = self.send(place, &csv(rows)).await;
        self.work().await;
        self.publish(id, Asked::default()).await.unwrap();
        assert_eq!(self.state(id).await.0, State::Published);
        id
    }

    pub(super) async fn class_of(&self, number: &str) -> Option<String> {
        let (key, sitting) = (key(DocumentKind::Passport, number), SittingCode::parse("2017-2").unwrap());
        let found: Result<_, DbError> =
            self.t.db.read(async move |tx: &mut Tx<'_>| roster::store::find(tx, &sitting, key).await).await;
        found.unwrap().map(|record| format!("{} {}", record.campus, record.class))
    }

    /// A saved registration of a student, as far as rosters ask for it.
    pub(super) async fn saved(&self, number: &str) {
        let key = key(DocumentKind::Passport, number);
        self.t
            .db
            .write(async move |tx: &mut Tx<'_>| {
                tx.execute(
                    "INSERT INTO registration
                        (school, id, sitting, passport_id, record_id, state, saved_at, release_at, version, campus,
                         school_name, campus_name, name, name_key, sex, document_kind, document_sealed, document_key,
                         education, duration, entry_year, grade, college, major, class, student_number, remark,
                         subjects, listed_subjects, barred_subjects, snapshot_hash)
                     VALUES ('99101', 1, '2017-2', 1, 1, 'live', 0, NULL, 1, '991010', '', '', '', '', '', '', $1, $1, '',
                             '', '', '', '', '', '', '', '', '', '', '', '')",
                    params![key],
                )
                .await
            })
            .await
            .unwrap();
    }
}

pub(super) fn refused<T: std::fmt::Debug>(done: Result<T, Stop<UploadRefusal>>) -> Result<(), UploadRefusal> {
    match done {
        Ok(_) => Ok(()),
        Err(Stop::Refused(refusal)) => Err(refusal),
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
}

pub(super) async fn roster_row(world: &World, number: &str) -> removal::Student {
    let (key, sitting) = (key(DocumentKind::Passport, number), SittingCode::parse("2017-2").unwrap());
    let found: Result<_, DbError> =
        world.t.db.read(async move |tx: &mut Tx<'_>| roster::store::find(tx, &sitting, key).await).await;
    let record = found.unwrap().unwrap();
    removal::Student {
        school: record.school,
        sitting: record.sitting,
        document_key: record.document_key,
        record: record.id,
    }
}
