//! Mails as a local SMTP server receives them, byte by byte.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use data_encoding::BASE64;
use jiff::SignedDuration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::passport::mail_tests::{BOTH_NETWORKS, EDUCATION, EMAIL, register};
use crate::testing::{ORIGIN, TestApp};
use cet_base::config;
use cet_base::on_both;
use cet_base::params;
use cet_base::store::DbError;
use cet_base::store::testing::NOON;
use cet_domain::outbox::delivery::Delivery;
use cet_domain::outbox::jobs::send_due;

/// One mail as it was received.
#[derive(Clone, Debug, Default)]
struct Taken {
    recipients: Vec<String>,
    data: String,
}

/// An SMTP server on a free port.
struct Server {
    url: String,
    taken: Arc<Mutex<Vec<Taken>>>,
    /// How many more recipients are refused temporarily.
    refusals: Arc<AtomicUsize>,
    tries: Arc<AtomicUsize>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let server = Self { url, taken: Arc::default(), refusals: Arc::default(), tries: Arc::default() };
        let (taken, refusals, tries) =
            (Arc::clone(&server.taken), Arc::clone(&server.refusals), Arc::clone(&server.tries));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&taken), Arc::clone(&refusals), Arc::clone(&tries)));
            }
        });
        server
    }

    fn delivery(&self) -> Delivery {
        let mail = config::Mail { smtp_url: self.url.clone(), from: "CET <cet@example.cn>".to_owned() };
        Delivery::open(&mail).unwrap()
    }

    fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

async fn serve(
    stream: TcpStream,
    taken: Arc<Mutex<Vec<Taken>>>,
    refusals: Arc<AtomicUsize>,
    tries: Arc<AtomicUsize>,
) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut mail = Taken::default();
    write.write_all(b"220 test\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let verb = line.get(..4).unwrap_or("").to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" | "HELO" => "250-test\r\n250 8BITMIME",
            "RCPT" => {
                tries.fetch_add(1, Ordering::SeqCst);
                let refused = refusals
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
                    .is_ok();
                if refused {
                    "451 zhang3@163.com: try again later"
                } else {
                    mail.recipients.push(line);
                    "250 ok"
                }
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    mail.data.push_str(&line);
                    mail.data.push('\n');
                }
                taken.lock().unwrap().push(std::mem::take(&mut mail));
                "250 taken"
            }
            "QUIT" => "221 bye",
            "RSET" => {
                mail = Taken::default();
                "250 ok"
            }
            _ => "250 ok",
        };
        if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            break;
        }
    }
}

/// The text of the part with this content type.
fn part(data: &str, kind: &str) -> String {
    let start = data.find(&format!("Content-Type: {kind}")).unwrap_or_else(|| panic!("{data}"));
    let (head, rest) = data[start..].split_once("\n\n").unwrap();
    let body: Vec<&str> = rest.lines().take_while(|line| !line.starts_with("--")).collect();
    if head.contains("base64") {
        String::from_utf8(BASE64.decode(body.concat().as_bytes()).unwrap()).unwrap()
    } else if head.contains("quoted-printable") {
        quoted(&body.join("\n").replace("=\n", ""))
    } else {
        body.join("\n")
    }
}

fn quoted(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut parts = text.split('=');
    bytes.extend_from_slice(parts.next().unwrap_or("").as_bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

async fn send(app: &TestApp, delivery: &Delivery) {
    while cet_domain::passport::jobs::recover(&app.app).await.unwrap() > 0 {}
    while send_due(&app.t.db, &app.app.vault, delivery).await.unwrap() > 0 {}
}

async fn forget(app: &TestApp, lang: &str) {
    let answer = app.browser().post(&format!("/recover?lang={lang}"), &[("email", EMAIL)]).await;
    assert_eq!(answer.status, 200);
}

on_both! {
    /// P3.
    async fn a_mail_server_gets_plain_and_html_with_each_link_once_in_the_language_of_the_request(t: TestDb) {
        let app = TestApp::with(t, &BOTH_NETWORKS).await;
        register(&app, EMAIL).await;
        let server = Server::start().await;
        let delivery = server.delivery();
        for (lang, word) in [("zh", "密码"), ("en", "password")] {
            forget(&app, lang).await;
            send(&app, &delivery).await;
            let mail = server.taken().pop().unwrap();
            assert_eq!(mail.recipients.len(), 1);
            assert!(mail.recipients[0].contains(&format!("<{EMAIL}>")), "{:?}", mail.recipients);
            for kind in ["text/plain", "text/html"] {
                let text = part(&mail.data, kind).replace("&#47;", "/");
                assert!(text.to_lowercase().contains(word), "{lang} {kind}: {text}");
                for origin in [EDUCATION, ORIGIN] {
                    assert_eq!(text.matches(&format!("{origin}/recover/")).count(), 1, "{lang} {kind}: {text}");
                }
            }
        }
        assert_eq!(server.taken().len(), 2);
    }

    async fn what_the_server_refuses_is_tried_again_after_a_wait_that_doubles_and_sent_once(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let server = Server::start().await;
        let delivery = server.delivery();
        server.refusals.store(4, Ordering::SeqCst);
        forget(&app, "zh").await;
        let mut tried_at = Vec::new();
        for minute in 0..40 {
            app.t.clock.set(NOON.plus(SignedDuration::from_mins(minute)));
            let before = server.tries.load(Ordering::SeqCst);
            send(&app, &delivery).await;
            if server.tries.load(Ordering::SeqCst) > before {
                tried_at.push(minute);
            }
        }
        assert_eq!(tried_at, [0, 1, 3, 7, 15], "after 1, 2, 4 and 8 minutes");
        assert_eq!(server.taken().len(), 1, "and once it is taken, never again");
    }

    /// O4.
    async fn one_event_is_one_mail_on_the_server_whichever_node_sends_it(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let server = Server::start().await;
        let other = app.t.another_node().await;
        // Someone tries to register the address on both nodes, twice.
        let guess = "another battery staple";
        let taken = [("email", EMAIL), ("password", guess), ("password_again", guess)];
        app.browser().post("/register", &taken).await;
        app.browser().post("/register", &taken).await;
        let (one, two) = (server.delivery(), server.delivery());
        let (a, b) = tokio::join!(
            send_due(&app.t.db, &app.app.vault, &one),
            send_due(&other, &app.app.vault, &two)
        );
        assert_eq!(a.unwrap() + b.unwrap(), 1);
        assert_eq!(server.taken().len(), 1);
    }

    async fn th19_a_mail_has_one_recipient_and_no_header_that_somebody_typed(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let done: Result<u64, DbError> = app.t.db.write(async |tx|
            tx.execute("UPDATE passport SET name = $1", params!["x\r\nBcc: a@b.cn"]).await).await;
        done.unwrap();
        let server = Server::start().await;
        for email in ["a@b.cn\r\nBcc:x@y.cn", "zhang3@163.com,a@b.cn", "zhang3@163.com\nBcc: a@b.cn"] {
            assert_eq!(app.browser().post("/recover", &[("email", email)]).await.status, 422);
        }
        forget(&app, "zh").await;
        send(&app, &server.delivery()).await;
        let taken = server.taken();
        assert_eq!((taken.len(), taken[0].recipients.len()), (1, 1));
        let head = taken[0].data.split("\n\n").next().unwrap();
        for (name, times) in [("To:", 1), ("From:", 1), ("Subject:", 1), ("Bcc:", 0), ("Cc:", 0)] {
            let found = head.lines().filter(|line| line.to_lowercase().starts_with(&name.to_lowercase())).count();
            assert_eq!(found, times, "{name} in {head}");
        }
    }
}
