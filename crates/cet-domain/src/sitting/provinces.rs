//! The provinces by GB/T 2260, so that an installation need not list them.

use crate::words::codes::ProvinceCode;

/// Code, name and English name of every province; 99 is the test province of the manual's pictures.
const PROVINCES: [(&str, &str, &str); 35] = [
    ("11", "北京市", "Beijing"),
    ("12", "天津市", "Tianjin"),
    ("13", "河北省", "Hebei"),
    ("14", "山西省", "Shanxi"),
    ("15", "内蒙古自治区", "Inner Mongolia"),
    ("21", "辽宁省", "Liaoning"),
    ("22", "吉林省", "Jilin"),
    ("23", "黑龙江省", "Heilongjiang"),
    ("31", "上海市", "Shanghai"),
    ("32", "江苏省", "Jiangsu"),
    ("33", "浙江省", "Zhejiang"),
    ("34", "安徽省", "Anhui"),
    ("35", "福建省", "Fujian"),
    ("36", "江西省", "Jiangxi"),
    ("37", "山东省", "Shandong"),
    ("41", "河南省", "Henan"),
    ("42", "湖北省", "Hubei"),
    ("43", "湖南省", "Hunan"),
    ("44", "广东省", "Guangdong"),
    ("45", "广西壮族自治区", "Guangxi"),
    ("46", "海南省", "Hainan"),
    ("50", "重庆市", "Chongqing"),
    ("51", "四川省", "Sichuan"),
    ("52", "贵州省", "Guizhou"),
    ("53", "云南省", "Yunnan"),
    ("54", "西藏自治区", "Tibet"),
    ("61", "陕西省", "Shaanxi"),
    ("62", "甘肃省", "Gansu"),
    ("63", "青海省", "Qinghai"),
    ("64", "宁夏回族自治区", "Ningxia"),
    ("65", "新疆维吾尔自治区", "Xinjiang"),
    ("71", "台湾省", "Taiwan"),
    ("81", "香港特别行政区", "Hong Kong"),
    ("82", "澳门特别行政区", "Macao"),
    ("99", "测试省", "Test Province"),
];

/// The name of a province by the standard, unless the installation overrides it.
#[must_use]
pub fn standard_name(code: ProvinceCode) -> Option<&'static str> {
    PROVINCES.iter().find(|(known, ..)| *known == code.as_str()).map(|(_, name, _)| *name)
}

/// The English name of a province that has this name; `None` of a name that the installation gave it.
pub(super) fn english_name(code: ProvinceCode, name: &str) -> Option<&'static str> {
    PROVINCES.iter().find(|(known, own, _)| (*known, *own) == (code.as_str(), name)).map(|(.., name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_list_is_a_code_and_the_list_is_in_order() {
        let codes: Vec<_> = PROVINCES.iter().map(|(code, ..)| ProvinceCode::parse(code).unwrap()).collect();
        assert!(codes.is_sorted());
        assert_eq!(standard_name(ProvinceCode::parse("99").unwrap()), Some("测试省"));
        assert_eq!(standard_name(ProvinceCode::parse("98").unwrap()), None);
    }

    #[test]
    fn only_a_province_with_its_own_name_has_an_english_one() {
        for (code, name, english) in PROVINCES {
            let code = ProvinceCode::parse(code).unwrap();
            assert!(english.is_ascii() && english_name(code, name) == Some(english));
            assert_eq!(english_name(code, "测试省份"), None);
        }
    }
}
