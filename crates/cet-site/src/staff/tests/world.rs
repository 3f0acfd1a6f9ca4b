//! A site with the demo's accounts, and browsers that are logged in with them.

use crate::staff::cookies;
use crate::testing::{Browser, TestApp};
use cet_base::store::testing::fail;
use cet_base::store::{DbError, Tx};
use cet_domain::passport::device::Device;
use cet_domain::staff::demo::{self, DemoAccount};
use cet_domain::staff::{session, totp, verbs};

/// Creates the demo's accounts without usable passwords, because hashing eight passwords takes long.
pub(crate) async fn staffed(app: &TestApp) -> Vec<DemoAccount> {
    let vault = &app.app.vault;
    let accounts = demo::accounts(vault);
    for account in &accounts {
        let new = cet_domain::staff::store::NewAccount {
            name: account.name.to_owned(),
            person: verbs::person_key(vault, account.name),
            role: account.role,
            scope: cet_domain::staff::Scope::parse(account.scope).unwrap(),
            password_hash: String::new(),
            must_change: false,
            totp_sealed: cet_base::sealed::Sealed::new(vault, account.name, &account.totp_secret).unwrap(),
            enrolled: true,
            person_sealed: Some(vault.seal(account.name).unwrap()),
            email_sealed: Some(vault.seal(&format!("{}@staff.example.cn", account.name)).unwrap()),
        };
        let made: Result<bool, DbError> = app
            .t
            .db
            .write(async move |tx: &mut Tx<'_>| {
                verbs::add(tx, &new, cet_domain::audit::Actor::Command("test"), "").await
            })
            .await;
        made.unwrap();
    }
    accounts
}

/// A browser that has passed both factors with this account.
pub(crate) async fn member<'a>(app: &'a TestApp, account: &str) -> Browser<'a> {
    let token = cet_domain::passport::session::new_token(&app.app.vault).unwrap_or_else(|error| fail(&error));
    let (given, name) = (token.clone(), account.to_owned());
    let begun: Result<(), DbError> = app
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            session::begin(tx, &name, &given, &Device::default()).await?;
            session::pass(tx, &cet_base::vault::token_hash(&given), &given, None).await?;
            Ok(())
        })
        .await;
    begun.unwrap();
    let mut browser = app.browser();
    browser.cookies.push((cookies::cookie_name(&app.app).to_owned(), token));
    browser
}

/// The code that an authenticator with this secret shows, `steps` from now.
pub(crate) fn code(app: &TestApp, secret: &str, steps: i64) -> String {
    let secret = totp::from_base32(secret).unwrap();
    totp::code(&secret, totp::step(app.t.clock.process_now()) + steps)
}

/// The pages of all live registrations.
pub(crate) async fn places(app: &TestApp) -> Vec<String> {
    let rows: Result<Vec<(String, i64)>, DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| {
            tx.query("SELECT school, id FROM registration WHERE state = 'live' ORDER BY id", &[]).await
        })
        .await;
    rows.unwrap().iter().map(|(school, id)| format!("/staff/registrations/{school}/{id}")).collect()
}

/// Counts the sitting, as the job does twice a minute.
pub(crate) async fn counted(app: &TestApp) {
    let done = cet_domain::statistics::jobs::keep(&app.t.db, &app.app.catalogue.get()).await;
    done.unwrap_or_else(|error| fail(&error));
}

/// Accounts beside the demo's: of campuses, and of a province without a school.
pub(crate) async fn more_accounts(app: &TestApp) {
    for (name, role, scope) in [
        ("campus-993010", "school", "993010"),
        ("campus-993011", "school", "993011"),
        ("province-98", "province", "98"),
        ("spare", "school", "99302"),
    ] {
        let made: Result<u64, cet_base::store::DbError> = app
            .t
            .db
            .write(async move |tx| {
                let (name, role, scope) = (name.to_owned(), role.to_owned(), scope.to_owned());
                tx.execute(
                    "INSERT INTO staff_account
                        (name, person, role, scope, password_hash, password_changed_at, must_change, totp_sealed,
                         enrolled_at, created_at, disabled_at)
                     VALUES ($1, $1, $2, $3, '', 0, FALSE, $4, 0, 0, NULL)",
                    cet_base::params![name, role, scope, Vec::<u8>::new()],
                )
                .await
            })
            .await;
        made.unwrap();
    }
}

/// How many lines the log has.
pub(crate) async fn logged(app: &TestApp) -> i64 {
    let read: Result<(i64,), DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| tx.query_one("SELECT COUNT(*) FROM audit_log", &[]).await)
        .await;
    read.unwrap().0
}

/// Sends a form twice: the second is answered as the first, and nothing is done again. Returns where both lead.
pub(crate) async fn twice(app: &TestApp, account: &str, path: &str, fields: &[(&str, &str)]) -> String {
    let mut browser = member(app, account).await;
    let first = browser.post(path, fields).await;
    assert_eq!(first.status, 303, "{path} {:?}", first.codes());
    let lines = logged(app).await;
    let second = browser.post(path, fields).await;
    assert_eq!(second.status, 303, "{path}, sent twice: {:?}", second.codes());
    assert_eq!(second.location(), first.location(), "{path}");
    assert_eq!(logged(app).await, lines, "{path} was done twice");
    first.location().to_owned()
}
