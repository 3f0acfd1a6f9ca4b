//! `cet vault reseal`: seals anew with the first key of the vault, while nodes serve.

use std::process::ExitCode;

use clap::Subcommand;

use super::{ConfigFile, Done, Failed, load, say};
use cet_domain::installation::open_installation;
use cet_domain::reseal::{self, Outcome};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Seals anew with the first key of the file whatever an older one has sealed; nodes may be running.
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
    let (db, vault) = open_installation(&config, config.server.node).await?;
    let told = |of: &Outcome| {
        if of.values > 0 {
            say(format_args!(
                "{:<36} {:>10} values  {:>10} sealed anew  {:>6} unreadable  {:>6} left",
                of.column, of.values, of.anew, of.unreadable, of.left
            ));
        }
    };
    let all = reseal::run(&db, &vault, told).await?;
    let sum = |part: fn(&Outcome) -> i64| all.iter().map(part).fold(0_i64, i64::saturating_add);
    let (anew, unreadable, left) = (sum(|of| of.anew), sum(|of| of.unreadable), sum(|of| of.left));
    say(format_args!("{anew} sealed anew with key {}", vault.sealing_key()));
    if unreadable > 0 {
        return Err(Failed(format!(
            "{unreadable} values open with no key of the file: put back the line that is missing, or restore those rows"
        )));
    }
    if left > 0 {
        return Err(Failed(format!("{left} values changed under way each time: run it again")));
    }
    if retire {
        if anew > 0 {
            return Err(Failed(
                "something was still sealed with an older key: restart every node with this file, then run it again"
                    .to_owned(),
            ));
        }
        for key in reseal::retire(&db, &vault).await? {
            say(format_args!("`seal {key}` is not needed any more: its line may be taken out of the file"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
