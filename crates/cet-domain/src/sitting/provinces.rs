//! The provinces by GB/T 2260, so that an installation need not list them.

use crate::words::codes::ProvinceCode;

/// Code and name of every province; 99 is the test province of the manual's pictures.
const PROVINCES: [(&str, &str); 35] = [
    ("11", "北京市"),
    ("12", "天津市"),
    ("13", "河北省"),
    ("14", "山西省"),
    ("15", "内蒙古自治区"),
    ("21", "辽宁省"),
    ("22", "吉林省"),
    ("23", "黑龙江省"),
    ("31", "上海市"),
    ("32", "江苏省"),
    ("33", "浙江省"),
    ("34", "安徽省"),
    ("35", "福建省"),
    ("36", "江西省"),
    ("37", "山东省"),
    ("41", "河南省"),
    ("42", "湖北省"),
    ("43", "湖南省"),
    ("44", "广东省"),
    ("45", "广西壮族自治区"),
    ("46", "海南省"),
    ("50", "重庆市"),
    ("51", "四川省"),
    ("52", "贵州省"),
    ("53", "云南省"),
    ("54", "西藏自治区"),
    ("61", "陕西省"),
    ("62", "甘肃省"),
    ("63", "青海省"),
    ("64", "宁夏回族自治区"),
    ("65", "新疆维吾尔自治区"),
    ("71", "台湾省"),
    ("81", "香港特别行政区"),
    ("82", "澳门特别行政区"),
    ("99", "测试省"),
];

/// The name of a province by the standard, unless the installation overrides it.
#[must_use]
pub fn standard_name(code: ProvinceCode) -> Option<&'static str> {
    PROVINCES.iter().find(|(known, _)| *known == code.as_str()).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_list_is_a_code_and_the_list_is_in_order() {
        let codes: Vec<_> = PROVINCES.iter().map(|(code, _)| ProvinceCode::parse(code).unwrap()).collect();
        assert!(codes.is_sorted());
        assert_eq!(standard_name(ProvinceCode::parse("99").unwrap()), Some("测试省"));
        assert_eq!(standard_name(ProvinceCode::parse("98").unwrap()), None);
    }
}
