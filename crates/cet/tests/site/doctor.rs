//! `cet doctor`: a healthy site, and sites that are not.

use std::io::{Read as _, Write as _};

use super::demo::Demo;

fn lines(said: &str) -> Vec<(&str, &str)> {
    said.lines().filter_map(|line| line.split_once("  ")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_rehearsal_has_nothing_wrong_but_what_it_is() {
    let demo = Demo::start(None);
    let (_, said) = demo.command(&["doctor"]);
    let wrong: Vec<_> = lines(&said).into_iter().filter(|(state, _)| *state == "WRONG").collect();
    assert_eq!(wrong, [], "{said}");
    for good in [
        "gateway alipay: it does not know",
        "gateway payease: it does not know",
        "site, headers",
        "clock: ",
        "node 0: ",
    ] {
        assert!(
            lines(&said)
                .iter()
                .any(|(state, text)| state.trim() == "good" && text.trim_start().starts_with(good)),
            "{good}: {said}"
        );
    }
    assert!(said.contains("look   rehearsal: this is one"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_without_headers_and_one_that_is_away_are_told_with_what_to_do() {
    let demo = Demo::start(None);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let site = std::thread::spawn(move || {
        // The portal, /metrics and /readyz: all of them public.
        for stream in listener.incoming().take(2) {
            let mut stream = stream.unwrap();
            let _request = stream.read(&mut [0; 4096]).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    let (good, said) = demo.command(&["doctor", "--url", &url, "--backups", "/nowhere"]);
    site.join().unwrap();
    assert!(!good, "{said}");
    for wrong in
        ["site, headers: content-security-policy is missing", "site, admin address: ", "backups: /nowhere"]
    {
        assert!(said.contains(&format!("WRONG  {wrong}")), "{wrong}: {said}");
    }
    assert!(said.contains("look   site, clock: the answer has no date"), "{said}");
    let (good, said) = demo.command(&["doctor", "--url", &url]);
    assert!(!good && said.contains("can't be reached") && said.contains("Is the node running"), "{said}");
}

/// Runs a command in an empty folder, where no configuration is.
fn elsewhere(arguments: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cet"));
    let output = command.args(arguments).current_dir(folder.path()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_looked_at_from_a_machine_that_has_no_configuration() {
    let demo = Demo::start(None);
    let (good, said) = elsewhere(&["doctor", "--url", &demo.url]);
    assert!(
        good && said.contains("good   site: ")
            && said.contains("look   configuration: cet.toml is not there"),
        "{said}"
    );
    let (good, said) = elsewhere(&["doctor"]);
    assert!(!good && said.contains("cet.toml"), "{said}");
    let (good, said) = elsewhere(&["rush", "--url", &demo.url]);
    assert!(!good && said.contains("roster.csv") && said.contains("--roster"), "{said}");
}
