//! `cet sandbox`: the two sandbox gateways in a separate process.

use std::path::Path;
use std::process::ExitCode;

use gateway_sandbox::Sandbox;
use tokio::net::TcpListener;

use super::{Done, Failed, load, say};
use crate::node::StopSignals;
use crate::rehearsal;
use crate::web::server;
use cet_domain::installation::open_installation;

pub(super) async fn run(file: &Path) -> Done {
    let config = load(file)?;
    let Some(own) = config.sandbox.clone().filter(|_| config.rehearsal) else {
        return Err(Failed("the sandbox gateways need rehearsal = true and a section [sandbox]".to_owned()));
    };
    let (db, _) = open_installation(&config, config.server.node).await?;
    let sandbox = rehearsal::gateways::open(&config, &db)?;
    let alipay = TcpListener::bind(own.alipay_listen).await?;
    let payease = TcpListener::bind(own.payease_listen).await?;
    let signals = StopSignals::take()?;
    say(format_args!(
        "sandbox of alipay on {}, of payease on {}",
        alipay.local_addr()?,
        payease.local_addr()?
    ));
    serve(sandbox, alipay, payease, signals.next()).await;
    Ok(ExitCode::SUCCESS)
}

/// Serves both sites and sends notifications until `stop` completes.
pub(super) async fn serve(
    sandbox: Sandbox,
    alipay: TcpListener,
    payease: TcpListener,
    stop: impl Future<Output = ()>,
) {
    tokio::select! {
        () = server::serve(alipay, sandbox.alipay(), server::always_serving()) => {}
        () = server::serve(payease, sandbox.payease(), server::always_serving()) => {}
        () = sandbox.run() => {}
        () = stop => {}
    }
}
