//! The names of files that staff take out (RFC 6266): one in ASCII that scripts keep to, and for a Chinese page one in its
//! own words.

use std::fmt::Write as _;

use http::HeaderValue;
use http::header::InvalidHeaderValue;

use crate::web::page::Page;
use cet_base::texts::Lang;

/// The titles of lists, by their names in addresses, sorted.
const TITLES: &[(&str, &str)] = &[
    ("accounts", "staff-accounts"),
    ("arrangement", "setting-arrangement"),
    ("arrangements", "arrangement-title"),
    ("audit", "staff-audit"),
    ("campuses", "upload-campuses"),
    ("changes", "change-title"),
    ("collective-payments", "collective-payments"),
    ("disputes", "dispute-menu"),
    ("exports", "staff-exports"),
    ("fees", "setting-fees"),
    ("limits", "setting-limits"),
    ("missing", "upload-figure-without"),
    ("money", "staff-money-days"),
    ("notices", "setting-notices"),
    ("oral", "setting-oral"),
    ("orders", "staff-orders"),
    ("photos", "upload-photos"),
    ("pools", "setting-pools"),
    ("portal", "setting-portal-title"),
    ("portal/news", "setting-news-title"),
    ("rebinds", "staff-rebinds"),
    ("reconciliation", "reconciliation-title"),
    ("record-reports", "report-staff-title"),
    ("refunds", "staff-refunds"),
    ("registrations", "staff-registrations"),
    ("reviews", "review-staff-title"),
    ("rosters", "upload-rosters"),
    ("scores", "upload-scores"),
    ("sittings", "setting-sittings"),
    ("statistics", "staff-statistics"),
    ("students", "staff-students"),
    ("subjects", "setting-subjects"),
    ("suspense", "staff-suspense"),
    ("transfers", "roster-transfers"),
    ("windows", "setting-windows"),
];

/// `Content-Disposition` of the list `what`, made at `at`.
pub(super) fn disposition(
    page: &Page,
    what: &str,
    (at, ending): (&str, &str),
) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut header = format!("attachment; filename=\"{}-{at}.{ending}\"", what.replace('/', "-"));
    let title = TITLES.binary_search_by(|(known, _)| (*known).cmp(what)).ok().and_then(|at| TITLES.get(at));
    if let Some((_, key)) = title.filter(|_| page.lang() == Lang::Zh) {
        header.push_str("; filename*=UTF-8''");
        encode(&mut header, &format!("{}-{at}.{ending}", page.m(key)));
    }
    HeaderValue::from_str(&header)
}

/// Percent-encodes what is none of RFC 5987's plain characters.
fn encode(to: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            to.push(char::from(byte));
        } else {
            // Writing to a text can't fail.
            let _written = write!(to, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::staff::tests::access::lists;
    use cet_base::texts::texts;

    fn named(lang: Lang, what: &str) -> String {
        let page = Page::new(texts(lang), Arc::default(), "/staff");
        disposition(&page, what, ("20170920-1200", "csv")).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn a_file_has_a_name_for_scripts_and_one_in_the_words_of_a_chinese_page() {
        let plain = "attachment; filename=\"orders-20170920-1200.csv\"";
        assert_eq!(named(Lang::En, "orders"), plain);
        assert_eq!(
            named(Lang::Zh, "orders"),
            format!("{plain}; filename*=UTF-8''%E6%94%AF%E4%BB%98%E5%8D%95-20170920-1200.csv")
        );
        assert_eq!(named(Lang::En, "portal/news"), "attachment; filename=\"portal-news-20170920-1200.csv\"");
        assert_eq!(
            named(Lang::Zh, "roster-errors"),
            "attachment; filename=\"roster-errors-20170920-1200.csv\""
        );
    }

    #[test]
    fn every_list_with_files_has_a_title() {
        assert!(TITLES.is_sorted());
        for list in lists() {
            let name = list
                .rsplit_once('}')
                .map_or(list, |(_, last)| last)
                .trim_start_matches("/staff")
                .trim_matches('/');
            assert!(TITLES.iter().any(|(known, _)| *known == name), "{list}");
        }
    }
}
