//! `/staff/accounts`: national staff create, change and disable accounts, with the same use cases as `cet staff`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::{hashed, refused};
use crate::passport::turns::Asker;
use crate::staff::accounts::{self, AccountRefusal, Granter};
use crate::staff::list::{Asked, PAGE, Pager};
use crate::staff::rules::may_grant;
use crate::staff::store::{self, Listed, NewAccount};
use crate::staff::views::{AccountRow, AccountView, AccountsView, MadeView};
use crate::staff::{Permission, Role, StaffMember, totp, verbs};
use crate::store::{DbError, Stop};
use crate::vault::to_hex;
use crate::web::answer::{BUSY_SECONDS, PageError, html, refusal, see_other};
use crate::web::form_data::FormData;
use crate::web::form_marks::read_seen;
use crate::web::page::OnPage as _;
use crate::web::page::{Choice, Page, Refused, Typed};
use crate::words::time::Time;
use cet_base::form_mark::{SEEN, seen};

const PATH: &str = "/staff/accounts";
const TYPED: [&str; 4] = ["name", "role", "scope", "person"];
const GRANTED: [&str; 3] = ["role", "scope", SEEN];

fn granter(who: &StaffMember) -> Granter {
    Granter { account: who.name.clone(), person: who.person.clone(), role: who.role, address: who.from() }
}

/// The roles that this member may assign.
fn roles(who: &StaffMember, page: &Page) -> Vec<Choice> {
    Role::ALL
        .into_iter()
        .filter(|role| may_grant(who.role, *role))
        .map(|role| Choice { value: role.wire().to_owned(), text: words(page, role) })
        .collect()
}

fn words(page: &Page, role: Role) -> String {
    page.t.find(role.words()).unwrap_or_default().to_owned()
}

fn row(who: &StaffMember, page: &Page, of: &Listed) -> AccountRow {
    let catalogue = who.app.catalogue.get();
    let scope = of.scope.prefix();
    let place = crate::staff::menu::place_name(&catalogue, scope);
    AccountRow {
        href: format!("{PATH}/{}", of.name),
        name: of.name.clone(),
        role: words(page, of.role),
        scope: if scope.is_empty() { page.m("staff-nation").to_owned() } else { format!("({scope}){place}") },
        created_at: of.created_at.page(),
        disabled_at: of.disabled_at.map(Time::page).unwrap_or_default(),
    }
}

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::Accounts)?;
    list(&who, Vec::new(), Typed::default()).await
}

async fn list(who: &StaffMember, said: Vec<Refused>, typed: Typed) -> Result<Response, PageError> {
    let asked = Asked::read(who, &["role", "state"]);
    let sought = asked.clone();
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx| {
            let (role, state) = (sought.get("role"), sought.get("state"));
            store::accounts::list(tx, role, state, &sought.after, PAGE.saturating_add(1)).await
        })
        .await;
    let mut found = found?;
    let pager = Pager::cut(PATH, &asked, &mut found, |of: &Listed| of.name.clone());
    let (page, menu) = who.frame_at(PATH, "staff-accounts").await?;
    let all = Role::ALL.map(|role| Choice { value: role.wire().to_owned(), text: words(&page, role) });
    let states = [("live", "staff-account-live"), ("ended", "staff-account-ended")].map(|(value, key)| {
        Choice { value: value.to_owned(), text: page.t.find(key).unwrap_or(value).to_owned() }
    });
    let view = AccountsView {
        rows: found.iter().map(|of| row(who, &page, of)).collect(),
        roles: roles(who, &page),
        all_roles: all.to_vec(),
        states: states.to_vec(),
        page: page.refusing(said.clone(), typed),
        menu,
        asked,
        pager,
    };
    refused(&said, &[], &view)
}

/// Creates an account. Its first password is shown only now; the second factor is set up at the first login.
pub(super) async fn add(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::Accounts)?;
    let field = |name: &'static str| form.one(name).map(str::trim);
    let (name, person) = (field("name")?, field("person")?);
    let wanted = verbs::parse_account(name, field("role")?, field("scope")?);
    let refuse = async |why: AccountRefusal| {
        let said = vec![why.on(&who.page())];
        list(&who, said, form.typed(&TYPED)).await
    };
    let (name, role, scope) = match wanted {
        Ok(wanted) => wanted,
        Err(wrong) => return refuse(AccountRefusal::Wrong(wrong)).await,
    };
    if person.is_empty() {
        return refuse(AccountRefusal::NoPerson).await;
    }
    let vault = &who.app.vault;
    let password = to_hex(&vault.random::<10>().map_err(PageError::fault)?);
    let secret = totp::base32(&vault.random::<{ totp::SECRET }>().map_err(PageError::fault)?);
    let Ok(password_hash) =
        hashed(who.app.passwords.hash(vault, &password, &Asker::staff(who.address)).await)?
    else {
        return Err(PageError::TooBusy(BUSY_SECONDS));
    };
    let new = NewAccount {
        person: verbs::person_key(vault, person),
        name: name.clone(),
        role,
        scope,
        password_hash,
        must_change: true,
        totp_sealed: vault.seal(&secret).map_err(PageError::fault)?,
        enrolled: false,
    };
    let by = granter(&who);
    let done: Result<(), Stop<AccountRefusal>> =
        who.app.db.write(async move |tx| accounts::make(tx, &by, &new).await).await;
    match refusal(done)? {
        Ok(()) => {
            let (page, menu) = who.frame_at(PATH, "staff-account-made").await?;
            html(StatusCode::OK, &MadeView { page, menu, name, password })
        }
        Err(why) => refuse(why).await,
    }
}

pub(super) async fn one(who: StaffMember, Path(name): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::Accounts)?;
    detail(&who, &name, None, Typed::default()).await
}

async fn detail(
    who: &StaffMember,
    name: &str,
    why: Option<AccountRefusal>,
    mut typed: Typed,
) -> Result<Response, PageError> {
    let asked = name.to_owned();
    let found: Result<_, DbError> =
        who.app.db.read(async move |tx| store::accounts::one(tx, &asked).await).await;
    let of = found?.ok_or(PageError::NotFound)?;
    let (page, menu) = who.frame_at(&format!("{PATH}/{}", of.name), "staff-account-one").await?;
    // A form that is shown again because of another error keeps its mark, i.e. the values that it was made from.
    let before = typed.get(SEEN).to_owned();
    let kept = !before.is_empty() && why != Some(AccountRefusal::Meanwhile);
    let mark = if kept { before } else { seen(&who.app.vault, "account", accounts::values(&of)) };
    let page = page.marked(SEEN, mark);
    let said: Vec<Refused> = why.iter().map(|why| why.on(&page)).collect();
    if said.is_empty() {
        typed = Typed::default().with("role", of.role.wire()).with("scope", of.scope.prefix());
    }
    let own = accounts::refused(&granter(who), &of).is_err();
    let view = AccountView {
        may_change: !own && of.disabled_at.is_none(),
        own,
        row: row(who, &page, &of),
        roles: roles(who, &page),
        page: page.refusing(said.clone(), typed),
        menu,
    };
    refused(&said, &[], &view)
}

/// Changes an account's role or scope, effective from its next request (TH24).
pub(super) async fn grant(
    who: StaffMember,
    Path(name): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Accounts)?;
    let field = |name: &'static str| form.one(name).map(str::trim);
    let (role, scope) = match verbs::parse_account(&name, field("role")?, field("scope")?) {
        Ok((_, role, scope)) => (role, scope),
        Err(wrong) => {
            return detail(&who, &name, Some(AccountRefusal::Wrong(wrong)), form.typed(&GRANTED)).await;
        }
    };
    let (by, asked, shown) = (granter(&who), name.clone(), read_seen(&who.app.vault, &form)?);
    let done: Result<(), Stop<AccountRefusal>> = who
        .app
        .db
        .write_again(async move |tx| accounts::grant(tx, &by, &asked, (role, &scope), &shown).await)
        .await;
    ended(&who, &name, refusal(done)?, &form).await
}

/// Disables an account and ends its sessions (TH25).
pub(super) async fn end(
    who: StaffMember,
    Path(name): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Accounts)?;
    let (by, asked) = (granter(&who), name.clone());
    let done: Result<(), Stop<AccountRefusal>> =
        who.app.db.write_again(async move |tx| accounts::end(tx, &by, &asked).await).await;
    ended(&who, &name, refusal(done)?, &form).await
}

async fn ended(
    who: &StaffMember,
    name: &str,
    done: Result<(), AccountRefusal>,
    form: &FormData,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(see_other(&format!("{PATH}/{name}"))),
        Err(AccountRefusal::NotFound) => Err(PageError::NotFound),
        Err(why) => detail(who, name, Some(why), form.typed(&GRANTED)).await,
    }
}
