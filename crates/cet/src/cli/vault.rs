//! `cet vault reseal`: seals anew with the first key of the vault, while nodes serve.

use std::process::ExitCode;

use clap::Subcommand;

use super::{ConfigFile, Done, Failed, load, say};
use crate::store::Stop;
use cet_domain::installation::open_installation;
use cet_domain::reseal::{self, NotYet, Outcome};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Seals anew with the first key of the file whatever an older one has sealed, and binds what is not bound to its row yet;
    /// nodes may be running.
    Reseal {
        /// Notes that the older keys are not needed any more, if this run finds nothing to do.
        #[arg(long)]
        retire: bool,
        #[command(flatten)]
        file: ConfigFile,
    },
}

pub(super) async fn run(arguments: Arguments) -> Done {
    let What::Reseal { retire, file } = arguments.what;
    let config = load(&file.config)?;
    let (db, vault) = open_installation(&config, config.command_node()).await?;
    let told = |of: &Outcome| {
        if of.values > 0 {
            say(format_args!(
                "{:<36} {:>10} values  {:>10} sealed anew  {:>6} unreadable  {:>6} left",
                of.column, of.values, of.anew, of.unreadable, of.left
            ));
        }
    };
    let done = reseal::run(&db, &vault, told).await?;
    say(format_args!("{} sealed anew with key {}", done.anew(), vault.sealing_key()));
    done.finished().map_err(why)?;
    if retire {
        let retired = reseal::retire(&db, &vault, &done).await.map_err(|stop| match stop {
            Stop::Refused(not_yet) => why(not_yet),
            Stop::Fault(fault) => fault.into(),
        })?;
        for key in retired {
            say(format_args!("`seal {key}` is not needed any more: its line may be taken out of the file"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn why(not_yet: NotYet) -> Failed {
    Failed(match not_yet {
        NotYet::Unreadable(values) => format!(
            "{values} values open with no key of the file, or are another row's: put back the line that is missing, or \
             restore those rows"
        ),
        NotYet::Left(values) => format!("{values} values changed under way each time: run it again"),
        NotYet::SealedAnew(_) | NotYet::AnotherKey => {
            "something was still sealed with an older key: restart every node with this file, then run it again"
                .to_owned()
        }
    })
}
