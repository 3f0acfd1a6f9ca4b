//! The server under load, in a separate process: start, stop, memory and CPU time.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Any error that stops the measurement.
pub(crate) type Fault = Box<dyn std::error::Error>;

/// The demo's folder; it is deleted after the measurement.
pub(crate) struct Folder(tempfile::TempDir, Option<String>);

impl Folder {
    pub(crate) fn new() -> Result<Self, Fault> {
        Self::with_database(None)
    }

    /// With an external, empty database; SQLite in the folder without one.
    pub(crate) fn with_database(address: Option<String>) -> Result<Self, Fault> {
        Ok(Self(tempfile::tempdir()?, address))
    }

    /// The environment of each command.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let mut all = vec![
            ("CET_CAPTCHA__MODE".to_owned(), "off".to_owned()),
            ("CET_LOG".to_owned(), "error".to_owned()),
        ];
        all.extend(self.1.clone().map(|address| ("CET_DATABASE__URL".to_owned(), address)));
        all
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.path().join("demo").join(name)
    }
}

/// A running server.
pub(crate) struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts `cet demo`; its first start creates the database.
    pub(crate) fn demo(folder: &Folder) -> Result<Self, Fault> {
        let mut command = cet()?;
        command.args(["demo", "--listen", "127.0.0.1:0", "--dir"]).arg(folder.file(""));
        Self::start(command, folder, "cet demo: http://")
    }

    /// Starts `cet serve` on the demo's database, at the demo's last address.
    pub(crate) fn serve(folder: &Folder) -> Result<Self, Fault> {
        let mut command = cet()?;
        command.args(["serve", "--config"]).arg(folder.file("cet.toml"));
        Self::start(command, folder, "cet serves http://")
    }

    fn start(mut command: Command, folder: &Folder, says: &str) -> Result<Self, Fault> {
        let command = command.envs(folder.environment());
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(process.stdout.take().ok_or("no output")?).lines();
        let address = loop {
            let line = lines.next().ok_or("the server ended before it said its address")??;
            if let Some(rest) = line.strip_prefix(says) {
                break rest.split(' ').next().unwrap_or_default().parse()?;
            }
        };
        // Keep reading, so that the server never blocks on its output.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { process, address })
    }

    /// Its address.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends SIGTERM and waits until the process has ended.
    pub(crate) fn stop(mut self) -> Result<(), Fault> {
        let asked = Command::new("kill").arg(self.process.id().to_string()).status()?;
        let ended = self.process.wait()?;
        if asked.success() && ended.success() {
            Ok(())
        } else {
            Err("the server did not end in order".into())
        }
    }

    /// Its memory usage, formatted.
    pub(crate) fn memory(&self) -> Result<String, Fault> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let megabytes = |name: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok());
            kilobytes.unwrap_or(0).div_ceil(1000)
        };
        let (rss, anonymous, most) = (megabytes("VmRSS:"), megabytes("RssAnon:"), megabytes("VmHWM:"));
        Ok(format!("RSS {rss} MB ({anonymous} MB of it its own, {most} MB at most)"))
    }

    /// Its CPU time so far, user and system.
    pub(crate) fn processor(&self) -> Result<Duration, Fault> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        let (_, rest) = stat.rsplit_once(") ").ok_or("no such process")?;
        let ticks: u64 = rest.split(' ').skip(11).take(2).map(|n| n.parse::<u64>().unwrap_or(0)).sum();
        // Linux counts in hundredths of a second, on every machine.
        Ok(Duration::from_millis(ticks.saturating_mul(10)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_gone = self.process.kill();
        let _ended = self.process.wait();
    }
}

/// The program named by `CET_BENCH_SERVER`, or the one next to this.
#[expect(clippy::disallowed_methods, reason = "what is measured is not a setting of the program")]
fn cet() -> Result<Command, Fault> {
    if let Ok(other) = std::env::var("CET_BENCH_SERVER") {
        return Ok(Command::new(other));
    }
    let own = std::env::current_exe()?;
    let program = own.ancestors().nth(2).ok_or("no folder")?.join("cet");
    if program.is_file() {
        Ok(Command::new(program))
    } else {
        Err(format!("{}: not built; scripts/bench builds it", program.display()).into())
    }
}

/// Runs a `cet` command on the demo's database to completion.
pub(crate) fn command(folder: &Folder, arguments: &[&str]) -> Result<(), Fault> {
    let mut command = cet()?;
    command.args(arguments).arg("--config").arg(folder.file("cet.toml"));
    let output = command.envs(folder.environment()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("cet {}: {}", arguments.join(" "), String::from_utf8_lossy(&said)).into())
}
