//! A student of the roster whom a stranger holds, with a gateway, and the people who decide.

use std::sync::Arc;

use cet_base::form_mark::Seen;

use super::verbs::{self, ApproveCommand, DecideCommand, OpenCommand};
use super::{Decision, DisputeRefusal};
use crate::binding::{SaveCommand, Shown, save};
use crate::entry::testing::sitting;
use crate::payment::tests::world::PaymentWorld;
use crate::roster::tests::{File, HEAD, vault};
use crate::store::testing::TestDb;
use crate::store::{Db, DbError, Stop, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::{DisputeId, PassportId, RecordId};
use crate::words::staff::{By, Role, Scope};

/// Who holds the student of the first row of the roster.
pub(crate) const HOLDER: PassportId = PassportId(1);
/// Who is the student.
pub(crate) const CLAIMANT: PassportId = PassportId(2);

pub(crate) struct DisputeWorld {
    pub(crate) m: PaymentWorld,
    pub(crate) record: (SchoolCode, RecordId),
}

impl DisputeWorld {
    /// The holder has bound the student and entered nothing.
    pub(crate) async fn open(t: TestDb) -> Self {
        Self::with_seats(t, 9).await
    }

    /// The same, with so many seats in each pool.
    pub(crate) async fn with_seats(t: TestDb, seats: i64) -> Self {
        let m = PaymentWorld::open(t, seats).await;
        let line = |n: i64| {
            format!(
                "学生{n},女,澳门身份证,9930100000{n},99301,993010,本科,4,16,2,学院,化学,1,2016000{n},,1;2;F,\n"
            )
        };
        let file = File::of(format!("{HEAD}\n{}", (1..=3).map(line).collect::<String>()));
        let watch = Arc::new(|_, _, _| {});
        crate::roster::file::import(&m.world.t.db, vault(), &file.path(), "2017-2", false, watch)
            .await
            .unwrap();
        for passport in [HOLDER, CLAIMANT, PassportId(3)] {
            m.world.passport(passport.0, "zh").await;
        }
        for (account, role, scope) in [
            ("one", Role::School, "99301"),
            ("two", Role::School, "99301"),
            ("campus", Role::School, "993010"),
            ("province", Role::Province, "99"),
        ] {
            let granted: Result<(), DbError> = m
                .world
                .t
                .db
                .write(async move |tx: &mut Tx<'_>| {
                    crate::staff::store::grant(tx, account, role, &Scope::parse(scope).unwrap()).await
                })
                .await;
            granted.unwrap();
        }
        let rows: Vec<(SchoolCode, RecordId)> = m
            .world
            .t
            .db
            .read(async |tx| {
                tx.query("SELECT school, id FROM student_record ORDER BY student_number", &[]).await
            })
            .await
            .unwrap();
        let this = Self { m, record: rows[0] };
        this.save(HOLDER).await.unwrap();
        this
    }

    pub(crate) fn db(&self) -> &Db {
        &self.m.world.t.db
    }

    /// Saves the student with the right number.
    pub(crate) async fn save(&self, passport: PassportId) -> Result<(), Vec<&'static str>> {
        let catalogue = Arc::clone(&self.m.world.catalogue);
        let cmd = SaveCommand {
            passport,
            sitting: sitting(),
            record: Some(self.record),
            seen: Seen::default(),
            checked: true,
            shown: Shown { student_number: "20160001".to_owned(), ..Shown::default() },
            address: String::new(),
        };
        match self.db().write(async move |tx| save(tx, &catalogue, &cmd).await).await {
            Ok(_) => Ok(()),
            Err(Stop::Refused(all)) => {
                Err(all.iter().map(crate::registration::RegistrationRefusal::code).collect())
            }
            Err(Stop::Fault(fault)) => panic!("{fault}"),
        }
    }

    pub(crate) async fn disputes(&self, passport: PassportId) -> Result<DisputeId, DisputeRefusal> {
        self.disputes_with(passport, "20160001", "").await
    }

    pub(crate) async fn disputes_with(
        &self,
        passport: PassportId,
        number: &str,
        note: &str,
    ) -> Result<DisputeId, DisputeRefusal> {
        let cmd = OpenCommand {
            passport,
            sitting: sitting(),
            record: Some(self.record),
            student_number: number.to_owned(),
            phone: "13800000000".to_owned(),
            note: note.to_owned(),
            network: None,
            address: String::new(),
        };
        let vault = vault();
        result(self.db().write(async move |tx: &mut Tx<'_>| verbs::open(tx, &vault, &cmd).await).await)
    }

    pub(crate) async fn decides(
        &self,
        who: &str,
        id: DisputeId,
        decision: Decision,
    ) -> Result<(), DisputeRefusal> {
        let cmd = DecideCommand {
            id,
            decision,
            evidence: "看过学生证".to_owned(),
            answer: String::new(),
            seen: Seen::default(),
            by: by(who),
        };
        let (vault, catalogue) = (vault(), Arc::clone(&self.m.world.catalogue));
        let done = self
            .db()
            .write(async move |tx: &mut Tx<'_>| verbs::decide(tx, (&vault, &catalogue), &cmd).await)
            .await;
        result(done)
    }

    pub(crate) async fn approves(&self, who: &str, id: DisputeId) -> Result<(), DisputeRefusal> {
        self.approves_on(self.db(), who, id).await
    }

    pub(crate) async fn approves_on(&self, db: &Db, who: &str, id: DisputeId) -> Result<(), DisputeRefusal> {
        let cmd = ApproveCommand { id, seen: Seen::default(), by: by(who) };
        let (vault, catalogue) = (vault(), Arc::clone(&self.m.world.catalogue));
        let done = db
            .write_again(async move |tx: &mut Tx<'_>| verbs::approve(tx, (&vault, &catalogue), &cmd).await)
            .await;
        result(done)
    }

    /// A dispute of the claimant that was decided.
    pub(crate) async fn decided(&self, decision: Decision) -> DisputeId {
        let id = self.disputes(CLAIMANT).await.unwrap();
        self.decides("one", id, decision).await.unwrap();
        id
    }

    pub(crate) async fn taken(&self) -> i64 {
        self.m.world.count("SELECT CAST(SUM(taken) AS BIGINT) FROM seat_pool").await
    }
}

/// Each account is a person of its own; `one-too` is the person of `one`.
pub(crate) fn by(account: &str) -> By {
    let scope = match account {
        "province" => "99",
        "campus" => "993010",
        _ => "99301",
    };
    By {
        account: account.to_owned(),
        person: account.trim_end_matches("-too").to_owned(),
        scope: Scope::parse(scope).unwrap(),
        address: String::new(),
    }
}

pub(crate) fn result<T>(done: Result<T, Stop<DisputeRefusal>>) -> Result<T, DisputeRefusal> {
    match done {
        Ok(value) => Ok(value),
        Err(Stop::Refused(why)) => Err(why),
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
}
