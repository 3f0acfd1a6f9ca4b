//! The first pass over a file: every row is parsed and compared with the others, nothing is written.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use super::{Findings, Identity, ImportError, JoinedBy, Kind, Step, Watch};
use crate::sheet::{Place, Sheet, SheetError, SheetRow, Wrong};

/// Rows per chunk of a worker, and per transaction: a running node waits a tenth of a second at most.
const CHUNK: usize = 2_000;
/// More threads would only wait for the reader.
const MOST_WORKERS: usize = 4;

/// The position of a person or ticket in the file, the rest of its identity, and the digest of the row.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) line: u32,
    pub(super) digest: u32,
    pub(super) sheet: u16,
    pub(super) rest: [u8; 5],
}

impl Known {
    /// The position in the file, for ordering.
    fn at(self) -> (u16, u32) {
        (self.sheet, self.line)
    }
}

/// All of them by key.
pub(super) type Seen = HashMap<[u8; 16], Known>;
/// The position of each joining number, by its hash.
pub(super) type Joined = HashMap<u64, Known>;

pub(super) struct Checked {
    pub(super) rows: u64,
    pub(super) findings: Findings,
    pub(super) seen: Seen,
    pub(super) joined: Joined,
    /// The keys of rows that occur twice: none of them is good.
    pub(super) bad: HashSet<[u8; 16]>,
    /// The few that share a key with another.
    sharing: HashMap<Identity, Known>,
    /// The rows of whoever occurs several times. Chunks arrive in any order: they are told when all are there.
    doubled: HashMap<Identity, Vec<Known>>,
}

/// The parsed parts of a row.
struct Parsed {
    known: Known,
    key: [u8; 16],
    joined_by: Option<JoinedBy>,
}

pub(super) async fn check<K: Kind>(
    kind: Arc<K>,
    sheet: Arc<Sheet>,
    watch: Arc<Watch>,
) -> Result<Checked, ImportError> {
    let joined = tokio::task::spawn_blocking(move || {
        let mut checked = Checked {
            rows: 0,
            findings: Findings::default(),
            seen: Seen::new(),
            joined: Joined::new(),
            bad: HashSet::new(),
            sharing: HashMap::new(),
            doubled: HashMap::new(),
        };
        let workers = workers(kind.is_beside_pages());
        let parse = |rows: Vec<SheetRow>| {
            let mut findings = Findings::default();
            let count = rows.iter().filter(|row| is_row(row)).count();
            let found: Vec<Parsed> =
                rows.into_iter().filter_map(|row| parsed(&*kind, row, &mut findings)).collect();
            (count, found, findings)
        };
        in_parallel(&sheet, workers, parse, |(count, found, findings)| {
            checked.rows = checked.rows.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
            checked.findings.join(findings);
            for parsed in found {
                note::<K>(&mut checked, &sheet, parsed);
            }
            watch(Step::Checking, checked.rows, None);
            ControlFlow::Continue(())
        })?;
        tell_doubled::<K>(&mut checked, &sheet);
        Ok(checked)
    });
    joined.await.unwrap_or_else(|error| Err(ImportError::Fault(error.into())))
}

/// Whether it is a row of the table, rather than other content of the sheet.
fn is_row(row: &SheetRow) -> bool {
    !row.cells.as_ref().is_err_and(|fault| fault.wrong.is_no_row())
}

fn parsed<K: Kind>(kind: &K, row: SheetRow, findings: &mut Findings) -> Option<Parsed> {
    let place = row.place.clone();
    let mut row = read(kind, row, findings)?;
    let Identity { key, rest } = K::identity(&row);
    let line = u32::try_from(place.line).unwrap_or(u32::MAX);
    let sheet = place.sheet.map_or(0, |sheet| sheet.index);
    let known = Known { line, digest: K::digest(&row), sheet, rest };
    Some(Parsed { known, key, joined_by: K::joined_by(&mut row) })
}

/// The earlier one in the file, and the other. Chunks arrive in any order.
fn in_order(sheet: &Sheet, one: Known, other: Known) -> (Place, Place) {
    let place = |known: Known| sheet.place(known.sheet, u64::from(known.line));
    if one.at() < other.at() { (place(one), place(other)) } else { (place(other), place(one)) }
}

fn note<K: Kind>(checked: &mut Checked, sheet: &Sheet, parsed: Parsed) {
    let Parsed { known: own, key, joined_by } = parsed;
    // A person's second row has no number of another person.
    if let Some(joined_by) = joined_by
        && !checked.seen.contains_key(&key)
    {
        note_join(checked, sheet, own, joined_by);
    }
    match checked.seen.entry(key) {
        Entry::Vacant(place) => {
            place.insert(own);
        }
        Entry::Occupied(place) if K::ALLOWS_SAME_KEY && place.get().rest != own.rest => {
            let other = *place.get();
            match checked.sharing.entry(Identity { key, rest: own.rest }) {
                Entry::Vacant(place) => {
                    place.insert(own);
                    let (first, second) = in_order(sheet, own, other);
                    checked.findings.warn(&second, Some(K::IDENTITY), Wrong::Shared { first });
                }
                Entry::Occupied(place) => {
                    checked.bad.insert(key);
                    let of = checked.doubled.entry(Identity { key, rest: own.rest });
                    of.or_default().extend([own, *place.get()]);
                }
            }
        }
        Entry::Occupied(mut place) => {
            let other = *place.get();
            if own.at() < other.at() {
                place.insert(own);
            }
            checked.bad.insert(key);
            let rest = if K::ALLOWS_SAME_KEY { own.rest } else { [0; 5] };
            checked.doubled.entry(Identity { key, rest }).or_default().extend([own, other]);
        }
    }
}

/// Two rows have the same number: whatever is joined by it is ambiguous.
fn note_join(checked: &mut Checked, sheet: &Sheet, own: Known, by: JoinedBy) {
    match checked.joined.entry(by.hash) {
        Entry::Vacant(place) => {
            place.insert(own);
        }
        Entry::Occupied(place) => {
            let (first, second) = in_order(sheet, own, *place.get());
            let wrong = Wrong::SharedNumber { number: by.number, other: Some(first) };
            checked.findings.warn(&second, Some(by.column), wrong);
        }
    }
}

/// Which of several rows is right nobody knows: each is wrong and names another, the first the second, all others the first.
fn tell_doubled<K: Kind>(checked: &mut Checked, sheet: &Sheet) {
    let place = |known: &Known| sheet.place(known.sheet, u64::from(known.line));
    let mut all: Vec<Vec<Known>> = std::mem::take(&mut checked.doubled).into_values().collect();
    for rows in &mut all {
        rows.sort_by_key(|row| row.at());
        rows.dedup_by_key(|row| row.at());
    }
    all.sort_by_key(|rows| rows.first().map(|row| row.at()));
    for rows in &all {
        let Some((first, others)) = rows.split_first() else { continue };
        if let Some(second) = others.first() {
            let wrong = Wrong::DoubledLater { other: place(second) };
            checked.findings.error(&place(first), Some(K::IDENTITY), wrong);
        }
        for row in others {
            let wrong = Wrong::Doubled { first: place(first) };
            checked.findings.error(&place(row), Some(K::IDENTITY), wrong);
        }
    }
}

/// Parses one row of the file; errors are added to the findings.
pub(super) fn read<K: Kind>(kind: &K, row: SheetRow, findings: &mut Findings) -> Option<K::Row> {
    let cells = match row.cells {
        Ok(cells) => cells,
        Err(fault) if fault.wrong.is_no_row() => {
            findings.tally(&fault.place, fault.wrong.kind());
            return None;
        }
        Err(fault) => {
            findings.error(&fault.place, fault.column, fault.wrong);
            return None;
        }
    };
    let read = kind.read(&row.place, &cells, findings);
    if let Some(cell) = row.stray {
        findings.warn(&row.place, None, Wrong::Stray { cell });
    }
    if let Some((expected, found)) = row.short {
        if !read.as_ref().is_some_and(K::may_end_early) {
            findings.error(&row.place, None, Wrong::Fields { expected, found });
            return None;
        }
        findings.tally(&row.place, Wrong::Short.kind());
    }
    read
}

/// How many threads parse rows.
pub(super) fn workers(beside_pages: bool) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cores = if beside_pages { cores / 2 } else { cores };
    cores.clamp(1, MOST_WORKERS)
}

/// Reads the file in one thread, processes chunks of rows in others, and passes the results to this one.
pub(super) fn in_parallel<T: Send>(
    sheet: &Sheet,
    workers: usize,
    work: impl Fn(Vec<SheetRow>) -> T + Sync,
    mut take: impl FnMut(T) -> ControlFlow<()>,
) -> Result<(), SheetError> {
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
                        // Nobody receives results any more: drain the queue, so that the reader stops too.
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
