//! A small sitting for tests: two campuses, bound candidates, and the sums that must always agree.

use std::sync::Arc;

use jiff::SignedDuration;

use super::verbs::{CancelCommand, EnterCommand, Entered, cancel, enter};
use super::{Entry, EntryRefusal, rules};
use crate::binding::{Binding, Shown, bind};
use crate::message::{self, Facts, Kind, store::Kept};
use crate::params;
use crate::registration::verbs::of_passport;
use crate::registration::{Registration, RegistrationRefusal, SubjectList};
use crate::roster::Snapshot;
use crate::sealed::Sealed;
use crate::sitting::{Catalogue, store as sitting_store};
use crate::store::testing::{NOON, TestDb};
use crate::store::{Db, DbError, Stop, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::ids::{EntryId, PassportId, RecordId};
use crate::words::subject::Mode;
use crate::words::subject_list::parse_codes;
use crate::words::time::Time;

/// The home campus of most candidates.
pub(crate) const HOME: &str = "993010";
/// A campus of another school, which also offers the oral test.
pub(crate) const ELSEWHERE: &str = "991010";

pub(crate) fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

pub(crate) fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

pub(crate) fn micros(n: i64) -> SignedDuration {
    SignedDuration::from_micros(n)
}

pub(crate) fn sitting() -> SittingCode {
    SittingCode::parse("2017-2").unwrap()
}

pub(crate) fn campus(code: &str) -> CampusCode {
    CampusCode::parse(code).unwrap()
}

pub(crate) fn subject(code: &str) -> SubjectCode {
    SubjectCode::parse(code).unwrap()
}

pub(crate) fn codes(text: &str) -> Vec<SubjectCode> {
    parse_codes(text).unwrap()
}

/// A database with the sitting; registration is open from an hour before noon for ten days.
pub(crate) struct World {
    pub(crate) t: TestDb,
    pub(crate) catalogue: Arc<Catalogue>,
}

impl World {
    /// Gives every pool of both campuses this many seats.
    pub(crate) async fn with_seats(t: TestDb, capacity: i64) -> Self {
        t.db.write(async move |tx| seed(tx, capacity).await).await.unwrap();
        let mut this = Self { t, catalogue: Arc::new(Catalogue::default()) };
        this.reload().await;
        this
    }

    /// Reloads the catalogue after a test has changed a reference table.
    pub(crate) async fn reload(&mut self) {
        self.catalogue = Arc::new(self.t.db.read(async |tx| sitting_store::load(tx).await).await.unwrap());
    }

    pub(crate) async fn sql(&self, sql: &'static str) -> u64 {
        self.t.db.write(async move |tx| tx.execute(sql, &[]).await).await.unwrap()
    }

    pub(crate) fn advance(&self, by: SignedDuration) -> Time {
        let now = self.now().plus(by);
        self.t.clock.set(now);
        now
    }

    pub(crate) fn now(&self) -> Time {
        self.t.clock.process_now()
    }

    /// Binds passport `n` to student `n` of the home campus, granted all subjects.
    pub(crate) async fn candidate(&self, n: i64) -> PassportId {
        bound(&self.t.db, &self.catalogue, n, n).await.unwrap();
        PassportId(n)
    }

    /// A passport with an address, which can be told of what happens.
    pub(crate) async fn passport(&self, n: i64, lang: &'static str) -> PassportId {
        let made: Result<(), DbError> = self
            .t
            .db
            .write(async move |tx| {
                let email = format!("candidate{n}@example.cn");
                tx.execute(
                    "INSERT INTO passport
                        (id, public_id, email, password_hash, lang, name, created_at, credential_changed_at)
                     VALUES ($1, $2, $3, '', $4, '', 0, 0)",
                    params![n, format!("{n:032X}"), email, lang],
                )
                .await?;
                tx.execute(
                    "INSERT INTO passport_email (email_key, passport_id) VALUES ($1, $2)",
                    params![email, n],
                )
                .await?;
                Ok(())
            })
            .await;
        made.unwrap();
        PassportId(n)
    }

    /// Candidate `n` with such a passport.
    pub(crate) async fn reachable(&self, n: i64) -> PassportId {
        self.passport(n, "zh").await;
        self.candidate(n).await
    }

    /// What a passport was told, the first first.
    pub(crate) async fn told(&self, who: PassportId) -> Vec<Facts> {
        let kept: Vec<Kept> = self
            .t
            .db
            .read(async move |tx| message::store::of_passport(tx, who, None, 100).await)
            .await
            .unwrap();
        kept.iter().rev().map(|one| serde_json::from_str(&one.facts).unwrap()).collect()
    }

    /// The same, without what a passport is told on the way.
    pub(crate) async fn told_of(&self, who: PassportId, kind: Kind) -> Vec<Facts> {
        self.told(who).await.into_iter().filter(|facts| facts.kind() == kind).collect()
    }

    pub(crate) async fn candidates(&self, n: i64) -> Vec<PassportId> {
        let mut all = Vec::new();
        for number in 1..=n {
            all.push(self.candidate(number).await);
        }
        all
    }

    pub(crate) async fn enter(
        &self,
        who: PassportId,
        subjects: &str,
    ) -> Result<Vec<EntryId>, Vec<&'static str>> {
        entered(&self.t.db, &self.catalogue, written(who, subjects)).await
    }

    pub(crate) async fn enter_oral(
        &self,
        who: PassportId,
        subjects: &str,
        at: &str,
    ) -> Result<Vec<EntryId>, Vec<&'static str>> {
        let cmd = EnterCommand { mode: Mode::Oral, campus: Some(campus(at)), ..written(who, subjects) };
        entered(&self.t.db, &self.catalogue, cmd).await
    }

    pub(crate) async fn cancel(&self, who: PassportId, entry: EntryId) -> Result<usize, Vec<&'static str>> {
        let catalogue = Arc::clone(&self.catalogue);
        let cmd = CancelCommand { passport: who, sitting: sitting(), entry };
        let done = self.t.db.write(async move |tx| cancel(tx, &catalogue, &cmd).await).await;
        done.map(|going| going.len()).map_err(refused)
    }

    pub(crate) async fn sweep(&self) {
        while super::jobs::sweep(&self.t.db, Arc::clone(&self.catalogue)).await.unwrap() > 0 {}
    }

    pub(crate) async fn registration(&self, who: PassportId) -> Option<Registration> {
        self.t.db.read(async move |tx| of_passport(tx, who, &sitting()).await).await.unwrap()
    }

    /// The live entries as pages show them, by subject.
    pub(crate) async fn live(&self, who: PassportId) -> Vec<String> {
        let Some(of) = self.registration(who).await else { return Vec::new() };
        let entries: Vec<Entry> =
            self.t.db.read(async move |tx| super::verbs::entries_of(tx, &of).await).await.unwrap();
        entries.iter().map(|entry| entry.subject.to_string()).collect()
    }

    /// Makes entries paid, as a settled order does.
    pub(crate) async fn pay(&self, entries: &[EntryId]) -> Vec<EntryId> {
        let (entries, at) = (entries.to_vec(), self.now());
        let school = campus(HOME).school();
        self.t
            .db
            .write(async move |tx| super::verbs::mark_paid(tx, school, &entries, None, at).await)
            .await
            .unwrap()
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        self.t.db.read(async move |tx| tx.query_one::<(i64,)>(sql, &[]).await).await.unwrap().0
    }

    pub(crate) async fn taken(&self, code: &str) -> i64 {
        let code = code.to_owned();
        self.t
            .db
            .read(async move |tx| {
                let sql = "SELECT CAST(SUM(taken) AS BIGINT) FROM seat_pool WHERE subject = $1";
                tx.query_one::<(i64,)>(sql, params![code]).await
            })
            .await
            .unwrap()
            .0
    }

    /// Fails unless every pool's `taken` is the number of its live entries, and not above its capacity (I1, I2), and
    /// no registration holds two live written entries of one level (I6).
    pub(crate) async fn assert_sums_agree(&self) {
        let wrong = self
            .count(
                "SELECT COUNT(*) FROM seat_pool WHERE taken > capacity OR taken <> (SELECT COUNT(*) FROM entry
                  WHERE entry.pool_school = seat_pool.school AND entry.sitting = seat_pool.sitting
                    AND entry.campus = seat_pool.campus AND entry.subject = seat_pool.subject
                    AND entry.state IN ('held', 'paid'))",
            )
            .await;
        assert_eq!(wrong, 0, "pools whose taken seats are not their live entries");
        let twice = self
            .count(
                "SELECT COUNT(*) FROM (SELECT registration_id FROM entry WHERE state IN ('held', 'paid')
                  AND mode = 'written' GROUP BY registration_id, level HAVING COUNT(*) > 1) AS twice",
            )
            .await;
        assert_eq!(twice, 0, "two live written entries of one level");
        let alone = self
            .count(
                "SELECT COUNT(*) FROM entry AS oral WHERE state IN ('held', 'paid') AND mode = 'oral' AND NOT EXISTS
                    (SELECT 1 FROM entry AS written WHERE written.registration_id = oral.registration_id
                        AND written.mode = 'written' AND written.level = oral.level
                        AND written.state IN ('held', 'paid'))",
            )
            .await;
        assert_eq!(alone, 0, "oral entries without a written one");
    }
}

pub(crate) fn refused(stop: Stop<Vec<EntryRefusal>>) -> Vec<&'static str> {
    match stop {
        Stop::Refused(all) => all.iter().map(EntryRefusal::code).collect(),
        Stop::Fault(fault) => panic!("{fault}"),
    }
}

pub(crate) fn written(who: PassportId, subjects: &str) -> EnterCommand {
    EnterCommand {
        passport: who,
        sitting: sitting(),
        mode: Mode::Written,
        subjects: codes(subjects),
        campus: None,
        command: None,
        address: String::new(),
    }
}

/// Runs a command on any node.
pub(crate) async fn entered(
    db: &Db,
    catalogue: &Arc<Catalogue>,
    cmd: EnterCommand,
) -> Result<Vec<EntryId>, Vec<&'static str>> {
    let catalogue = Arc::clone(catalogue);
    let done = db.write(async move |tx| enter(tx, &catalogue, &cmd).await).await;
    done.map(|Entered { entries }| entries).map_err(refused)
}

/// A made-up record of student `n`.
pub(crate) fn snapshot(n: i64, at: &str, subjects: &str) -> Snapshot {
    let text = |what: &str| format!("{what} {n}");
    Snapshot {
        campus: campus(at),
        school_name: text("school"),
        campus_name: text("campus"),
        name: text("name"),
        name_key: text("key"),
        sex: "女".to_owned(),
        document_kind: "resident-id".to_owned(),
        document_sealed: Sealed::stored(n.to_be_bytes().to_vec()),
        document_key: n.to_be_bytes().to_vec(),
        education: String::new(),
        duration: String::new(),
        entry_year: String::new(),
        grade: String::new(),
        college: String::new(),
        major: String::new(),
        class: String::new(),
        student_number: text("number"),
        remark: String::new(),
        subjects: SubjectList(codes(subjects)),
        listed: SubjectList(Vec::new()),
        barred: SubjectList(Vec::new()),
    }
}

/// Binds a passport to a student of the home campus who may enter everything.
pub(crate) async fn bound(
    db: &Db,
    catalogue: &Arc<Catalogue>,
    passport: i64,
    student: i64,
) -> Result<Registration, Stop<RegistrationRefusal>> {
    bound_by(db, catalogue, passport, (student, student.to_be_bytes().to_vec())).await
}

/// The same with the key of the student's document.
pub(crate) async fn bound_by(
    db: &Db,
    catalogue: &Arc<Catalogue>,
    passport: i64,
    (student, document_key): (i64, Vec<u8>),
) -> Result<Registration, Stop<RegistrationRefusal>> {
    let catalogue = Arc::clone(catalogue);
    db.write(async move |tx| {
        let sitting = sitting();
        let document_key = document_key.clone();
        let binding = Binding {
            passport: PassportId(passport),
            sitting: &sitting,
            record: RecordId(student),
            snapshot: Snapshot { document_key, ..snapshot(student, HOME, "1;2;3;4;F;S") },
            // As the candidate of the student number; what asks for proof is tested with the pages of disputes.
            shown: &Shown { verified: true, ..Shown::default() },
            address: "",
        };
        bind(tx, &catalogue, &binding).await
    })
    .await
}

async fn seed(tx: &mut Tx<'_>, capacity: i64) -> Result<(), DbError> {
    for sql in [
        "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at)
         VALUES ('2017-2', '2017年下半年', 'second', 2017, 2, FALSE, 0)",
        "INSERT INTO campus (code, name) VALUES ('991010', '99101-0校区'), ('993010', '测试校区机构001')",
        "INSERT INTO school (code, name) VALUES ('99301', '测试学校机构01'), ('99101', '测试学校')",
        "INSERT INTO oral_setting (sitting, scope, elsewhere) VALUES ('2017-2', '99301', '99101')",
        "INSERT INTO fee (sitting, scope, subject, amount)
         VALUES ('2017-2', '', '1', 1), ('2017-2', '', '2', 1), ('2017-2', '', '3', 1), ('2017-2', '', '4', 1),
                ('2017-2', '', 'F', 1), ('2017-2', '', 'S', 1)",
    ] {
        tx.execute(sql, &[]).await?;
    }
    for (place, code, mode, level) in [
        (1_i64, "1", "written", 4_i64),
        (2, "2", "written", 6),
        (3, "3", "written", 4),
        (4, "4", "written", 6),
        (5, "F", "oral", 4),
        (6, "S", "oral", 6),
    ] {
        tx.execute(
            "INSERT INTO subject (sitting, code, place, name, name_en, mode, level, language, needs, exam_from, exam_to)
             VALUES ('2017-2', $1, $2, $1, $1, $3, $4, 'english', '', $5, $6)",
            params![code, place, mode, level, NOON.plus(hours(1000)), NOON.plus(hours(1002))],
        )
        .await?;
        for at in [HOME, ELSEWHERE] {
            tx.execute(
                "INSERT INTO seat_pool (school, sitting, campus, subject, capacity, taken)
                 VALUES ($1, '2017-2', $2, $3, $4, 0)",
                params![campus(at).school(), at, code, capacity],
            )
            .await?;
        }
    }
    for mode in ["written", "oral"] {
        tx.execute(
            "INSERT INTO registration_window (sitting, scope, mode, from_at, to_at, outsiders_from)
             VALUES ('2017-2', '99', $1, $2, $3, NULL)",
            params![mode, NOON.minus(hours(1)), NOON.plus(hours(240))],
        )
        .await?;
    }
    crate::change::found::record(tx).await?;
    Ok(())
}

/// The end of the hold of what is entered now.
pub(crate) fn end_of_hold(world: &World) -> Time {
    world.now().plus(rules::HOLD)
}
