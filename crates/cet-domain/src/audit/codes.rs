//! The codes of the log, with their message keys. Each list is sorted by code.

use crate::texts::Texts;

pub use super::changing::CHANGING;

/// Actions.
pub const ACTIONS: &[(&str, &str)] = &[
    ("accommodation-set", "audit-accommodation-set"),
    ("account-looked-up", "audit-account-looked-up"),
    ("agreement-accepted", "audit-agreement-accepted"),
    ("arrangement-approved", "audit-arrangement-approved"),
    ("arrangement-asked", "audit-arrangement-asked"),
    ("arrangement-drawn", "audit-arrangement-drawn"),
    ("arrangement-late", "audit-arrangement-late"),
    ("arrangement-published", "audit-arrangement-published"),
    ("arrangement-refused", "audit-arrangement-refused"),
    ("bill-compared", "audit-bill-compared"),
    ("bill-received", "audit-bill-received"),
    ("campuses-imported", "audit-campuses-imported"),
    ("change-approved", "audit-change-approved"),
    ("change-asked", "audit-change-asked"),
    ("change-made", "audit-change-made"),
    ("change-overtaken", "audit-change-overtaken"),
    ("change-refused", "audit-change-refused"),
    ("change-scheduled", "audit-change-scheduled"),
    ("collective-payment-made", "audit-collective-payment-made"),
    ("collective-payment-paid", "audit-collective-payment-paid"),
    ("collective-payment-released", "audit-collective-payment-released"),
    ("copy-taken", "audit-copy-taken"),
    ("day-signed", "audit-day-signed"),
    ("difference-decided", "audit-difference-decided"),
    ("dispute-approved", "audit-dispute-approved"),
    ("dispute-decided", "audit-dispute-decided"),
    ("dispute-lapsed", "audit-dispute-lapsed"),
    ("dispute-opened", "audit-dispute-opened"),
    ("document-shown", "audit-document-shown"),
    ("email-change-undone", "audit-email-change-undone"),
    ("email-changed", "audit-email-changed"),
    ("email-verified", "audit-email-verified"),
    ("entry-cancelled", "audit-entry-cancelled"),
    ("entry-entered", "audit-entry-entered"),
    ("entry-expired", "audit-entry-expired"),
    ("entry-locked", "audit-entry-locked"),
    ("entry-paid", "audit-entry-paid"),
    ("entry-retaken", "audit-entry-retaken"),
    ("entry-unlocked", "audit-entry-unlocked"),
    ("entry-withdrawn", "audit-entry-withdrawn"),
    ("export-approved", "audit-export-approved"),
    ("export-asked", "audit-export-asked"),
    ("export-refused", "audit-export-refused"),
    ("import-published", "audit-import-published"),
    ("import-withdrawn", "audit-import-withdrawn"),
    ("list-exported", "audit-list-exported"),
    ("logged-in", "audit-logged-in"),
    ("logged-out", "audit-logged-out"),
    ("look-up-refused", "audit-look-up-refused"),
    ("money-booked", "audit-money-booked"),
    ("money-doubtful", "audit-money-doubtful"),
    ("money-refunded-elsewhere", "audit-money-refunded-elsewhere"),
    ("order-asked", "audit-order-asked"),
    ("order-closed", "audit-order-closed"),
    ("order-opened", "audit-order-opened"),
    ("passport-closed", "audit-passport-closed"),
    ("passport-registered", "audit-passport-registered"),
    ("password-changed", "audit-password-changed"),
    ("password-recovered", "audit-password-recovered"),
    ("profile-changed", "audit-profile-changed"),
    ("rebind-approved", "audit-rebind-approved"),
    ("rebind-asked", "audit-rebind-asked"),
    ("rebind-refused", "audit-rebind-refused"),
    ("record-added", "audit-record-added"),
    ("record-corrected", "audit-record-corrected"),
    ("record-looked-up", "audit-record-looked-up"),
    ("record-not-found", "audit-record-not-found"),
    ("record-put-back", "audit-record-put-back"),
    ("record-removed", "audit-record-removed"),
    ("record-reported", "audit-record-reported"),
    ("recovery-mailed", "audit-recovery-mailed"),
    ("refund-approved", "audit-refund-approved"),
    ("refund-asked", "audit-refund-asked"),
    ("refund-by-hand", "audit-refund-by-hand"),
    ("refund-done", "audit-refund-done"),
    ("refund-due", "audit-refund-due"),
    ("refund-refused", "audit-refund-refused"),
    ("refund-retried", "audit-refund-retried"),
    ("refund-stopped", "audit-refund-stopped"),
    ("registration-made", "audit-registration-made"),
    ("registration-moved", "audit-registration-moved"),
    ("registration-released", "audit-registration-released"),
    ("registration-revived", "audit-registration-revived"),
    ("registration-saved", "audit-registration-saved"),
    ("registration-taken-over", "audit-registration-taken-over"),
    ("report-answered", "audit-report-answered"),
    ("review-applied", "audit-review-applied"),
    ("review-approved", "audit-review-approved"),
    ("review-closed", "audit-review-closed"),
    ("review-not-matched", "audit-review-not-matched"),
    ("review-refused", "audit-review-refused"),
    ("review-reopened", "audit-review-reopened"),
    ("review-submitted", "audit-review-submitted"),
    ("review-withdrawn", "audit-review-withdrawn"),
    ("sessions-ended", "audit-sessions-ended"),
    ("sitting-imported", "audit-sitting-imported"),
    ("sitting-published", "audit-sitting-published"),
    ("staff-added", "audit-staff-added"),
    ("staff-code-refused", "audit-staff-code-refused"),
    ("staff-disabled", "audit-staff-disabled"),
    ("staff-email-changed", "audit-staff-email-changed"),
    ("staff-granted", "audit-staff-granted"),
    ("staff-logged-in", "audit-staff-logged-in"),
    ("staff-logged-out", "audit-staff-logged-out"),
    ("staff-password-changed", "audit-staff-password-changed"),
    ("staff-password-passed", "audit-staff-password-passed"),
    ("staff-reset-approved", "audit-staff-reset-approved"),
    ("staff-reset-asked", "audit-staff-reset-asked"),
    ("staff-reset-refused", "audit-staff-reset-refused"),
    ("suspense-settled", "audit-suspense-settled"),
    ("transfer-decided", "audit-transfer-decided"),
    ("upload-asked", "audit-upload-asked"),
    ("upload-columns", "audit-upload-columns"),
    ("upload-discarded", "audit-upload-discarded"),
    ("upload-published", "audit-upload-published"),
    ("upload-received", "audit-upload-received"),
    ("upload-withdrawn", "audit-upload-withdrawn"),
    ("verification-mailed", "audit-verification-mailed"),
];

/// Kinds of objects.
pub const OBJECTS: &[(&str, &str)] = &[
    ("arrangement", "audit-object-arrangement"),
    ("bill", "audit-object-bill"),
    ("campus", "audit-object-campus"),
    ("change", "audit-object-change"),
    ("collective-payment", "audit-object-collective-payment"),
    ("dispute", "audit-object-dispute"),
    ("entry", "audit-object-entry"),
    ("export", "audit-object-export"),
    ("list", "audit-object-list"),
    ("order", "audit-object-order"),
    ("passport", "audit-object-passport"),
    ("photos", "audit-object-photos"),
    ("refund", "audit-object-refund"),
    ("refund-request", "audit-object-refund-request"),
    ("registration", "audit-object-registration"),
    ("report", "audit-object-report"),
    ("review", "audit-object-review"),
    ("roster", "audit-object-roster"),
    ("scores", "audit-object-scores"),
    ("sitting", "audit-object-sitting"),
    ("staff", "audit-object-staff"),
    ("student", "audit-object-student"),
    ("student-record", "audit-object-student-record"),
    ("suspense", "audit-object-suspense"),
    ("upload", "audit-object-upload"),
];

/// Kinds of actors.
pub const ACTORS: &[(&str, &str)] = &[
    ("command", "audit-actor-command"),
    ("gateway", "audit-actor-gateway"),
    ("job", "audit-actor-job"),
    ("passport", "audit-actor-passport"),
    ("staff", "audit-actor-staff"),
    ("visitor", "audit-actor-visitor"),
];

/// Changed fields.
pub const FIELDS: &[(&str, &str)] = &[
    ("amount", "audit-field-amount"),
    ("answer", "audit-field-answer"),
    ("barred", "audit-field-barred"),
    ("campus", "audit-field-campus"),
    ("candidates", "audit-field-candidates"),
    ("class", "audit-field-class"),
    ("college", "audit-field-college"),
    ("decision", "audit-field-decision"),
    ("document", "audit-field-document"),
    ("document-kind", "audit-field-document-kind"),
    ("draft", "audit-field-draft"),
    ("email", "audit-field-email"),
    ("email-verified", "audit-field-email-verified"),
    ("evidence", "audit-field-evidence"),
    ("grade", "audit-field-grade"),
    ("lock", "audit-field-lock"),
    ("major", "audit-field-major"),
    ("malicious", "audit-field-malicious"),
    ("name", "audit-field-name"),
    ("needs", "audit-field-needs"),
    ("optional-mails", "audit-field-optional-mails"),
    ("passport", "audit-field-passport"),
    ("password", "audit-field-password"),
    ("phone", "audit-field-phone"),
    ("published", "audit-field-published"),
    ("received", "audit-field-received"),
    ("refund", "audit-field-refund"),
    ("remark", "audit-field-remark"),
    ("role", "audit-field-role"),
    ("scope", "audit-field-scope"),
    ("second-factor", "audit-field-second-factor"),
    ("sessions", "audit-field-sessions"),
    ("setting-arrangement", "audit-field-setting-arrangement"),
    ("setting-fee", "audit-field-setting-fee"),
    ("setting-limit", "audit-field-setting-limit"),
    ("setting-notice", "audit-field-setting-notice"),
    ("setting-oral", "audit-field-setting-oral"),
    ("setting-pool", "audit-field-setting-pool"),
    ("setting-portal", "audit-field-setting-portal"),
    ("setting-sitting", "audit-field-setting-sitting"),
    ("setting-subject", "audit-field-setting-subject"),
    ("setting-text", "audit-field-setting-text"),
    ("setting-window", "audit-field-setting-window"),
    ("state", "audit-field-state"),
    ("student-number", "audit-field-student-number"),
    ("subjects", "audit-field-subjects"),
    ("submissions", "audit-field-submissions"),
    ("ticket", "audit-field-ticket"),
];

/// The codes of field values, except those of places and subjects.
pub const VALUES: &[(&str, &str)] = &[
    ("active", "audit-value-active"),
    ("answered", "audit-value-answered"),
    ("approved", "audit-value-approved"),
    ("archived", "audit-value-archived"),
    ("asked", "audit-value-asked"),
    ("auditor", "audit-value-auditor"),
    ("bad", "audit-value-bad"),
    ("by-hand", "audit-value-by-hand"),
    ("checking", "audit-value-checking"),
    ("closed", "audit-value-closed"),
    ("columns", "audit-value-columns"),
    ("compared", "audit-value-compared"),
    ("corrected", "audit-value-corrected"),
    ("customer-service", "audit-value-customer-service"),
    ("decided", "audit-value-decided"),
    ("disabled", "audit-value-disabled"),
    ("discarded", "audit-value-discarded"),
    ("done", "audit-value-done"),
    ("draft", "audit-value-draft"),
    ("due", "audit-value-due"),
    ("expired", "audit-value-expired"),
    ("extra-time", "audit-value-extra-time"),
    ("finance", "audit-value-finance"),
    ("follow", "audit-value-follow"),
    ("hearing", "audit-value-hearing"),
    ("held", "audit-value-held"),
    ("hkmacau-permit", "audit-value-hkmacau-permit"),
    ("hongkong-id", "audit-value-hongkong-id"),
    ("kept", "audit-value-kept"),
    ("lapsed", "audit-value-lapsed"),
    ("large-print", "audit-value-large-print"),
    ("macau-id", "audit-value-macau-id"),
    ("move", "audit-value-move"),
    ("nation", "audit-value-nation"),
    ("national", "audit-value-national"),
    ("next-day", "audit-value-next-day"),
    ("open", "audit-value-open"),
    ("overtaken", "audit-value-overtaken"),
    ("paid", "audit-value-paid"),
    ("passport", "audit-value-passport"),
    ("pending", "audit-value-pending"),
    ("province", "audit-value-province"),
    ("published", "audit-value-published"),
    ("publishing", "audit-value-publishing"),
    ("ready", "audit-value-ready"),
    ("refuse", "audit-value-refuse"),
    ("refused", "audit-value-refused"),
    ("release", "audit-value-release"),
    ("released", "audit-value-released"),
    ("resident-id", "audit-value-resident-id"),
    ("resolved", "audit-value-resolved"),
    ("scheduled", "audit-value-scheduled"),
    ("school", "audit-value-school"),
    ("settled", "audit-value-settled"),
    ("signed", "audit-value-signed"),
    ("staging", "audit-value-staging"),
    ("supervisor", "audit-value-supervisor"),
    ("taiwan-permit", "audit-value-taiwan-permit"),
    ("unknown", "audit-value-unknown"),
    ("withdrawn", "audit-value-withdrawn"),
];

/// The fields whose every code has a text.
pub const WORDED: &[&str] = &["decision", "document-kind", "needs", "role", "state"];

/// The text of a code from one of the lists; the code itself if it is unknown, as one of a later version.
#[must_use]
pub fn words<'a>(texts: &'static Texts, list: &[(&str, &'static str)], code: &'a str) -> &'a str {
    key(list, code).map_or(code, |key| texts.m(key))
}

/// Whether a code is in the list.
#[must_use]
pub fn is_known(list: &[(&str, &'static str)], code: &str) -> bool {
    key(list, code).is_some()
}

fn key(list: &[(&str, &'static str)], code: &str) -> Option<&'static str> {
    let place = list.binary_search_by(|(known, _)| (*known).cmp(code)).ok()?;
    list.get(place).map(|(_, key)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::{Lang, texts};

    #[test]
    fn every_code_is_found_and_has_words_in_both_languages() {
        for (list, before) in
            [(ACTIONS, ""), (OBJECTS, "object-"), (ACTORS, "actor-"), (FIELDS, "field-"), (VALUES, "value-")]
        {
            assert!(list.is_sorted());
            assert!(list.iter().all(|(code, key)| *key == format!("audit-{before}{code}")));
            for lang in [Lang::Zh, Lang::En] {
                assert!(list.iter().all(|(code, key)| words(texts(lang), list, code) == texts(lang).m(key)));
            }
        }
        let all: std::collections::BTreeSet<&str> =
            ACTIONS.iter().map(|(code, _)| words(texts(Lang::Zh), ACTIONS, code)).collect();
        assert!(all.len() > 60 && all.iter().all(|words| !words.is_ascii()), "{all:?}");
        assert_eq!(words(texts(Lang::Zh), ACTIONS, "of-a-later-version"), "of-a-later-version");
        assert!(CHANGING.is_sorted() && CHANGING.iter().all(|action| is_known(ACTIONS, action)));
        assert!(WORDED.iter().all(|field| is_known(FIELDS, field)));
    }
}
