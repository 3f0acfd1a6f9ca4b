//! `cet serve`.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use tokio::net::TcpListener;

use super::config::open_configuration;
use super::{Done, Failed, load, say};
use crate::app::App;
use crate::config::Config;
use crate::node::{self, StopSignals};
use crate::store::Clock;
use crate::web::server;
use cet_domain::installation::open_database;

pub(super) async fn run(file: &Path) -> Done {
    let config = load(file)?;
    if let Some(warning) = node::rehearsal_warning(&config) {
        tracing::warn!("{warning}");
    }
    if let Some(warning) = open_configuration(file) {
        tracing::warn!("{warning}");
    }
    let db = open_database(&config, Clock::Real { rehearsal: config.rehearsal }, config.server.node).await?;
    if let Some(warning) = db.link().await?.advice() {
        tracing::warn!("{warning}");
    }
    let listen = config.server.listen;
    let app = App::start(config, db).await?;
    node::take_number(&app).await?;
    let listeners = (listening("server.listen", listen)?, monitored(&app.config)?);
    let signals = StopSignals::take()?;
    say(format_args!("cet serves {} on {listen}", app.config.server.public_origin));
    node::run(app, listeners, async || signals.next().await).await?;
    Ok(ExitCode::SUCCESS)
}

/// Listens on the admin address, if there is one: before anything is said that sounds as if the node ran.
pub(super) fn monitored(config: &Config) -> Result<Option<TcpListener>, Failed> {
    config.server.admin_listen.map(|address| listening("server.admin_listen", address)).transpose()
}

/// Listens on an address; a failure says on which, by whose setting, and what to do.
pub(super) fn listening(key: &str, address: SocketAddr) -> Result<TcpListener, Failed> {
    server::listen(address).map_err(|error| Failed(format!("{key} {address}: {error}{}", to_do(&error))))
}

/// What to do about an address that can't be listened on.
fn to_do(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            ": stop what listens there (perhaps this node), or choose another port"
        }
        std::io::ErrorKind::AddrNotAvailable => ": this machine does not have that address",
        std::io::ErrorKind::PermissionDenied => ": ports below 1024 need the right to listen on them",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_that_is_taken_is_named_with_its_setting_and_what_to_do() {
        let taken = listening("server.listen", ([127, 0, 0, 1], 0).into()).unwrap();
        let at = taken.local_addr().unwrap();
        let refused = listening("server.admin_listen", at).unwrap_err().to_string();
        assert!(refused.starts_with(&format!("server.admin_listen {at}: ")), "{refused}");
        assert!(refused.contains("stop what listens there"), "{refused}");
    }
}
