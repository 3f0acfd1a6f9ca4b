//! Sample views for this module's tests.

use std::sync::Arc;

use super::*;
use crate::situation::lead::LeadClock;
use crate::situation::{Lead, LeadAction};
use crate::web::page::{Link, Page, Site, Who};
use cet_base::texts::{Lang, texts};
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::entry::progress::{self, EntryProgress, Step, StepState};

pub(super) const HOSTILE: &str = "<script>alert(1)</script>\"'&";

pub(super) fn page(lang: Lang, path: &str, title: &'static str) -> Page {
    let site = Site {
        telephone: "010-62987880".to_owned(),
        icp: "京ICP备05031027号".to_owned(),
        node_mark: "3320330".to_owned(),
    };
    let mut page = Page::new(texts(lang), Arc::new(site), path).titled(title);
    page.rehearsal = true;
    page.who =
        Some(Who { name: Some("廖晓儿".to_owned()), sitting: "2017年下半年CET考试".to_owned() });
    page
}

pub(super) fn place() -> Place {
    Place {
        school: "(99301)测试学校机构01".to_owned(), campus: "(993010)测试校区机构001".to_owned()
    }
}

pub(super) fn row(id: &str, subject: &str, name: &str, payment: PaymentShown) -> EntryRow {
    let paid = payment.mark() == "paid";
    EntryRow {
        id: id.to_owned(),
        subject: subject.to_owned(),
        subject_name: name.to_owned(),
        campus: "993010".to_owned(),
        place: place(),
        fee: "0.01".to_owned(),
        payment,
        locked: String::new(),
        seat: paid.then(|| "准考证号 993010172100312，考场 003，座位 12".to_owned()),
        channel: if payment.is_locked() { ChannelShown::School } else { ChannelShown::Own },
        expires: "2017-03-09T09:12:00+08:00".to_owned(),
        pay_until: if payment == PaymentShown::Unpaid {
            "2017-03-09 09:12".to_owned()
        } else {
            String::new()
        },
        cancellable: payment == PaymentShown::Unpaid,
        ticket: payment == PaymentShown::Paid,
    }
}

fn chart(entries: &[(Mode, bool)]) -> [(Step, StepState); 8] {
    let entry = |&(mode, paid): &(Mode, bool)| EntryProgress { mode, paid, prints_from: None, exam: None };
    progress::chart(&entries.iter().map(entry).collect::<Vec<_>>(), Time::from_micros(0))
}

pub(super) fn clock() -> Clock {
    Clock {
        seconds_left: 77_795,
        until: "2017-03-09 09:12".to_owned(),
        until_machine: "2017-03-09T09:12:00+08:00".to_owned(),
        now_machine: "2017-03-08T11:35:25+08:00".to_owned(),
    }
}

fn lead(situation: &'static str, href: &str) -> Lead {
    let action = LeadAction::Go(Link { href: href.to_owned(), text: "支付".to_owned() });
    let clock = LeadClock { at: clock(), before: "请在", after: "前支付" };
    Lead { clock: Some(clock), in_bar: href == "/payment", ..Lead::sample(situation, Some(action)) }
}

pub(super) fn boards() -> Vec<Board> {
    vec![
        Board::new(
            BoardOf::Province,
            "(99)测试省",
            "一、遵守时间\n二、遵守纪律\n\n三、不得迟到，不许早退\n四、尊敬老师、友爱同学",
        ),
        Board::new(BoardOf::School, "(993010)测试校区机构001", "口试考生请提前 30 分钟到候考室签到。"),
    ]
}

pub(super) fn information(lang: Lang, written: Vec<EntryRow>, oral: Vec<EntryRow>) -> InformationView {
    let table =
        |rows| EntryTable { rows, total: "¥0.02".to_owned(), unpaid: "¥0.02".to_owned(), open: true };
    InformationView {
        page: page(lang, "/registration", "entry-info-title").at_step(4),
        registration: "4711".to_owned(),
        chart: chart(&[(Mode::Written, false)]),
        record: Record {
            name: HOSTILE.to_owned(),
            sex: "女".to_owned(),
            document_kind: "居民身份证".to_owned(),
            document_number: "3301**********0000".to_owned(),
            revealed: false,
            school: "(99301)测试学校机构01".to_owned(),
            campus: "(993010)测试校区机构001".to_owned(),
            student_number: "00001".to_owned(),
            subjects: "英语四级笔试；日语四级笔试；日语六级笔试；德语四级笔试；德语六级笔试；英语四级口试"
                .to_owned(),
        },
        written: table(written),
        oral: table(oral),
        unpaid: Some(Unpaid {
            sum: "¥0.03".to_owned(), written: "0.02".to_owned(), oral: "0.01".to_owned()
        }),
        lead: lead("unpaid", "/payment"),
        notes: Vec::new(),
        review: true,
        tickets_from: "2017-06-01 09:00".to_owned(),
        boards: boards(),
        orders: Vec::new(),
    }
}

pub(super) fn usual(lang: Lang) -> InformationView {
    information(
        lang,
        vec![
            row("1", "1", "(1) 英语四级笔试", PaymentShown::Unpaid),
            row("2", "4", "(4) 日语六级笔试", PaymentShown::Unpaid),
        ],
        vec![row("3", "F", "(F) 英语四级口试", PaymentShown::Unpaid)],
    )
}

pub(super) fn every_state(lang: Lang) -> InformationView {
    let mut view = information(
        lang,
        vec![
            row("11", "1", "(1) 英语四级笔试", PaymentShown::Paid),
            row("12", "4", "(4) 日语六级笔试", PaymentShown::Paying),
            row("13", "6", "(6) 德语六级笔试", PaymentShown::Locked),
        ],
        vec![
            row("14", "F", "(F) 英语四级口试", PaymentShown::Refunding),
            row("15", "S", "(S) 英语六级口试", PaymentShown::Refunded),
        ],
    );
    view.lead = lead("asking", "/payment/993010000000001");
    view.unpaid = None;
    view.record.revealed = true;
    view
}

pub(super) fn empty(lang: Lang) -> InformationView {
    let mut view = information(lang, Vec::new(), Vec::new());
    view.chart = chart(&[]);
    view.unpaid = None;
    view.lead = lead("no-entry", "/registration/written");
    view.lead.title = texts(lang).m("entry-empty-title").to_owned();
    view
}

pub(super) fn subject(code: &str, name: &str, left: i64, offer: Offer) -> SubjectRow {
    let t = texts(Lang::Zh);
    SubjectRow {
        code: code.to_owned(),
        name: name.to_owned(),
        level: 4,
        campus: "993010".to_owned(),
        place: place(),
        fee: "0.01".to_owned(),
        seats: SeatsShown { capacity: 60, taken: 60 - left },
        opens: "2017-03-08 08:00".to_owned(),
        closes: "2017-03-31 17:00".to_owned(),
        exam_date: "2017-06-17".to_owned(),
        offer,
        why: if offer.is_open() { String::new() } else { why_not(t, offer.mark()).to_owned() },
        review: offer.mark() == "not-eligible" && code == "2",
        elsewhere: String::new(),
        elsewhere_at: Vec::new(),
        queue: (offer.mark() == "pool-full").then(|| Link {
            href: "/registration/waiting-list?subject=5&campus=993010#join".to_owned(),
            text: t.f("entry-queue-hint", &[("n", "26")]),
        }),
        ticked: code == "4",
    }
}

fn folded(lang: Lang, rows: Vec<SubjectRow>) -> Folded {
    Folded::of(&page(lang, "/registration/written", "entry-written-title"), rows).1
}

pub(super) fn written(lang: Lang) -> WrittenView {
    WrittenView {
        page: page(lang, "/registration/written", "entry-written-title").at_step(4),
        guidance: None,
        read: false,
        folded: folded(lang, vec![subject("7", "(7) 俄语四级笔试", 30, Offer::Refused("not-eligible"))]),
        sum: String::new(),
        boards: boards().into_iter().take(1).collect(),
        english: vec![
            subject("1", "(1) 英语四级笔试", 44, Offer::Refused("already-entered")),
            subject("2", "(2) 英语六级笔试", 12, Offer::Refused("not-eligible")),
        ],
        others: vec![
            subject("3", "(3) 日语四级笔试", 21, Offer::Refused("level-taken")),
            subject("4", "(4) 日语六级笔试", 44, Offer::Open),
            subject("5", "(5) 德语四级笔试", 0, Offer::Refused("pool-full")),
            subject("6", HOSTILE, 30, Offer::Open),
        ],
        as_of: "09:12".to_owned(),
        command: Some("c0ffee".to_owned()),
    }
}

pub(super) fn cancellation(lang: Lang) -> CancellationView {
    let going =
        |subject: &str| Going { subject: subject.to_owned(), place: place(), fee: "¥0.01".to_owned() };
    CancellationView {
        page: page(lang, "/registration/entries/1/cancellation", "entry-cancellation-title").at_step(4),
        entry: going("(1) 英语四级笔试"),
        with_it: vec![going("(F) 英语四级口试")],
        pay_until: "2017-03-09 09:12".to_owned(),
        order_ends: true,
        may: true,
    }
}

pub(super) fn campuses() -> Vec<CampusChoice> {
    let choice = |code: &str, name: &str, near: &str, chosen| CampusChoice {
        href: format!("/registration/oral?campus={code}#subject"),
        name: name.to_owned(),
        near: near.to_owned(),
        when: "报名时间至 2017-03-31 17:00".to_owned(),
        seats: vec![CampusSeats {
            subject: "英语四级口试".to_owned(),
            seats: SeatsShown { capacity: 60, taken: 16 },
            is_dated: true,
        }],
        exam: "考试日期 2017-05-20".to_owned(),
        open: true,
        chosen,
    };
    vec![
        choice("993010", "(993010)测试校区机构001", "本校区", true),
        choice("991010", "(991010)99101-0校区", "(99101)测试学校　本省", false),
    ]
}

pub(super) fn oral(lang: Lang, campuses: Vec<CampusChoice>) -> OralView {
    OralView {
        page: page(lang, "/registration/oral", "entry-oral-title").at_step(5),
        guidance: None,
        boards: boards(),
        campuses,
        count: "共 2 个校区，由近到远。".to_owned(),
        wanted: HOSTILE.to_owned(),
        campus: "993010".to_owned(),
        is_home: true,
        sum: String::new(),
        place: place(),
        needs_written: true,
        rows: vec![subject("F", "(F) 英语四级口试", 44, Offer::Open)],
        folded: folded(lang, vec![subject("S", "(S) 英语六级口试", 20, Offer::Refused("not-eligible"))]),
        as_of: "09:12".to_owned(),
        command: None,
    }
}
