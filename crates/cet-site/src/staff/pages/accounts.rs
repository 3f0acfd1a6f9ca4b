//! `/staff/accounts`: the nation and provinces create, change and disable the accounts of their own place, with the same
//! use cases as `cet staff`.

pub(super) mod bulk;
mod first;
pub(super) mod reset;

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use self::first::For;
use super::refused;
use crate::staff::StaffMember;
use crate::staff::list::{self, Asked, Limited, List, Pager};
use crate::staff::views::{AccountRow, AccountView, AccountsView, MadeView};
use crate::web::answer::{PageError, html, refusal, see_other};
use crate::web::form_data::FormData;
use crate::web::form_marks::read_seen;
use crate::web::page::OnPage as _;
use crate::web::page::{Choice, Notice, Page, Refused, Tone, Typed};
use crate::web::upload::Upload;
use cet_base::form_mark::{SEEN, seen};
use cet_base::store::{DbError, Stop, Tx};
use cet_base::words::email::Email;
use cet_base::words::time::Time;
use cet_domain::staff::accounts::{self, AccountRefusal, Granter, Wanted};
use cet_domain::staff::rules::may_grant;
use cet_domain::staff::store::accounts::Filter;
use cet_domain::staff::store::{self, Listed};
use cet_domain::staff::{Permission, Role, verbs};

const PATH: &str = "/staff/accounts";
const TYPED: [&str; 5] = ["name", "role", "scope", "person", "email"];
const GRANTED: [&str; 4] = ["role", "scope", "email", SEEN];

pub(super) fn granter(who: &StaffMember) -> Granter {
    Granter {
        account: who.name.clone(),
        person: who.person.clone(),
        role: who.role,
        scope: who.scope.clone(),
        address: who.from(),
    }
}

/// The roles that this member may assign.
fn roles(who: &StaffMember, page: &Page) -> Vec<Choice> {
    Role::ALL
        .into_iter()
        .filter(|role| may_grant(who.role, *role))
        .map(|role| Choice { value: role.wire().to_owned(), text: words(page, role) })
        .collect()
}

pub(super) fn words(page: &Page, role: Role) -> String {
    page.t.find(role.words()).unwrap_or_default().to_owned()
}

/// A scope as `(99301)北方大学`.
pub(super) fn place(who: &StaffMember, page: &Page, scope: &str) -> String {
    if scope.is_empty() {
        return page.m("staff-nation").to_owned();
    }
    format!("({scope}){}", crate::staff::menu::place_name(&who.app.catalogue.get(), page.lang(), scope))
}

fn row(who: &StaffMember, page: &Page, of: &Listed) -> Result<AccountRow, PageError> {
    let open = |sealed: &Option<Vec<u8>>| {
        let opened = sealed.as_ref().map(|sealed| who.app.vault.open(sealed)).transpose();
        opened.map(Option::unwrap_or_default).map_err(PageError::fault)
    };
    Ok(AccountRow {
        href: format!("{PATH}/{}", of.name),
        name: of.name.clone(),
        role: words(page, of.role),
        scope: place(who, page, of.scope.prefix()),
        person: open(&of.person_sealed)?,
        email: open(&of.email_sealed)?,
        created_at: of.created_at.page(),
        logged_in_at: of.logged_in_at.map(Time::page).unwrap_or_default(),
        disabled_at: of.disabled_at.map(Time::page).unwrap_or_default(),
    })
}

pub(super) enum Accounts {}

impl List for Accounts {
    type Row = Listed;

    const NAME: &'static str = "accounts";
    const NEEDS: Permission = Permission::Accounts;
    const FILTERS: &'static [&'static str] = &["q", "role", "state"];
    const HEADINGS: &'static [&'static str] = &[
        "staff-account",
        "staff-account-role",
        "staff-account-scope",
        "staff-account-person",
        "staff-account-email",
        "staff-account-since",
        "staff-account-logged-in",
        "staff-account-ended",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::to("role", Role::ALL.map(Role::wire)), Limited::to("state", ["live", "ended"])]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Listed>, PageError> {
        let text = asked.get("q").to_lowercase();
        let filter = Filter {
            person: verbs::person_key(&who.app.vault, &text),
            text,
            role: asked.get("role").to_owned(),
            state: asked.get("state").to_owned(),
        };
        let (scope, after) = (who.scope.clone(), asked.after.clone());
        let list =
            async move |tx: &mut Tx<'_>| store::accounts::list(tx, &scope, &filter, &after, limit).await;
        let found: Result<_, DbError> = who.app.db.read(list).await;
        Ok(found?)
    }

    fn key(of: &Listed) -> String {
        of.name.clone()
    }

    fn cells(who: &StaffMember, page: &Page, of: &Listed, _: bool) -> Result<Vec<String>, PageError> {
        let row = row(who, page, of)?;
        let at = |at: Option<Time>| at.map(|at| at.to_string()).unwrap_or_default();
        let (since, last) = (of.created_at.to_string(), at(of.logged_in_at));
        Ok(vec![row.name, row.role, row.scope, row.person, row.email, since, last, at(of.disabled_at)])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        found: Vec<Listed>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at(PATH, "staff-accounts").await?;
        let page = first::marked(who, page)?;
        let all = Role::ALL.map(|role| Choice { value: role.wire().to_owned(), text: words(&page, role) });
        let states = [("live", "staff-account-live"), ("ended", "staff-account-ended")];
        let states = states.map(|(value, key)| Choice {
            value: value.to_owned(),
            text: page.t.find(key).unwrap_or(value).to_owned(),
        });
        let view = AccountsView {
            rows: found.iter().map(|of| row(who, &page, of)).collect::<Result<_, _>>()?,
            roles: roles(who, &page),
            all_roles: all.to_vec(),
            states: states.to_vec(),
            page: page.refusing(said.clone(), typed),
            waiting: waiting(who).await?,
            menu,
            asked,
            pager,
        };
        refused(&said, &[], &view)
    }
}

/// The accounts whose reset waits for a second person, with a link and who asked.
async fn waiting(who: &StaffMember) -> Result<Vec<(String, String, String)>, PageError> {
    let scope = who.scope.clone();
    let found: Result<_, DbError> =
        who.app.db.read(async move |tx| store::resets::waiting(tx, &scope, list::PAGE).await).await;
    let link = |of: &store::resets::Reset| {
        (format!("{PATH}/{}/reset", of.account), of.account.clone(), of.requester.clone())
    };
    Ok(found?.iter().map(link).collect())
}

/// Creates an account, or previews those of a file.
pub(super) async fn submit(who: StaffMember, upload: Upload) -> Result<Response, PageError> {
    if upload.file.is_some() || upload.is_empty {
        return bulk::submit(who, upload).await;
    }
    who.needs(Permission::Accounts)?;
    who.made_for(&upload.form)?;
    add(who, upload.form).await
}

/// Creates an account. Its first password is shown only now; the second factor is set up at the first login.
async fn add(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    let mut sent = [""; 5];
    for (value, name) in sent.iter_mut().zip(TYPED) {
        *value = form.one(name)?;
    }
    let refuse = async |why: AccountRefusal| {
        let said = vec![why.on(&who.page())];
        list::page::<Accounts>(&who, said, form.typed(&TYPED)).await
    };
    let wanted = match Wanted::parse(sent) {
        Ok(wanted) => wanted,
        Err(why) => return refuse(why).await,
    };
    let (by, asked) = (granter(&who), wanted.clone());
    // Before the password is hashed, which costs more than the question.
    let may: Result<(), Stop<AccountRefusal>> =
        who.app.db.read(async move |tx| accounts::grantable(tx, &by, asked.role, &asked.scope).await).await;
    if let Err(why) = refusal(may)? {
        return refuse(why).await;
    }
    let (password, hash) = first::password(&who, &form, (For::Account, &wanted.name)).await?;
    let new = wanted.account(&who.app.vault, hash).map_err(PageError::fault)?;
    let by = granter(&who);
    let done: Result<(), Stop<AccountRefusal>> =
        who.app.db.write(async move |tx| accounts::make(tx, &by, &new).await).await;
    match refusal(done)? {
        Ok(()) => made(&who, "staff-account-made", (wanted.name, password), false).await,
        Err(AccountRefusal::Taken) => taken(&who, &form, wanted).await,
        Err(why) => refuse(why).await,
    }
}

/// The page with a first password; `again`: of a form that was sent twice.
async fn made(
    who: &StaffMember,
    title: &'static str,
    (name, password): (String, String),
    again: bool,
) -> Result<Response, PageError> {
    let (mut page, menu) = who.frame_at(PATH, title).await?;
    if again {
        let told = page.m("staff-account-made-again");
        page = page.noting(Notice::new(Tone::Ok, told, ""));
    }
    html(StatusCode::OK, &MadeView { page, menu, name, password })
}

/// The name is taken: by this very form, which was sent twice, or by another account.
async fn taken(who: &StaffMember, form: &FormData, wanted: Wanted) -> Result<Response, PageError> {
    let (scope, name) = (who.scope.clone(), wanted.name.clone());
    let found: Result<_, DbError> =
        who.app.db.read(async move |tx| store::accounts::one(tx, &scope, &name).await).await;
    let mut said = AccountRefusal::Taken.on(&who.page());
    if let Some(of) = found? {
        let person = verbs::person_key(&who.app.vault, &wanted.person);
        let same = of.role == wanted.role && of.scope == wanted.scope && of.person == person;
        if same
            && let Some(password) = first::again(who, form, (For::Account, &of.name), of.created_at).await?
        {
            return made(who, "staff-account-made", (of.name, password), true).await;
        }
        let page = who.page();
        said = said
            .saying(page.f("staff-account-exists", &[("name", &of.name)]))
            .linked(format!("{PATH}/{}/reset", of.name), page.m("staff-account-exists-link"));
    }
    list::page::<Accounts>(who, vec![said], form.typed(&TYPED)).await
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
    let (asked, scope) = (name.to_owned(), who.scope.clone());
    let found: Result<_, DbError> =
        who.app.db.read(async move |tx| store::accounts::one(tx, &scope, &asked).await).await;
    let of = found?.ok_or(PageError::NotFound)?;
    let (page, menu) = who.frame_at(&format!("{PATH}/{}", of.name), "staff-account-one").await?;
    // A form that is shown again because of another error keeps its mark, i.e. the values that it was made from.
    let before = typed.get(SEEN).to_owned();
    let kept = !before.is_empty() && why != Some(AccountRefusal::Meanwhile);
    let mark = if kept { before } else { seen(&who.app.vault, "account", accounts::values(&of)) };
    let page = page.marked(SEEN, mark);
    let said: Vec<Refused> = why.iter().map(|why| why.on(&page)).collect();
    if said.is_empty() || why == Some(AccountRefusal::Unconfirmed) {
        typed = Typed::default().with("role", of.role.wire()).with("scope", of.scope.prefix());
    }
    let may_reset = cet_domain::staff::reset::allowed(&granter(who), &of).is_ok();
    let why_not = accounts::refused(&granter(who), &of).err().map(|why| why.on(&page).text);
    let view = AccountView {
        may_change: why_not.is_none() && of.disabled_at.is_none(),
        may_reset,
        why_not: why_not.unwrap_or_default(),
        row: row(who, &page, &of)?,
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
    if form.one("confirm")? != "yes" {
        return detail(&who, &name, Some(AccountRefusal::Unconfirmed), form.typed(&GRANTED)).await;
    }
    let (by, asked) = (granter(&who), name.clone());
    let done: Result<(), Stop<AccountRefusal>> =
        who.app.db.write_again(async move |tx| accounts::end(tx, &by, &asked).await).await;
    ended(&who, &name, refusal(done)?, &form).await
}

/// Sets the address at which the holder is told; the one before is told of it.
pub(super) async fn email(
    who: StaffMember,
    Path(name): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Accounts)?;
    let Ok(email) = Email::parse(form.one("email")?) else {
        return detail(&who, &name, Some(AccountRefusal::Email), form.typed(&GRANTED)).await;
    };
    let (by, asked, vault) = (granter(&who), name.clone(), std::sync::Arc::clone(&who.app.vault));
    let shown = read_seen(&who.app.vault, &form)?;
    let done: Result<(), Stop<AccountRefusal>> = who
        .app
        .db
        .write_again(async move |tx| accounts::set_email(tx, &vault, &by, &asked, (&email, &shown)).await)
        .await;
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
