//! `cet sandbox`: the sandbox gateways in a separate process.

use std::path::Path;
use std::process::ExitCode;

use gateway_sandbox::Sandbox;
use tokio::net::TcpListener;

use super::{Done, Failed, load, say};
use crate::node::StopSignals;
use crate::rehearsal;
use crate::web::connections::Connections;
use crate::web::server;
use cet_domain::installation::open_installation;

pub(super) async fn run(file: &Path) -> Done {
    let config = load(file)?;
    let Some(own) = config.sandbox.clone().filter(|_| config.rehearsal) else {
        return Err(Failed("the sandbox gateways need rehearsal = true and a section [sandbox]".to_owned()));
    };
    let (db, _) = open_installation(&config, config.command_node()).await?;
    let sandbox = rehearsal::gateways::open(&config, &db)?;
    let alipay = TcpListener::bind(own.alipay_listen).await?;
    let payease = TcpListener::bind(own.payease_listen).await?;
    let wechat = match &own.wechat {
        Some(section) => Some(TcpListener::bind(section.listen).await?),
        None => None,
    };
    let signals = StopSignals::take()?;
    say(format_args!(
        "sandbox of alipay on {}, of payease on {}",
        alipay.local_addr()?,
        payease.local_addr()?
    ));
    if let Some(wechat) = &wechat {
        say(format_args!("sandbox of wechat on {}", wechat.local_addr()?));
    }
    serve(sandbox, Listeners { alipay, payease, wechat }, signals.next()).await;
    Ok(ExitCode::SUCCESS)
}

/// Where the sandboxes listen.
pub(super) struct Listeners {
    pub(super) alipay: TcpListener,
    pub(super) payease: TcpListener,
    pub(super) wechat: Option<TcpListener>,
}

/// Serves the sites and sends notifications until `stop` completes.
pub(super) async fn serve(sandbox: Sandbox, listeners: Listeners, stop: impl Future<Output = ()>) {
    let Listeners { alipay, payease, wechat } = listeners;
    let serve_wechat = async {
        match wechat {
            Some(wechat) => {
                server::serve(wechat, sandbox.wechat(), Connections::inside(), server::always_serving())
                    .await;
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = serve_wechat => {}
        () = server::serve(alipay, sandbox.alipay(), Connections::inside(), server::always_serving()) => {}
        () = server::serve(payease, sandbox.payease(), Connections::inside(), server::always_serving()) => {}
        () = sandbox.run() => {}
        () = stop => {}
    }
}
