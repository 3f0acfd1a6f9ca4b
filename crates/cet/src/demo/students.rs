//! 2,000 made-up students, the same in every demo.

/// The number of students.
const STUDENTS: u64 = 2_000;

const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何",
    "林", "罗", "欧阳", "司马", "诸葛", "梁", "宋",
];
const GIVEN: [&str; 20] = [
    "伟", "芳", "娜", "秀英", "敏", "静", "丽", "强", "磊", "军", "洋", "梓涵", "浩然", "欣怡", "思远", "喆",
    "𬭸", "赟", "翀", "佳琪",
];
const COLLEGES: [(&str, &str); 5] = [
    ("化学学院", "应用化学"),
    ("管理学院", "会计"),
    ("外国语学院", "日语"),
    ("计算机学院", "软件工程"),
    ("法学院", "法学"),
];

/// Pseudo-random numbers with a fixed seed: the seed data must be the same on every machine.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33).checked_rem(limit).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let at = self.below(u64::try_from(from.len()).unwrap_or(0));
        usize::try_from(at).ok().and_then(|at| from.get(at))
    }
}

/// The lines of the roster and of the scores.
pub(super) fn lines() -> (Vec<String>, Vec<String>) {
    let mut chance = Sequence(2017);
    let (mut roster, mut scores) = (Vec::new(), Vec::new());
    for n in 1..=STUDENTS {
        let male = chance.below(2) == 0;
        let campus = if chance.below(3) == 0 { "991010" } else { "993010" };
        let surname = chance.pick(&SURNAMES).copied().unwrap_or("王");
        let name = format!("{surname}{}", chance.pick(&GIVEN).copied().unwrap_or("伟"));
        let (college, major) = chance.pick(&COLLEGES).copied().unwrap_or(("法学院", "法学"));
        let (year, month, day) = (1996 + chance.below(4), 1 + chance.below(12), 1 + chance.below(28));
        // The running number makes the documents unique; its last digit is odd for men.
        let serial = (n % 500) * 2 + u64::from(male);
        let area = 330_101 + n / 500;
        let document = with_check_digit(&format!("{area}{year}{month:02}{day:02}{serial:03}"));
        let (sex, entered) = (if male { "男" } else { "女" }, 14 + chance.below(4));
        let school = campus.get(..5).unwrap_or_default();
        let barred = if chance.below(50) == 0 { "7;8" } else { "" };
        roster.push(format!(
            "{name},{sex},中华人民共和国居民身份证,{document},{school},{campus},本科,4,{entered},{:02},{college},{major},{:02},{entered}{n:06},,,{barred}",
            18 - entered,
            1 + chance.below(12)
        ));
        if chance.below(100) < 45 {
            let points = 380 + chance.below(260);
            scores.push(format!(
                "{campus}161{}{:03}{:02},{name},中华人民共和国居民身份证,{document},1,{points},2016年上半年",
                1,
                1 + n / 30,
                1 + n % 30
            ));
        }
    }
    (roster, scores)
}

/// Appends the check digit of ISO 7064 MOD 11-2 to seventeen digits (facts 2.1).
pub(super) fn with_check_digit(body: &str) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 =
        body.chars().filter_map(|c| c.to_digit(10)).zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let check = "10X98765432".chars().nth(usize::try_from(sum % 11).unwrap_or(0)).unwrap_or('0');
    format!("{body}{check}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_made_up_student_has_a_document_of_his_own() {
        let (roster, scores) = lines();
        let documents: BTreeSet<&str> = roster.iter().filter_map(|line| line.split(',').nth(3)).collect();
        assert_eq!(documents.len(), 2_000);
        let tickets: BTreeSet<&str> = scores.iter().filter_map(|line| line.split(',').next()).collect();
        assert_eq!(tickets.len(), scores.len());
        assert!(tickets.iter().all(|ticket| ticket.len() == 15));
    }

    #[test]
    fn check_digits_are_those_of_the_standard() {
        assert_eq!(with_check_digit("11010519491231002"), "11010519491231002X");
        assert_eq!(with_check_digit("33010119900101000"), "330101199001010008");
    }
}
