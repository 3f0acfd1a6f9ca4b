//! The finished files, parsed by a PDF reader independent of the library that wrote them.

mod lists;
mod reading;
mod tickets;

use std::sync::OnceLock;

use crate::{Content, Fonts, Slot, Ticket};

/// A made-up picture of 132 by 176 pixels.
const PHOTO: &[u8] = include_bytes!("photo.jpg");

fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| Fonts::bundled(Vec::new()).unwrap())
}

fn ticket(name: &str) -> Ticket {
    Ticket {
        sitting: "2017年上半年".into(),
        subject: "英语四级笔试".into(),
        subject_with_code: "(1) 英语四级笔试".into(),
        name: name.into(),
        sex: "女".into(),
        document_kind: "中华人民共和国居民身份证".into(),
        document_number: "330101199001010000".into(),
        ticket_number: "993010171100312".into(),
        exam_time: "2017年6月17日（周六）上午 9:00 – 11:20".into(),
        school: "(99301)测试学校机构01".into(),
        campus: "(993010)测试校区机构001".into(),
        address: "第一教学楼 203".into(),
        slots: [("考场号", "003"), ("座位号", "12"), ("入场", "8:30")]
            .map(|(label, value)| Slot { label: label.into(), value: value.into() })
            .into(),
        photo: Some(PHOTO.to_vec()),
        rules: [
            "凭本准考证、身份证件和学生证入场，缺一不可。",
            "开考后禁止入场，考试结束前不得提前离场。",
            "只准携带 2B 铅笔、黑色签字笔、橡皮和听力耳机；手机等电子设备不得带入考场。",
            "条形码粘贴条与试题册上的条形码须对应粘贴，按规定顺序作答。",
            "违规者按《国家教育考试违规处理办法》处理。",
        ]
        .map(str::to_owned)
        .into(),
        qr_text: String::new(),
        printed_at: "2017-06-02 10:30".into(),
    }
}

/// The signed content of `ticket`.
fn content(ticket: &Ticket) -> Content {
    Content {
        ticket_number: ticket.ticket_number.clone(),
        name: ticket.name.clone(),
        document_number: ticket.document_number.clone(),
        sitting: ticket.sitting.clone(),
        subject: ticket.subject.clone(),
        starts_at: "2017-06-17 09:00".into(),
        campus: "993010".into(),
        room: "003".into(),
        seat: "12".into(),
    }
}
