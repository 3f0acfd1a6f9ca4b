//! Long work that stands behind everybody's pages: a thread of its own, which the others go before.

use tokio::sync::oneshot;

/// Whom work on a thread of its own gives way to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// To every other thread of the machine: it takes what they leave over.
    Background,
    /// To nobody: it has waited long enough.
    Normal,
}

/// Runs `work` on a thread of its own. `None` when it ended in a panic, or the system gave no thread.
///
/// How many run at once is the caller's to bound.
pub async fn run<T: Send + 'static>(
    priority: Priority,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, result) = oneshot::channel();
    let thread = std::thread::Builder::new().name("behind".to_owned()).spawn(move || {
        if priority == Priority::Background {
            give_way();
        }
        // Who waited for it may have left.
        let _gone = done.send(work());
    });
    if let Err(error) = thread {
        tracing::error!(%error, "no thread for work behind the pages");
        return None;
    }
    result.await.ok()
}

/// On Linux a thread has a priority of its own; elsewhere the work runs beside the pages, bounded in number.
#[cfg(target_os = "linux")]
fn give_way() {
    use std::sync::Once;

    use thread_priority::{
        NormalThreadSchedulePolicy::Idle, ThreadPriority, ThreadSchedulePolicy::Normal,
        set_thread_priority_and_policy, thread_native_id,
    };
    static TOLD: Once = Once::new();
    let set = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, Normal(Idle));
    if let Err(error) = set {
        TOLD.call_once(|| tracing::warn!(?error, "work behind the pages may run at their priority"));
    }
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use thread_priority::{NormalThreadSchedulePolicy, ThreadSchedulePolicy, thread_schedule_policy};

    use super::*;

    #[tokio::test]
    async fn work_behind_the_pages_takes_what_they_leave_over_and_work_beside_them_its_share() {
        let policy = || thread_schedule_policy().unwrap();
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        let before = policy();
        assert_ne!(before, idle);
        assert_eq!(run(Priority::Background, policy).await, Some(idle));
        assert_eq!(run(Priority::Normal, policy).await, Some(before));
        assert_eq!(policy(), before);
    }

    #[tokio::test]
    async fn work_that_panics_is_told_as_lost() {
        assert_eq!(run(Priority::Background, || -> i32 { panic!("planned") }).await, None);
    }
}
