//! Why a connection to a gateway or a mail server failed.

use std::error::Error;

/// The causes of an error, down to the innermost: a wrong certificate must not look like a broken network.
pub(crate) fn causes(error: Option<&dyn Error>) -> String {
    let (mut all, mut next) = (Vec::new(), error);
    while let Some(error) = next {
        all.push(error.to_string());
        next = error.source();
    }
    if all.is_empty() { "unknown".to_owned() } else { all.join(": ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS 16.3.4: a wrong certificate must not look like a broken network.
    #[test]
    fn a_broken_connection_says_why_down_to_the_innermost_cause() {
        let inner = std::io::Error::other("certificate expired");
        let outer = std::io::Error::other(Outer(inner));
        assert_eq!(causes(Some(&outer)), "the handshake failed: certificate expired");
        assert_eq!(causes(None), "unknown");
    }

    #[derive(Debug)]
    struct Outer(std::io::Error);

    impl std::fmt::Display for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("the handshake failed")
        }
    }

    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
}
