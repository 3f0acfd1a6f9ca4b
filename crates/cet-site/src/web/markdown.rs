//! Renders staff's Markdown as safe HTML (P2, TH28).

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use pulldown_cmark::{Event, Options, Parser, html};

/// How deep quotations, lists and emphasis may lie in each other: what lies deeper is shown without its own. The time
/// of making HTML safe grows by the square of the depth.
const DEEPEST: usize = 24;
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
    let mut depth: usize = 0;
    let shallow = Parser::new_ext(markdown, Options::ENABLE_TABLES).filter(|event| match event {
        Event::Start(_) => {
            depth = depth.saturating_add(1);
            depth <= DEEPEST
        }
        Event::End(_) => {
            let kept = depth <= DEEPEST;
            depth = depth.saturating_sub(1);
            kept
        }
        _ => true,
    });
    html::push_html(&mut out, shallow.map(lowered));
    ammonia::Builder::default()
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .link_rel(Some("noopener noreferrer"))
        .rm_tags(["img"])
        .clean(&out)
        .to_string()
}

fn lowered(event: Event<'_>) -> Event<'_> {
    use pulldown_cmark::{HeadingLevel, Tag, TagEnd};
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

    /// TH28.
    #[test]
    fn what_lies_in_each_other_without_end_is_shown_to_a_depth() {
        for (inside, tag) in [("> ", "<blockquote>"), ("- ", "<ul>"), ("1. ", "<ol>")] {
            let deep = |times: usize| render(&format!("{}到了", inside.repeat(times)));
            // Of a list counts its item too.
            let each = if tag == "<blockquote>" { 1 } else { 2 };
            assert_eq!(deep(5).matches(tag).count(), 5, "{tag}");
            let html = deep(2_000);
            assert_eq!(html.matches(tag).count(), DEEPEST / each, "{tag}");
            assert!(html.contains("到了") && html.len() < 10_000, "{tag}: {} bytes", html.len());
        }
    }
}
