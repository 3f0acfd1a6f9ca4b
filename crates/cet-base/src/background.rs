//! Long-running work in the background: on a thread of its own, with lower priority than requests.

use tokio::sync::oneshot;

/// The priority of work on a thread of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Idle priority: it runs only when no other thread of the machine wants the CPU.
    Background,
    /// Normal priority: it has waited long enough.
    Normal,
}

/// Runs `work` on a thread of its own. `None` when it panicked or no thread could be spawned.
///
/// The caller bounds how many run at once.
pub async fn run<T: Send + 'static>(
    priority: Priority,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, result) = oneshot::channel();
    let thread = std::thread::Builder::new().name("behind".to_owned()).spawn(move || {
        if priority == Priority::Background {
            lower_priority();
        }
        // The receiver may be gone.
        let _gone = done.send(work());
    });
    if let Err(error) = thread {
        tracing::error!(%error, "no thread for work behind the pages");
        return None;
    }
    result.await.ok()
}

/// On Linux each thread has its own priority; elsewhere the work runs at normal priority, bounded in number.
#[cfg(target_os = "linux")]
fn lower_priority() {
    use std::sync::Once;

    use thread_priority::{
        NormalThreadSchedulePolicy::Idle, ThreadPriority, ThreadSchedulePolicy::Normal,
        set_thread_priority_and_policy, thread_native_id,
    };
    static WARN_ONCE: Once = Once::new();
    let set = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, Normal(Idle));
    if let Err(error) = set {
        WARN_ONCE.call_once(|| tracing::warn!(?error, "work behind the pages may run at their priority"));
    }
}

#[cfg(not(target_os = "linux"))]
fn lower_priority() {}

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
