//! A new key for the vault, by the manual's steps, while the site serves.

use cet_base::store::testing::{Kind, TestDb, fresh};

use super::client::{Client, PASSWORD};
use super::demo::Demo;

/// Candidates who register before, and meanwhile.
const PEOPLE: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_put_in_while_the_site_serves_and_the_old_one_taken_out_on_sqlite() {
    steps(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_put_in_while_the_site_serves_and_the_old_one_taken_out_on_postgresql() {
    let TestDb { url, .. } = fresh(Kind::Postgres).await;
    steps(Some(url)).await;
}

fn phone(n: usize) -> String {
    format!("1380000{n:04}")
}

async fn register(url: &str, from: usize) {
    for n in from..from + PEOPLE {
        let (email, phone) = (format!("key-{n}@163.com"), phone(n));
        let fields = [
            ("email", email.as_str()),
            ("password", PASSWORD),
            ("password_again", PASSWORD),
            ("phone", phone.as_str()),
        ];
        Client::new(url).post("/register", &fields).await;
    }
}

/// What the candidate's own copy says.
async fn copy(url: &str, n: usize) -> String {
    let mut client = Client::new(url);
    client.post("/login", &[("email", &format!("key-{n}@163.com")), ("password", PASSWORD)]).await;
    client.page("/account/copy.json").await
}

async fn steps(database: Option<String>) {
    let mut demo = Demo::start(database);
    register(&demo.url, 0).await;
    let key = demo.file("vault.key");
    let old = std::fs::read_to_string(&key).unwrap();
    let new = cet_base::vault::Vault::new_key_file().unwrap();
    let newer = new.lines().find(|line| line.starts_with("seal")).unwrap().replace("seal 1", "seal 2");
    // 1. The new line first, on every node.
    std::fs::write(&key, format!("{newer}\n{old}")).unwrap();
    demo.crash_and_restart();
    let (too_early, said) = demo.command(&["vault", "reseal", "--retire"]);
    assert!(!too_early && said.contains("restart every node"), "there was something to do: {said}");
    assert!(said.contains("student_record.document_sealed"), "{said}");
    // 2. Sealed anew while candidates register.
    let url = demo.url.clone();
    let meanwhile = tokio::spawn(async move { register(&url, PEOPLE).await });
    let (done, said) = demo.command(&["vault", "reseal"]);
    assert!(done, "{said}");
    meanwhile.await.unwrap();
    // 3. Nothing is left, and the database notes it.
    let (done, said) = demo.command(&["vault", "reseal", "--retire"]);
    assert!(done && said.contains("`seal 1` is not needed any more"), "{said}");
    demo.verify();
    // 4. Without the old line.
    let lookup = old.lines().find(|line| line.starts_with("lookup")).unwrap();
    std::fs::write(&key, format!("{newer}\n{lookup}\n")).unwrap();
    demo.crash_and_restart();
    for n in 0..2 * PEOPLE {
        let copy = copy(&demo.url, n).await;
        assert!(copy.contains(&phone(n)), "{n}: {copy}");
    }
    demo.verify();
}

#[test]
fn a_command_whose_answer_nobody_reads_does_its_work() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("new.key");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cet"));
    let ended = command.args(["config", "new-key"]).arg(&key).stdout(writer).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && said.is_empty(), "{:?} {said}", ended.status);
    assert!(key.exists());
}
