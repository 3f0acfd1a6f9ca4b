//! Renders staff's Markdown as safe HTML (P2, TH28).

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use pulldown_cmark::{Options, Parser, html};

/// Number of cached texts: a few of each sitting, in two languages.
const KEPT: usize = 64;

/// [`render`], cached for texts that many pages show.
#[must_use]
pub fn rendered(markdown: &str) -> Arc<str> {
    static DONE: LazyLock<RwLock<HashMap<String, Arc<str>>>> = LazyLock::new(RwLock::default);
    let done = DONE.read().unwrap_or_else(PoisonError::into_inner).get(markdown).map(Arc::clone);
    if let Some(done) = done {
        return done;
    }
    let fresh: Arc<str> = render(markdown).into();
    let mut kept = DONE.write().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(markdown.to_owned(), Arc::clone(&fresh));
    fresh
}

/// Renders Markdown; anything but plain text markup is removed. Headings begin at h2, since a page has its own h1.
#[must_use]
pub fn render(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len().saturating_mul(2));
    html::push_html(&mut out, Parser::new_ext(markdown, Options::ENABLE_TABLES).map(lowered));
    ammonia::Builder::default()
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .link_rel(Some("noopener noreferrer"))
        .rm_tags(["img"])
        .clean(&out)
        .to_string()
}

fn lowered(event: pulldown_cmark::Event<'_>) -> pulldown_cmark::Event<'_> {
    use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};
    match event {
        Event::Start(Tag::Heading { level: HeadingLevel::H1, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, id, classes, attrs })
        }
        Event::End(TagEnd::Heading(HeadingLevel::H1)) => Event::End(TagEnd::Heading(HeadingLevel::H2)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P2, TH28.
    #[test]
    fn what_staff_write_can_do_no_harm() {
        let html = render(
            "# 通告\n\n<script>x</script><img src=x onerror=y>\n\n[a](javascript:x) [b](https://b.cn)\n\n|a|b|\n|-|-|\n|1|2|\n",
        );
        for bad in ["script", "onerror", "javascript:", "<img", "<h1"] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        assert!(
            html.contains("<h2>通告</h2>") && html.contains("https://b.cn") && html.contains("<td>1</td>")
        );
    }
}
