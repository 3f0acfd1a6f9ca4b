//! The table of facts on a ticket, with labels in Chinese or in both languages.
#![expect(clippy::float_arithmetic, reason = "a page is measured in fractions of a point, as the PDF is")]

use krilla::tagging::{Node, TableHeaderScope, Tag, TagGroup};

use super::{FACTS_WIDTH, LABEL_WIDTH, MARGIN, Sheet, Ticket, count};
use crate::pen::{Align, Style, mm};

/// The English texts of a bilingual ticket, printed in addition to the Chinese ones.
#[derive(Clone)]
pub struct English {
    /// Sitting and subject, under the title.
    pub under: String,
    /// 考试科目.
    pub subject: String,
    /// 考试时间.
    pub exam_time: String,
    /// 考试地点.
    pub address: String,
    /// 考生须知, one for each Chinese one, in the same order.
    pub rules: Vec<String>,
}

impl std::fmt::Debug for English {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("English(..)")
    }
}

/// A fixed label in both languages.
pub(super) type Label = (&'static str, &'static str);

/// The title of every ticket.
pub(super) const TITLE: Label =
    ("全国大学英语四、六级考试准考证", "Admission ticket, College English Test Band 4 and Band 6");
pub(super) const BARCODE: Label = ("准考证号条形码", "Barcode of the ticket number");
pub(super) const RULES: Label = ("考生须知", "Rules for candidates");
pub(super) const NO_PHOTO: Label = ("无照片", "No photo");
pub(super) const PRINTED: Label = ("打印时间", "Printed");

impl Ticket {
    /// A label in one line.
    pub(super) fn label(&self, (chinese, english): Label) -> String {
        if self.english.is_some() { format!("{chinese} {english}") } else { chinese.to_owned() }
    }
}

/// A row of the table: label, value, and the value in English if it differs.
type Fact<'t> = (Label, &'t str, Option<&'t str>);

fn facts(ticket: &Ticket) -> [Fact<'_>; 10] {
    let english = ticket.english.as_ref();
    [
        (("姓名", "Name"), &ticket.name, None),
        (("性别", "Sex"), &ticket.sex, None),
        (("证件类型", "Document"), &ticket.document_kind, None),
        (("证件号码", "Document number"), &ticket.document_number, None),
        (("准考证号", "Ticket number"), &ticket.ticket_number, None),
        (("考试科目", "Subject"), &ticket.subject_with_code, english.map(|english| english.subject.as_str())),
        (("考试时间", "Time"), &ticket.exam_time, english.map(|english| english.exam_time.as_str())),
        (("考试学校", "School"), &ticket.school, None),
        (("考试校区", "Campus"), &ticket.campus, None),
        (("考试地点", "Place"), &ticket.address, english.map(|english| english.address.as_str())),
    ]
}

impl Sheet<'_, '_, '_> {
    /// Draws the table; returns its lower edge.
    pub(super) fn facts_table(&mut self, ticket: &Ticket) -> f32 {
        let mut y = self.y;
        let mut body = TagGroup::new(Tag::TBody);
        self.pen.rule(MARGIN, y, FACTS_WIDTH, 0.75, 0);
        for (label, value, english) in facts(ticket) {
            let head = self.fact_label(y, label, ticket.english.is_some());
            let (cell, lines) = self.fact_value(y, value, english);
            body.push(TagGroup::with_children(Tag::TR, vec![head.into(), cell.into()]));
            y += mm(8.2) + mm(5.6) * count(lines.saturating_sub(1));
            self.pen.rule(MARGIN, y, FACTS_WIDTH, 0.5, 0x99);
        }
        self.section.push(TagGroup::with_children(Tag::Table, vec![body.into()]));
        y
    }

    fn fact_label(&mut self, y: f32, (chinese, english): Label, bilingual: bool) -> TagGroup {
        let scope = Tag::TH(TableHeaderScope::Row);
        if !bilingual {
            return self.pen.line(scope, (MARGIN, y + mm(5.7)), Align::Left, Style::grey(11.0), chinese);
        }
        let above = self.pen.line(Tag::P, (MARGIN, y + mm(4.3)), Align::Left, Style::grey(10.0), chinese);
        let below = self.pen.line(Tag::P, (MARGIN, y + mm(7.2)), Align::Left, Style::grey(7.0), english);
        TagGroup::with_children(scope, vec![above.into(), below.into()])
    }

    /// Draws the value; also returns its number of lines.
    fn fact_value(&mut self, y: f32, value: &str, english: Option<&str>) -> (TagGroup, usize) {
        let at = (MARGIN + LABEL_WIDTH, y + mm(5.7));
        let width = FACTS_WIDTH - LABEL_WIDTH;
        let lines = self.fonts.wrap(11.0, width, value);
        let Some(english) = english else {
            return (self.pen.lines(Tag::TD, at, mm(5.6), Style::bold(11.0), &lines), lines.len());
        };
        let more = self.fonts.wrap(9.5, width, english);
        let first = self.pen.lines(Tag::P, at, mm(5.6), Style::bold(11.0), &lines);
        let below = (at.0, at.1 + mm(5.6) * count(lines.len()));
        let second = self.pen.lines(Tag::P, below, mm(5.6), Style::plain(9.5), &more);
        let cell = TagGroup::with_children(Tag::TD, vec![Node::from(first), Node::from(second)]);
        (cell, lines.len().saturating_add(more.len()))
    }
}
