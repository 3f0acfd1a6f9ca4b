//! A minimal XML parser for PayEase's answers: elements and text, no entities or references to other documents.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::fields::Charset;
use crate::refused::WireError;

const BROKEN: WireError = WireError::Malformed("XML");
/// The maximum nesting depth; valid answers have four levels.
const MAX_DEPTH: usize = 8;
/// The maximum number of elements in an answer.
const MAX_ELEMENTS: usize = 2_000;
/// The maximum size of an answer in bytes.
const MAX_BYTES: usize = 512 * 1024;

/// An element with its text and its child elements.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// Parses a document in GB2312/GBK or UTF-8, as declared in its first line; UTF-8 without a declaration.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, WireError> {
        if body.len() > MAX_BYTES {
            return Err(WireError::TooLarge);
        }
        let text = charset_of(body).decode(body)?;
        let mut reader = Reader::from_str(&text);
        let mut open: Vec<Element> = Vec::new();
        let mut root: Option<Element> = None;
        let mut count = 0_usize;
        loop {
            match reader.read_event().map_err(|_| BROKEN)? {
                Event::Start(tag) => {
                    count = count.saturating_add(1);
                    if root.is_some() || open.len() >= MAX_DEPTH || count > MAX_ELEMENTS {
                        return Err(BROKEN);
                    }
                    let name: &str = tag.name().into_inner();
                    open.push(Element { name: name.to_owned(), ..Element::default() });
                }
                Event::End(_) => {
                    let mut closed = open.pop().ok_or(BROKEN)?;
                    closed.text = closed.text.trim().into();
                    place(closed, &mut open, &mut root)?;
                }
                Event::Empty(tag) => {
                    count = count.saturating_add(1);
                    if root.is_some() || count > MAX_ELEMENTS {
                        return Err(BROKEN);
                    }
                    let name: &str = tag.name().into_inner();
                    place(Element { name: name.to_owned(), ..Element::default() }, &mut open, &mut root)?;
                }
                Event::Text(part) => add_text(&part.xml10_content(), &mut open)?,
                Event::CData(part) => add_text(&part.xml10_content(), &mut open)?,
                Event::GeneralRef(part) => {
                    let mark = match part.resolve_char_ref().map_err(|_| BROKEN)? {
                        Some(mark) => mark,
                        None => match part.xml10_content().as_ref() {
                            "amp" => '&',
                            "lt" => '<',
                            "gt" => '>',
                            "quot" => '"',
                            "apos" => '\'',
                            _ => return Err(BROKEN),
                        },
                    };
                    open.last_mut().ok_or(BROKEN)?.text.push(mark);
                }
                Event::DocType(_) => return Err(BROKEN),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if open.is_empty() { root.ok_or(BROKEN) } else { Err(BROKEN) }
    }

    /// The only child with this name; duplicates are an error, since readers could choose differently.
    pub(crate) fn child(&self, name: &str) -> Result<Option<&Element>, WireError> {
        let mut found = self.children.iter().filter(|child| child.name == name);
        let first = found.next();
        if found.next().is_some() {
            return Err(WireError::DuplicateField(name.to_owned()));
        }
        Ok(first)
    }

    pub(crate) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the only child with this name.
    pub(crate) fn text_of(&self, name: &'static str) -> Result<&str, WireError> {
        self.child(name)?.map(|child| child.text.as_str()).ok_or(WireError::MissingField(name))
    }
}

fn place(closed: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), WireError> {
    match open.last_mut() {
        Some(parent) => parent.children.push(closed),
        None if root.is_none() => *root = Some(closed),
        None => return Err(BROKEN),
    }
    Ok(())
}

fn add_text(text: &str, open: &mut [Element]) -> Result<(), WireError> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(BROKEN),
    }
    Ok(())
}

fn charset_of(body: &[u8]) -> Charset {
    let head = body.get(..body.len().min(100)).unwrap_or_default();
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let declaration = head.split("?>").next().unwrap_or_default();
    if declaration.starts_with("<?xml") && declaration.contains("gb") { Charset::Gbk } else { Charset::Utf8 }
}

/// Escapes text for use inside an element.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gb2312_answer_is_read_by_its_declaration() {
        let text = "<?xml version=\"1.0\" encoding=\"GB2312\"?><m><h><s>支付成功 &amp; &#65;</s></h></m>";
        let body = Charset::Gbk.encode(text).unwrap();
        let root = Element::parse(&body).unwrap();
        assert_eq!(root.child("h").unwrap().unwrap().text_of("s"), Ok("支付成功 & A"));
    }

    #[test]
    fn entities_doctypes_and_broken_nesting_are_refused() {
        for text in [
            "",
            "x",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
            "<a/>tail",
        ] {
            assert!(Element::parse(text.as_bytes()).is_err(), "{text}");
        }
        let deep = format!("{}{}", "<a>".repeat(9), "</a>".repeat(9));
        assert!(Element::parse(deep.as_bytes()).is_err());
    }

    #[test]
    fn a_doubled_child_is_refused_when_it_is_read() {
        let root = Element::parse(b"<a><b>1</b><b>2</b></a>").unwrap();
        assert!(root.text_of("b").is_err());
    }
}
