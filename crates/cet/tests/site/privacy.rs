//! TH18 and TH60: a complete journey of candidates and staff in which all personal data and secrets are markers; no
//! marker may appear in any output except pages and mails: log lines down to trace level, metrics, URLs. TH61: the
//! files on disk.

use std::collections::{BTreeSet, HashSet};

use cet_base::store::Clock;
use cet_domain::staff::totp;

use super::client::{Client, PASSWORD};
use super::demo::{Demo, Student};
use super::gateway::PayBy;
use super::journey_http::pay;
use super::mailbox;
use super::wait::{PATIENCE, free_address};

const EMAIL: &str = "kanarie-4711@example.cn";
const NEW_EMAIL: &str = "kanarie-4712@example.cn";
const OTHER_EMAIL: &str = "kanarie-4713@example.cn";
const PHONE: &str = "13947110815";
const WRONG: &str = "Wrong-Kanarie-99";
const NEW_PASSWORD: &str = "Bamboo-Heron-2018";

/// Everything that must not appear in any output, raw and URL-encoded.
#[derive(Default)]
struct Marks(BTreeSet<String>);

impl Marks {
    fn add(&mut self, mark: &str) {
        assert!(mark.chars().count() >= 2, "{mark:?} would be found anywhere");
        self.0.insert(mark.to_owned());
        self.0.insert(form_urlencoded::byte_serialize(mark.as_bytes()).collect());
    }

    fn of_student(&mut self, student: &Student) {
        self.add(&student.name);
        self.add(&student.document_number);
    }

    fn cookies(&mut self, client: &Client) {
        for (name, value) in client.cookies.iter().filter(|(_, value)| value.len() > 20) {
            assert!(name.contains("cet"), "{name}");
            self.add(value);
        }
    }

    #[track_caller]
    fn are_not_in(&self, what: &str, text: &str) {
        for line in text.lines() {
            let found: Vec<&String> = self.0.iter().filter(|mark| line.contains(mark.as_str())).collect();
            assert!(found.is_empty(), "{what}: {found:?} in {line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn th60_th18_a_whole_journey_leaves_no_personal_value_and_no_token_in_logs_metrics_or_addresses() {
    let admin = free_address();
    let demo = Demo::overheard(admin);
    let mut marks = Marks::default();
    for mark in [EMAIL, NEW_EMAIL, OTHER_EMAIL, PHONE, WRONG, NEW_PASSWORD, PASSWORD] {
        marks.add(mark);
    }
    let (liao, li) = (demo.person("廖晓儿"), demo.person("李博"));
    marks.of_student(&liao);
    marks.of_student(&li);
    let mut addresses = candidate(&demo, &mut marks, &liao).await;
    addresses.extend(links(&demo, &mut marks).await);
    addresses.extend(review(&demo, &mut marks, &li).await);
    addresses.extend(staff(&demo, &mut marks, &liao).await);
    // Something that is logged and contains markers: an unsigned notification.
    let forged =
        [("out_trade_no", liao.document_number.as_str()), ("subject", liao.name.as_str()), ("buyer", EMAIL)];
    Client::new(&demo.url).post("/notify/alipay", &forged).await;
    let metrics = Client::new(&format!("http://{admin}")).page("/metrics").await;
    let log = told(&demo, "POST", "/notify/{gateway}").await;
    assert!(metrics.contains("cet_passwords_total"), "{metrics}");
    for route in ["/recover/{token}", "/login", "/qualification", "/staff/registrations/search"] {
        assert!(metrics.contains(&format!("route=\"{route}\",method=\"POST\"")), "{route}: {metrics}");
        assert!(is_told(&log, "POST", route), "{route} is in the request log");
    }
    assert!(log.contains("is not to be believed"), "the demo logs to its file: {log}");
    marks.are_not_in("the log", &log);
    marks.are_not_in("the metrics", &metrics);
    // A mailed link is a URL with a token, and no other URL may contain one; its page sends no referrer to other sites.
    let addresses: Vec<&str> =
        addresses.iter().map(String::as_str).filter(|address| !is_link(address)).collect();
    marks.are_not_in("an address", &addresses.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn th61_neither_the_database_nor_its_copy_holds_a_document_number_a_telephone_or_a_password() {
    let demo = Demo::start(None);
    let mut marks = Marks::default();
    candidate(&demo, &mut marks, &demo.person("张三")).await;
    let (good, said) = demo.command(&["backup", demo.file("copy.sqlite").to_str().unwrap()]);
    assert!(good, "{said}");
    // Shorter ones, such as the manual's 993010, are also codes.
    let secret: HashSet<Vec<u8>> = demo
        .students()
        .into_iter()
        .map(|student| student.document_number)
        .chain([PHONE, PASSWORD].map(str::to_owned))
        .filter(|text| text.len() > 10)
        .map(String::into_bytes)
        .collect();
    let lengths: BTreeSet<usize> = secret.iter().map(Vec::len).collect();
    assert!(secret.len() > 1_000);
    for file in ["cet.sqlite", "cet.sqlite-wal", "copy.sqlite"] {
        let bytes = std::fs::read(demo.file(file)).unwrap();
        let held = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(file == "cet.sqlite" || held(EMAIL), "{file} is read as it is stored");
        for length in &lengths {
            let found = bytes.windows(*length).find(|window| secret.contains(*window));
            assert!(found.is_none(), "{:?} in {file}", String::from_utf8_lossy(found.unwrap_or_default()));
        }
    }
}

/// The demo's log, once it contains a request of this kind: the request log is written asynchronously.
async fn told(demo: &Demo, method: &str, route: &str) -> String {
    let written = async {
        loop {
            let log = demo.log();
            if is_told(&log, method, route) {
                return log;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, written).await.expect("it is never written")
}

/// Whether the request log has a request of this kind. Its lines contain no path, only the route's pattern.
fn is_told(log: &str, method: &str, route: &str) -> bool {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut requests = lines.filter(|line| line["target"] == "request").map(|line| line["fields"].clone());
    requests.any(|fields| {
        let names: Vec<&String> = fields.as_object().unwrap().keys().collect();
        assert!(["message", "method", "route", "seconds", "status"].iter().eq(names), "{fields}");
        assert!(!fields["route"].as_str().unwrap().contains('?'), "{fields}");
        fields["method"] == method && fields["route"] == route
    })
}

fn is_link(address: &str) -> bool {
    let after = |kind: &str| address.split(kind).nth(1).is_some_and(|token| token.len() == 64);
    ["/recover/", "/account/verification/", "/account/undo/"].into_iter().any(after)
}

/// Registers, makes a typing error, looks up, binds, enters, pays, changes the profile and the address.
async fn candidate(demo: &Demo, marks: &mut Marks, student: &Student) -> Vec<String> {
    let mut client = Client::new(&demo.url);
    let (kind, number, name) = (student.document_kind, &*student.document_number, &*student.name);
    let fields = [
        ("email", EMAIL),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
        ("phone", PHONE),
        ("document_kind", kind),
        ("document_number", number),
        ("name", name),
    ];
    client.post("/register", &fields[..3]).await.leads_to("/login");
    client.post("/register", &fields).await.refuses(409, &["email-taken"]);
    client.post("/login", &[("email", EMAIL), ("password", WRONG)]).await.refuses(422, &["credentials"]);
    client.post("/login?next=/home", &[("email", EMAIL), ("password", PASSWORD)]).await.leads_to("/home");
    marks.cookies(&client);
    let wrong = Student { name: "李博".to_owned(), ..student.clone() };
    client.look_up(&wrong).await.refuses(422, &["record-not-found"]);
    client.bind(student).await;
    client.post("/registration/written", &[("subject", "1")]).await.leads_to("/registration");
    pay(&mut client, PayBy::Alipay, "pay").await;
    for page in ["/account?show=yes", "/registration", "/payment", "/tickets.pdf", "/home", "/review"] {
        client.get(page).await;
    }
    client.post("/account/verification", &[]).await.leads_to("/account");
    let verify = token(demo, marks, "/account/verification/").await;
    client.page(&verify).await;
    client.post(&verify, &[]).await.leads_to("/account");
    let change = [
        ("email", NEW_EMAIL),
        ("current_password", PASSWORD),
        ("phone", PHONE),
        ("document_kind", kind),
        ("document_number", number),
        ("name", name),
    ];
    client.post("/account/profile", &change).await.leads_to("/account");
    token(demo, marks, "/account/undo/").await;
    marks.cookies(&client);
    client.addresses
}

/// A forgotten password and a forgotten account.
async fn links(demo: &Demo, marks: &mut Marks) -> Vec<String> {
    let mut client = Client::new(&demo.url);
    assert_eq!(client.post("/recover", &[("email", NEW_EMAIL)]).await.status, 200);
    let link = token(demo, marks, "/recover/").await;
    client.page(&link).await;
    let named = |email: &'static str| {
        [("email", email), ("password", NEW_PASSWORD), ("password_again", NEW_PASSWORD)]
    };
    client.post(&link, &named(EMAIL)).await.refuses(422, &["email-mismatch"]);
    client.post(&link, &named(NEW_EMAIL)).await.leads_to("/login");
    client.post(&link, &named(NEW_EMAIL)).await.refuses(404, &["token-invalid"]);
    let liao = demo.person("廖晓儿");
    let sought = [
        ("document_kind", liao.document_kind),
        ("document_number", &*liao.document_number),
        ("name", &*liao.name),
    ];
    assert!(client.post("/retrieve", &sought).await.text.contains("ka***2@example.cn"));
    client.addresses
}

/// A review with a wrong and with the right ticket number.
async fn review(demo: &Demo, marks: &mut Marks, student: &Student) -> Vec<String> {
    let people: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(demo.file("demo.json")).unwrap()).unwrap();
    let tickets: Vec<&str> = people["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|person| person["cet4_ticket"].as_str())
        .collect();
    let mut client = Client::new(&demo.url);
    client.join(OTHER_EMAIL).await;
    marks.cookies(&client);
    client.look_up(student).await.leads_to("/qualification/record");
    for ticket in tickets.iter().chain(&["991010151199999"]) {
        marks.add(ticket);
        client.post("/review", &[("ticket_number", ticket), ("confirmed", "yes")]).await;
    }
    client.addresses
}

/// A wrong and a right login for a school, a search by document, a number shown for a reason, a file.
async fn staff(demo: &Demo, marks: &mut Marks, student: &Student) -> Vec<String> {
    let seed: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(demo.file("demo.json")).unwrap()).unwrap();
    let account =
        seed["staff"].as_array().unwrap().iter().find(|account| account["name"] == "school-99101").unwrap();
    let (password, secret) =
        (account["password"].as_str().unwrap(), account["totp_secret"].as_str().unwrap());
    marks.add(password);
    marks.add(secret);
    let mut client = Client::new(&demo.url);
    let named = |password: &'static str| [("name", "school-99101"), ("password", password)];
    client.post("/staff/login", &named(WRONG)).await.refuses(422, &["credentials"]);
    client
        .post("/staff/login", &[("name", "school-99101"), ("password", password)])
        .await
        .leads_to("/staff/second-factor");
    let code = totp::code(
        &totp::from_base32(secret).unwrap(),
        totp::step(Clock::Real { rehearsal: false }.process_now()),
    );
    client.post("/staff/second-factor", &[("code", &code)]).await.leads_to("/staff");
    marks.cookies(&client);
    let sought = [
        ("passport", ""),
        ("document_kind", student.document_kind),
        ("document_number", &*student.document_number),
    ];
    client.post("/staff/registrations/search", &sought).await;
    let list = client.page("/staff/registrations").await;
    assert!(
        list.contains(&student.name) && !list.contains(&student.document_number),
        "masked until a reason is given"
    );
    // A press on a name opens the details beside the list, which lead to the registration.
    let open = list.split("open=").nth(1).unwrap().split(['"', '&']).next().unwrap();
    let beside = client.page(&format!("/staff/registrations?open={open}")).await;
    let place = beside.split("href=\"/staff/registrations/").nth(1).unwrap().split('"').next().unwrap();
    let place = format!("/staff/registrations/{place}");
    client.page(&place).await;
    client.post(&format!("{place}/document"), &[("reason", "kanarie reason")]).await;
    for file in [
        "/staff/registrations.csv",
        "/staff/registrations.xlsx",
        "/staff/reviews",
        "/staff/collective-payments/new",
    ] {
        client.get(file).await;
    }
    client.post("/staff/logout", &[]).await.leads_to("/staff/login");
    client.addresses
}

/// Waits for the mail with a link of this kind; returns its path. The token becomes a marker.
async fn token(demo: &Demo, marks: &mut Marks, kind: &str) -> String {
    let mail = mailbox::wait_for(demo, |mail| mail.text.contains(kind)).await;
    let mail = mail.unwrap_or_else(|| panic!("no mail with {kind}"));
    let token = mail.text.split(kind).nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
    marks.add(token);
    format!("{kind}{token}")
}
