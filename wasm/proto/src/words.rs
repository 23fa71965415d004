//! How days, times, sizes and places read. `ts/words.ts` is the same for TypeScript.

use crate::text::{Locale, visible};
use crate::time::{CHINA, UnixTime};

/// Names of months in English.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The day in China, by whose calendar certificates end: `2026年11月23日`, `23 November 2026`.
#[must_use]
pub fn day(time: UnixTime, locale: Locale) -> String {
    let (year, month, day, ..) = time.plus(CHINA).civil();
    match locale {
        Locale::ZhCn => format!("{year}年{month}月{day}日"),
        Locale::En => {
            let month = MONTHS.get(usize::from(month).wrapping_sub(1));
            format!("{day} {} {year}", month.unwrap_or(&"?"))
        }
    }
}

/// Day and time in China: `2026年11月23日 00:00（北京时间）`, `23 November 2026, 00:00 (Beijing time)`.
#[must_use]
pub fn time(time: UnixTime, locale: Locale) -> String {
    let (.., hour, minute, _) = time.plus(CHINA).civil();
    let day = day(time, locale);
    match locale {
        Locale::ZhCn => format!("{day} {hour:02}:{minute:02}（北京时间）"),
        Locale::En => format!("{day}, {hour:02}:{minute:02} (Beijing time)"),
    }
}

/// A size for the eye, in units of a thousand, with one decimal at most.
#[must_use]
pub fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    // In two steps: ten times a number of bytes could be too much.
    let tenths = bytes / unit * 10 + (bytes % unit * 10 + unit / 2) / unit;
    match tenths % 10 {
        0 => format!("{} {name}", tenths / 10),
        tenth => format!("{}.{tenth} {name}", tenths / 10),
    }
}

/// What parts of a document are to a reader, in Chinese and English, by the names of their roles.
pub const ROLES: [(&str, &str, &str); 11] = [
    ("template", "模板页", "template page"),
    ("annotation", "批注", "annotation"),
    ("picture", "图片", "picture"),
    ("document", "文档结构", "structure of the document"),
    ("entry", "文件入口", "entry of the file"),
    ("resource", "资源", "resources"),
    ("font", "字体", "font"),
    ("attachment", "附件", "attachment"),
    ("data", "数据", "data"),
    ("signature", "签章", "signature"),
    ("other", "其他部件", "another part"),
];

/// Where in a document something is: the page, counted from 1, of whatever is on one (`pages[0]/Contents`); a field of the
/// form; what a part is to a reader. Other paths as they are.
#[must_use]
pub fn place(path: &str, locale: Locale) -> String {
    let is_zh = locale == Locale::ZhCn;
    let page = path
        .strip_prefix("pages[")
        .and_then(|rest| rest.split_once(']'))
        .filter(|(index, _)| index.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|(index, _)| index.parse::<u32>().ok()?.checked_add(1));
    if let Some(page) = page {
        return if is_zh {
            format!("第 {page} 页")
        } else {
            format!("page {page}")
        };
    }
    if let Some(field) = path.strip_prefix("fields/") {
        let field = visible(field);
        return if is_zh {
            format!("表单项“{field}”")
        } else {
            format!("field “{field}”")
        };
    }
    if let Some(number) = path.strip_prefix("object ").filter(|_| is_zh) {
        return format!("对象 {}", visible(number));
    }
    match ROLES.iter().find(|(role, ..)| *role == path) {
        Some((_, zh, en)) => (if is_zh { *zh } else { *en }).into(),
        None => visible(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_by_their_page() {
        for (path, zh, en) in [
            ("pages[0]/Contents", "第 1 页", "page 1"),
            ("pages[11]", "第 12 页", "page 12"),
            ("pages[x]/A", "pages[x]/A", "pages[x]/A"),
            ("pages[]", "pages[]", "pages[]"),
            ("pages[+1]", "pages[+1]", "pages[+1]"),
            (
                "pages[4294967295]",
                "pages[4294967295]",
                "pages[4294967295]",
            ),
            ("fields/S\u{200b}", "表单项“S⟨U+200B⟩”", "field “S⟨U+200B⟩”"),
            ("object 7", "对象 7", "object 7"),
            ("font", "字体", "font"),
            ("catalog/Pages", "catalog/Pages", "catalog/Pages"),
        ] {
            assert_eq!(place(path, Locale::ZhCn), zh);
            assert_eq!(place(path, Locale::En), en);
        }
    }

    #[test]
    fn days_and_times_are_those_of_china() {
        let at = |text| UnixTime::parse(text).unwrap();
        for (text, zh, en) in [
            ("2026-11-22T15:59:59Z", "2026年11月22日", "22 November 2026"),
            ("2026-11-22T16:00:00Z", "2026年11月23日", "23 November 2026"),
            ("2024-02-28T16:00:00Z", "2024年2月29日", "29 February 2024"),
            ("2026-12-31T23:00:00Z", "2027年1月1日", "1 January 2027"),
        ] {
            assert_eq!(day(at(text), Locale::ZhCn), zh);
            assert_eq!(day(at(text), Locale::En), en);
        }
        let late = at("2026-11-28T17:58:50Z");
        assert_eq!(time(late, Locale::ZhCn), "2026年11月29日 01:58（北京时间）");
        assert_eq!(
            time(late, Locale::En),
            "29 November 2026, 01:58 (Beijing time)"
        );
        for extreme in [UnixTime(i64::MAX), UnixTime(i64::MIN)] {
            assert!(!time(extreme, Locale::En).is_empty());
        }
    }

    #[test]
    fn sizes_have_one_decimal_at_most() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1 kB"),
            (182_344, "182.3 kB"),
            (536_870_912, "536.9 MB"),
            (999_950, "1000 kB"),
            (4_294_967_295, "4.3 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
        assert!(!size(u64::MAX).is_empty());
    }
}
