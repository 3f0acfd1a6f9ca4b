//! `cet staff`: the first accounts of an installation, and recovery if no one can log in.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::{Done, Failed, load, say};
use std::net::Ipv4Addr;

use crate::audit::Actor;
use crate::passport::password::Hasher;
use crate::passport::rules::refused_password;
use crate::passport::turns::Asker;
use crate::staff::accounts::{self, AccountRefusal, Wanted};
use crate::staff::ending::{self, Whose};
use crate::staff::store;
use crate::staff::verbs::{self, Wrong};
use crate::staff::{Role, rules};
use crate::store::{Db, DbError};
use crate::vault::{Vault, to_hex};
use crate::words::staff::Scope;
use cet_domain::installation::open_installation;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Creates an account and prints its first password, which must be changed at the first login.
    Add {
        /// The login name: 3 to 40 lower-case letters, digits, dots, dashes, underscores.
        name: String,
        /// school, province, national, customer-service, supervisor, finance or auditor.
        #[arg(long, value_parser = role)]
        role: String,
        /// The code of the province, school or campus that the account is limited to.
        #[arg(long, default_value = "", value_parser = scope)]
        scope: String,
        /// The account holder's staff number: use the same one for a second account of one person. Default: the name.
        #[arg(long)]
        person: Option<String>,
        /// Where the holder is told of a reset of the account.
        #[arg(long, default_value = "")]
        email: String,
        /// Reads the password from standard input instead of generating one.
        #[arg(long)]
        password_stdin: bool,
        /// The configuration file.
        #[arg(long, default_value = "cet.toml")]
        config: PathBuf,
    },
    /// Lists all accounts.
    List {
        /// The configuration file.
        #[arg(long, default_value = "cet.toml")]
        config: PathBuf,
    },
    /// Ends sessions and leaves the accounts as they are: whoever it concerns logs in again.
    EndSessions {
        /// Whose: a login name.
        #[arg(required_unless_present_any = ["all_staff", "all_candidates"])]
        name: Option<String>,
        /// Those of everybody who works here.
        #[arg(long, conflicts_with_all = ["name", "all_candidates"])]
        all_staff: bool,
        /// Those of all candidates.
        #[arg(long, conflicts_with = "name")]
        all_candidates: bool,
        /// The configuration file.
        #[arg(long, default_value = "cet.toml")]
        config: PathBuf,
    },
    /// Disables an account and ends its sessions.
    Disable {
        /// The login name.
        name: String,
        /// The configuration file.
        #[arg(long, default_value = "cet.toml")]
        config: PathBuf,
    },
}

pub(super) async fn run(arguments: Arguments) -> Done {
    match arguments.what {
        What::Add { name, role, scope, person, email, password_stdin, config } => {
            let person = person.unwrap_or_else(|| name.clone());
            let wanted = match Wanted::parse([&name, &role, &scope, &person, &email]) {
                Ok(wanted) => wanted,
                Err(refusal) => return Ok(wrong_arguments(&expected(refusal))),
            };
            let (db, vault) = open(&config).await?;
            let place = wanted.scope.clone();
            let known: Result<bool, DbError> =
                db.read(async move |tx| accounts::exists(tx, &place).await).await;
            if !known? {
                return Ok(wrong_arguments(&expected(AccountRefusal::PlaceUnknown)));
            }
            let password = if password_stdin { read_password()? } else { to_hex(&vault.random::<16>()?) };
            let asker = Asker::staff(Ipv4Addr::LOCALHOST.into());
            let hash = Hasher::default().hash(&vault, &password, &asker).await?;
            let new = wanted.account(&vault, hash)?;
            let secret = new.totp_sealed.open(&vault, &new.name)?;
            let name = wanted.name;
            let made =
                db.write(async move |tx| verbs::add(tx, &new, Actor::Command("staff"), "").await).await?;
            if !made {
                return Err(Failed(format!("{name}: an account with this name already exists")));
            }
            say(format_args!("account   {name}"));
            if !password_stdin {
                say(format_args!("password  {password}  (to be changed at the first login)"));
            }
            say(format_args!("secret    {secret}  (for the authenticator; the first login shows it too)"));
            Ok(ExitCode::SUCCESS)
        }
        What::List { config } => {
            let (db, _) = open(&config).await?;
            for account in db.read(async |tx| store::all(tx).await).await? {
                let scope = if account.scope.prefix().is_empty() { "-" } else { account.scope.prefix() };
                let state = account.disabled_at.map_or_else(String::new, |at| format!("  disabled {at}"));
                say(format_args!(
                    "{:<24} {:<17} {scope:<7} since {}{state}",
                    account.name,
                    account.role.wire(),
                    account.created_at
                ));
            }
            Ok(ExitCode::SUCCESS)
        }
        What::EndSessions { name, all_staff, all_candidates: _, config } => {
            let whose = match name {
                Some(name) => Whose::Account(name),
                None if all_staff => Whose::Staff,
                None => Whose::Candidates,
            };
            end_sessions(&open(&config).await?.0, whose).await
        }
        What::Disable { name, config } => {
            let (db, _) = open(&config).await?;
            let asked = name.clone();
            let done: Result<bool, DbError> =
                db.write(async move |tx| verbs::disable(tx, &asked, Actor::Command("staff"), "").await).await;
            if done? {
                say(format_args!("{name} is disabled; its sessions have ended"));
                Ok(ExitCode::SUCCESS)
            } else {
                Err(Failed(format!("{name}: no such account, or already disabled")))
            }
        }
    }
}

async fn end_sessions(db: &Db, whose: Whose) -> Done {
    let asked = whose.clone();
    let done: Result<Option<u64>, DbError> =
        db.write(async move |tx| ending::end(tx, &asked, Actor::Command("staff"), "").await).await;
    match (done?, whose) {
        (Some(ended), _) => {
            say(format_args!("{ended} sessions ended"));
            Ok(ExitCode::SUCCESS)
        }
        (None, Whose::Account(name)) => Err(Failed(format!("{name}: no such account"))),
        (None, Whose::Staff | Whose::Candidates) => Err(Failed("no such account".to_owned())),
    }
}

async fn open(file: &Path) -> Result<(Db, Arc<Vault>), Failed> {
    let config = load(file)?;
    Ok(open_installation(&config, config.command_node()).await?)
}

fn read_password() -> Result<String, Failed> {
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text)?;
    let password = text.trim_end_matches(['\r', '\n']).to_owned();
    if rules::long_enough(&password) && refused_password(&password, &password, None).is_empty() {
        Ok(password)
    } else {
        Err(Failed(format!(
            "the password needs {} characters and must not be a common one",
            rules::SHORTEST_PASSWORD
        )))
    }
}

/// The code of a role.
fn role(text: &str) -> Result<String, String> {
    if Role::from_wire(text).is_some() {
        return Ok(text.to_owned());
    }
    let roles: Vec<&str> = Role::ALL.into_iter().map(Role::wire).collect();
    Err(format!("expected one of {}", roles.join(", ")))
}

/// The code of a place.
fn scope(text: &str) -> Result<String, String> {
    if Scope::parse(text.trim()).is_some() {
        return Ok(text.to_owned());
    }
    Err("expected the 2 digits of a province, the 5 of a school, the 6 of a campus, or nothing for the whole country".to_owned())
}

/// What was typed can't be meant: the exit code of wrong arguments.
fn wrong_arguments(why: &Failed) -> ExitCode {
    super::failed(why);
    ExitCode::from(2)
}

fn expected(refusal: AccountRefusal) -> Failed {
    Failed(match refusal {
        AccountRefusal::Wrong(Wrong::Role) => {
            let roles: Vec<&str> = Role::ALL.into_iter().map(Role::wire).collect();
            format!("--role: expected one of {}", roles.join(", "))
        }
        AccountRefusal::Wrong(Wrong::Scope) => {
            "--scope: expected a school's or campus's code for a school, two digits for a province, \
                         nothing for the others"
                .to_owned()
        }
        AccountRefusal::PlaceUnknown => {
            "--scope: place-unknown: no campus has a code that begins like this; check it, or import the campuses \
                         first"
                .to_owned()
        }
        AccountRefusal::NoPerson => "--person: expected 1 to 64 characters".to_owned(),
        AccountRefusal::Email => "--email: expected one e-mail address".to_owned(),
        _ => {
            "name: expected 3 to 40 lower-case letters, digits, dots, dashes, underscores".to_owned()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Alone {
        #[command(flatten)]
        _arguments: Arguments,
    }

    #[test]
    fn a_scope_that_is_no_place_is_a_wrong_argument_and_the_forms_are_named() {
        let add = |scope: &str| {
            Alone::try_parse_from(["staff", "add", "somebody", "--role", "school", "--scope", scope])
        };
        for scope in ["", "99", "99301", "993010"] {
            assert!(add(scope).is_ok(), "{scope}");
        }
        for scope in ["nonsense", "9", "993", "9930100", "９９"] {
            let Err(refused) = add(scope) else { panic!("{scope} was taken") };
            let said = refused.to_string();
            assert_eq!(refused.exit_code(), 2, "{said}");
            for form in ["--scope", "2 digits of a province", "5 of a school", "6 of a campus"] {
                assert!(said.contains(form), "{form} in {said}");
            }
        }
    }
}
