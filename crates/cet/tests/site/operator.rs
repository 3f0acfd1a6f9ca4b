//! The first start exactly as in `docs/operator.md`: each block of the manual is written or typed in an empty folder,
//! on both databases, until the first candidate has registered and the school sees it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use cet_base::store::Clock;
use cet_base::store::testing::empty_postgres;
use cet_domain::staff::totp;

use super::client::Client;
use super::demo::Student;
use super::wait::{free_address, until};

/// A step of the manual.
#[derive(Debug)]
enum Step {
    /// Commands to type.
    Type(String),
    /// A file to write.
    Write(String, String),
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_manual_works_to_the_letter_on_sqlite() {
    first_start(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_manual_works_to_the_letter_on_postgresql() {
    let url = empty_postgres().await;
    first_start(Some(url)).await;
}

async fn first_start(database: Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let kind = if database.is_some() { "PostgreSQL 1" } else { "SQLite, at this version" };
    let place = Place { folder: folder.path(), settings: settings(database) };
    // The files that the gateways send.
    let sent = tempfile::tempdir().unwrap();
    let keys = cet::demo::Folder::open(&sent.path().join("keys"), false).unwrap();
    keys.keys().unwrap();
    for name in [
        "alipay-app-private.pem",
        "alipay-public.pem",
        "hmac.key",
        "payease-public.pem",
        "wechat-private.pem",
        "wechat-v3.key",
        "wechat-public.pem",
    ] {
        std::fs::copy(keys.file(name), folder.path().join(name)).unwrap();
    }
    let steps = steps();
    assert!(steps.len() >= 10, "only {} steps were found: {steps:?}", steps.len());
    let mut accounts = String::new();
    let mut node = None;
    for step in &steps {
        match step {
            Step::Write(name, text) if name == "sitting.toml" => {
                std::fs::write(folder.path().join(name), in_time(text)).unwrap();
            }
            Step::Write(name, text) => std::fs::write(folder.path().join(name), text).unwrap(),
            Step::Type(lines) if lines.trim() == "cet serve" => node = Some(place.serve()),
            Step::Type(lines) => {
                if lines.contains("cet migrate") {
                    place.says_to_migrate();
                }
                let said = place.type_in(lines);
                if lines.contains("cet config check") {
                    assert!(said.contains(&format!("\ndatabase: {kind}")), "{said}");
                }
                accounts.push_str(&said);
            }
        }
    }
    let mut node = node.expect("the manual starts a node");
    assert!(place.ready().await.starts_with("ready"));
    let staff = Account::all(&accounts);
    assert_eq!(staff.len(), 2, "{accounts}");
    let mut school = None;
    for account in &staff {
        school = Some(account.enters(place.site()).await);
    }
    the_first_candidate_registers(place.site()).await;
    let seen = school.unwrap().page("/staff/registrations").await;
    assert!(seen.contains("张三"), "the school does not see its candidate");
    node.kill().unwrap();
    node.wait().unwrap();
    assert_eq!(open_to_others(folder.path(), &steps), [""; 0]);
}

/// From the portal to an entry.
async fn the_first_candidate_registers(site: &str) {
    let mut candidate = Client::new(site);
    candidate.join("first@example.cn").await;
    let student = Student {
        name: "张三".to_owned(),
        document_kind: "resident-id",
        document_number: "110101199803123177".to_owned(),
        student_number: "2025000001".to_owned(),
    };
    candidate.bind(&student).await;
    candidate.post("/registration/written", &[("subject", "1")]).await.leads_to("/registration");
    assert_eq!(candidate.entries().await.len(), 1);
}

/// What `cet staff add` has printed for a person.
struct Account {
    name: String,
    password: String,
    secret: Vec<u8>,
}

impl Account {
    fn all(said: &str) -> Vec<Self> {
        let mut lines = said.lines();
        let mut all = Vec::new();
        while let Some(name) = lines.find_map(|line| line.strip_prefix("account   ")) {
            let mut value = |word: &str| {
                let line = lines.find_map(|line| line.strip_prefix(word)).unwrap();
                line.split_whitespace().next().unwrap().to_owned()
            };
            let (password, secret) = (value("password"), value("secret"));
            let secret = totp::from_base32(&secret).unwrap();
            all.push(Self { name: name.to_owned(), password, secret });
        }
        all
    }

    /// The first login: both factors, the recovery codes, and a password of one's own.
    async fn enters(&self, site: &str) -> Client {
        const OWN: &str = "Paper-Lantern-2027-Harbour";
        let mut member = Client::new(site);
        let typed = [("name", self.name.as_str()), ("password", &self.password)];
        member.post("/staff/login", &typed).await.leads_to("/staff/second-factor");
        let now = Clock::Real { rehearsal: false }.process_now();
        let code = totp::code(&self.secret, totp::step(now));
        let answer = member.post("/staff/second-factor", &[("code", &code)]).await;
        assert_eq!(answer.status, 303, "{}: {:?}", self.name, answer.codes());
        member.post("/staff/recovery-codes", &[]).await;
        assert_eq!(member.get("/staff").await.location, "/staff/password", "{}", self.name);
        let typed =
            [("current_password", self.password.as_str()), ("password", OWN), ("password_again", OWN)];
        member.post("/staff/password", &typed).await.leads_to("/staff");
        assert_eq!(member.get("/staff").await.status, 200, "{}", self.name);
        member
    }
}

/// The manual's sitting with its dates moved as a whole, so that registration began yesterday.
fn in_time(sitting: &str) -> String {
    let dated = |word: &str| word.parse::<jiff::civil::Date>().ok();
    let dates = |text: &str| text.split('"').filter_map(|part| dated(part.split(' ').next()?)).min();
    let opens = dates(sitting.split("[[window]]").nth(1).unwrap()).unwrap();
    let today: jiff::civil::Date =
        Clock::Real { rehearsal: false }.process_now().local("%Y-%m-%d").parse().unwrap();
    let by = today.yesterday().unwrap().since(opens).unwrap();
    let (mut year, mut moved) = (0, Vec::new());
    for part in sitting.split('"') {
        let (day, time) = part.split_once(' ').unwrap_or((part, ""));
        moved.push(match dated(day) {
            Some(day) => {
                let day = day.checked_add(by).unwrap();
                year = year.max(day.year());
                format!("{day} {time}")
            }
            None => part.to_owned(),
        });
    }
    moved.join("\"").replace("year = 2027", &format!("year = {year}"))
}

/// The blocks of the first start, in order. A file's block follows a line that names it.
fn steps() -> Vec<Step> {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operator.md");
    let manual = std::fs::read_to_string(manual).unwrap();
    let (_, first) = manual.split_once("## First start").unwrap();
    let first = first.split("\n## ").next().unwrap();
    let mut parts = first.split("```");
    let mut steps = Vec::new();
    while let (Some(before), Some(block)) = (parts.next(), parts.next()) {
        let (language, body) = block.split_once('\n').unwrap();
        if language == "sh" {
            steps.push(Step::Type(body.to_owned()));
        } else {
            let line = before.trim_end().lines().last().unwrap();
            let name = line.split('`').rev().nth(1).unwrap();
            steps.push(Step::Write(name.to_owned(), body.to_owned()));
        }
    }
    steps
}

/// Replaces addresses that only the operator's network has through environment variables, which override the file.
fn settings(database: Option<String>) -> Vec<(&'static str, String)> {
    let (site, admin) = (free_address(), free_address());
    let mut settings = vec![
        ("CET_SERVER__LISTEN", site.to_string()),
        ("CET_SERVER__ADMIN_LISTEN", admin.to_string()),
        ("CET_SERVER__PUBLIC_ORIGIN", format!("http://{site}")),
        ("CET_MAIL__SMTP_URL", format!("smtp://{}", mail_server())),
        // Captchas are off only where nothing of it is reached from outside.
        ("CET_SERVER__EDUCATION_ORIGIN", format!("http://localhost:{}", site.port())),
        ("CET_SERVER__TRUSTED_PROXIES", "[]".to_owned()),
        ("CET_CAPTCHA__MODE", "off".to_owned()),
    ];
    settings.extend(database.map(|url| ("CET_DATABASE__URL", url)));
    settings
}

/// An SMTP server that accepts every mail.
fn mail_server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let mut out = stream.try_clone().unwrap();
                let mut says = move |text: &str| out.write_all(format!("{text}\r\n").as_bytes());
                let mut data = false;
                let mut going_on = says("220 test").is_ok();
                let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
                while going_on && let Some(line) = lines.next() {
                    data = if data { line != "." } else { line == "DATA" };
                    going_on = match (line.as_str(), data) {
                        ("DATA", _) => says("354 go on"),
                        (_, true) => Ok(()),
                        (_, false) => says("250 ok"),
                    }
                    .is_ok();
                }
            });
        }
    });
    address
}

/// The folder of the installation, and its network settings.
struct Place<'a> {
    folder: &'a Path,
    settings: Vec<(&'static str, String)>,
}

impl Place<'_> {
    fn site(&self) -> &str {
        &self.settings[2].1
    }

    fn set(&self, command: &mut Command) {
        command.current_dir(self.folder).env("CET_LOG", "error").stdin(Stdio::null());
        command.envs(self.settings.iter().map(|(key, value)| (*key, value.as_str())));
    }

    /// Skipping the migration is reported by every command.
    fn says_to_migrate(&self) {
        for arguments in [
            "serve",
            "verify",
            "config check",
            "staff list",
            "staff add somebody --role national",
            "import campuses campuses.csv",
            "import sitting sitting.toml",
            "arrange --sitting 2027-1",
            "backup copy.sqlite",
        ] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_cet"));
            self.set(&mut command);
            let output = command.args(arguments.split(' ')).output().unwrap();
            let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert!(!output.status.success() && said.contains("run `cet migrate`"), "{arguments}: {said}");
        }
        assert!(!self.folder.join("copy.sqlite").exists());
    }

    /// Runs lines in a shell with `cet` in its path; returns their output.
    fn type_in(&self, lines: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_cet")).parent().unwrap();
        let mut command = Command::new("sh");
        self.set(&mut command);
        let lines = format!("umask 022; PATH=\"{}:$PATH\"; {lines}", program.display());
        let output = command.args(["-e", "-c", &lines]).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success(), "{lines}\n{said}");
        said
    }

    fn serve(&self) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cet"));
        self.set(&mut command);
        let mut node = command.arg("serve").stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(node.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        assert!(said.starts_with("cet serves "), "{said}");
        node
    }

    /// The response of `/readyz`; the admin address may be up a moment after the site.
    async fn ready(&self) -> String {
        let mut admin = Client::new(&format!("http://{}", self.settings[1].1));
        let answer = until(async || admin.try_get("/readyz").await.ok()).await;
        let answer = answer.expect("the admin address does not come up");
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.text
    }
}

/// The files in the folder that others can read, except those that the operator wrote or received.
fn open_to_others(folder: &Path, steps: &[Step]) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let by_hand = |name: &str| {
        name.ends_with("-public.pem")
            || steps.iter().any(|step| matches!(step, Step::Write(own, _) if own == name))
    };
    let mut open = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.metadata().unwrap().permissions().mode() & 0o077 != 0 && !by_hand(&name) {
            open.push(name);
        }
    }
    open
}
