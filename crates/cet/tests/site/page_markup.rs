//! The machine-readable parts of a page: refusal codes, entries, offers and forms.

/// An entry of the information page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntryMark {
    pub(crate) id: String,
    pub(crate) subject: String,
    pub(crate) campus: String,
    pub(crate) payment: String,
}

/// A form: its action, its hidden and filled-in fields, its buttons.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) gbk: bool,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) buttons: Vec<(String, String)>,
}

/// The codes of all refusals that a page names.
pub(crate) fn codes(page: &str) -> Vec<String> {
    tags(page).filter_map(|tag| attribute(tag, "data-code")).collect()
}

/// The entries of the information page.
pub(crate) fn entries(page: &str) -> Vec<EntryMark> {
    let marked = tags(page).filter_map(|tag| attribute(tag, "data-entry").map(|id| (tag, id)));
    marked
        .map(|(tag, id)| EntryMark {
            id,
            subject: attribute(tag, "data-subject").unwrap_or_default(),
            campus: attribute(tag, "data-campus").unwrap_or_default(),
            payment: attribute(tag, "data-payment").unwrap_or_default(),
        })
        .collect()
}

/// The subjects that can be selected on an entry page.
pub(crate) fn open_offers(page: &str) -> Vec<String> {
    tags(page)
        .filter(|tag| attribute(tag, "data-offer").as_deref() == Some("open"))
        .filter_map(|tag| attribute(tag, "data-subject"))
        .collect()
}

/// The `data-state` of the step `data-step`, if the page has it.
pub(crate) fn state_of_step(page: &str, step: &str) -> Option<String> {
    tags(page)
        .find(|tag| attribute(tag, "data-step").as_deref() == Some(step))
        .and_then(|tag| attribute(tag, "data-state"))
}

/// The POST forms of a page, in order.
pub(crate) fn post_forms(page: &str) -> Vec<Form> {
    let bodies =
        page.split("<form").skip(1).filter_map(|rest| rest.split_once("</form>").map(|(body, _)| body));
    bodies
        .filter_map(|body| body.split_once('>'))
        .filter(|(tag, _)| attribute(tag, "method").as_deref() == Some("post"))
        .map(|(tag, body)| Form {
            action: attribute(tag, "action").unwrap_or_default(),
            gbk: attribute(tag, "accept-charset").is_some_and(|charset| charset.eq_ignore_ascii_case("gbk")),
            fields: named(body, "input"),
            buttons: named(body, "button"),
        })
        .collect()
}

/// Name and value of each named element of a kind.
fn named(body: &str, element: &str) -> Vec<(String, String)> {
    tags(body)
        .filter(|tag| tag.split_whitespace().next() == Some(element))
        .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
        .collect()
}

fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    Some(unescaped(value))
}

fn unescaped(text: &str) -> String {
    let names =
        [("&#34;", "\""), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&lt;", "<"), ("&#60;", "<")];
    let more = [("&gt;", ">"), ("&#62;", ">"), ("&#38;", "&"), ("&amp;", "&")];
    names.iter().chain(&more).fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

#[test]
fn marks_are_read_as_a_browser_reads_them() {
    let page = r#"<tr role="row" data-entry="7" data-subject="F" data-campus="991010" data-payment="paid">
        <form action="/a?x=1&#38;y=2" method="post" accept-charset="GBK"><input type="hidden" name="b" value="&#34;c&#34;">
        <button name="outcome" value="pay">x</button></form><p data-code="pool-full">"#;
    let form = post_forms(page).remove(0);
    assert_eq!((form.action.as_str(), form.gbk), ("/a?x=1&y=2", true));
    assert_eq!(form.fields, [("b".to_owned(), "\"c\"".to_owned())]);
    assert_eq!(form.buttons, [("outcome".to_owned(), "pay".to_owned())]);
    assert_eq!(codes(page), ["pool-full"]);
    let entry =
        EntryMark { id: "7".into(), subject: "F".into(), campus: "991010".into(), payment: "paid".into() };
    assert_eq!(entries(page), [entry]);
}
