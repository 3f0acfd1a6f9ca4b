//! What everybody can see of a site.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use reqwest::{Client, Response};

use super::Finding;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// What every answer has, and what for.
const HEADERS: [(&str, &str); 5] = [
    ("content-security-policy", "it keeps foreign scripts out"),
    ("x-content-type-options", "it keeps files from being taken for scripts"),
    ("x-frame-options", "it keeps the site out of other sites' frames"),
    ("referrer-policy", "it keeps addresses from other sites"),
    ("cross-origin-opener-policy", "it keeps other windows away"),
];

/// Looks at a site: whether it answers, over which connection, with which headers and which clock. `now` is this machine's
/// clock.
pub(crate) async fn look(name: &str, origin: &str, now: fn() -> SystemTime, rehearsal: bool) -> Vec<Finding> {
    let client = Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build();
    let client = match client {
        Ok(client) => client,
        Err(error) => return vec![Finding::wrong(name, error.to_string(), "The HTTP client can't be made.")],
    };
    let home = match client.get(format!("{origin}/")).send().await {
        Ok(home) => home,
        Err(error) => return vec![unreachable(name, origin, &error)],
    };
    let heard = now();
    let mut all = vec![answers(name, origin, &home), encrypted(name, origin, rehearsal)];
    all.extend(headers(name, home.headers(), origin.starts_with("https://")));
    all.push(clock(name, home.headers(), heard));
    all.push(private(name, origin, &client).await);
    all
}

fn unreachable(name: &str, origin: &str, error: &reqwest::Error) -> Finding {
    let mut causes = vec![error.to_string()];
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    let to_do = "Is the node running (`systemctl status cet`), does the proxy lead to server.listen, does the name lead \
                 to the proxy, is the certificate valid and complete?";
    Finding::wrong(name, format!("{origin} can't be reached: {}", causes.join(": ")), to_do)
}

fn answers(name: &str, origin: &str, home: &Response) -> Finding {
    match home.status().as_u16() {
        200 => Finding::good(name, format!("{origin} answers")),
        421 => Finding::wrong(
            name,
            format!("{origin} answers 421: it does not know this name"),
            "Set server.public_origin or server.education_origin to it, and have the proxy pass the Host header on.",
        ),
        502 | 504 => Finding::wrong(
            name,
            format!("{origin} answers {}: the proxy gets no answer", home.status().as_u16()),
            "Is the node running, and is server.listen where the proxy looks for it?",
        ),
        503 => Finding::look(
            name,
            format!("{origin} answers 503"),
            "The site is there and can't serve: look at /readyz of its nodes and at their log.",
        ),
        status => Finding::wrong(name, format!("{origin} answers {status}"), "The portal should answer 200."),
    }
}

fn encrypted(name: &str, origin: &str, rehearsal: bool) -> Finding {
    let what = format!("{name}, connection");
    if origin.starts_with("https://") {
        // The client refuses a certificate that has expired, is for another name, or whose chain is not complete.
        Finding::good(&what, "encrypted, with a certificate that is valid for this name")
    } else if rehearsal {
        Finding::look(
            &what,
            "not encrypted",
            "Good enough for a rehearsal on this machine, for nothing else.",
        )
    } else {
        Finding::wrong(
            &what,
            "not encrypted: passwords can be read on the way",
            "Put a proxy with TLS before it (packaging/proxy) and begin server.public_origin with https://.",
        )
    }
}

fn headers(name: &str, headers: &HeaderMap, encrypted: bool) -> Vec<Finding> {
    let hsts =
        encrypted.then_some(("strict-transport-security", "it keeps browsers from going back to http"));
    let missing: Vec<Finding> = HEADERS
        .into_iter()
        .chain(hsts)
        .filter(|(header, _)| !headers.contains_key(*header))
        .map(|(header, why)| {
            Finding::wrong(
                &format!("{name}, headers"),
                format!("{header} is missing: {why}"),
                "The node sends it: the proxy must not take it away.",
            )
        })
        .collect();
    if missing.is_empty() {
        vec![Finding::good(&format!("{name}, headers"), "those that protect browsers are there")]
    } else {
        missing
    }
}

/// The clock of the answer against that of this machine.
fn clock(name: &str, headers: &HeaderMap, now: SystemTime) -> Finding {
    let what = format!("{name}, clock");
    let date = headers.get(http::header::DATE).and_then(|date| date.to_str().ok());
    let Some(date) = date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok()) else {
        return Finding::look(
            &what,
            "the answer has no date",
            "The node sends one: the proxy must not take it away.",
        );
    };
    let own = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let apart = u64::try_from(date.timestamp().as_second()).unwrap_or(0).abs_diff(own);
    apart_by(&what, "the answer's date and this machine's clock", apart)
}

/// Two clocks that are so many seconds apart.
pub(crate) fn apart_by(what: &str, which: &str, seconds: u64) -> Finding {
    match seconds {
        0..=2 => Finding::good(what, format!("{which} are at most 2 s apart")),
        3..=30 => Finding::look(
            what,
            format!("{which} are {seconds} s apart"),
            "Have chrony or ntpd set the clocks.",
        ),
        _ => Finding::wrong(
            what,
            format!("{which} are {seconds} s apart"),
            "Candidates see the wrong time left. Have chrony or ntpd set the clocks.",
        ),
    }
}

/// Metrics and readiness are not for everybody.
async fn private(name: &str, origin: &str, client: &Client) -> Finding {
    let what = format!("{name}, admin address");
    for path in ["/metrics", "/readyz"] {
        if let Ok(answer) = client.get(format!("{origin}{path}")).send().await
            && answer.status().is_success()
        {
            return Finding::wrong(
                &what,
                format!("{origin}{path} is public"),
                "The proxy must not lead to server.admin_listen.",
            );
        }
    }
    Finding::good(&what, "not public")
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    fn with(names: &[&'static str]) -> HeaderMap {
        names
            .iter()
            .map(|name| (http::HeaderName::from_static(name), http::HeaderValue::from_static("x")))
            .collect()
    }

    #[test]
    fn each_missing_header_is_told_and_hsts_only_over_tls() {
        let all: Vec<&str> = HEADERS.iter().map(|(name, _)| *name).collect();
        let states = |found: Vec<Finding>| found.into_iter().map(|one| one.state).collect::<Vec<_>>();
        assert_eq!(states(headers("site", &with(&all), false)), [State::Good]);
        let found = headers("site", &with(&all), true);
        assert!(found.len() == 1 && found[0].found.starts_with("strict-transport-security"), "{found:?}");
        assert_eq!(states(headers("site", &with(&all[2..]), false)), [State::Wrong, State::Wrong]);
    }

    #[test]
    fn clocks_may_be_two_seconds_apart() {
        let state = |seconds| apart_by("clock", "these", seconds).state;
        assert_eq!([2, 3, 30, 31].map(state), [State::Good, State::Look, State::Look, State::Wrong]);
    }

    #[test]
    fn an_unencrypted_site_is_only_let_pass_in_a_rehearsal() {
        assert_eq!(encrypted("site", "http://a", true).state, State::Look);
        assert_eq!(encrypted("site", "http://a", false).state, State::Wrong);
        assert_eq!(encrypted("site", "https://a", false).state, State::Good);
    }
}
