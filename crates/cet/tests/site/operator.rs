//! The first start exactly as in `docs/operator.md`: each block of the manual is written or typed in an empty folder,
//! on both databases, until staff and a first candidate can log in.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cet_base::store::Clock;
use cet_base::store::testing::empty_postgres;
use cet_domain::staff::totp;

use super::client::{Client, PASSWORD};

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
    for name in ["alipay-app-private.pem", "alipay-public.pem", "hmac.key", "payease-public.pem"] {
        std::fs::copy(keys.file(name), folder.path().join(name)).unwrap();
    }
    let steps = steps();
    assert!(steps.len() >= 10, "only {} steps were found: {steps:?}", steps.len());
    let mut accounts = String::new();
    let mut node = None;
    for step in &steps {
        match step {
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
    let mut people = accounts.lines().collect::<Vec<_>>().into_iter();
    while let Some(name) = people.find_map(|line| line.strip_prefix("account   ")) {
        let mut value = |word: &str| {
            let line = people.find_map(|line| line.strip_prefix(word)).unwrap();
            line.split_whitespace().next().unwrap().to_owned()
        };
        let (password, secret) = (value("password"), value("secret"));
        staff_logs_in(place.site(), name, &password, &secret).await;
    }
    let mut candidate = Client::new(place.site());
    let fields = [("email", "first@example.cn"), ("password", PASSWORD), ("password_again", PASSWORD)];
    candidate.post("/register", &fields).await;
    let entered = candidate.post("/login", &[("email", "first@example.cn"), ("password", PASSWORD)]).await;
    assert_eq!(entered.status, 303, "{:?}", entered.codes());
    node.kill().unwrap();
    node.wait().unwrap();
    assert_eq!(open_to_others(folder.path(), &steps), [""; 0]);
}

async fn staff_logs_in(site: &str, name: &str, password: &str, secret: &str) {
    let mut member = Client::new(site);
    member
        .post("/staff/login", &[("name", name), ("password", password)])
        .await
        .leads_to("/staff/second-factor");
    let now = Clock::Real { rehearsal: false }.process_now();
    let code = totp::code(&totp::from_base32(secret).unwrap(), totp::step(now));
    let answer = member.post("/staff/second-factor", &[("code", &code)]).await;
    assert!(answer.status == 303 || answer.status == 200, "{name}: {:?}", answer.codes());
    assert!(answer.codes().is_empty(), "{name}: {:?}", answer.codes());
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
    let [site, admin] = free_ports();
    let mut settings = vec![
        ("CET_SERVER__LISTEN", site.to_string()),
        ("CET_SERVER__ADMIN_LISTEN", admin.to_string()),
        ("CET_SERVER__PUBLIC_ORIGIN", format!("http://{site}")),
        ("CET_MAIL__SMTP_URL", format!("smtp://{}", mail_server())),
        ("CET_CAPTCHA__MODE", "off".to_owned()),
    ];
    settings.extend(database.map(|url| ("CET_DATABASE__URL", url)));
    settings
}

fn free_ports() -> [SocketAddr; 2] {
    let held = [(), ()].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap())
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
        for _ in 0..200 {
            if let Ok(answer) = admin.try_get("/readyz").await {
                assert_eq!(answer.status, 200, "{}", answer.text);
                return answer.text;
            }
            // Another process, so there is no event to wait for in this one.
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the admin address does not come up")
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
