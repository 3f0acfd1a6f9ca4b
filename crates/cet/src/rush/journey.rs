//! A candidate's journey, through the forms of the pages and nothing else.

use std::time::Instant;

use super::browser::{Browser, Page, path};
use super::forms;
use super::people::Person;
use super::record::{End, Step};

/// A password that the site takes; the accounts are a rehearsal's.
const PASSWORD: &str = "Kahve-tomruk-58-lodos";

/// How far a journey goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    /// Whether an oral subject is entered too, where one is offered.
    pub(crate) oral: bool,
    /// Whether it is paid for in the sandbox gateway.
    pub(crate) pays: bool,
}

/// Registers an account.
pub(crate) async fn register(browser: &mut Browser<'_>, person: &Person, email: &str) -> Result<(), End> {
    let page = browser.page(Step::Register, "/register").await?;
    if forms::posted(&page.body).any(|form| form.hidden.iter().any(|(name, _)| name == "captcha_id")) {
        let why = "the site asks for a captcha: set captcha.mode = \"off\" for the rehearsal";
        return Err(End::Broken(why.to_owned()));
    }
    let fields = [
        ("email", email),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
        ("phone", "13800138000"),
        ("document_kind", person.document_kind),
        ("document_number", &person.document_number),
        ("name", &person.name),
    ];
    match browser.send(Step::Register, &page, "/register", &fields).await {
        Ok(_) => {}
        // The first answer may have been lost; logging in will tell.
        Err(End::Refused) if browser.acknowledged.unknown => {}
        Err(end) => return Err(end),
    }
    browser.acknowledged.email = Some(email.to_owned());
    Ok(())
}

/// Logs in.
pub(crate) async fn log_in(browser: &mut Browser<'_>, email: &str) -> Result<(), End> {
    let page = browser.page(Step::LogIn, "/login").await?;
    browser.send(Step::LogIn, &page, "/login", &[("email", email), ("password", PASSWORD)]).await?;
    Ok(())
}

/// From the agreement to the end of the route.
pub(crate) async fn walk(browser: &mut Browser<'_>, person: &Person, route: Route) -> Result<(), End> {
    let page = browser.page(Step::Agreement, "/agreement").await?;
    browser.send(Step::Agreement, &page, "/agreement", &[("accept", "yes")]).await?;
    let page = browser.page(Step::LookUp, "/qualification").await?;
    let record = [
        ("document_kind", person.document_kind),
        ("document_number", person.document_number.as_str()),
        ("name", person.name.as_str()),
    ];
    browser.send(Step::LookUp, &page, "/qualification", &record).await?;
    let page = browser.page(Step::Save, "/qualification/record").await?;
    browser.send(Step::Save, &page, "/qualification/record", &[("checked", "yes")]).await?;
    browser.acknowledged.saved = true;
    if !enter(browser, Step::Written, "/registration/written").await? {
        return Err(End::Refused);
    }
    if route.oral {
        // Not everybody may take one, and another may have had the last seat since the page was drawn: the journey goes
        // on without.
        match enter(browser, Step::Oral, "/registration/oral").await {
            Ok(_) | Err(End::Refused) => {}
            Err(end) => return Err(end),
        }
    }
    let page = browser.page(Step::Information, "/registration").await?;
    missing(browser, &page)?;
    if route.pays { pay(browser).await } else { Ok(()) }
}

/// Enters the first subject that the page offers; `false` when it offers none.
async fn enter(browser: &mut Browser<'_>, step: Step, address: &str) -> Result<bool, End> {
    let page = browser.page(step, address).await?;
    let offered = forms::tags_with(&page.body, "data-subject")
        .find(|row| forms::attribute(row, "data-offer").as_deref() == Some("open"))
        .and_then(|row| forms::attribute(row, "data-subject"));
    let Some(subject) = offered else { return Ok(false) };
    browser.send(step, &page, address, &[("subject", &subject)]).await?;
    browser.acknowledged.entered.push(subject);
    Ok(true)
}

/// Everything that was acknowledged is on the information page.
fn missing(browser: &Browser<'_>, page: &Page) -> Result<(), End> {
    let there: Vec<String> = entries(page).into_iter().map(|(subject, _)| subject).collect();
    match browser.acknowledged.entered.iter().find(|subject| !there.contains(subject)) {
        Some(subject) => {
            Err(End::Broken(format!("subject {subject} was entered and is not on the information page")))
        }
        None => Ok(()),
    }
}

/// Subject and state of payment of each entry.
fn entries(page: &Page) -> Vec<(String, String)> {
    forms::tags_with(&page.body, "data-entry")
        .filter_map(|row| {
            Some((forms::attribute(row, "data-subject")?, forms::attribute(row, "data-payment")?))
        })
        .collect()
}

/// Pays everything in the sandbox gateway, and waits until the information page says so.
async fn pay(browser: &mut Browser<'_>) -> Result<(), End> {
    let page = browser.page(Step::Order, "/payment").await?;
    let order = browser.send(Step::Order, &page, "/payment", &[("gateway", "alipay")]).await?;
    let page = browser.page(Step::Order, &order).await?;
    let away = forms::posted(&page.body).find(|form| form.action.contains("://"));
    let Some(away) = away else {
        return Err(End::Broken("the order's page has no form to the gateway".to_owned()));
    };
    let gateway = away.action.split_once(path(&away.action)).map(|(origin, _)| origin.to_owned());
    let mut cashier = browser.post(Step::Gateway, away, &[]).await?;
    if let Some(to) = cashier.location.as_deref() {
        let to = if to.starts_with('/') {
            format!("{}{to}", gateway.as_deref().unwrap_or_default())
        } else {
            to.to_owned()
        };
        cashier = browser.get(Step::Gateway, &to).await?;
    }
    let Some(mut confirm) = forms::posted(&cashier.body).next() else {
        return Err(End::Broken(format!("the gateway answered {} without a form", cashier.status)));
    };
    if confirm.action.starts_with('/') {
        confirm.action.insert_str(0, &gateway.unwrap_or_default());
    }
    let paid = browser.post(Step::Gateway, confirm, &[("outcome", "pay")]).await?;
    // Who pressed twice, because the first answer was lost, is told that it is paid, with the way back.
    let Some(mut back) = paid.location.clone().or_else(|| forms::way_back(&paid.body)) else {
        return Err(End::Broken(format!("the gateway answered {} and leads nowhere", paid.status)));
    };
    let returned = Instant::now();
    // Two redirects are usual; ten would be a circle.
    for _ in 0..10 {
        match browser.get(Step::Information, &back).await?.location {
            Some(to) => back = to,
            None => break,
        }
    }
    loop {
        let page = browser.page(Step::Information, "/registration").await?;
        missing(browser, &page)?;
        if entries(&page).iter().all(|(_, payment)| payment == "paid") {
            browser.acknowledged.paid = true;
            browser.note(Step::Paid, returned.elapsed());
            return Ok(());
        }
        browser.pause(page.again()).await?;
    }
}
