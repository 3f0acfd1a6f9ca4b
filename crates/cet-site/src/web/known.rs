//! Names that data and configuration hold in Chinese although there is an English one: banks, 学历, columns of files. An English page shows
//! the English name. What is none of them is shown as it is, and marked as Chinese.

use cet_base::texts::{Lang, texts};
use cet_domain::sheet::column_shown;

/// The banks of 首信易支付 (facts.md 3.2). Their numbers are the gateway's and may be others, so their names decide.
const BANKS: [&str; 20] = [
    "payment-bank-abc",
    "payment-bank-bocom",
    "payment-bank-beijing",
    "payment-bank-beijing-rural",
    "payment-bank-boc",
    "payment-bank-bohai",
    "payment-bank-ccb",
    "payment-bank-cgb",
    "payment-bank-cib",
    "payment-bank-citic",
    "payment-bank-cmb",
    "payment-bank-cmbc",
    "payment-bank-everbright",
    "payment-bank-hua-xia",
    "payment-bank-icbc",
    "payment-bank-ping-an",
    "payment-bank-psbc",
    "payment-bank-sdb",
    "payment-bank-spdb",
    "payment-bank-union-pay",
];
/// What the template of rosters offers, and what else schools call them.
const EDUCATIONS: [&str; 9] = [
    "registration-education-doctor",
    "registration-education-doctoral-student",
    "registration-education-junior",
    "registration-education-junior-big",
    "registration-education-master",
    "registration-education-masters-student",
    "registration-education-postgraduate",
    "registration-education-undergraduate",
    "registration-education-vocational",
];

/// The columns of rosters, scores and campuses.
const COLUMNS: [&str; 22] = [
    "change-sitting",
    "entry-col-subject",
    "passport-document-kind",
    "passport-document-number",
    "passport-name",
    "registration-class",
    "registration-education",
    "registration-eligible",
    "registration-entered",
    "registration-faculty",
    "registration-grade",
    "registration-length",
    "registration-major",
    "registration-note",
    "registration-sex",
    "registration-student-number",
    "review-points",
    "staff-col-barred",
    "staff-col-school",
    "ticket-number",
    "upload-column-campus",
    "upload-column-campus-name",
];

/// A bank by the name in the configuration.
#[must_use]
pub fn bank(lang: Lang, name: &str) -> String {
    // 中国工商银行 and 工商银行 are one; 中国银行 is another.
    let short = name.strip_prefix("中国").filter(|short| *short != "银行").unwrap_or(name);
    english(lang, &BANKS, short).unwrap_or(name).to_owned()
}

/// 学历 as a roster says it.
#[must_use]
pub fn education(lang: Lang, stored: &str) -> String {
    english(lang, &EDUCATIONS, stored).unwrap_or(stored).to_owned()
}

/// A column of a file by its name there.
#[must_use]
pub fn column(lang: Lang, name: &str) -> String {
    let name = column_shown(name);
    english(lang, &COLUMNS, name).unwrap_or(name).to_owned()
}

fn english(lang: Lang, known: &[&'static str], chinese: &str) -> Option<&'static str> {
    let key = known.iter().copied().find(|key| texts(Lang::Zh).m(key) == chinese)?;
    (lang == Lang::En).then(|| texts(lang).m(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_english_page_shows_english_names_of_banks_and_educations_that_have_one() {
        for (chinese, shown) in [
            ("中国银行", "Bank of China"),
            ("工商银行", "ICBC"),
            ("中国工商银行", "ICBC"),
            ("招商银行", "China Merchants Bank"),
            ("北方村镇银行", "北方村镇银行"),
        ] {
            assert_eq!(
                (bank(Lang::En, chinese), bank(Lang::Zh, chinese)),
                (shown.to_owned(), chinese.to_owned())
            );
        }
        for (chinese, shown) in [
            ("本科", "Undergraduate"),
            ("专科", "Junior college"),
            ("本科（专升本）", "本科（专升本）"),
            ("", ""),
        ] {
            assert_eq!(education(Lang::En, chinese), shown);
            assert_eq!(education(Lang::Zh, chinese), chinese);
        }
    }

    #[test]
    fn every_column_of_a_file_has_an_english_name() {
        for kind in cet_domain::upload::Kind::ALL {
            for name in cet_domain::upload::table_of(kind).columns {
                assert!(column(Lang::En, name).is_ascii(), "{name}");
                assert_eq!(column(Lang::Zh, name), column_shown(name));
            }
        }
    }

    #[test]
    fn every_education_that_the_template_offers_has_an_english_name() {
        for stored in cet_domain::roster::file::EDUCATIONS {
            assert!(education(Lang::En, stored).is_ascii(), "{stored}");
        }
    }
}
