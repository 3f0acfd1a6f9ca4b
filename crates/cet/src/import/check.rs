//! The first reading of a file: every row is parsed and compared with the others, nothing is written.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use super::{Findings, Identity, ImportError, Kind, Step, Watch, store};
use crate::sheet::{Sheet, SheetError, SheetRow, Wrong};
use crate::store::Db;

/// Rows that go to a worker at once, and into one transaction: a node beside it waits a tenth of a second at most.
const CHUNK: usize = 2_000;
/// More threads than that only wait for the reader.
const MOST_WORKERS: usize = 4;

/// Where each person or ticket stands, and with what rest of its identity.
pub(super) type Seen = HashMap<[u8; 16], (u32, [u8; 5])>;

pub(super) struct Checked {
    pub(super) rows: u64,
    pub(super) findings: Findings,
    pub(super) seen: Seen,
    /// The few that share a key with another.
    sharing: HashMap<Identity, u32>,
}

pub(super) async fn check<K: Kind>(
    kind: Arc<K>,
    sheet: Arc<Sheet>,
    watch: Arc<Watch>,
) -> Result<Checked, ImportError> {
    let joined = tokio::task::spawn_blocking(move || {
        let mut checked =
            Checked { rows: 0, findings: Findings::default(), seen: Seen::new(), sharing: HashMap::new() };
        let parse = |rows: Vec<SheetRow>| {
            let mut findings = Findings::default();
            let count = rows.len();
            let found: Vec<(u64, Identity)> = rows
                .into_iter()
                .filter_map(|row| {
                    let line = row.line;
                    read(&*kind, row, &mut findings).map(|parsed| (line, K::identity(&parsed)))
                })
                .collect();
            (count, found, findings)
        };
        in_parallel(&sheet, parse, |(count, found, findings)| {
            checked.rows = checked.rows.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
            checked.findings.join(findings);
            for (line, identity) in found {
                note::<K>(&mut checked, line, identity);
            }
            watch(Step::Checking, checked.rows, None);
            ControlFlow::Continue(())
        })?;
        Ok(checked)
    });
    joined.await.unwrap_or_else(|error| Err(ImportError::Fault(error.into())))
}

fn note<K: Kind>(checked: &mut Checked, line: u64, identity: Identity) {
    let own = u32::try_from(line).unwrap_or(u32::MAX);
    match checked.seen.entry(identity.key) {
        Entry::Vacant(place) => {
            place.insert((own, identity.rest));
        }
        Entry::Occupied(place) if K::SHARES && place.get().1 != identity.rest => {
            let other = place.get().0;
            match checked.sharing.entry(identity) {
                Entry::Vacant(place) => {
                    place.insert(own);
                    let wrong = Wrong::Shared { first: u64::from(own.min(other)) };
                    checked.findings.warn(u64::from(own.max(other)), K::IDENTITY, wrong);
                }
                Entry::Occupied(place) => doubled::<K>(&mut checked.findings, own, *place.get()),
            }
        }
        Entry::Occupied(mut place) => {
            // Chunks come in any order: the one further down is the second.
            let other = place.get().0;
            place.get_mut().0 = own.min(other);
            doubled::<K>(&mut checked.findings, own, other);
        }
    }
}

fn doubled<K: Kind>(findings: &mut Findings, own: u32, other: u32) {
    let wrong = Wrong::Doubled { first: Some(u64::from(own.min(other))) };
    findings.error(u64::from(own.max(other)), Some(K::IDENTITY), wrong);
}

/// Reads one row of the file, whatever is wrong with it.
pub(super) fn read<K: Kind>(kind: &K, row: SheetRow, findings: &mut Findings) -> Option<K::Row> {
    match row.cells {
        Ok(cells) => kind.read(row.line, &cells, findings),
        Err(fault) => {
            findings.error(fault.line, fault.column, fault.wrong);
            None
        }
    }
}

/// Reads the file in one thread, works on chunks of rows in others, and hands the results to this one.
pub(super) fn in_parallel<T: Send>(
    sheet: &Sheet,
    work: impl Fn(Vec<SheetRow>) -> T + Sync,
    mut take: impl FnMut(T) -> ControlFlow<()>,
) -> Result<(), SheetError> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS);
    let (chunks, waiting) = mpsc::sync_channel::<Vec<SheetRow>>(workers);
    let waiting = Mutex::new(waiting);
    let (results, done) = mpsc::sync_channel::<T>(workers);
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || read_chunks(sheet, &chunks));
        for _ in 0..workers {
            let (waiting, work, results) = (&waiting, &work, results.clone());
            scope.spawn(move || {
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(rows) = next else { return };
                    if results.send(work(rows)).is_err() {
                        // Nobody takes results any more: let the reader see it too.
                        let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
                        while waiting.recv().is_ok() {}
                        return;
                    }
                }
            });
        }
        drop(results);
        while let Ok(result) = done.recv() {
            if take(result).is_break() {
                break;
            }
        }
        drop(done);
        reading.join().unwrap_or_else(|_| Err(SheetError::Io("the reader stopped".to_owned())))
    })
}

fn read_chunks(sheet: &Sheet, chunks: &mpsc::SyncSender<Vec<SheetRow>>) -> Result<(), SheetError> {
    let mut chunk = Vec::with_capacity(CHUNK);
    sheet.read(|row| {
        chunk.push(row);
        if chunk.len() < CHUNK {
            return ControlFlow::Continue(());
        }
        match chunks.send(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK))) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    })?;
    let _nobody_waits = chunks.send(chunk);
    Ok(())
}

/// Finds the persons of the file that stand in another school's published roster of the sitting.
pub(super) async fn compare<K: Kind>(
    db: &Db,
    sitting: &str,
    seen: &Seen,
    findings: &mut Findings,
    watch: &Arc<Watch>,
) -> Result<(), ImportError> {
    let all: Vec<[u8; 16]> = seen.keys().copied().collect();
    let total = u64::try_from(all.len()).ok();
    let mut done: u64 = 0;
    for keys in all.chunks(store::KEYS_AT_ONCE) {
        for (key, school) in store::schools_of(db, sitting, keys).await? {
            let Some((line, own)) = seen.get(&key) else { continue };
            if school.as_str().as_bytes() != own {
                let wrong = Wrong::OtherSchool { school: school.to_string() };
                findings.error(u64::from(*line), Some(K::IDENTITY), wrong);
            }
        }
        done = done.saturating_add(u64::try_from(keys.len()).unwrap_or(u64::MAX));
        watch(Step::Comparing, done, total);
    }
    Ok(())
}
