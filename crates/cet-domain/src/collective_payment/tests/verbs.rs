use std::sync::Arc;

use tokio::sync::Barrier;

use crate::audit::testing::told_of;
use crate::collective_payment::verbs::{
    OpenCommand, SettleCommand, Shown, confirm, gather, open, release, release_due,
};
use crate::collective_payment::{CollectiveRefusal, State, store};
use crate::entry::staff_queries::{self, Filter};
use crate::entry::testing::{HOME, World, campus, hours, sitting};
use crate::entry::verbs::lock_for_school;
use crate::fragments::free;
use crate::message::{Facts, Kind, Line, facts::PaidBy};
use crate::on_both;
use crate::payment::refusal::PaymentRefusal;
use crate::payment::tests::world::PaymentWorld;
use crate::staff::{Role, Scope};
use crate::store::{Db, DbError, Stop, Tx};
use crate::words::ids::{CollectivePaymentId, EntryId};

/// A payment world whose school has an account.
async fn market(t: crate::store::testing::TestDb, seats: i64) -> PaymentWorld {
    let m = PaymentWorld::open(t, seats).await;
    let granted: Result<(), DbError> = m
        .world
        .t
        .db
        .write(async |tx: &mut Tx<'_>| {
            crate::staff::store::grant(tx, "school-99301", Role::School, &scope("99301")).await
        })
        .await;
    granted.unwrap();
    m
}

type Opened = Result<CollectivePaymentId, CollectiveRefusal>;

fn refused<T>(result: Result<T, Stop<CollectiveRefusal>>) -> Result<T, CollectiveRefusal> {
    result.map_err(|stop| match stop {
        Stop::Refused(refusal) => refusal,
        Stop::Fault(fault) => panic!("{fault}"),
    })
}

fn scope(code: &str) -> Scope {
    Scope::parse(code).unwrap()
}

async fn shown(world: &World, of: &str, filter: &Filter) -> Shown {
    let (catalogue, scope, filter) = (Arc::clone(&world.catalogue), scope(of), filter.clone());
    let found = world
        .t
        .db
        .read(async move |tx: &mut Tx<'_>| {
            Ok::<_, DbError>(match gather(tx, &catalogue, &scope, &sitting(), (&filter, None)).await {
                Ok(found) => found.shown(),
                Err(stop) => panic!("{stop:?}"),
            })
        })
        .await;
    found.unwrap()
}

fn command(of: &str, filter: Filter, shown: Shown) -> OpenCommand {
    OpenCommand {
        school: campus(HOME).school(),
        scope: scope(of),
        sitting: sitting(),
        filter,
        ticked: None,
        shown,
        seen: cet_base::form_mark::Seen::default(),
        by: "school-99301".to_owned(),
        note: String::new(),
        lock_days: 7,
        address: String::new(),
    }
}

async fn opened_on(db: &Db, world: &World, cmd: OpenCommand) -> Opened {
    let catalogue = Arc::clone(&world.catalogue);
    refused(db.write(async move |tx: &mut Tx<'_>| open(tx, &catalogue, &cmd).await).await)
}

/// Locks everything that is unpaid.
async fn opened(world: &World) -> Opened {
    let shown = shown(world, "99301", &Filter::default()).await;
    opened_on(&world.t.db, world, command("99301", Filter::default(), shown)).await
}

fn by(id: CollectivePaymentId, of: &str) -> SettleCommand {
    SettleCommand { id, scope: scope(of), by: "school-99301".to_owned(), address: String::new() }
}

async fn confirmed(world: &World, id: CollectivePaymentId, of: &str) -> Result<(), CollectiveRefusal> {
    let (cmd, catalogue) = (by(id, of), world.catalogue.clone());
    refused(world.t.db.write(async move |tx: &mut Tx<'_>| confirm(tx, &catalogue, &cmd).await).await)
}

async fn released(world: &World, id: CollectivePaymentId, of: &str) -> Result<(), CollectiveRefusal> {
    let cmd = by(id, of);
    refused(world.t.db.write(async move |tx: &mut Tx<'_>| release(tx, &cmd).await).await)
}

async fn run_job(world: &World) -> i64 {
    let done: Result<i64, DbError> =
        world.t.db.write(async |tx: &mut Tx<'_>| release_due(tx, 10).await).await;
    done.unwrap()
}

on_both! {
    /// R13, Y6.
    async fn a_locked_entry_is_neither_paid_nor_cancelled_nor_expires_and_is_paid_by_the_school(t: TestDb) {
        let m = market(t, 5).await;
        let who = m.world.candidate(1).await;
        let entry = m.world.enter(who, "1").await.unwrap()[0];
        let id = opened(&m.world).await.unwrap();
        assert_eq!(m.pay(who, &[], "alipay").await, Err(vec![PaymentRefusal::EntryLocked(entry)]));
        assert_eq!(m.world.cancel(who, entry).await, Err(vec!["entry-locked"]));
        m.world.advance(hours(30));
        m.run_jobs().await;
        assert_eq!(m.world.live(who).await, ["1"]);
        m.assert_all_agrees().await;
        assert_eq!(confirmed(&m.world, id, "99301").await, Ok(()));
        assert_eq!((m.paid_entries().await, m.world.taken("1").await), (1, 1));
        assert_eq!(confirmed(&m.world, id, "99301").await, Ok(()), "the same again");
        assert_eq!(released(&m.world, id, "99301").await, Err(CollectiveRefusal::Settled));
        let told = async |action| told_of(&m.world.t.db, action).await.unwrap();
        assert_eq!(told("entry-locked").await, [format!("Locked by collective payment: (none) → {id}")]);
        assert_eq!(told("entry-paid").await, [format!(
            "collective-payment={id}; State: unpaid → paid; Amount: (none) → 0.01 yuan; \
             Locked by collective payment: {id} → (none)"
        )]);
        assert_eq!(told("collective-payment-made").await, ["entries=1 amount=0.01; State: (none) → open"]);
        assert_eq!(told("collective-payment-paid").await, ["entries=1 amount=0.01; State: open → paid"]);
        m.assert_all_agrees().await;
    }

    /// Y6.
    async fn what_is_released_after_its_hold_is_gone_at_once_and_its_seat_free(t: TestDb) {
        let m = market(t, 1).await;
        let (one, two) = (m.world.candidate(1).await, m.world.candidate(2).await);
        m.world.enter(one, "1").await.unwrap();
        let id = opened(&m.world).await.unwrap();
        assert_eq!(m.world.enter(two, "1").await, Err(vec!["pool-full"]));
        m.world.advance(hours(30));
        let two = m.world.candidate(3).await;
        assert_eq!(released(&m.world, id, "99301").await, Ok(()));
        let told = async |action| told_of(&m.world.t.db, action).await.unwrap();
        assert_eq!(told("entry-unlocked").await, [format!(
            "collective-payment={id}; Locked by collective payment: {id} → (none)"
        )]);
        assert_eq!(told("collective-payment-released").await, ["entries=1 amount=0.01; State: open → released"]);
        assert!(m.world.live(one).await.is_empty());
        assert!(m.world.enter(two, "1").await.is_ok());
        m.run_jobs().await;
        m.world.assert_sums_agree().await;
        m.assert_all_agrees().await;
    }

    async fn what_is_released_within_its_hold_is_the_candidates_again(t: TestDb) {
        let m = market(t, 1).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        let id = opened(&m.world).await.unwrap();
        released(&m.world, id, "99301").await.unwrap();
        let order = m.opened(who, "alipay").await;
        m.pays_and_tells(&order).await;
        assert_eq!((m.paid_entries().await, m.refunds().await), (1, Vec::new()));
        m.assert_all_agrees().await;
    }

    async fn a_list_of_one_state_holds_no_other_and_a_payment_its_own_people(t: TestDb) {
        let m = market(t, 2).await;
        m.world.enter(m.world.candidate(1).await, "1").await.unwrap();
        let released_one = opened(&m.world).await.unwrap();
        m.world.enter(m.world.candidate(2).await, "1").await.unwrap();
        let open = opened(&m.world).await.unwrap();
        released(&m.world, released_one, "99301").await.unwrap();
        let states = [None, Some(State::Open), Some(State::Released), Some(State::Paid)];
        let wanted = [vec![open, released_one], vec![open], vec![released_one], vec![]];
        for (state, wanted) in states.into_iter().zip(wanted) {
            let scope = scope("99301");
            let listed: Result<_, DbError> =
                m.world.t.db.read(async move |tx: &mut Tx<'_>| store::list(tx, &scope, state, None, 9).await).await;
            let ids: Vec<CollectivePaymentId> = listed.unwrap().iter().map(|of| of.id).collect();
            assert_eq!(ids, wanted, "{state:?}");
        }
        let older: Result<_, DbError> = m.world.t.db.read(async move |tx: &mut Tx<'_>| {
            let home = campus(HOME).school();
            let people = async |tx: &mut Tx<'_>, id| Ok::<_, DbError>(store::people(tx, home, id).await?.len());
            let before = store::list(tx, &scope("99301"), None, Some(open), 9).await?;
            Ok((before.iter().map(|of| of.id).collect::<Vec<_>>(), people(tx, released_one).await?, people(tx, open).await?))
        }).await;
        assert_eq!(older.unwrap(), (vec![released_one], 1, 1), "the page behind the cursor, and the people of each alone");
    }

    async fn it_unlocks_itself_at_its_time_limit_and_not_before(t: TestDb) {
        let m = market(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        let id = opened(&m.world).await.unwrap();
        m.world.advance(hours(167));
        assert_eq!(run_job(&m.world).await, 0);
        let limit = m.world.advance(hours(1));
        assert_eq!(confirmed(&m.world, id, "99301").await, Err(CollectiveRefusal::TimeUp(limit)));
        assert_eq!((run_job(&m.world).await, run_job(&m.world).await), (1, 0));
        assert!(m.world.live(who).await.is_empty());
        m.run_jobs().await;
        assert_eq!(m.world.taken("1").await, 0);
        m.assert_all_agrees().await;
    }

    /// Y6, A10.
    async fn each_candidate_is_told_what_the_school_has_paid_and_what_it_has_not(t: TestDb) {
        let m = market(t, 5).await;
        let (one, two) = (m.world.reachable(1).await, m.world.reachable(2).await);
        m.world.enter(one, "1;2").await.unwrap();
        m.world.enter(two, "1").await.unwrap();
        let id = opened(&m.world).await.unwrap();
        m.world.enter_oral(two, "F", HOME).await.unwrap();
        for _ in 0..2 {
            assert_eq!(confirmed(&m.world, id, "99301").await, Ok(()));
        }
        let told = async |who| {
            let told = m.world.told_of(who, Kind::Paid).await;
            let [Facts::Paid { lines, by: PaidBy::School, unpaid, late: false }] = &told[..] else { panic!("{told:?}") };
            let names = |lines: &[Line]| lines.iter().map(|line| line.zh.clone()).collect::<Vec<_>>();
            (names(lines), names(unpaid))
        };
        assert_eq!(told(one).await, (vec!["1".to_owned(), "2".to_owned()], Vec::new()));
        assert_eq!(told(two).await, (vec!["1".to_owned()], vec!["F".to_owned()]));
        m.assert_all_agrees().await;
    }

    /// TH51.
    async fn individual_money_for_a_locked_entry_goes_back_and_so_does_money_after_the_schools(t: TestDb) {
        let m = market(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        let order = m.opened(who, "alipay").await;
        assert_eq!(opened(&m.world).await, Err(CollectiveRefusal::NothingChosen));
        // The order is closed at its deadline here, while the gateway still accepted the money.
        m.world.sql("UPDATE payment_order SET state = 'closed', closed_for = 'deadline', settled_at = 1, ask_at = NULL").await;
        m.world.sql("UPDATE entry SET order_id = NULL").await;
        let id = opened(&m.world).await.unwrap();
        m.pays_and_tells(&order).await;
        assert_eq!((m.paid_entries().await, m.refunds().await), (0, vec!["locked".to_owned()]));
        m.assert_all_agrees().await;
        confirmed(&m.world, id, "99301").await.unwrap();
        m.pays_and_tells(&order).await;
        assert_eq!((m.paid_entries().await, m.refunds().await.len()), (1, 1));
        m.assert_all_agrees().await;
    }

    async fn money_that_comes_after_the_school_paid_is_surplus(t: TestDb) {
        let m = market(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        let order = m.opened(who, "alipay").await;
        m.world.sql("UPDATE payment_order SET state = 'closed', closed_for = 'deadline', settled_at = 1, ask_at = NULL").await;
        m.world.sql("UPDATE entry SET order_id = NULL").await;
        let id = opened(&m.world).await.unwrap();
        confirmed(&m.world, id, "99301").await.unwrap();
        m.pays_and_tells(&order).await;
        assert_eq!((m.paid_entries().await, m.refunds().await), (1, vec!["surplus".to_owned()]));
        m.assert_all_agrees().await;
    }

    async fn what_changed_since_the_confirmation_page_is_not_locked(t: TestDb) {
        let m = market(t, 5).await;
        let who = m.world.candidates(2).await;
        m.world.enter(who[0], "1").await.unwrap();
        let seen = shown(&m.world, "99301", &Filter::default()).await;
        m.world.enter(who[1], "1").await.unwrap();
        let cmd = command("99301", Filter::default(), seen);
        assert_eq!(opened_on(&m.world.t.db, &m.world, cmd).await, Err(CollectiveRefusal::Changed));
        assert_eq!(m.world.count("SELECT COUNT(*) FROM entry WHERE locked_by IS NOT NULL").await, 0);
    }

    async fn its_candidates_together_are_those_that_each_line_names_alone(t: TestDb) {
        let m = market(t, 20).await;
        let who = m.world.candidates(5).await;
        for (n, who) in who.iter().enumerate() {
            m.world.enter(*who, if n == 2 { "1;2" } else { "1" }).await.unwrap();
        }
        let id = opened(&m.world).await.unwrap();
        // Whoever enters later is not included.
        let later = m.world.candidate(7).await;
        m.world.enter(later, "1").await.unwrap();
        let school = campus(HOME).school();
        let read = m.world.t.db.read(async move |tx: &mut Tx<'_>| {
            let named = |person: staff_queries::Person| (person.registration, person.name, person.student_number);
            let mut alone = Vec::new();
            for line in store::lines(tx, school, id).await? {
                alone.push(named(staff_queries::person(tx, school, line.registration).await?.unwrap()));
            }
            let together: Vec<_> = store::people(tx, school, id).await?.into_iter().map(named).collect();
            Ok::<_, DbError>((alone, together))
        }).await;
        let (mut alone, together) = read.unwrap();
        assert_eq!(alone.len(), 6, "one has two lines");
        alone.dedup();
        assert_eq!((together.len(), together), (5, alone));
    }

    async fn another_school_or_campus_sees_and_settles_nothing(t: TestDb) {
        let m = market(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        for other in ["99101", "993011"] {
            assert_eq!(shown(&m.world, other, &Filter::default()).await.entries, 0, "{other}");
        }
        let id = opened(&m.world).await.unwrap();
        for other in ["99101", "993011"] {
            assert_eq!(confirmed(&m.world, id, other).await, Err(CollectiveRefusal::NotFound), "{other}");
            assert_eq!(released(&m.world, id, other).await, Err(CollectiveRefusal::NotFound), "{other}");
            let scope = scope(other);
            let listed = m.world.t.db.read(async move |tx: &mut Tx<'_>| {
                Ok::<_, DbError>((store::list(tx, &scope, None, None, 9).await?.len(), store::open_now(tx, &scope).await?.0))
            }).await;
            assert_eq!(listed.unwrap(), (0, 0), "{other}");
        }
    }

    /// TH51.
    async fn of_the_schools_lock_and_the_candidates_order_at_once_exactly_one_wins(t: TestDb) {
        let m = Arc::new(market(t, 40).await);
        let other = m.another_context().await;
        for n in 1..=12 {
            let who = m.world.candidate(n).await;
            m.world.enter(who, "1").await.unwrap();
            let both = Arc::new(Barrier::new(2));
            let (wishing, at_once, payments) = (Arc::clone(&m), Arc::clone(&both), other.clone());
            let own = tokio::spawn(async move {
                let wish = wishing.wish(who, &[], "alipay", "");
                at_once.wait().await;
                crate::payment::verbs::pay(&payments, wish).await.is_ok()
            });
            let (locking, at_once) = (Arc::clone(&m), both);
            let school = tokio::spawn(async move {
                let seen = shown(&locking.world, "99301", &Filter::default()).await;
                at_once.wait().await;
                opened_on(&locking.world.t.db, &locking.world, command("99301", Filter::default(), seen)).await.is_ok()
            });
            let (own, school) = (own.await.unwrap(), school.await.unwrap());
            assert!(own ^ school, "candidate {n}: own order {own}, school's lock {school}");
        }
        m.assert_all_agrees().await;
    }

    /// Y6, TH51.
    async fn an_entry_that_a_candidate_began_to_pay_is_not_locked_and_without_the_guard_is(t: TestDb) {
        let m = market(t, 5).await;
        let who = m.world.candidate(1).await;
        let entry = m.world.enter(who, "1").await.unwrap()[0];
        assert_eq!(shown(&m.world, "99301", &Filter::default()).await.entries, 1);
        m.opened(who, "alipay").await;
        for (guarded, not_locked, locked_and_ordered) in [(true, vec![entry], 0), (false, vec![], 1)] {
            let left = m.world.t.db.write(async move |tx: &mut Tx<'_>| {
                if !guarded {
                    tx.leave_out(concat!("AND ", free!("")));
                }
                lock_for_school(tx, campus(HOME).school(), &[entry], 1).await
            }).await;
            assert_eq!(left, Ok(not_locked));
            let both = m.world.count("SELECT COUNT(*) FROM entry WHERE locked_by = 1 AND order_id IS NOT NULL").await;
            assert_eq!(both, locked_and_ordered, "the race was not lost without the guard");
        }
    }

    async fn of_a_confirmation_and_a_release_at_once_exactly_one_counts(t: TestDb) {
        let world = Arc::new(World::with_seats(t, 40).await);
        for n in 1..=8 {
            let who = world.candidate(n).await;
            world.enter(who, "1").await.unwrap();
            let id = opened(&world).await.unwrap();
            let (one, two) = (Arc::clone(&world), Arc::clone(&world));
            let paid = tokio::spawn(async move { confirmed(&one, id, "99301").await.is_ok() });
            let gone = tokio::spawn(async move { released(&two, id, "99301").await.is_ok() });
            let (paid, gone) = (paid.await.unwrap(), gone.await.unwrap());
            assert!(paid ^ gone, "round {n}: confirmed {paid}, released {gone}");
            let entry = world.live(who).await;
            assert_eq!(entry, ["1"]);
            if gone {
                world.cancel(who, last_entry(&world).await).await.unwrap();
            }
        }
        world.assert_sums_agree().await;
    }
}

async fn last_entry(world: &World) -> EntryId {
    EntryId(world.count("SELECT MAX(id) FROM entry").await)
}
