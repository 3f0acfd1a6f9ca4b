//! Markdown of staff as HTML that can do no harm (P2, T28).

use pulldown_cmark::{Options, Parser, html};

/// Renders Markdown; what is not plain text markup is taken out. Headings begin at h2, since a page has its own h1.
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
