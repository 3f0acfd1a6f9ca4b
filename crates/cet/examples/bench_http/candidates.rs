//! Candidates who use the site's forms, like people do.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::server::{Fault, Folder, Server};
use super::wire::{self, Wire};

const PASSWORD: &str = "Bamboo-Kite-2017";
/// How many sign up concurrently; more would only wait for their password hashes.
const AT_ONCE: usize = 4;

/// A signed-in candidate.
#[derive(Clone)]
pub(crate) struct Candidate {
    email: String,
    cookie: String,
}

impl Candidate {
    /// The bytes of a request for a page, with the candidate's session.
    pub(crate) fn get(&self, address: SocketAddr, path: &str) -> Arc<[u8]> {
        wire::get(address, path, &self.cookie)
    }

    /// Logs in again after the session has ended.
    pub(crate) async fn log_in(&mut self, wire: &mut Wire, address: SocketAddr) -> Result<(), Fault> {
        let fields = [("email", self.email.as_str()), ("password", PASSWORD)];
        expect(wire, &wire::post(address, "/login", "", &fields), 303, "/login").await?;
        let cookie = wire.header("set-cookie").ok_or("no session")?;
        self.cookie = format!("cookie: {}\r\n", cookie.split(';').next().unwrap_or_default());
        Ok(())
    }
}

struct Student {
    name: String,
    number: String,
}

/// Students with an identity card from the end of the demo's roster: the first ones are for people.
fn students(folder: &Folder, count: usize) -> Result<Vec<Student>, Fault> {
    let roster = std::fs::read_to_string(folder.file("roster.csv"))?;
    let lines = roster.lines().rev().map(|line| line.split(',').collect::<Vec<_>>());
    let student = |columns: Vec<&str>| match columns.as_slice() {
        [name, _, "中华人民共和国居民身份证", number, ..] => {
            Some(Student { name: (*name).to_owned(), number: (*number).to_owned() })
        }
        _ => None,
    };
    Ok(lines.filter_map(student).take(count).collect())
}

/// Lets `count` candidates register, log in, accept, look themselves up, save, and enter English 4.
pub(crate) async fn sign_up(server: &Server, folder: &Folder, count: usize) -> Result<Vec<Candidate>, Fault> {
    let mut waiting = students(folder, count)?.into_iter().enumerate();
    let (mut coming, mut all) = (JoinSet::new(), Vec::new());
    loop {
        while coming.len() < AT_ONCE
            && let Some((n, student)) = waiting.next()
        {
            let address = server.address();
            coming.spawn(async move {
                come(address, n, &student).await.map_err(|fault| format!("candidate {n}: {fault}"))
            });
        }
        match coming.join_next().await {
            Some(candidate) => all.push(candidate??),
            None => return Ok(all),
        }
    }
}

async fn come(address: SocketAddr, n: usize, student: &Student) -> Result<Candidate, Fault> {
    let mut wire = Wire::open(address).await?;
    let mut candidate = Candidate { email: format!("candidate{n}@example.cn"), cookie: String::new() };
    let fields = [("email", candidate.email.as_str()), ("password", PASSWORD), ("password_again", PASSWORD)];
    expect(&mut wire, &wire::post(address, "/register", "", &fields), 303, "/register").await?;
    candidate.log_in(&mut wire, address).await?;
    expect(&mut wire, &candidate.get(address, "/agreement"), 200, "/agreement").await?;
    let version = hidden(&String::from_utf8_lossy(wire.body()), "version").ok_or("no version")?;
    let look_up = [
        ("document_kind", "resident-id"),
        ("document_number", student.number.as_str()),
        ("name", student.name.as_str()),
    ];
    let forms: [(&str, &[(&str, &str)]); 4] = [
        ("/agreement", &[("accept", "yes"), ("version", &version)]),
        ("/qualification", &look_up),
        ("/qualification/record", &[("checked", "yes")]),
        ("/registration/written", &[("subject", "1")]),
    ];
    for (path, fields) in forms {
        expect(&mut wire, &wire::post(address, path, &candidate.cookie, fields), 303, path).await?;
    }
    Ok(candidate)
}

async fn expect(wire: &mut Wire, request: &[u8], status: u16, path: &str) -> Result<(), Fault> {
    let came = wire.ask(request).await?;
    if came == status { Ok(()) } else { Err(format!("{path} answered {came}").into()) }
}

/// The value of a form's hidden field.
fn hidden(page: &str, name: &str) -> Option<String> {
    let named = format!("name=\"{name}\"");
    let tag = page.split('<').find(|tag| tag.starts_with("input") && tag.contains(&named))?;
    tag.split("value=\"").nth(1)?.split('"').next().map(str::to_owned)
}
