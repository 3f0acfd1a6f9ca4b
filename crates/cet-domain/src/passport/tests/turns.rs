use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::*;

const LONG: Duration = Duration::from_hours(1);

fn candidate(n: u8) -> Asker {
    Asker::candidate([192, 0, 2, n].into())
}

fn staff(n: u8) -> Asker {
    Asker::staff([198, 51, 100, n].into())
}

type Waiting = BoxFuture<'static, Option<Turn>>;

/// Joins the queue.
fn wait(turns: &Arc<Turns>, asker: Asker) -> Waiting {
    let turns = Arc::clone(turns);
    let mut waiting = async move { turns.turn(&asker, LONG).await }.boxed();
    assert!((&mut waiting).now_or_never().is_none(), "a turn was free");
    waiting
}

/// The turn, if it was granted.
fn got(waiting: &mut Waiting) -> Option<Turn> {
    waiting.now_or_never().flatten()
}

async fn now(turns: &Arc<Turns>, asker: Asker) -> Option<Turn> {
    turns.turn(&asker, Duration::ZERO).await
}

#[tokio::test]
async fn sixteen_guesses_at_the_staff_log_in_leave_candidates_their_turns() {
    let turns = Arc::new(Turns::new(2));
    let first = now(&turns, staff(1)).await.unwrap();
    let mut guesses = Vec::new();
    for _ in 0..15 {
        guesses.push(wait(&turns, staff(1)));
    }
    // However many requests wait from them, a candidate gets a turn.
    for _ in 0..20 {
        assert!(now(&turns, candidate(1)).await.is_some());
    }
    drop(first);
    let served: Vec<Turn> = guesses.iter_mut().filter_map(got).collect();
    assert_eq!(served.len(), 1);
}

#[tokio::test]
async fn with_one_turn_staff_and_candidates_take_it_alternately() {
    let turns = Arc::new(Turns::new(1));
    let running = now(&turns, staff(1)).await.unwrap();
    let (mut s, mut c) = (wait(&turns, staff(1)), wait(&turns, candidate(1)));
    drop(running);
    assert!(got(&mut s).is_none());
    let running = got(&mut c).unwrap();
    let mut next = wait(&turns, candidate(1));
    drop(running);
    assert!(got(&mut next).is_none());
    assert!(got(&mut s).is_some());
}

/// TH57.
#[tokio::test]
async fn the_networks_of_a_share_are_served_in_turn() {
    let turns = Arc::new(Turns::new(1));
    let mut running = now(&turns, candidate(1)).await;
    let mut many = Vec::new();
    for _ in 0..10 {
        many.push(wait(&turns, candidate(1)));
    }
    let mut one = wait(&turns, candidate(2));
    drop(running.take());
    running = got(&mut many[0]);
    assert!(running.is_some());
    drop(running);
    assert!(got(&mut one).is_some(), "the second network waits for at most one of the first");
}

/// TH57.
#[tokio::test]
async fn a_full_queue_gives_up_the_newest_of_the_network_that_fills_it() {
    let turns = Arc::new(Turns::new(1));
    let running = now(&turns, candidate(1)).await;
    let mut many = Vec::new();
    for _ in 0..QUEUE {
        many.push(wait(&turns, candidate(1)));
    }
    // The network that fills it gets no more.
    assert!(now(&turns, candidate(1)).await.is_none());
    let mut other = wait(&turns, candidate(2));
    assert_eq!(turns.waiting(), QUEUE);
    assert!((&mut many[QUEUE - 1]).now_or_never().is_some(), "the newest is told at once");
    drop(running);
    let mut served = got(&mut many[0]);
    assert!(served.is_some());
    drop(served.take());
    assert!(got(&mut other).is_some());
}

#[tokio::test]
async fn who_leaves_gives_back_the_place_and_the_turn() {
    let turns = Arc::new(Turns::new(1));
    let running = now(&turns, candidate(1)).await;
    let (gone, granted) = (wait(&turns, candidate(1)), wait(&turns, candidate(1)));
    drop(gone);
    assert_eq!(turns.waiting(), 1);
    // The turn is granted to the other, which is cancelled before it notices.
    drop(running);
    drop(granted);
    assert_eq!(turns.waiting(), 0);
    assert!(now(&turns, candidate(1)).await.is_some());
}

/// TH57.
#[tokio::test]
async fn who_waits_too_long_is_asked_to_come_back() {
    let turns = Arc::new(Turns::new(1));
    let _running = now(&turns, candidate(1)).await;
    assert!(now(&turns, candidate(2)).await.is_none());
    assert_eq!(turns.waiting(), 0);
}

#[tokio::test]
async fn staff_have_at_most_half_of_the_turns() {
    let turns = Arc::new(Turns::new(4));
    let held = [now(&turns, staff(1)).await, now(&turns, staff(2)).await];
    assert!(held.iter().all(Option::is_some));
    assert!(now(&turns, staff(3)).await.is_none());
    let candidates = [now(&turns, candidate(1)).await, now(&turns, candidate(2)).await];
    assert!(candidates.iter().all(Option::is_some));
}
