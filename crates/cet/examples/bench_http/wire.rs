//! One keep-alive connection: sends a request's bytes and reads the whole response.

use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection, with its last response.
pub(crate) struct Wire {
    address: SocketAddr,
    stream: TcpStream,
    buffer: Vec<u8>,
    body: Range<usize>,
}

/// The bytes of a GET; `headers` are complete lines.
pub(crate) fn get(address: SocketAddr, path: &str, headers: &str) -> Arc<[u8]> {
    format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n").into_bytes().into()
}

/// The bytes of a form's POST.
pub(crate) fn post(address: SocketAddr, path: &str, headers: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\n{headers}content-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl Wire {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { address, stream, buffer: Vec::with_capacity(16 * 1024), body: 0..0 })
    }

    /// Sends a request and reads the whole response; returns its status.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end.saturating_add(4);
            }
        };
        let text = String::from_utf8_lossy(self.buffer.get(..head).unwrap_or_default());
        let status = text.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
        let length: usize =
            header(&text, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        // A 304 states the length of the body that it omits.
        let end = head.saturating_add(if status == 304 { 0 } else { length });
        drop(text);
        while self.buffer.len() < end {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        self.body = head..end;
        Ok(status)
    }

    /// The body of the last response.
    pub(crate) fn body(&self) -> &[u8] {
        self.buffer.get(self.body.clone()).unwrap_or_default()
    }

    /// A header of the last response.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let head = String::from_utf8_lossy(self.buffer.get(..self.body.start).unwrap_or_default());
        header(&head, name).map(str::to_owned)
    }

    /// A header of the response for `path`, for a browser that accepts brotli.
    pub(crate) async fn header_of(&mut self, path: &str, name: &str) -> io::Result<String> {
        self.ask(&get(self.address, path, "accept-encoding: br\r\n")).await?;
        self.header(name).ok_or_else(|| io::Error::other(format!("{path} has no {name}")))
    }
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
