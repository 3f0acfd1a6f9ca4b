//! The admission ticket (T3): one page with the manual's texts.
#![expect(clippy::float_arithmetic, reason = "a page is measured in fractions of a point, as the PDF is")]

use std::num::NonZeroU16;

use krilla::geom::Rect;
use krilla::image::Image;
use krilla::tagging::{ListNumbering, TableHeaderScope, Tag, TagGroup};

use crate::book::{Book, PAGE_HEIGHT_MM, PAGE_WIDTH_MM};
use crate::pen::{Align, Pen, Style, mm};
use crate::{Fonts, Rendered, TicketError, code128, qr};

const MARGIN: f32 = mm(14.0);
const WIDTH: f32 = mm(PAGE_WIDTH_MM) - 2.0 * MARGIN;
const BOTTOM: f32 = mm(PAGE_HEIGHT_MM - 14.0);

/// The width of the column with photo and QR code.
const SIDE: f32 = mm(40.0);
const SIDE_LEFT: f32 = MARGIN + WIDTH - SIDE;
const FACTS_WIDTH: f32 = WIDTH - SIDE - mm(6.0);
const LABEL_WIDTH: f32 = mm(24.0);

/// The quiet zone of Code 128: ten modules on both sides.
const QUIET_MODULES: f32 = 10.0;
/// The quiet zone of a QR code: four modules on each side.
const QR_QUIET_MODULES: f32 = 4.0;

/// One of the large boxes, with label and value: 考场号, 座位号, 入场 or 场次.
#[derive(Clone)]
pub struct Slot {
    /// The label.
    pub label: String,
    /// The value, printed large.
    pub value: String,
}

/// The content of one ticket; texts as they are printed, in Chinese.
#[derive(Clone)]
pub struct Ticket {
    /// 考次, e.g. 2017年上半年.
    pub sitting: String,
    /// The subject's name, e.g. 英语四级笔试; printed below the title.
    pub subject: String,
    /// 考试科目 with its code, e.g. (1) 英语四级笔试.
    pub subject_with_code: String,
    /// 姓名.
    pub name: String,
    /// 性别.
    pub sex: String,
    /// 证件类型, e.g. 中华人民共和国居民身份证.
    pub document_kind: String,
    /// 证件号码.
    pub document_number: String,
    /// 准考证号: ASCII, at most 24 characters.
    pub ticket_number: String,
    /// 考试时间, e.g. 2017年6月17日（周六）上午 9:00 – 11:20.
    pub exam_time: String,
    /// 考试学校, e.g. (99301)测试学校机构01.
    pub school: String,
    /// 考试校区.
    pub campus: String,
    /// 考试地点.
    pub address: String,
    /// The large boxes, at most four.
    pub slots: Vec<Slot>,
    /// The candidate's photo as a JPEG file; `None` prints an empty frame.
    pub photo: Option<Vec<u8>>,
    /// 考生须知, one item each, numbered when printed.
    pub rules: Vec<String>,
    /// The content of the QR code: the text of [`crate::SigningKey::sign`].
    pub qr_text: String,
    /// 打印时间.
    pub printed_at: String,
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ticket(..)")
    }
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slot(..)")
    }
}

/// One PDF with one page per ticket (a second one only if its rules do not fit).
///
/// # Errors
/// [`TicketError::Empty`], [`TicketError::Barcode`], [`TicketError::Qr`], [`TicketError::Pdf`].
pub fn render(fonts: &Fonts, tickets: &[Ticket]) -> Result<Rendered, TicketError> {
    let mut book = Book::new(fonts, "全国大学英语四、六级考试准考证")?;
    let mut bad_photos = Vec::new();
    for (at, ticket) in tickets.iter().enumerate() {
        let bars = code128::bars(&ticket.ticket_number).ok_or(TicketError::Barcode(at))?;
        let qr = qr::rows(&ticket.qr_text).map_err(|_| TicketError::Qr(at))?;
        let photo = match &ticket.photo {
            None => None,
            Some(file) => {
                Image::from_jpeg(file.clone().into(), false).inspect_err(|_| bad_photos.push(at)).ok()
            }
        };
        book.outline(&format!("{} {}", ticket.ticket_number, ticket.subject), book.pages());
        let rules = Rules::fit(fonts, &ticket.rules);
        let mut section = TagGroup::new(Tag::Section);
        let rest = book.page(|pen| {
            let mut sheet = Sheet { pen, fonts, section: &mut section, y: mm(22.0) };
            sheet.head(ticket);
            sheet.facts(ticket);
            sheet.side(photo, &qr);
            sheet.slots(&ticket.slots);
            sheet.barcode(&ticket.ticket_number, &bars);
            sheet.heading("考生须知");
            let rest = sheet.rules(&rules, 0);
            sheet.foot(&ticket.printed_at);
            rest
        })?;
        if let Some(rest) = rest {
            overflow(&mut book, fonts, &mut section, &rules, rest)?;
        }
        book.read_next(section);
    }
    let mut rendered = book.finish()?;
    rendered.bad_photos = bad_photos;
    Ok(rendered)
}

/// Additional pages for rules that did not fit; a page has at least one item.
fn overflow(
    book: &mut Book<'_>,
    fonts: &Fonts,
    section: &mut TagGroup,
    rules: &Rules,
    from: usize,
) -> Result<(), TicketError> {
    let mut next = Some(from);
    while let Some(from) = next {
        next = book.page(|pen| Sheet { pen, fonts, section, y: mm(22.0) }.rules(rules, from))?;
    }
    Ok(())
}

/// The rules, split into lines at a font size at which ordinary ones fit.
struct Rules {
    size: f32,
    items: Vec<Vec<String>>,
}

impl Rules {
    fn fit(fonts: &Fonts, rules: &[String]) -> Self {
        let cut = |size: f32| Self {
            size,
            items: rules.iter().map(|rule| fonts.wrap(size, WIDTH - mm(7.0), rule)).collect(),
        };
        let lines = |rules: &Self| rules.items.iter().map(Vec::len).sum::<usize>();
        let large = cut(10.0);
        if lines(&large) <= 16 { large } else { cut(8.0) }
    }

    fn leading(&self) -> f32 {
        self.size * 1.55
    }
}

/// One page of a ticket, filled from top to bottom.
struct Sheet<'p, 's, 'b> {
    pen: &'p mut Pen<'s, 'b>,
    fonts: &'p Fonts,
    section: &'p mut TagGroup,
    /// The page is used down to here.
    y: f32,
}

impl Sheet<'_, '_, '_> {
    fn head(&mut self, ticket: &Ticket) {
        let title = "全国大学英语四、六级考试准考证";
        let centre = MARGIN + WIDTH / 2.0;
        let tag = Tag::Hn(NonZeroU16::MIN, Some(title.to_owned()));
        let group = self.pen.line(tag, (centre, self.y), Align::Centre, Style::bold(19.0), title);
        self.section.push(group);
        let under = format!("{} · {}", ticket.sitting, ticket.subject);
        let group =
            self.pen.line(Tag::P, (centre, self.y + mm(8.5)), Align::Centre, Style::plain(12.0), &under);
        self.section.push(group);
        self.y += mm(13.0);
    }

    fn facts(&mut self, ticket: &Ticket) {
        let rows: [(&str, &str); 10] = [
            ("姓名", &ticket.name),
            ("性别", &ticket.sex),
            ("证件类型", &ticket.document_kind),
            ("证件号码", &ticket.document_number),
            ("准考证号", &ticket.ticket_number),
            ("考试科目", &ticket.subject_with_code),
            ("考试时间", &ticket.exam_time),
            ("考试学校", &ticket.school),
            ("考试校区", &ticket.campus),
            ("考试地点", &ticket.address),
        ];
        let mut y = self.y;
        let mut body = TagGroup::new(Tag::TBody);
        self.pen.rule(MARGIN, y, FACTS_WIDTH, 0.75, 0);
        for (label, value) in rows {
            let lines = self.fonts.wrap(11.0, FACTS_WIDTH - LABEL_WIDTH, value);
            let baseline = y + mm(5.7);
            let scope = Tag::TH(TableHeaderScope::Row);
            let head = self.pen.line(scope, (MARGIN, baseline), Align::Left, Style::grey(11.0), label);
            let at = (MARGIN + LABEL_WIDTH, baseline);
            let value = self.pen.lines(Tag::TD, at, mm(5.6), Style::bold(11.0), &lines);
            body.push(TagGroup::with_children(Tag::TR, vec![head.into(), value.into()]));
            y += mm(8.2) + mm(5.6) * count(lines.len().saturating_sub(1));
            self.pen.rule(MARGIN, y, FACTS_WIDTH, 0.5, 0x99);
        }
        self.section.push(TagGroup::with_children(Tag::Table, vec![body.into()]));
        // Photo and QR code are next to the facts and may reach lower.
        self.y = y.max(self.y + mm(44.0) + mm(3.0) + SIDE);
    }

    /// Photo and QR code, next to the facts that were just drawn.
    fn side(&mut self, photo: Option<Image>, qr: &[Vec<bool>]) {
        let bottom = self.y;
        let top = mm(35.0);
        let left = SIDE_LEFT + (SIDE - mm(33.0)) / 2.0;
        self.pen.frame(left, top, mm(33.0), mm(44.0), 0.75);
        let inner = Rect::from_xywh(left + 0.75, top + 0.75, mm(33.0) - 1.5, mm(44.0) - 1.5);
        let group = if let (Some(photo), Some(frame)) = (photo, inner) {
            self.pen.photo("考生照片", frame, photo)
        } else {
            let at = (left + mm(16.5), top + mm(22.0));
            self.pen.line(Tag::P, at, Align::Centre, Style::grey(10.0), "无照片")
        };
        self.section.push(group);
        self.qr(qr, SIDE_LEFT, top + mm(47.0));
        self.y = bottom + mm(5.0);
    }

    fn qr(&mut self, rows: &[Vec<bool>], left: f32, top: f32) {
        let module = SIDE / (count(rows.len()) + 2.0 * QR_QUIET_MODULES);
        let mut boxes = Vec::new();
        for (row, modules) in rows.iter().enumerate() {
            let y = top + (QR_QUIET_MODULES + count(row)) * module;
            let mut x = left + QR_QUIET_MODULES * module;
            for run in modules.chunk_by(|a, b| a == b) {
                let width = count(run.len()) * module;
                if run.first() == Some(&true) {
                    // A slight overlap: PDF viewers otherwise show white lines between the rows.
                    boxes.push((x, y, width, module + 0.02));
                }
                x += width;
            }
        }
        if let Some(frame) = Rect::from_xywh(left, top, SIDE, SIDE) {
            let group = self.pen.figure("验证二维码，供监考员核验", frame, &boxes);
            self.section.push(group);
        }
    }

    fn slots(&mut self, slots: &[Slot]) {
        let height = mm(19.0);
        let Some(width) = (!slots.is_empty()).then(|| WIDTH / count(slots.len())) else { return };
        let mut row = TagGroup::new(Tag::TR);
        let mut values = TagGroup::new(Tag::TR);
        for (at, slot) in slots.iter().enumerate() {
            let left = MARGIN + count(at) * width;
            let centre = left + width / 2.0;
            if at > 0 {
                self.pen.rule(left, self.y, 0.75, height, 0);
            }
            let tag = Tag::TH(TableHeaderScope::Column);
            row.push(self.pen.line(
                tag,
                (centre, self.y + mm(6.0)),
                Align::Centre,
                Style::plain(10.5),
                &slot.label,
            ));
            // A long value is printed smaller so that it does not touch its neighbour.
            let wide = self.fonts.width(20.0, &crate::printable(&slot.value));
            let size = (20.0 * (width - mm(4.0)) / wide.max(1.0)).clamp(5.0, 20.0);
            let at = (centre, self.y + mm(15.0));
            values.push(self.pen.line(Tag::TD, at, Align::Centre, Style::bold(size), &slot.value));
        }
        self.pen.frame(MARGIN, self.y, WIDTH, height, 1.5);
        let body = TagGroup::with_children(Tag::TBody, vec![row.into(), values.into()]);
        self.section.push(TagGroup::with_children(Tag::Table, vec![body.into()]));
        self.y += height + mm(8.0);
    }

    fn barcode(&mut self, number: &str, bars: &[u8]) {
        self.heading("准考证号条形码");
        let modules = count(bars.iter().map(|bar| usize::from(*bar)).sum()) + 2.0 * QUIET_MODULES;
        let module = (mm(100.0) / modules).min(mm(0.5));
        let (boxes, _) = bar_boxes(bars, MARGIN + QUIET_MODULES * module, self.y, module, mm(14.0));
        if let Some(frame) = Rect::from_xywh(MARGIN, self.y, modules * module, mm(14.0)) {
            let group = self.pen.figure(&format!("条形码：{number}"), frame, &boxes);
            self.section.push(group);
        }
        let spaced = in_fours(number);
        let at = (MARGIN + QUIET_MODULES * module, self.y + mm(19.0));
        let group = self.pen.line(Tag::P, at, Align::Left, Style::plain(12.0), &spaced);
        self.section.push(group);
        self.y += mm(28.0);
    }

    fn heading(&mut self, text: &str) {
        let tag = Tag::Hn(NonZeroU16::MIN.saturating_add(1), Some(text.to_owned()));
        let group = self.pen.line(tag, (MARGIN, self.y), Align::Left, Style::bold(12.0), text);
        self.section.push(group);
        self.y += mm(3.0);
    }

    /// Prints items from number `from` (from 0); returns the first that did not fit, if any.
    fn rules(&mut self, rules: &Rules, from: usize) -> Option<usize> {
        let style = Style::plain(rules.size);
        let mut list = TagGroup::new(Tag::L(ListNumbering::Decimal));
        let mut rest = None;
        for (at, lines) in rules.items.iter().enumerate().skip(from) {
            let height = rules.leading() * count(lines.len());
            if at > from && self.y + height > BOTTOM - mm(6.0) {
                rest = Some(at);
                break;
            }
            let baseline = self.y + rules.leading();
            let number = format!("{}.", at.saturating_add(1));
            let label = self.pen.line(Tag::Lbl, (MARGIN, baseline), Align::Left, style, &number);
            let body =
                self.pen.lines(Tag::LBody, (MARGIN + mm(7.0), baseline), rules.leading(), style, lines);
            list.push(TagGroup::with_children(Tag::LI, vec![label.into(), body.into()]));
            self.y += height;
        }
        self.section.push(list);
        rest
    }

    fn foot(&mut self, printed_at: &str) {
        let text = format!("打印时间：{printed_at}");
        let group = self.pen.line(Tag::P, (MARGIN, BOTTOM), Align::Left, Style::grey(8.0), &text);
        self.section.push(group);
    }
}

/// A barcode's bars from `left`, and their right end.
pub(crate) fn bar_boxes(
    bars: &[u8],
    left: f32,
    top: f32,
    module: f32,
    height: f32,
) -> (Vec<(f32, f32, f32, f32)>, f32) {
    let mut x = left;
    let mut boxes = Vec::new();
    for (at, bar) in bars.iter().enumerate() {
        let width = f32::from(*bar) * module;
        if at % 2 == 0 {
            boxes.push((x, top, width, height));
        }
        x += width;
    }
    (boxes, x)
}

/// `9930 1017 1100 312`.
fn in_fours(number: &str) -> String {
    let mut spaced = String::new();
    for (at, c) in number.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            spaced.push(' ');
        }
        spaced.push(c);
    }
    spaced
}

#[expect(clippy::cast_precision_loss, reason = "counts of lines and modules, far below 2^23")]
pub(crate) const fn count(number: usize) -> f32 {
    number as f32
}
