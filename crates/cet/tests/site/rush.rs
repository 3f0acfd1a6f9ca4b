//! `cet rush` against a demo: what it measures is there, what it finds is true.

use std::process::Command;

use cet_base::store::testing::{Kind, TestDb, fresh};

use super::client::Client;
use super::demo::Demo;

/// O6.
#[tokio::test(flavor = "multi_thread")]
async fn a_rush_pays_for_everybody_and_its_ledger_agrees_with_sqlite() {
    closed_then_open(None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_pays_for_everybody_and_its_ledger_agrees_with_postgresql() {
    // The demo uses the database; only its URL is needed here.
    let TestDb { url, .. } = fresh(Kind::Postgres).await;
    closed_then_open(Some(url));
}

fn closed_then_open(database: Option<String>) {
    let demo = Demo::start(database);
    let (before, after) = (demo.file("before.json"), demo.file("after.json"));
    let (before, after) = (before.to_str().unwrap(), after.to_str().unwrap());
    // The manual's people come first in the roster, and each stands for a case of its own.
    let (good, said) = demo.command(&[
        "rush",
        "--url",
        &demo.url,
        "--skip",
        "10",
        "--candidates",
        "12",
        "--concurrency",
        "4",
        "--oral",
        "--out",
        before,
    ]);
    assert!(good, "{said}");
    assert!(said.contains("12 done, 0 refused, 0 gave up, 0 broken"), "{said}");
    assert!(said.contains("12 candidates compared with the database, 0 differences"), "{said}");
    assert!(said.contains(" 0 violated"), "{said}");
    let plot = demo.file("plot.svg");
    let (good, said) = demo.command(&[
        "rush",
        "--url",
        &demo.url,
        "--skip",
        "22",
        "--candidates",
        "12",
        "--rate",
        "20",
        "--prepared",
        "--unpaid",
        "--out",
        after,
        "--plot",
        plot.to_str().unwrap(),
    ]);
    assert!(good, "{said}");
    assert!(said.contains("12 done"), "{said}");
    assert!(
        !said.lines().any(|line| line.starts_with("register")),
        "prepared candidates were measured: {said}"
    );
    assert!(std::fs::read_to_string(plot).unwrap().contains("<polyline"));
    let (good, said) = demo.command(&["rush", "--compare", before, after]);
    assert!(good && said.contains("candidates a second"), "{said}");
    // The same people again belong to others now: the site says no, and the ledger still agrees.
    let (good, said) = demo.command(&[
        "rush",
        "--url",
        &demo.url,
        "--skip",
        "10",
        "--candidates",
        "2",
        "--concurrency",
        "2",
    ]);
    assert!(good, "{said}");
    assert!(said.contains("0 done, 2 refused") && said.contains("student-bound"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_comes_at_the_opening_and_a_full_pool_is_told_as_one() {
    let demo = Demo::start(None);
    let (good, said) = demo.command(&[
        "rush",
        "--url",
        &demo.url,
        "--skip",
        "10",
        "--candidates",
        "10",
        "--opening",
        "1",
        "--within",
        "0.2",
        "--unpaid",
    ]);
    assert!(good, "{said}");
    assert!(said.contains("10 done") && said.contains("all come within 0.2 s of the opening"), "{said}");
    let page = Client::new(&demo.url).page("/").await;
    assert!(page.contains("进入报名"));
}

#[test]
fn a_rush_is_refused_where_it_can_do_harm_and_told_why() {
    let folder = tempfile::tempdir().unwrap();
    let roster = folder.path().join("roster.csv");
    std::fs::write(&roster, "姓名,证件类型,证件号码\n甲,中华人民共和国居民身份证,11010519491231002X\n")
        .unwrap();
    let rush = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cet"));
        command.args(["rush", "--roster", roster.to_str().unwrap(), "--candidates", "1"]).args(more);
        let output = command.current_dir(folder.path()).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    // A site that is no rehearsal answers 404.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let site = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let read = stream.read(&mut request).unwrap();
        stream
            .write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .unwrap();
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    let (code, said) = rush(&["--url", &url]);
    assert_eq!(code, Some(1));
    assert!(said.contains("this site is not a rehearsal"), "{said}");
    assert!(site.join().unwrap().starts_with("GET /rehearsal "));
    let (code, said) = rush(&["--url", &url]);
    assert!(code == Some(1) && said.contains("can't be reached"), "{said}");
    let (code, said) = rush(&["--url", &url, "--candidates", "2", "--rate", "-1"]);
    assert!(code == Some(2) || code == Some(1), "{said}");
    let (code, said) = rush(&["--url", &url, "--rate", "5", "--opening", "1"]);
    assert!(code == Some(2) && said.contains("cannot be used with"), "{said}");
}
