//! Texts of a sitting's file: files beside it, and `[[notice]]`.

use std::collections::BTreeSet;

use super::sections::{MODE, scope};
use super::table::{Faults, Section};
use crate::sitting::plan::Notice;
use crate::words::subject::Mode;

pub(super) fn text_beside(
    section: &mut Section<'_, '_>,
    key: &'static str,
    beside: &impl Fn(&str) -> Result<String, String>,
    faults: &mut Faults,
) -> Option<String> {
    let expected = "the name of a Markdown file beside this one";
    let plain = |name: &str| (!name.is_empty() && !name.contains(['/', '\\', '\0'])).then(|| name.to_owned());
    let name = section.read(key, expected, faults, plain)?;
    match beside(&name) {
        Ok(text) if text.trim().is_empty() => {
            faults.at(section.line, format!("{key} = \"{name}\": expected a file that is not empty"));
            None
        }
        Ok(text) => Some(text),
        Err(reason) => {
            faults.at(section.line, format!("{key} = \"{name}\": {reason}"));
            None
        }
    }
}

pub(super) fn notices(
    sections: Vec<Section<'_, '_>>,
    beside: &impl Fn(&str) -> Result<String, String>,
    faults: &mut Faults,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    let mut seen = BTreeSet::new();
    for mut section in sections {
        let scope = scope(&mut section, faults);
        let step = section.read("step", MODE, faults, Mode::from_wire);
        let text = section.read("text", "Markdown", faults, |text| Some(text.to_owned()));
        let file = text_beside(&mut section, "file", beside, faults);
        let text_en = section.read("text_en", "Markdown", faults, |text| Some(text.to_owned()));
        let file_en = text_beside(&mut section, "file_en", beside, faults);
        if text_en.is_some() && file_en.is_some() {
            faults.at(section.line, "notice: expected either text_en or file_en");
        }
        let body_en = text_en.or(file_en).unwrap_or_default();
        if let Some(scope) = scope
            && !seen.insert((scope, step))
        {
            faults.at(section.line, format!("the notice of \"{scope}\" for this step stands twice"));
        }
        match (text, file) {
            (Some(body), None) | (None, Some(body)) => {
                notices.extend(scope.map(|scope| Notice { scope, step, body, body_en }));
            }
            (None, None) | (Some(_), Some(_)) => {
                faults.at(section.line, "notice: expected either text or file");
            }
        }
        section.end(faults);
    }
    notices
}
