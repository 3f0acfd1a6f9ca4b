//! Who may call each route of staff.

/// Who gets in: `*` is everyone with both factors, otherwise account names separated by spaces. `auditor` is separate.
pub(super) struct Row {
    pub(super) method: &'static str,
    pub(super) route: &'static str,
    pub(super) allowed: &'static str,
}

const fn row(method: &'static str, route: &'static str, allowed: &'static str) -> Row {
    Row { method, route, allowed }
}

const FIND: &str = "school-99301 school-99101 campus-993010 campus-993011 province-99 province-98 national service supervisor";
const NEAR: &str = "school-99301 campus-993010 province-99 national service supervisor";
const SHOW: &str = "school-99301 campus-993010 service supervisor";
const RETRIEVE: &str = "school-99301 school-99101 campus-993010 campus-993011 service supervisor";
/// A file requested by `school-99301`: its requester, and who may approve it.
const EXPORT: &str = "school-99301 province-99 national supervisor";
const FIGURES: &str =
    "school-99301 school-99101 campus-993010 campus-993011 province-99 province-98 national";
const SCHOOLS: &str = "school-99301 school-99101 campus-993010 campus-993011";
const LISTS: &str = "school-99301 school-99101 campus-993010 campus-993011 province-99 province-98 national";
const OWN_LISTS: &str = "school-99301 campus-993010 province-99 national";
/// Who sets limits and fees; `{place}` is province 99 there, else campus 993010.
const PROVINCES: &str = "province-99 province-98 national";
/// Who manages the accounts of province 99.
const OWN_ACCOUNTS: &str = "province-99 national";
const OWN_CAMPUS: &str = "school-99301 campus-993010";

/// One row per route. `{school}` and `{id}` stand for a registration of campus 993010, `{campus}`, `{subject}` and
/// `{file}` for a list of an arrangement there.
pub(super) const ROWS: &[Row] = &[
    row("GET", "/staff", "* auditor"),
    row("GET", "/staff/recovery-codes", "* auditor"),
    row("POST", "/staff/recovery-codes", "* auditor"),
    row("GET", "/staff/password", "* auditor"),
    row("POST", "/staff/password", "* auditor"),
    row("GET", "/staff/registrations", FIND),
    row("GET", "/staff/registrations.csv", FIND),
    row("GET", "/staff/registrations.xlsx", FIND),
    row("POST", "/staff/registrations/search", FIND),
    row("GET", "/staff/registrations/{school}/{id}", NEAR),
    row("POST", "/staff/registrations/{school}/{id}/document", SHOW),
    row("GET", "/staff/retrieval", RETRIEVE),
    row("POST", "/staff/retrieval", RETRIEVE),
    row("GET", "/staff/rebinds", "service supervisor"),
    row("POST", "/staff/rebinds", "service"),
    row("GET", "/staff/rebinds/new", "service"),
    row("GET", "/staff/rebinds/{id}", "service supervisor"),
    row("POST", "/staff/rebinds/{id}/document", "service supervisor"),
    row("POST", "/staff/rebinds/{id}/approval", "supervisor"),
    row("POST", "/staff/rebinds/{id}/refusal", "supervisor"),
    row("GET", "/staff/reviews", SCHOOLS),
    row("GET", "/staff/reviews.csv", SCHOOLS),
    row("GET", "/staff/reviews.xlsx", SCHOOLS),
    row("GET", "/staff/reviews/new", SCHOOLS),
    row("POST", "/staff/reviews/new", SCHOOLS),
    row("GET", "/staff/reviews/{id}", OWN_CAMPUS),
    row("POST", "/staff/reviews/{id}", OWN_CAMPUS),
    row("GET", "/staff/collective-payments", SCHOOLS),
    row("POST", "/staff/collective-payments", SCHOOLS),
    row("GET", "/staff/collective-payments.csv", SCHOOLS),
    row("GET", "/staff/collective-payments.xlsx", SCHOOLS),
    row("GET", "/staff/collective-payments/new", SCHOOLS),
    row("GET", "/staff/collective-payments/{id}", OWN_CAMPUS),
    row("GET", "/staff/collective-payments/{id}/confirmation", OWN_CAMPUS),
    row("GET", "/staff/collective-payments/{id}/release", OWN_CAMPUS),
    row("POST", "/staff/collective-payments/{id}/confirmation", OWN_CAMPUS),
    row("POST", "/staff/collective-payments/{id}/release", OWN_CAMPUS),
    row("GET", "/staff/group-entry", SCHOOLS),
    row("POST", "/staff/group-entry", SCHOOLS),
    row("GET", "/staff/arrangements", LISTS),
    row("GET", "/staff/arrangements/{campus}/{subject}", OWN_LISTS),
    row("GET", "/staff/arrangements/{campus}/{subject}/{file}", OWN_LISTS),
    row("GET", "/staff/accommodations", SCHOOLS),
    row("POST", "/staff/accommodations", SCHOOLS),
    row("POST", "/staff/reviews/{id}/document", OWN_CAMPUS),
    row("GET", "/staff/students", SCHOOLS),
    row("GET", "/staff/students.csv", SCHOOLS),
    row("GET", "/staff/students.xlsx", SCHOOLS),
    row("POST", "/staff/students/search", SCHOOLS),
    row("GET", "/staff/students/{key}", OWN_CAMPUS),
    row("POST", "/staff/students/{key}", OWN_CAMPUS),
    row("POST", "/staff/students/{key}/document", OWN_CAMPUS),
    row("GET", "/staff/orders", "finance"),
    row("GET", "/staff/orders.csv", "finance"),
    row("GET", "/staff/orders.xlsx", "finance"),
    row("GET", "/staff/refunds", "finance"),
    row("GET", "/staff/refunds.csv", "finance"),
    row("GET", "/staff/refunds.xlsx", "finance"),
    row("GET", "/staff/suspense", "finance"),
    row("GET", "/staff/statistics", FIGURES),
    row("GET", "/staff/statistics.csv", FIGURES),
    row("GET", "/staff/statistics.xlsx", FIGURES),
    row("GET", "/staff/exports", "* auditor"),
    row("GET", "/staff/exports/new", FIND),
    row("POST", "/staff/exports", FIND),
    row("GET", "/staff/exports/{id}", EXPORT),
    row("GET", "/staff/exports/{id}/file", "school-99301"),
    row("POST", "/staff/exports/{id}/refusal", EXPORT),
    row("POST", "/staff/exports/{id}/approval", EXPORT),
    row("GET", "/staff/accounts", PROVINCES),
    row("GET", "/staff/accounts.csv", PROVINCES),
    row("GET", "/staff/accounts.xlsx", PROVINCES),
    row("POST", "/staff/accounts", PROVINCES),
    row("GET", "/staff/accounts/{name}", OWN_ACCOUNTS),
    row("POST", "/staff/accounts/{name}/grant", OWN_ACCOUNTS),
    row("POST", "/staff/accounts/{name}/email", OWN_ACCOUNTS),
    row("POST", "/staff/accounts/{name}/end", OWN_ACCOUNTS),
    row("GET", "/staff/changes", LISTS),
    row("GET", "/staff/changes.csv", LISTS),
    row("GET", "/staff/changes.xlsx", LISTS),
    row("GET", "/staff/changes/{id}", OWN_LISTS),
    row("POST", "/staff/changes/{id}/approval", OWN_LISTS),
    row("POST", "/staff/changes/{id}/refusal", OWN_LISTS),
    row("POST", "/staff/changes/{id}/undo", OWN_LISTS),
    row("GET", "/staff/pools", LISTS),
    row("POST", "/staff/pools", LISTS),
    row("GET", "/staff/notices", LISTS),
    row("GET", "/staff/notices/{place}/{step}", OWN_LISTS),
    row("POST", "/staff/notices/{place}/{step}", OWN_CAMPUS),
    row("GET", "/staff/sittings", LISTS),
    row("POST", "/staff/sittings", "national"),
    row("GET", "/staff/sittings/{code}", LISTS),
    row("GET", "/staff/sittings/{code}/settings", "national"),
    row("POST", "/staff/sittings/{code}/settings", "national"),
    row("GET", "/staff/sittings/{code}/publication", "national"),
    row("POST", "/staff/sittings/{code}/publication", "national"),
    row("POST", "/staff/sittings/{code}/withdrawal", "national"),
    row("POST", "/staff/sittings/{code}/closing", "national"),
    row("POST", "/staff/sittings/{code}/archiving", "national"),
    row("GET", "/staff/sittings/{code}/subjects", LISTS),
    row("GET", "/staff/sittings/{code}/subjects/{subject}", "national"),
    row("POST", "/staff/sittings/{code}/subjects/{subject}", "national"),
    row("GET", "/staff/sittings/{code}/windows", LISTS),
    row("GET", "/staff/sittings/{code}/windows/{place}/{mode}", OWN_LISTS),
    row("POST", "/staff/sittings/{code}/windows/{place}/{mode}", OWN_LISTS),
    row("GET", "/staff/sittings/{code}/limits", PROVINCES),
    row("GET", "/staff/sittings/{code}/limits/{place}", "province-99 national"),
    row("POST", "/staff/sittings/{code}/limits/{place}", "province-99"),
    row("GET", "/staff/sittings/{code}/fees", PROVINCES),
    row("GET", "/staff/sittings/{code}/fees/{place}", "province-99 national"),
    row("POST", "/staff/sittings/{code}/fees/{place}", "national"),
    row("GET", "/staff/sittings/{code}/oral", LISTS),
    row("GET", "/staff/sittings/{code}/oral/{place}", OWN_LISTS),
    row("POST", "/staff/sittings/{code}/oral/{place}", OWN_LISTS),
    row("GET", "/staff/sittings/{code}/arrangement", LISTS),
    row("GET", "/staff/sittings/{code}/arrangement/{place}", OWN_LISTS),
    row("POST", "/staff/sittings/{code}/arrangement/{place}", OWN_LISTS),
    row("GET", "/staff/sittings/{code}/texts/{kind}/{lang}", "national"),
    row("POST", "/staff/sittings/{code}/texts/{kind}/{lang}", "national"),
    row("GET", "/staff/audit", "auditor"),
    row("GET", "/staff/audit.csv", "auditor"),
    row("GET", "/staff/audit.xlsx", "auditor"),
];
