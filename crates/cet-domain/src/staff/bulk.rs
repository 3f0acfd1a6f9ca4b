//! Many accounts from one table: every row is checked by the rules of a single account, and the good ones are created
//! together or not at all.

use std::collections::BTreeSet;

use super::accounts::{self, AccountRefusal, Granter, Wanted};
use super::rules::Role;
use super::store::{self, NewAccount};
use super::verbs::Wrong;
use crate::store::{DbError, Stop, Tx};
use crate::texts::{Lang, texts};

/// The columns of the table, in any order.
pub const COLUMNS: [&str; 5] = ["名称", "角色", "范围", "人员编号", "邮箱"];
/// The most rows: each costs the hash of a first password.
pub const MOST: usize = 200;

/// A row as it stood in the table.
#[derive(Clone)]
pub struct Row {
    /// Its line.
    pub line: u64,
    /// Its cells in the order of [`COLUMNS`], or the column that can't be read.
    pub cells: Result<[String; 5], &'static str>,
}

/// Why no account is made of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowRefusal {
    /// A cell of this column can't be read; of an unknown one the row itself.
    Cell(&'static str),
    /// A row above has the same name.
    Doubled,
    /// What a single account would be refused for.
    Account(AccountRefusal),
}

/// A checked table.
#[derive(Clone, Default)]
pub struct Checked {
    /// The accounts that can be made.
    pub good: Vec<Wanted>,
    /// The rows of which none can be, each with the reason.
    pub bad: Vec<(Row, RowRefusal)>,
}

/// A role by its name in commands, or in either language.
fn role(text: &str) -> Option<Role> {
    let text = text.trim();
    Role::ALL.into_iter().find(|role| {
        let named = |lang| texts(lang).find(role.words()).is_some_and(|name| name.eq_ignore_ascii_case(text));
        role.wire() == text || named(Lang::Zh) || named(Lang::En)
    })
}

fn wanted(cells: &[String; 5]) -> Result<Wanted, AccountRefusal> {
    let [name, wire, scope, person, email] = cells;
    let role = role(wire).ok_or(AccountRefusal::Wrong(Wrong::Role))?;
    Wanted::parse([name, role.wire(), scope, person, email])
}

/// Checks every row.
///
/// # Errors
/// [`DbError`].
pub async fn check(tx: &mut Tx<'_>, by: &Granter, rows: Vec<Row>) -> Result<Checked, DbError> {
    let (mut all, mut names) = (Checked::default(), BTreeSet::new());
    for row in rows {
        match one(tx, by, &row, &mut names).await {
            Ok(wanted) => all.good.push(wanted),
            Err(Stop::Refused(why)) => all.bad.push((row, why)),
            Err(Stop::Fault(fault)) => return Err(fault),
        }
    }
    Ok(all)
}

async fn one(
    tx: &mut Tx<'_>,
    by: &Granter,
    row: &Row,
    names: &mut BTreeSet<String>,
) -> Result<Wanted, Stop<RowRefusal>> {
    let account = |why| Stop::Refused(RowRefusal::Account(why));
    let cells = row.cells.as_ref().map_err(|column| Stop::Refused(RowRefusal::Cell(column)))?;
    let wanted = wanted(cells).map_err(account)?;
    if !names.insert(wanted.name.clone()) {
        return Err(Stop::Refused(RowRefusal::Doubled));
    }
    accounts::grantable(tx, by, wanted.role, &wanted.scope).await.map_err(|stop| match stop {
        Stop::Refused(why) => account(why),
        Stop::Fault(fault) => Stop::Fault(fault),
    })?;
    if store::accounts::is_taken(tx, &wanted.name).await? {
        return Err(account(AccountRefusal::Taken));
    }
    Ok(wanted)
}

/// Creates all accounts, or none.
///
/// # Errors
/// The first [`AccountRefusal`]; [`DbError`].
pub async fn make(tx: &mut Tx<'_>, by: &Granter, new: &[NewAccount]) -> Result<(), Stop<AccountRefusal>> {
    for account in new {
        accounts::make(tx, by, account).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_known_by_its_wire_name_and_in_both_languages() {
        for (text, expected) in [
            ("school", Some(Role::School)),
            (" 学校 ", Some(Role::School)),
            ("Province", Some(Role::Province)),
            ("客服主管", Some(Role::Supervisor)),
            ("校长", None),
            ("", None),
        ] {
            assert_eq!(role(text), expected, "{text}");
        }
    }
}
