//! The destination of log lines. Everything but the request log is written to stderr synchronously, so that it is not
//! lost if the process aborts. The request log is written by a separate thread, so that no page waits for a slow reader
//! of stderr; lines that do not fit its queue are dropped and counted.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::time::Duration;

use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;

use crate::web::requests::{LOG, LOST};

/// The capacity of the queue in lines: about 4 MB.
const QUEUE: usize = 16_384;
/// The maximum number of bytes per write.
const AT_ONCE: usize = 64 * 1024;
/// How long a shutdown waits for queued lines.
const AT_END: Duration = Duration::from_secs(3);

/// Messages to the writer thread.
enum Message {
    Line(Vec<u8>),
    /// The sender is dropped once everything before it is written.
    End(SyncSender<()>),
}

/// Chooses the writer of each event; clones share one queue.
#[derive(Clone)]
pub(super) struct Lines {
    requests: SyncSender<Message>,
    lost: &'static AtomicU64,
}

impl Lines {
    /// Logs to stderr.
    ///
    /// # Errors
    /// If the system can't start a thread.
    pub(super) fn to_stderr() -> io::Result<Self> {
        Self::to(io::stderr(), QUEUE, &LOST)
    }

    fn to(sink: impl Write + Send + 'static, queue: usize, lost: &'static AtomicU64) -> io::Result<Self> {
        let (requests, waiting) = sync_channel(queue);
        std::thread::Builder::new().name("request-log".to_owned()).spawn(move || write_on(&waiting, sink))?;
        Ok(Self { requests, lost })
    }

    /// Waits for queued lines, up to a timeout.
    pub(super) fn end(&self) {
        let (written, done) = sync_channel(0);
        let requests = self.requests.clone();
        // The queue may be full, and its reader may be blocked forever.
        let asks = std::thread::Builder::new().spawn(move || requests.send(Message::End(written)));
        if asks.is_ok() {
            let _written_or_given_up = done.recv_timeout(AT_END);
        }
    }
}

/// Writes queued lines, as many per write as are available.
fn write_on(waiting: &Receiver<Message>, mut sink: impl Write) {
    let mut bytes = Vec::with_capacity(AT_ONCE);
    let mut ends = Vec::new();
    while let Ok(first) = waiting.recv() {
        let mut next = Ok(first);
        while let Ok(message) = next {
            match message {
                Message::Line(line) => bytes.extend_from_slice(&line),
                Message::End(written) => ends.push(written),
            }
            next = if bytes.len() < AT_ONCE { waiting.try_recv() } else { Err(TryRecvError::Empty) };
        }
        // A failure to write the log can't be logged.
        let _written = sink.write_all(&bytes);
        bytes.clear();
        ends.clear();
    }
}

/// The writer for one event.
pub(super) enum Line<'a> {
    Now(io::Stderr),
    Later(&'a Lines),
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line::Now(io::stderr())
    }

    fn make_writer_for(&'a self, of: &Metadata<'_>) -> Line<'a> {
        if of.target() == LOG { Line::Later(self) } else { self.make_writer() }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    /// Takes a whole line: the subscriber writes each by one call.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Now(stderr) => stderr.write_all(bytes),
            Self::Later(lines) => {
                if lines.requests.try_send(Message::Line(bytes.to_vec())).is_err() {
                    lines.lost.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Now(stderr) => stderr.flush(),
            Self::Later(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::Sender;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A slow reader of stderr: it reads nothing until it is released.
    struct Reader {
        begun: Sender<()>,
        go: Receiver<()>,
        read: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.begun.send(()).unwrap();
            let _go = self.go.recv();
            self.read.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_stands_still_stops_no_request_and_what_it_misses_is_counted() {
        static MISSED: AtomicU64 = AtomicU64::new(0);
        let (begun, is_begun) = std::sync::mpsc::channel();
        let (go, gone) = std::sync::mpsc::channel();
        let read = Arc::new(Mutex::new(Vec::new()));
        let reader = Reader { begun, go: gone, read: Arc::clone(&read) };
        let lines = Lines::to(reader, 3, &MISSED).unwrap();
        let subscriber =
            tracing_subscriber::fmt().with_writer(lines.clone()).with_ansi(false).without_time().finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(target: LOG, n = 0, "request");
            is_begun.recv().unwrap();
            for n in 1..=5 {
                tracing::info!(target: LOG, n, "request");
            }
        });
        assert_eq!(MISSED.load(Ordering::Relaxed), 2, "three wait, and nobody waited for them");
        drop(go);
        lines.end();
        let read = String::from_utf8(read.lock().unwrap().clone()).unwrap();
        assert_eq!(read, (0..=3).map(|n| format!(" INFO request: request n={n}\n")).collect::<String>());
    }
}
