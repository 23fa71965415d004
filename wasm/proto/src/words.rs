//! How days, times and sizes read. `ts/words.ts` is the same for TypeScript.

use crate::text::Locale;
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

#[cfg(test)]
mod tests {
    use super::*;

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
