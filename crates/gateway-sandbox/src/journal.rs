//! Persists the trades: one JSON line per event, on disk before it is confirmed to anyone.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::ledger::{Event, Ledger};

/// The open file; the caller serialises writes.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    /// The number of lines written so far, for [`Syncer`].
    written: u64,
    syncer: Arc<Syncer>,
}

/// One `fsync` may serve many writers: all that are waiting are served by the next one that starts.
#[derive(Debug)]
pub(crate) struct Syncer {
    file: File,
    synced: Mutex<u64>,
}

/// A written line that may not be on disk yet.
#[derive(Debug)]
#[must_use = "the line is not on the disk before `wait` returns"]
pub(crate) struct Pending {
    line: u64,
    syncer: Arc<Syncer>,
}

impl Journal {
    /// Replays the file, which is open for reading and appending; a last line that was truncated by a crash is removed.
    pub(crate) fn open(mut file: File) -> io::Result<(Self, Ledger)> {
        // Two sandboxes on one file would not know about each other's trades.
        file.try_lock()
            .map_err(|_| io::Error::new(io::ErrorKind::AlreadyExists, "another process has it open"))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at.saturating_add(1));
        let mut ledger = Ledger::default();
        for (at, line) in
            text.get(..whole).unwrap_or_default().split_inclusive(|byte| *byte == b'\n').enumerate()
        {
            let event: Event = serde_json::from_slice(line).map_err(|error| {
                let line = at.saturating_add(1);
                io::Error::new(io::ErrorKind::InvalidData, format!("line {line}: {error}"))
            })?;
            ledger.apply(&event);
        }
        if whole < text.len() {
            file.set_len(u64::try_from(whole).map_err(io::Error::other)?)?;
            file.seek(SeekFrom::End(0))?;
        }
        file.sync_all()?;
        let syncer = Arc::new(Syncer { file: file.try_clone()?, synced: Mutex::new(0) });
        Ok((Self { file, written: 0, syncer }, ledger))
    }

    /// Writes one line. It survives the process from here on, and the machine after [`Pending::wait`].
    pub(crate) fn write(&mut self, event: &Event) -> io::Result<Pending> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        let before = self.file.metadata()?.len();
        if let Err(error) = self.file.write_all(&line) {
            // A partial line would corrupt the next one.
            self.file.set_len(before)?;
            return Err(error);
        }
        self.written = self.written.saturating_add(1);
        Ok(Pending { line: self.written, syncer: Arc::clone(&self.syncer) })
    }
}

impl Pending {
    /// Waits until the line is on disk.
    pub(crate) async fn wait(self) -> io::Result<()> {
        let mut synced = self.syncer.synced.lock().await;
        if *synced >= self.line {
            return Ok(());
        }
        let shared = Arc::clone(&self.syncer);
        tokio::task::spawn_blocking(move || shared.file.sync_data()).await.map_err(io::Error::other)??;
        // Everything written before this fsync began is on disk, including this line.
        *synced = self.line;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Opening, Side};

    fn file(path: &std::path::Path) -> File {
        File::options().read(true).append(true).create(true).open(path).unwrap()
    }

    fn opened(number: &str) -> Event {
        Event::Opened(Opening {
            side: Side::Alipay,
            number: number.to_owned(),
            amount_fen: 1,
            subject: "s".to_owned(),
            bank: None,
            trade_type: None,
            return_url: "http://127.0.0.1/".to_owned(),
            notify_url: None,
            expires_at: None,
            at: "2017-03-08T01:00:00Z".parse().unwrap(),
        })
    }

    #[tokio::test]
    async fn a_line_that_a_crash_cut_off_is_forgotten_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        {
            let (mut journal, _) = Journal::open(file(&path)).unwrap();
            journal.write(&opened("a")).unwrap().wait().await.unwrap();
            assert!(Journal::open(file(&path)).is_err(), "a second process is kept out");
        }
        file(&path).write_all(b"{\"opened\":{\"si").unwrap();
        {
            let (mut journal, ledger) = Journal::open(file(&path)).unwrap();
            assert!(ledger.trade(Side::Alipay, "a").is_some());
            journal.write(&opened("b")).unwrap().wait().await.unwrap();
        }
        let (_, ledger) = Journal::open(file(&path)).unwrap();
        assert!(ledger.trade(Side::Alipay, "b").is_some());
    }

    #[test]
    fn a_spoilt_line_stops_the_start_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        std::fs::write(&path, "{}\n").unwrap();
        assert!(Journal::open(file(&path)).unwrap_err().to_string().starts_with("line 1"));
    }
}
