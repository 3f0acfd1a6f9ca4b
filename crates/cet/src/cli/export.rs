//! `cet export`.

use std::path::PathBuf;
use std::process::ExitCode;

use super::{Done, Failed, load, say};
use crate::private_file;
use crate::store::{Clock, Tx};
use crate::words::codes::SittingCode;
use cet_domain::installation::open_database_to_read;
use cet_domain::setup::export;

/// What is exported.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Writes a sitting as the file that `cet import sitting` reads, with its texts beside it.
    Sitting {
        /// The code of the sitting.
        code: String,
        /// The folder that is written to; it is created. Files of the same names are replaced.
        #[arg(long, default_value = ".")]
        folder: PathBuf,
        /// The configuration file.
        #[arg(long, default_value = "cet.toml")]
        config: PathBuf,
    },
}

pub(super) async fn run(arguments: Arguments) -> Done {
    let What::Sitting { code, folder, config } = arguments.what;
    let config = load(&config)?;
    let code = SittingCode::parse(&code)
        .map_err(|_| Failed(format!("{code}: expected up to 16 letters, digits and dashes")))?;
    let db =
        open_database_to_read(&config, Clock::Real { rehearsal: config.rehearsal }, config.command_node())
            .await?;
    let asked = code.clone();
    let found = db.read_long(async move |tx: &mut Tx<'_>| export::sitting(tx, &asked).await).await?;
    let exported = found.ok_or_else(|| Failed(format!("there is no sitting {code}")))?;
    // An existing folder keeps its permissions; the files get their own.
    if !folder.is_dir() {
        private_file::folder(&folder)?;
    }
    let file = folder.join(format!("{code}.toml"));
    private_file::write(&file, exported.toml.as_bytes())?;
    for (name, text) in &exported.texts {
        private_file::write(&folder.join(name), text.as_bytes())?;
    }
    say(format_args!("{}: written, with {} texts beside it", file.display(), exported.texts.len()));
    Ok(ExitCode::SUCCESS)
}
