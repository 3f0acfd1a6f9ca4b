//! The parts of an upload's page.

use crate::upload::columns;
use crate::upload::views::{Acts, Figure, FindingView, PictureView, StepView};
use crate::web::known;
use crate::web::page::Page;
use cet_base::texts::Lang;
use cet_domain::upload::Kind;
use cet_domain::upload::rules::{self, Act, End, State};
use cet_domain::upload::store::{Finding, PictureOf, Upload};

pub(super) fn finding_view(page: &Page, of: &Finding) -> FindingView {
    let line = if of.line > 0 { of.line.to_string() } else { String::new() };
    FindingView {
        place: if of.sheet.is_empty() { line } else { format!("{} {line}", of.sheet) },
        subject: known::column(page.lang(), &of.subject),
        text: if page.lang() == Lang::Zh { of.zh.clone() } else { of.en.clone() },
    }
}

pub(super) fn picture_view(page: &Page, href: &str, of: &PictureOf) -> PictureView {
    PictureView {
        href: format!("{href}/pictures/{}", of.number),
        name: of.name.clone(),
        why: if page.lang() == Lang::Zh { of.zh.clone() } else { of.en.clone() },
    }
}

/// The steps of an import; photos have no columns to tell.
pub(super) fn steps(page: &Page, kind: Kind, state: State) -> Vec<StepView> {
    let at = match state {
        State::Receiving => 0,
        State::Columns => 1,
        State::Checking => 2,
        State::Bad | State::Ready | State::Discarded => 3,
        State::Publishing => 4,
        State::Published | State::Withdrawn => 5,
    };
    let names = [
        "upload-step-upload",
        "upload-step-columns",
        "upload-step-check",
        "upload-step-look",
        "upload-step-publish",
    ];
    let step = |(number, words): (usize, &'static str)| StepView {
        words: page.m(words),
        done: number < at,
        current: number == at,
    };
    let has = |(number, _): &(usize, &str)| kind != Kind::Photos || *number != 1;
    names.into_iter().enumerate().filter(has).map(step).collect()
}

pub(super) fn sentence(page: &Page, kind: Kind, of: &Upload, state: State) -> String {
    let summary = of.summary();
    let key = match state {
        State::Receiving | State::Checking => "upload-says-checking",
        State::Columns => "upload-says-columns",
        State::Bad if summary.rows == 0 => "upload-says-unreadable",
        State::Bad if summary.good == 0 && kind == Kind::Photos => "upload-says-no-photo",
        State::Bad if summary.good == 0 => "upload-says-nothing-good",
        State::Bad if kind == Kind::Photos => "upload-says-bad-photos",
        State::Bad => "upload-says-bad",
        State::Ready if summary.again => "upload-says-again",
        State::Ready if summary.stands => "upload-says-stands",
        State::Ready if kind == Kind::Roster => {
            let (new, changed, saved) =
                (summary.new.to_string(), summary.changed.to_string(), summary.saved.to_string());
            let args = [("new", &*new), ("changed", &*changed), ("saved", &*saved)];
            return page.f("upload-says-ready-roster", &args);
        }
        State::Ready => "upload-says-ready",
        State::Publishing => "upload-says-publishing",
        State::Published if of.is_being_taken_back() => "upload-says-taking-back",
        State::Published => "upload-says-published",
        State::Withdrawn if kind == Kind::Roster && summary.kept > 0 => {
            return page.f("upload-says-withdrawn-kept", &[("n", &summary.kept.to_string())]);
        }
        State::Withdrawn => "upload-says-withdrawn",
        State::Discarded => match of.end() {
            Some(End::Refused) => "upload-says-refused",
            Some(End::CutOff) => "upload-says-cut-off",
            Some(End::Lapsed) => "upload-says-lapsed",
            Some(End::GivenUp) => return page.f("upload-says-given-up", &[("who", &of.ended_by)]),
            None => "upload-says-discarded",
        },
    };
    page.m(key).to_owned()
}

pub(super) fn figures(page: &Page, kind: Kind, of: &Upload) -> Vec<Figure> {
    let summary = of.summary();
    if summary.rows == 0 {
        return Vec::new();
    }
    let figure =
        |words, value: u64| Figure { words: page.m(words), value: value.to_string(), note: String::new() };
    let rows = if kind == Kind::Photos { "upload-figure-photos" } else { "upload-figure-rows" };
    let mut all = vec![figure(rows, summary.rows)];
    match kind {
        Kind::Roster => {
            let (saved, paid) = (summary.saved.to_string(), summary.paid.to_string());
            all.push(figure("upload-tab-new", summary.new));
            all.push(Figure {
                note: page.f("upload-figure-saved", &[("saved", &saved), ("paid", &paid)]),
                ..figure("upload-tab-changed", summary.changed)
            });
            all.push(figure("upload-tab-unchanged", summary.unchanged));
            if summary.transfers > 0 {
                all.push(figure("upload-tab-transfer", summary.transfers));
            }
        }
        Kind::Photos => {
            all.push(figure("upload-figure-good", summary.good));
            all.push(figure("upload-figure-nobody", summary.nobody));
            all.push(figure("upload-figure-doubtful", summary.doubtful));
            // Counted when the file was checked or published.
            if !matches!(of.state(), Ok(State::Withdrawn | State::Discarded)) {
                all.push(figure("upload-figure-without", summary.without));
            }
        }
        Kind::Scores | Kind::Campuses => {
            if kind == Kind::Scores {
                all.push(figure("upload-figure-good", summary.good));
            }
            all.push(figure("upload-tab-new", summary.new));
            all.push(figure("upload-tab-changed", summary.changed));
            all.push(figure("upload-tab-unchanged", summary.unchanged));
        }
    }
    // Photos that fit nobody, and doubtful ones, are counted above.
    if kind != Kind::Photos {
        all.push(Figure {
            note: page.m("upload-figure-no-stop").to_owned(),
            ..figure("upload-figure-warnings", summary.warnings)
        });
    }
    let note = if kind == Kind::Photos || summary.errors == 0 { "" } else { page.m("upload-figure-by-row") };
    all.push(Figure { note: note.to_owned(), ..figure("upload-figure-errors", summary.errors) });
    all
}

pub(super) fn acts(page: &Page, kind: Kind, of: &Upload, state: State) -> Acts {
    let summary = of.summary();
    let may = |act| rules::may(kind, state, summary.good, act);
    let good_only = may(Act::PublishGood);
    // A row of a student whom another school holds counts only when that school lets go.
    let now = summary.good.saturating_sub(summary.transfers);
    let (good, waits) = (now.to_string(), kind == Kind::Roster && summary.transfers > 0);
    let of_photos = kind == Kind::Photos;
    let counted = |rows: &'static str, photos: &'static str, n: &str| {
        page.f(if of_photos { photos } else { rows }, &[("n", n)])
    };
    let publish = if waits && now == 0 && (good_only || may(Act::Publish)) {
        page.m("upload-publish-waiting").to_owned()
    } else if good_only {
        counted("upload-publish-good", "upload-publish-good-photos", &good)
    } else if may(Act::Publish) && state == State::Withdrawn {
        page.m("upload-publish-again").to_owned()
    } else if may(Act::Publish) {
        counted("upload-publish", "upload-publish-photos", &good)
    } else {
        String::new()
    };
    let told_gone = summary.gone > 0 && matches!(state, State::Ready | State::Bad | State::Withdrawn);
    let asks_gone = told_gone && summary.unknown == 0;
    let (unknown, left) = (summary.unknown.to_string(), summary.gone.to_string());
    let of_unknown = || page.f("upload-gone-unknown", &[("unknown", &*unknown), ("gone", &*left)]);
    Acts {
        publish,
        good_only,
        left_out: counted(
            "upload-left-out",
            "upload-left-out-photos",
            &summary.rows.saturating_sub(summary.good).to_string(),
        ),
        waiting: if waits {
            page.f("upload-waiting", &[("n", &summary.transfers.to_string())])
        } else {
            String::new()
        },
        gone: if asks_gone { summary.gone.to_string() } else { String::new() },
        gone_saved: summary.gone_saved.to_string(),
        gone_unknown: if told_gone && !asks_gone { of_unknown() } else { String::new() },
        withdraw: may(Act::Withdraw) && !of.is_being_taken_back(),
        discard: may(Act::Discard),
        columns: may(Act::Columns) && !columns::looked(of).is_empty(),
        has_errors: summary.errors > 0 && !matches!(state, State::Discarded),
    }
}

/// Whether who has no photo can be told: of a file that was taken back it would be those of before.
pub(super) fn tells_without(kind: Kind, state: State) -> bool {
    let is_told = matches!(state, State::Ready | State::Bad | State::Publishing | State::Published);
    kind == Kind::Photos && is_told
}
