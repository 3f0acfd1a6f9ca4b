//! Codes of places, subjects and sittings: text, never numbers, because of leading zeros (facts 1.4).

use std::fmt;

/// What is wrong with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeError {
    /// Which code.
    pub what: &'static str,
    /// Its expected form.
    pub expected: &'static str,
}

macro_rules! digits_code {
    ($(#[$doc:meta])* $name:ident, $len:literal, $what:literal, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Parses the code.
            ///
            /// # Errors
            /// [`CodeError`] when it has another length or anything but ASCII digits.
            pub fn parse(text: &str) -> Result<Self, CodeError> {
                let wrong = CodeError { what: $what, expected: $expected };
                let bytes: [u8; $len] = text.as_bytes().try_into().map_err(|_| wrong)?;
                if bytes.iter().all(u8::is_ascii_digit) { Ok(Self(bytes)) } else { Err(wrong) }
            }

            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).unwrap_or("")
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

digits_code!(
    /// A province, two digits by GB/T 2260; 99 is the test province.
    ProvinceCode, 2, "province", "2 digits"
);
digits_code!(
    /// A school: province and three digits.
    SchoolCode, 5, "school", "5 digits"
);
digits_code!(
    /// A campus: school and one digit. Seats belong to a campus.
    CampusCode, 6, "campus", "6 digits"
);

impl SchoolCode {
    /// For what has no school: passports, national staff (S7).
    pub const NONE: Self = Self(*b"00000");

    /// The province the school lies in.
    #[must_use]
    pub fn province(&self) -> ProvinceCode {
        let [a, b, ..] = self.0;
        ProvinceCode([a, b])
    }

    /// Parses `99301-12`, the form of a school's row in lists, addresses and forms: the school and the row's number.
    #[must_use]
    pub fn parse_row(text: &str) -> Option<(Self, i64)> {
        let (school, number) = text.split_once('-')?;
        let plain = number.bytes().all(|byte| byte.is_ascii_digit());
        Some((Self::parse(school).ok()?, number.parse().ok().filter(|_| plain)?))
    }
}

impl CampusCode {
    /// The school the campus belongs to: 993010 lies in 99301.
    #[must_use]
    pub fn school(&self) -> SchoolCode {
        let [school @ .., _] = self.0;
        SchoolCode(school)
    }

    /// The province the campus lies in.
    #[must_use]
    pub fn province(&self) -> ProvinceCode {
        self.school().province()
    }
}

/// A subject: one ASCII letter or digit, as `1` for 英语四级笔试 (facts 1.3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectCode([u8; 1]);

impl SubjectCode {
    /// 英语四级笔试.
    pub const CET4: Self = Self(*b"1");
    /// 英语六级笔试.
    pub const CET6: Self = Self(*b"2");

    /// Parses the code.
    ///
    /// # Errors
    /// [`CodeError`] when it is not one upper-case letter or digit.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        match text.as_bytes() {
            [b] if b.is_ascii_digit() || b.is_ascii_uppercase() => Ok(Self([*b])),
            _ => Err(CodeError { what: "subject", expected: "one digit or upper-case letter" }),
        }
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }
}

impl fmt::Display for SubjectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SubjectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A sitting, as `2017-2`: up to 16 letters, digits and dashes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SittingCode(Box<str>);

impl SittingCode {
    /// Parses the code.
    ///
    /// # Errors
    /// [`CodeError`] when it is empty, longer than 16, or has other characters.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let good =
            (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if good {
            Ok(Self(text.into()))
        } else {
            Err(CodeError { what: "sitting", expected: "up to 16 letters, digits and dashes" })
        }
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SittingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SittingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campus_lies_in_its_school_and_province() {
        let campus = CampusCode::parse("993010").unwrap();
        assert_eq!(campus.school().as_str(), "99301");
        assert_eq!(campus.province().as_str(), "99");
    }

    #[test]
    fn a_row_of_a_school_is_named_by_both_numbers_in_plain_digits() {
        assert_eq!(SchoolCode::parse_row("99301-12"), Some((SchoolCode::parse("99301").unwrap(), 12)));
        for text in [
            "",
            "99301",
            "99301-",
            "-12",
            "99301--12",
            "99301-+12",
            "9930-12",
            "99301-12a",
            "99301-9223372036854775808",
        ] {
            assert_eq!(SchoolCode::parse_row(text), None, "{text}");
        }
    }

    #[test]
    fn codes_of_another_form_are_refused() {
        for text in ["", "99301", "9930100", "99301a", "９９３０１０", "99301\0"] {
            assert!(CampusCode::parse(text).is_err(), "{text}");
        }
        for text in ["", "f", "12", "ｆ"] {
            assert!(SubjectCode::parse(text).is_err(), "{text}");
        }
        assert!(SittingCode::parse("2017-2").is_ok());
        assert!(SittingCode::parse("2017/2").is_err());
    }
}
