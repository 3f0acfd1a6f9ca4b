//! All lists of a campus in one ZIP. It is sent while it is made: one list at a time is in memory.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};

use super::Unit;
use super::lists::{List, ListFault, print};
use super::verbs::lists::listing;
use crate::background::{self, Priority};
use crate::printing::Printer;
use crate::sitting::Plan;
use crate::sitting::catalogue::Catalogue;
use crate::store::{Db, DbError, Tx};
use crate::vault::Vault;

/// The lists that wait for the reader.
const AHEAD: usize = 1;

/// What lists are made of.
pub struct Source {
    /// The database.
    pub db: Db,
    /// Where PDFs are printed.
    pub printer: Arc<Printer>,
    /// The keys of document numbers.
    pub vault: Arc<Vault>,
    /// The names of campuses.
    pub catalogue: Arc<Catalogue>,
    /// The sitting.
    pub plan: Arc<Plan>,
}

/// Why a ZIP ends early.
#[derive(Debug)]
pub enum BundleFault {
    /// A list could not be printed.
    List(ListFault),
    /// The database could not be read.
    Db(DbError),
    /// The ZIP could not be written.
    Zip(String),
}

impl std::fmt::Display for BundleFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::List(fault) => fault.fmt(f),
            Self::Db(fault) => fault.fmt(f),
            Self::Zip(fault) => f.write_str(fault),
        }
    }
}

impl std::error::Error for BundleFault {}

/// What was written and not yet sent.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Boxed: the state of the compression is large.
type Zip = Box<ZipWriter<StreamWriter<Sink>>>;

/// Begins to make the ZIP of these published units; its parts come in order, and it ends with the channel or a fault.
#[must_use]
pub fn begin(source: Source, units: Vec<Unit>) -> mpsc::Receiver<Result<Vec<u8>, BundleFault>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        if let Err(fault) = write(&source, units, &sender).await {
            // The reader may be gone.
            let _gone = sender.send(Err(fault)).await;
        }
    });
    receiver
}

async fn write(
    source: &Source,
    units: Vec<Unit>,
    sender: &mpsc::Sender<Result<Vec<u8>, BundleFault>>,
) -> Result<(), BundleFault> {
    let sink = Sink::default();
    let mut zip: Zip = Box::new(ZipWriter::new_stream(sink.clone()));
    for unit in units {
        for list in List::ALL {
            let of = unit.clone();
            let read: Result<_, DbError> =
                source.db.read_long(async move |tx: &mut Tx<'_>| listing(tx, &of).await).await;
            // A list without a seat has no page.
            let listing = read.map_err(BundleFault::Db)?.filter(|of| !of.seats.is_empty());
            let Some(listing) = listing else { continue };
            let names = (&*source.catalogue, &*source.plan);
            let printed = print(&source.printer, &source.vault, names, listing, list).await;
            let printed = printed.map_err(BundleFault::List)?;
            zip = add(zip, name(&unit, list), printed.bytes).await?;
            if sender.send(Ok(sink.take())).await.is_err() {
                return Ok(());
            }
        }
    }
    zip.finish().map_err(|error| BundleFault::Zip(error.to_string()))?;
    // The reader may be gone.
    let _gone = sender.send(Ok(sink.take())).await;
    Ok(())
}

/// A name made of digits and of a list's own: nothing that a file system could take for a path.
fn name(unit: &Unit, list: List) -> String {
    format!("{}-{}-{}", unit.campus, unit.subject, list.file())
}

/// Compresses a list behind the pages.
async fn add(mut zip: Zip, name: String, bytes: Vec<u8>) -> Result<Zip, BundleFault> {
    let work = background::run(Priority::Background, move || {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
        Ok::<_, zip::result::ZipError>(zip)
    });
    match work.await {
        Some(Ok(zip)) => Ok(zip),
        Some(Err(error)) => Err(BundleFault::Zip(error.to_string())),
        None => Err(BundleFault::List(ListFault::Lost)),
    }
}
