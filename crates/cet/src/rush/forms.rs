//! The forms of a page, as a browser would send them.

/// A form: where it goes, and its hidden fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) hidden: Vec<(String, String)>,
}

impl Form {
    /// What a browser sends when these fields are filled in: a hidden field of the same name gives way.
    pub(crate) fn with(self, fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let hidden = self.hidden.into_iter().filter(|(name, _)| fields.iter().all(|(own, _)| own != name));
        let own = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        hidden.chain(own).collect()
    }
}

/// The page's forms that are posted, in its order.
pub(crate) fn posted(page: &str) -> impl Iterator<Item = Form> {
    page.split("<form").skip(1).filter_map(|rest| {
        let (tag, inside) = rest.split_once("</form>").unwrap_or((rest, "")).0.split_once('>')?;
        let post = attribute(tag, "method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        let hidden = tags(inside, "<input")
            .filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"))
            .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
            .collect();
        post.then(|| Form { action: attribute(tag, "action").unwrap_or_default(), hidden })
    })
}

/// Where the gateway's link "back to the merchant" leads.
pub(crate) fn way_back(page: &str) -> Option<String> {
    let mut links = tags(page, "<a").filter(|tag| attribute(tag, "class").as_deref() == Some("back"));
    attribute(links.next()?, "href")
}

/// The values that `name` has in the page's tags, such as those of `data-code`.
pub(crate) fn marks<'p>(page: &'p str, name: &'p str) -> impl Iterator<Item = String> + 'p {
    tags(page, "<").filter_map(move |tag| attribute(tag, name))
}

/// The first tag that has the attribute `name`, with what it says.
pub(crate) fn tags_with<'p>(page: &'p str, name: &'p str) -> impl Iterator<Item = &'p str> {
    tags(page, "<").filter(move |tag| attribute(tag, name).is_some())
}

fn tags<'p>(page: &'p str, begin: &'p str) -> impl Iterator<Item = &'p str> {
    page.split(begin).skip(1).filter_map(|rest| rest.split('>').next())
}

/// The value of an attribute of a tag; the site writes them in double quotes.
pub(crate) fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    loop {
        let (before, after) = rest.split_once(&format!("{name}=\""))?;
        let (value, behind) = after.split_once('"')?;
        if before.ends_with(char::is_whitespace) {
            return Some(text(value));
        }
        rest = behind;
    }
}

/// The characters that the site escapes in an attribute.
fn text(value: &str) -> String {
    const ESCAPED: [(&str, &str); 8] = [
        ("&#34;", "\""),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&lt;", "<"),
        ("&#62;", ">"),
        ("&gt;", ">"),
        ("&#38;", "&"),
    ];
    let plain = ESCAPED.iter().fold(value.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain));
    plain.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<form action="/search"><input type="hidden" name="q" value="1"></form>
        <form method="post" action="/payment?x=1&#38;y=2"><input type="hidden" name="passport" value="a&quot;b">
        <input type="checkbox" name="entry" value="7"><input type="hidden" name="gateway" value="none"></form>
        <p data-code="pool-full" class="x">…</p><tr data-subject="1" data-offer="open">"#;

    #[test]
    fn a_form_is_sent_with_its_hidden_fields_and_what_is_filled_in() {
        let form = posted(PAGE).next().unwrap();
        assert_eq!(form.action, "/payment?x=1&y=2");
        let sent = form.with(&[("gateway", "alipay")]);
        assert_eq!(sent, [("passport".into(), "a\"b".into()), ("gateway".into(), "alipay".into())]);
        assert_eq!(posted(PAGE).count(), 1);
    }

    #[test]
    fn the_way_back_is_the_gateway_s_own_link() {
        let page =
            r#"<a href="/x">x</a><a class="back" href="http://site/payment/return?a=1&#38;b=2">返回商户</a>"#;
        assert_eq!(way_back(page).as_deref(), Some("http://site/payment/return?a=1&b=2"));
        assert_eq!(way_back(PAGE), None);
    }

    #[test]
    fn marks_are_whole_attributes() {
        assert_eq!(marks(PAGE, "data-code").collect::<Vec<_>>(), ["pool-full"]);
        assert_eq!(marks(PAGE, "code").count(), 0);
        let row = tags_with(PAGE, "data-subject").next().unwrap();
        assert_eq!(attribute(row, "data-offer").as_deref(), Some("open"));
    }
}
