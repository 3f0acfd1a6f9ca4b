//! Staff are told by mail in the language that they chose.

use super::world::{member, staffed};
use crate::passport::mail_tests::mails;
use crate::registration::pages::tests::enrolled;
use cet_base::on_both;
use cet_domain::audit::testing::told_of;

const LANGUAGE: &str = "/staff/account/language";
const RESET: &str = "/staff/accounts/school-99301/reset";

on_both! {
    /// A9.
    async fn staff_are_told_in_the_language_that_they_chose_and_others_in_theirs(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut own = member(&app, "school-99301").await;
        assert!(own.get("/staff/password").await.text.contains("<option value=\"zh\" selected"));
        for _ in 0..2 {
            assert_eq!(own.post(LANGUAGE, &[("language", "en")]).await.location(), "/staff/password");
        }
        let shown = own.get("/staff/password").await.text;
        assert!(shown.contains("<option value=\"en\" selected") && shown.contains("邮件语言已保存"), "{shown}");
        for wrong in ["", "fr", "EN"] {
            let refused = own.post(LANGUAGE, &[("language", wrong)]).await;
            assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["field-invalid"]), "{wrong}");
            assert!(refused.text.contains("href=\"#language\""));
        }
        assert!(own.get("/staff/password").await.text.contains("<option value=\"en\" selected"));
        let told = told_of(&app.t.db, "staff-language-changed").await.unwrap();
        assert!(told.len() == 1 && told[0].contains("Chinese → English"), "{told:?}");

        let asked = member(&app, "province-99").await.post(RESET, &[("reason", "lost the phone")]).await;
        assert_eq!(asked.location(), RESET);
        let mails_now = mails(&app).await;
        assert_eq!(mails_now.len(), 1);
        assert_eq!(mails_now[0].subject, "Somebody asked for a reset of your staff account");
        assert!(mails_now[0].body.contains("province-99 asked for a reset") && mails_now[0].body.is_ascii());
        let approval = format!("{RESET}/approval");
        assert_eq!(member(&app, "province-99-2").await.post(&approval, &[]).await.status, 200);
        let mut subjects: Vec<String> = mails(&app).await.into_iter().map(|mail| mail.subject).collect();
        subjects.sort();
        let wanted = [
            "A staff account was reset",
            "Somebody asked for a reset of your staff account",
            "工作人员账号已重置",
            "工作人员账号已重置",
        ];
        assert_eq!(subjects, wanted, "the holder in English, the colleagues in Chinese");
    }
}
