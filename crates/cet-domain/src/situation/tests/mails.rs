//! The mails of the table are sent, by the verbs that lead to its situations (R18, A10).

use std::collections::BTreeSet;
use std::sync::Arc;

use cet_base::form_mark::Seen;

use super::testing::table;
use super::*;
use crate::arrangement::jobs::tell_seats;
use crate::arrangement::verbs::tests::arranged;
use crate::config::Config;
use crate::context::Context;
use crate::entry::testing::{HOME, campus, hours, minutes, sitting};
use crate::on_both;
use crate::payment::tests::world::PaymentWorld;
use crate::review::rules::Decision;
use crate::review::verbs::{DecideCommand, decide as decide_review};
use crate::review::{Review, store as reviews};
use crate::store::testing::NOON;
use crate::store::{DbError, Stop, Tx};
use crate::testing::vault;
use crate::words::fen::Fen;
use crate::words::ids::{PassportId, ReviewId};
use crate::words::staff::Scope;

/// A world, and the situations in which a candidate was met with the mail of the table.
struct Met {
    m: PaymentWorld,
    met: BTreeSet<&'static str>,
}

impl Met {
    async fn at(&self, who: PassportId) -> Situation {
        let plan = Arc::clone(self.m.world.catalogue.sitting(&sitting()).unwrap());
        let current = Arc::clone(&plan);
        let db = &self.m.world.t.db;
        let read = db.read(async move |tx: &mut Tx<'_>| verbs::read(tx, &current, who, (None, true)).await);
        let read: Result<_, DbError> = read.await;
        let read = read.unwrap();
        decide(&read.facts, &plan, read.now).situation
    }

    /// The candidate stands there, and was told of it by the table's message, whose mail is owed.
    async fn stands(&mut self, who: PassportId, situation: &'static str) {
        let at = self.at(who).await;
        assert_eq!(at.wire(), situation, "{at:?}");
        let kind = at.mail().unwrap();
        let db = &self.m.world.t.db;
        let owed: Result<(i64,), DbError> = db
            .read(async move |tx: &mut Tx<'_>| {
                tx.query_one(
                    "SELECT COUNT(*) FROM message WHERE passport_id = $1 AND kind = $2 AND mail_at > 0",
                    crate::params![who, kind],
                )
                .await
            })
            .await;
        assert!(owed.unwrap().0 > 0, "{situation}: no verb sent {kind:?}");
        self.met.insert(situation);
    }

    /// The school refuses an application that waits.
    async fn refuse_review(&self, who: PassportId) {
        let of = pending(who);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("keys"), "").unwrap();
        let text = "rehearsal = true\n[server]\nlisten = \"127.0.0.1:8080\"\npublic_origin = \"http://127.0.0.1:8080\"\n\
                    [database]\nurl = \"sqlite:x\"\n[vault]\nkey_file = \"keys\"\n";
        let config = Config::parse("cet.toml", text, folder.path().to_owned(), std::iter::empty()).unwrap();
        let (db, catalogue) = (self.m.world.t.db.clone(), Arc::clone(&self.m.world.catalogue));
        let context = Context { config: Arc::new(config), db: db.clone(), vault: vault() };
        let refused: Result<(), Stop<_>> = db
            .write(async move |tx: &mut Tx<'_>| {
                assert!(reviews::insert(tx, &of).await?);
                assert!(reviews::insert_claim(tx, who, &of.sitting, of.school, of.id).await?);
                let cmd = DecideCommand {
                    school: of.school,
                    id: of.id,
                    decision: Decision::Refuse,
                    seen: 1,
                    shown: Seen::default(),
                    evidence_sealed: vault().seal("no score report").unwrap(),
                    staff: "school-99301".to_owned(),
                    scope: Scope::parse("99301").unwrap(),
                    address: String::new(),
                };
                decide_review(tx, &context, &catalogue, &cmd).await
            })
            .await;
        refused.unwrap();
    }
}

fn pending(who: PassportId) -> Review {
    Review {
        school: campus(HOME).school(),
        id: ReviewId(1),
        sitting: sitting(),
        campus: campus(HOME),
        passport: Some(who),
        document_key: vec![9],
        document_kind: "resident-id".to_owned(),
        document_sealed: crate::sealed::Sealed::default(),
        name: "name 9".to_owned(),
        ticket: None,
        state: ReviewState::Pending,
        malicious: false,
        submissions: 1,
        submitted_at: NOON,
        decided_by: None,
        decided_at: None,
        evidence_sealed: None,
    }
}

/// R18.
#[test]
fn each_situation_has_the_mail_and_the_action_of_the_table() {
    let sum = FenSum::of([Fen::new(3).unwrap()]);
    let all = table(NOON, sum);
    for (situation, action, mail) in &all {
        assert_eq!((situation.action(), situation.mail()), (*action, *mail), "{situation:?}");
    }
    let wires: BTreeSet<&str> = all.iter().map(|(situation, ..)| situation.wire()).collect();
    assert_eq!(wires.len(), 21, "the table holds every situation");
}

on_both! {
    /// R18, A10.
    async fn whoever_stands_where_the_table_has_a_mail_was_sent_it_by_the_verb_that_led_there(t: TestDb) {
        let m = PaymentWorld::open(t, 2).await;
        let mut at = Met { m, met: BTreeSet::new() };
        let (one, two, three) =
            (at.m.world.reachable(1).await, at.m.world.reachable(2).await, at.m.world.reachable(3).await);
        at.stands(one, "no-entry").await;
        let written = at.m.world.enter(one, "1").await.unwrap();
        at.m.world.enter_oral(one, "F", HOME).await.unwrap();
        at.stands(one, "unpaid").await;
        let first = at.m.pay(one, &written, "alipay").await.unwrap();
        at.m.pays_and_tells(&at.m.order(first).await).await;
        at.stands(one, "part-paid").await;
        let rest = at.m.opened(one, "payease").await;
        at.m.pays_and_tells(&rest).await;
        at.stands(one, "paid").await;
        at.refuse_review(three).await;
        at.stands(three, "review-refused").await;
        // Candidate 2 pays when the last seat is somebody else's.
        at.m.world.enter(two, "1").await.unwrap();
        let late = at.m.opened(two, "alipay").await;
        at.m.world.advance(hours(25));
        at.m.run_jobs().await;
        at.stands(two, "expired").await;
        let other = at.m.world.candidate(4).await;
        at.m.world.enter(other, "1").await.unwrap();
        at.m.pays_and_tells(&late).await;
        // Registration is open: what can be done leads, and the money is a note.
        at.stands(two, "expired").await;
        // Candidate 5 pays on the old page of what was cancelled, and is still bound.
        let five = at.m.world.reachable(5).await;
        let entry = at.m.world.enter(five, "2").await.unwrap();
        let old = at.m.opened(five, "payease").await;
        let ended = crate::payment::verbs::end_open(&at.m.payments, five, sitting()).await;
        assert!(ended.is_ok());
        at.m.world.cancel(five, entry[0]).await.unwrap();
        at.m.pays_and_tells(&old).await;
        at.stands(five, "refunding").await;
        for _ in 0..3 {
            at.m.run_jobs().await;
            at.m.world.advance(minutes(1));
        }
        at.stands(five, "refunded").await;
        at.m.world.t.clock.set(NOON.plus(hours(241)));
        arranged(&at.m.world, 7, true).await;
        while tell_seats(&at.m.world.t.db, Arc::clone(&at.m.world.catalogue)).await.unwrap().done > 0 {}
        at.stands(one, "seated").await;
        at.m.world.sql("UPDATE subject SET printing_from = exam_from - 3600000000 * 72").await;
        at.m.world.reload().await;
        at.m.world.t.clock.set(NOON.plus(hours(1000 - 71)));
        at.stands(one, "print-now").await;
        at.m.world.t.clock.set(NOON.plus(hours(1000 - 1)));
        at.stands(one, "exam-day").await;
        let sum = FenSum::of([Fen::new(3).unwrap()]);
        let all = table(NOON, sum);
        let told = all.iter().filter(|(_, _, mail)| mail.is_some()).map(|(situation, ..)| situation.wire());
        assert_eq!(at.met, told.collect::<BTreeSet<_>>(), "each mail of the table is sent by a verb");
    }
}
