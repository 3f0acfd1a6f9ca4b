//! Password hashes: Argon2id with 19 MiB, two passes, one lane (TH1), a bounded number at once (TH57).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use super::turns::{Asker, Turns};
use crate::meter::{Counter, Histogram};
use crate::vault::{Vault, VaultError};

/// The cost of one hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
}

const COST: Cost = Cost { memory_kib: 19 * 1024, passes: 2 };
const LANES: u32 = 1;
/// How long a request waits for its turn before it is asked to retry.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(3);

/// Hashes passwords, as many at once as there are cores.
#[derive(Debug)]
pub struct Hasher {
    turns: Arc<Turns>,
    queue_timeout: Duration,
    cost: Cost,
    /// The dummy hash that an unknown address is checked against (TH4).
    dummy_hash: String,
    right: AtomicU64,
    wrong: AtomicU64,
    wait: Histogram,
    refused: Counter,
}

/// Why a password was not hashed.
#[derive(Debug)]
pub enum HashError {
    /// Too many requests wait.
    Busy,
    /// An internal error: no memory, or an invalid stored hash.
    Fault(String),
}

impl std::fmt::Display for HashError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Busy => f.write_str("too many passwords wait to be hashed"),
            Self::Fault(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for HashError {}

impl From<VaultError> for HashError {
    fn from(error: VaultError) -> Self {
        Self::Fault(error.to_string())
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::with(std::thread::available_parallelism().map_or(2, usize::from), QUEUE_TIMEOUT, COST)
    }
}

impl Hasher {
    fn with(turns: usize, queue_timeout: Duration, cost: Cost) -> Self {
        Self {
            turns: Arc::new(Turns::new(turns)),
            queue_timeout,
            cost,
            dummy_hash: dummy_hash(cost),
            right: AtomicU64::new(0),
            wrong: AtomicU64::new(0),
            wait: Histogram::default(),
            refused: Counter::default(),
        }
    }

    /// As [`Hasher::default`] but at a fortieth of the cost, so that a test can check thousands of passwords.
    #[cfg(any(test, feature = "testing"))]
    #[doc(hidden)]
    #[must_use]
    pub fn cheap() -> Self {
        let turns = std::thread::available_parallelism().map_or(2, usize::from);
        Self::with(turns, QUEUE_TIMEOUT, Cost { memory_kib: 1024, passes: 1 })
    }

    /// How many wait for their turn.
    #[must_use]
    pub fn queue_length(&self) -> usize {
        self.turns.waiting()
    }

    /// The waits for a turn, including those that timed out.
    #[must_use]
    pub fn wait(&self) -> Histogram {
        self.wait.clone()
    }

    /// How many were asked to retry since the start: the queue was full, or their turn did not come in time.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.get()
    }

    /// How many passwords were right and how many wrong since the start: a falling rate indicates guessing (TH1).
    #[must_use]
    pub fn tally(&self) -> (u64, u64) {
        (self.right.load(Ordering::Relaxed), self.wrong.load(Ordering::Relaxed))
    }

    /// The hash to store, as a PHC string with its own salt.
    ///
    /// # Errors
    /// [`HashError::Busy`] when too many wait; [`HashError::Fault`].
    pub async fn hash(&self, vault: &Vault, password: &str, asker: &Asker) -> Result<String, HashError> {
        let salt: [u8; 16] = vault.random()?;
        let (password, cost) = (password.to_owned(), self.cost);
        self.work(asker, move || {
            let hash = argon2(cost)?.hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|error| HashError::Fault(error.to_string()))
        })
        .await
    }

    /// Whether the password matches the hash; without a hash it takes as long and returns `false`.
    ///
    /// # Errors
    /// [`HashError::Busy`] when too many wait; [`HashError::Fault`].
    pub async fn is_right(
        &self,
        password: &str,
        hash: Option<&str>,
        asker: &Asker,
    ) -> Result<bool, HashError> {
        let known = hash.is_some();
        let cost = self.cost;
        let (password, hash) = (password.to_owned(), hash.unwrap_or(&self.dummy_hash).to_owned());
        let fits = self
            .work(asker, move || {
                Ok(argon2(cost)?.verify_password(password.as_bytes(), hash.as_str()).is_ok())
            })
            .await?;
        let right = fits && known;
        if right { &self.right } else { &self.wrong }.fetch_add(1, Ordering::Relaxed);
        Ok(right)
    }

    async fn work<T: Send + 'static>(
        &self,
        asker: &Asker,
        job: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let asked = Instant::now();
        let turn = self.turns.turn(asker, self.queue_timeout).await;
        self.wait.observe(asked.elapsed());
        let Some(turn) = turn else {
            self.refused.inc();
            return Err(HashError::Busy);
        };
        let done = tokio::task::spawn_blocking(move || {
            let done = job();
            drop(turn);
            done
        });
        done.await.map_err(|error| HashError::Fault(error.to_string()))?
    }
}

/// A hash of no password: an unknown address takes as long as a known one (TH4).
fn dummy_hash(cost: Cost) -> String {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={},t={},p={LANES}${salt}${hash}", cost.memory_kib, cost.passes)
}

fn argon2(cost: Cost) -> Result<Argon2<'static>, HashError> {
    let params = Params::new(cost.memory_kib, cost.passes, LANES, None)
        .map_err(|error| HashError::Fault(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    fn asker() -> Asker {
        Asker::candidate([192, 0, 2, 1].into())
    }

    fn vault() -> Vault {
        Vault::parse(&Vault::new_key_file().unwrap()).unwrap()
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hasher = Hasher::default();
        let hash = hasher.hash(&vault(), "颜 correct horse", &asker()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.is_right("颜 correct horse", Some(&hash), &asker()).await.unwrap());
        assert!(!hasher.is_right("颜 correct hors", Some(&hash), &asker()).await.unwrap());
        assert!(!hasher.is_right("颜 correct horse", None, &asker()).await.unwrap());
        assert_eq!(hasher.tally(), (1, 2));
    }

    #[tokio::test]
    async fn who_waits_and_who_waited_in_vain_is_seen() {
        let hasher = Hasher::with(1, Duration::from_mins(1), Cost { memory_kib: 64, passes: 1 });
        let asker = asker();
        let turn = hasher.turns.turn(&asker, Duration::ZERO).await.unwrap();
        let mut waits = Box::pin(hasher.is_right("x", None, &asker));
        assert!(waits.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!((hasher.queue_length(), hasher.wait().count()), (1, 0));
        drop(turn);
        assert!(!waits.await.unwrap());
        assert_eq!((hasher.queue_length(), hasher.wait().count(), hasher.refused()), (0, 1, 0));
        let hasher = Hasher { queue_timeout: Duration::ZERO, ..hasher };
        let _turn = hasher.turns.turn(&asker, Duration::ZERO).await.unwrap();
        assert!(matches!(hasher.is_right("x", None, &asker).await, Err(HashError::Busy)));
        assert_eq!((hasher.wait().count(), hasher.refused()), (2, 1));
    }

    /// TH4.
    #[test]
    fn the_hash_of_nobody_costs_what_others_do() {
        let dummy_hash = dummy_hash(COST);
        let hash = argon2::PasswordHash::new(&dummy_hash).unwrap();
        assert_eq!(Params::try_from(&hash).unwrap().m_cost(), 19 * 1024);
        assert_eq!(Params::try_from(&hash).unwrap().t_cost(), 2);
    }
}
