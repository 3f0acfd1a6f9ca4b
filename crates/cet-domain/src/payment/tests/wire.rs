//! The real client against a server that misbehaves.

use axum::Router;
use axum::response::Redirect;
use axum::routing::post;

use super::*;

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

fn request(url: String) -> HttpRequest {
    HttpRequest::post(url, "application/x-www-form-urlencoded", b"a=1".to_vec())
}

#[tokio::test]
async fn an_answer_comes_back_as_it_was_sent() {
    let origin = serve(Router::new().route("/", post(async |body: String| format!("{body}!")))).await;
    let wire = HttpWire::new().unwrap();
    let reply = wire.send(request(format!("{origin}/"))).await.unwrap();
    assert_eq!((reply.status, reply.body), (200, b"a=1!".to_vec()));
    assert_eq!(wire.send(request(format!("{origin}/nowhere"))).await.unwrap().status, 404);
}

#[tokio::test]
async fn headers_go_both_ways_and_a_question_has_no_body() {
    let echo = async |headers: http::HeaderMap, body: String| {
        assert!(body.is_empty() && headers.get("content-type").is_none());
        [("wechatpay-nonce", headers.get("authorization").unwrap().clone())]
    };
    let origin = serve(Router::new().route("/", axum::routing::get(echo))).await;
    let mut request = HttpRequest::get(format!("{origin}/"));
    request.headers.push(("authorization", "signed".to_owned()));
    let reply = HttpWire::new().unwrap().send(request).await.unwrap();
    assert!(reply.headers.contains(&("wechatpay-nonce".to_owned(), "signed".to_owned())));
}

/// TH67.
#[tokio::test]
async fn a_redirect_is_not_followed() {
    let router = Router::new()
        .route("/", post(async || Redirect::temporary("/inside")))
        .route("/inside", post(async || "secret"));
    let origin = serve(router).await;
    let reply = HttpWire::new().unwrap().send(request(format!("{origin}/"))).await.unwrap();
    assert_eq!((reply.status, reply.body), (307, Vec::new()));
}

#[tokio::test]
async fn more_than_64_kilobytes_are_not_read() {
    let long = |n: usize| post(async move || "x".repeat(n));
    let router = Router::new().route("/most", long(64 * 1024)).route("/more", long(64 * 1024 + 1));
    let origin = serve(router).await;
    let wire = HttpWire::new().unwrap();
    assert_eq!(wire.send(request(format!("{origin}/most"))).await.unwrap().body.len(), 64 * 1024);
    assert_eq!(wire.send(request(format!("{origin}/more"))).await, Err(NoReply::TooLong));
}

#[tokio::test]
async fn nobody_there_and_a_broken_answer_are_no_reply() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let wire = HttpWire::new().unwrap();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut some = [0_u8; 64];
        let _read = stream.read(&mut some).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc").await.unwrap();
    });
    assert_eq!(wire.send(request(format!("http://{address}/"))).await, Err(NoReply::Broken));
    assert_eq!(wire.send(request(format!("http://{address}/"))).await, Err(NoReply::Broken));
}
