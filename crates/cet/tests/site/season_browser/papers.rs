//! The files that schools send, as schools have them.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::super::demo::{Demo, Student};
use super::of;

/// The class that its school enters and pays for.
pub(super) const CLASS: &str = "会计2班";

pub(super) struct Papers {
    pub(super) roster: PathBuf,
    pub(super) moved: PathBuf,
    pub(super) photos: Vec<PathBuf>,
    pub(super) reviewed: Student,
    pub(super) wrong: Student,
    pub(super) barred: Student,
    pub(super) mover: Student,
    _folder: TempDir,
}

/// A list as an office keeps it: a title, a number of its own, other names for the columns, marks of what is required,
/// text protected from the spreadsheet; separated by semicolons and saved in GB18030.
const HEAD: &str = "测试学校机构01 2018年上半年考生名单;;;;;;;;;;;;;;;;;
序号;姓名*;性别;证件类型;身份证号（必填）;学校编码;校区编码;学历层次;学制;入学年;年级;学院;专业名称;行政班;学生学号;备注;资格科目;限制科目
";

impl Papers {
    pub(super) fn of(demo: &Demo) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let all = demo.students();
        // Its first students but the manual's; the photo fits the first one's number.
        let own: Vec<Student> = all.iter().skip(20).take(12).cloned().collect();
        let reviewed = of(&all, "王小明").clone();
        let line = |number: usize, student: &Student, school: &str, campus: &str, class: &str| {
            format!(
                "{number};{};男;身份证;=\"{}\";{school};{campus};本科;4;16;2016;商学院;会计;{class};=\"T{number:06}\";;;\r\n",
                student.name, student.document_number
            )
        };
        let class_of = |at: usize| if at < 6 { "会计1班" } else { CLASS };
        let rows = own
            .iter()
            .enumerate()
            .map(|(at, student)| line(at + 1, student, "99301", "993010", class_of(at)));
        let rows: String = rows.collect();
        let text = format!("{HEAD}{rows}{}", line(99, &reviewed, "99301", "993010", "会计1班"));
        let roster = folder.path().join("考生名单.csv");
        std::fs::write(&roster, encoding_rs::GB18030.encode(&text).0).unwrap();
        let moved = folder.path().join("转入.csv");
        std::fs::write(&moved, format!("{HEAD}{}", line(1, &own[2], "99101", "991010", "转入"))).unwrap();
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cet-domain/tests/fixtures/field");
        // The driver takes no other form of a path.
        let fixtures = fixtures.canonicalize().unwrap();
        let photos = ["p04-thumbs-db.zip", "p05-macosx.zip"].map(|name| fixtures.join(name));
        Self {
            roster,
            moved,
            photos: photos.to_vec(),
            reviewed,
            wrong: own[1].clone(),
            barred: own[0].clone(),
            mover: own[2].clone(),
            _folder: folder,
        }
    }
}
