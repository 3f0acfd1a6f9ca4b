use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;

use super::*;
use crate::testing::{ORIGIN, TestApp};
use cet_base::on_both;

/// The site on its own port.
struct Running {
    address: SocketAddr,
    phase: watch::Sender<Phase>,
    server: JoinHandle<()>,
}

impl Running {
    fn new(app: &TestApp) -> Self {
        Self::with(app, Connections::of(&app.app.config))
    }

    fn with(app: &TestApp, connections: Connections) -> Self {
        let listener = listen(([127, 0, 0, 1], 0).into()).unwrap();
        let address = listener.local_addr().unwrap();
        let phase = watch::Sender::new(Phase::Serving);
        let server =
            tokio::spawn(serve(listener, crate::site::router(&app.app), connections, phase.subscribe()));
        Self { address, phase, server }
    }

    async fn connect(&self) -> Client {
        Client { stream: TcpStream::connect(self.address).await.unwrap(), read: Vec::new() }
    }

    /// From another address of this machine.
    async fn connect_from(&self, address: &str) -> Client {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((address.parse::<std::net::Ipv4Addr>().unwrap(), 0).into()).unwrap();
        Client { stream: socket.connect(self.address).await.unwrap(), read: Vec::new() }
    }
}

/// A client that keeps its connection alive, as a load balancer does.
struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

/// A response's status, and whether the connection may be reused.
type Answer = (u16, bool);

impl Client {
    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads one response with its body; `None` if the connection was closed without one.
    async fn answer(&mut self) -> Option<Answer> {
        loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                let head = String::from_utf8(self.read[..end].to_vec()).unwrap().to_ascii_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
                if self.read.len() >= end + 4 + length {
                    self.read.drain(..end + 4 + length);
                    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
                    return Some((status, !head.contains("connection: close")));
                }
            }
            let mut some = [0; 8_192];
            match self.stream.read(&mut some).await {
                Ok(0) | Err(_) => return None,
                Ok(n) => self.read.extend_from_slice(&some[..n]),
            }
        }
    }

    /// Whether the server has closed the connection without sending more.
    async fn is_closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0; 1]).await, Ok(0) | Err(_))
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// Requests that are refused before their body is read: status, method, path, headers.
const EARLY: &[(u16, &str, &str, &str)] = &[
    (303, "POST", "/registration/written", ""),
    (303, "POST", "/account/profile", ""),
    (303, "POST", "/staff/password", ""),
    (403, "POST", "/login", "Sec-Fetch-Site: cross-site\r\n"),
    (403, "POST", "/login", "Origin: https://evil.example\r\n"),
    (404, "POST", "/no-such-page", ""),
    (405, "POST", "/about", ""),
    (405, "PUT", "/login", ""),
    (415, "POST", "/login", "Content-Type: text/plain\r\n"),
    (421, "POST", "/login", "Host: evil.example\r\n"),
];

fn head(method: &str, path: &str, headers: &str) -> String {
    let host = ORIGIN.trim_start_matches("http://");
    let host = if headers.contains("Host:") { String::new() } else { format!("Host: {host}\r\n") };
    let kind = if headers.contains("Content-Type:") {
        ""
    } else {
        "Content-Type: application/x-www-form-urlencoded\r\n"
    };
    format!("{method} {path} HTTP/1.1\r\n{host}{kind}{headers}")
}

fn portal() -> String {
    head("GET", "/healthz-of-nobody", "") + "\r\n"
}

/// Sends the body after the head was refused, then sends another request on the same connection.
async fn refused_early(running: &Running, case: &(u16, &str, &str, &str), body: &str) {
    let (status, method, path, headers) = *case;
    let name = format!("{method} {path} {headers:?} with {} bytes", body.len());
    let mut client = running.connect().await;
    client
        .send(&format!("{}Content-Length: {}\r\n\r\n{body}", head(method, path, headers), body.len()))
        .await;
    let (found, kept) = client.answer().await.unwrap_or_else(|| panic!("{name}: no answer"));
    assert_eq!(found, status, "{name}");
    if kept {
        client.send(&portal()).await;
        let next = client.answer().await;
        assert_eq!(next.map(|next| next.0), Some(404), "{name}: the next request on this connection");
    } else {
        assert!(client.is_closed().await, "{name}: said to close");
    }
}

on_both! {
    async fn an_early_refusal_keeps_the_connection_usable_or_says_that_it_closes(t: TestDb) {
        let app = TestApp::on(t).await;
        let running = Running::new(&app);
        for case in EARLY {
            for bytes in [1, 2_000, 60_000, 300_000, 3_000_000] {
                refused_early(&running, case, &"x".repeat(bytes)).await;
            }
        }
    }

    async fn a_small_refused_body_never_costs_the_connection(t: TestDb) {
        let app = TestApp::on(t).await;
        let running = Running::new(&app);
        let mut client = running.connect().await;
        for (status, method, path, headers) in EARLY {
            client.send(&format!("{}Content-Length: 9\r\n\r\n", head(method, path, headers))).await;
            client.send("subject=1").await;
            assert_eq!(client.answer().await, Some((*status, true)), "{method} {path} {headers:?}");
        }
        // The same with chunked encoding, so that the length is unknown.
        for (status, method, path, headers) in EARLY {
            client.send(&format!("{}Transfer-Encoding: chunked\r\n\r\n", head(method, path, headers))).await;
            client.send("9\r\nsubject=1\r\n0\r\n\r\n").await;
            assert_eq!(client.answer().await, Some((*status, true)), "chunked {method} {path} {headers:?}");
        }
    }

    /// TH58.
    async fn a_form_above_its_limit_is_answered_and_the_connection_said_to_close(t: TestDb) {
        let app = TestApp::on(t).await;
        let running = Running::new(&app);
        refused_early(&running, &(413, "POST", "/login", ""), &"x".repeat(5_000_000)).await;
        let mut client = running.connect().await;
        client.send(&format!("{}Transfer-Encoding: chunked\r\n\r\n", head("POST", "/login", ""))).await;
        for _ in 0..300 {
            client.send(&format!("400\r\n{}\r\n", "x".repeat(1_024))).await;
        }
        assert_eq!(client.answer().await, Some((413, false)));
    }

    async fn who_waits_to_be_told_to_send_is_not_told_so_for_nothing(t: TestDb) {
        let app = TestApp::on(t).await;
        let running = Running::new(&app);
        let mut client = running.connect().await;
        let head = head("POST", "/no-such-page", "Expect: 100-continue\r\n");
        client.send(&format!("{head}Content-Length: 9\r\n\r\n")).await;
        assert_eq!(client.answer().await, Some((404, false)));
        assert!(client.is_closed().await);
    }

    async fn a_draining_node_answers_and_ends_each_connection_with_its_answer(t: TestDb) {
        let app = TestApp::on(t).await;
        let running = Running::new(&app);
        let (mut early, mut idle) = (running.connect().await, running.connect().await);
        early.send(&portal()).await;
        assert_eq!(early.answer().await, Some((404, true)));
        idle.send(&portal()).await;
        assert_eq!(idle.answer().await, Some((404, true)));
        running.phase.send_replace(Phase::Draining);
        // Kept-alive connections are not cut: their next request is served, with `Connection: close`.
        early.send(&portal()).await;
        assert_eq!(early.answer().await, Some((404, false)));
        assert!(early.is_closed().await);
        // New connections are still served.
        let mut late = running.connect().await;
        late.send(&portal()).await;
        assert_eq!(late.answer().await, Some((404, false)));
        running.phase.send_replace(Phase::Stopping);
        assert!(idle.is_closed().await);
        running.server.await.unwrap();
    }

    /// TH58.
    async fn one_address_has_a_share_of_the_connections_and_others_the_rest(t: TestDb) {
        let app = TestApp::on(t).await;
        let proxies = vec!["127.0.0.9/32".parse().unwrap()];
        let running = Running::with(&app, Connections::limited(9, 2, proxies));
        let serves = async |client: &mut Client| {
            client.send(&portal()).await;
            client.answer().await == Some((404, true))
        };
        let (mut first, mut second) = (running.connect().await, running.connect().await);
        assert!(serves(&mut first).await && serves(&mut second).await);
        let mut third = running.connect().await;
        assert!(third.is_closed().await, "it is closed without being read");
        assert!(serves(&mut running.connect_from("127.0.0.2").await).await, "another address has its own");
        let mut proxied = Vec::new();
        for _ in 0..3 {
            let mut client = running.connect_from("127.0.0.9").await;
            assert!(serves(&mut client).await, "everybody comes from a proxy's");
            proxied.push(client);
        }
        assert!(serves(&mut first).await && serves(&mut second).await, "who was there goes on");
        // The place of one that has ended is free, as soon as the server has noticed.
        drop(first);
        loop {
            let mut next = running.connect().await;
            if next.stream.write_all(portal().as_bytes()).await.is_ok() && next.answer().await == Some((404, true)) {
                break;
            }
        }
    }

    /// O5.
    async fn a_request_that_began_before_the_stop_is_answered(t: TestDb) {
        let app = TestApp::on(t).await;
        let running = Running::new(&app);
        let mut client = running.connect().await;
        let asks = "Expect: 100-continue\r\nContent-Length: 9\r\n\r\n";
        client.send(&format!("{}{asks}", head("POST", "/registration/written", ""))).await;
        // Asked to go on, it knows that the server has read the head and waits for the body.
        assert_eq!(client.answer().await, Some((100, true)));
        client.send("sub").await;
        running.phase.send_replace(Phase::Draining);
        running.phase.send_replace(Phase::Stopping);
        client.send("ject=1").await;
        assert_eq!(client.answer().await, Some((303, false)));
        running.server.await.unwrap();
    }
}
