//! Numbers of a workbook as people see them: without the noise of binary fractions, and dates as
//! dates (ISO 8601), since a workbook keeps them as numbers of days.

/// The number of a cell as text; what is no number, as it is.
pub(super) fn shown(text: &str) -> String {
    let Some(number) = finite(text) else {
        return text.into();
    };
    // Excel keeps and shows 15 digits; 0.1 + 0.2 has noise in the 17th.
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    if rounded == 0.0 {
        return "0".into();
    }
    rounded.to_string()
}

/// The date, time, or both, of a number of days.
pub(super) fn date(text: &str, since_1904: bool) -> Option<String> {
    let serial = finite(text)?;
    // 9999-12-31 is the last day that a workbook knows.
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let seconds = (serial * 86_400.0).round() as i64;
    let (days, seconds) = (seconds / 86_400, seconds % 86_400);
    let time = format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    if days == 0 && !since_1904 {
        return Some(time);
    }
    // Days since 1970-01-01. Excel has a 29 February 1900, so all before it are one day off.
    let days = match (since_1904, days) {
        (true, _) => days - 24_107,
        (false, ..60) => days - 25_568,
        (false, _) => days - 25_569,
    };
    let (year, month, day) = civil(days);
    let date = format!("{year:04}-{month:02}-{day:02}");
    Some(if seconds == 0 {
        date
    } else {
        format!("{date} {time}")
    })
}

fn finite(text: &str) -> Option<f64> {
    let number: f64 = text.trim().parse().ok()?;
    number.is_finite().then_some(number)
}

/// Year, month and day of days since 1970-01-01 (Howard Hinnant's `civil_from_days`), for days after
/// the year 0.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

/// Whether a built-in number format shows a date or time (ISO/IEC 29500-1, 18.8.30; 27 to 36 and 50
/// to 58 are those of East Asia).
pub(super) fn is_builtin_date(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45 | 47 | 50..=58)
}

/// Whether a format code shows a date or time. A span of time (`[h]:mm`) is none.
pub(super) fn is_date(code: &str) -> bool {
    let mut chars = code.chars();
    let mut found = false;
    while let Some(c) = chars.next() {
        match c.to_ascii_lowercase() {
            // Only what positive numbers look like.
            ';' => break,
            '"' => while chars.next().is_some_and(|c| c != '"') {},
            '\\' | '_' | '*' => {
                chars.next();
            }
            '[' => {
                let span = chars.clone().next().map(|c| c.to_ascii_lowercase());
                if matches!(span, Some('h' | 'm' | 's')) {
                    return false;
                }
                while chars.next().is_some_and(|c| c != ']') {}
            }
            'y' | 'm' | 'd' | 'h' | 's' => found = true,
            _ => (),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_see_them() {
        for (text, expected) in [
            ("2", "2"),
            ("2.0", "2"),
            ("-0", "0"),
            ("0.30000000000000004", "0.3"),
            ("1234.5600000000001", "1234.56"),
            ("1E3", "1000"),
            ("1.0000000000000001E-2", "0.01"),
            // Eighteen digits kept as a number: Excel shows the last three as zeros too.
            ("510100199001011234", "510100199001011000"),
            ("NaN", "NaN"),
            ("#N/A", "#N/A"),
            ("", ""),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        assert!(shown("1.7976931348623157E+308").len() < 400);
    }

    #[test]
    fn dates_are_those_that_excel_shows() {
        for (serial, expected) in [
            ("1", "1900-01-01"),
            ("59", "1900-02-28"),
            ("61", "1900-03-01"),
            ("25569", "1970-01-01"),
            ("46068", "2026-02-15"),
            ("46068.354166666664", "2026-02-15 08:30:00"),
            ("0.5", "12:00:00"),
            ("2958465", "9999-12-31"),
        ] {
            assert_eq!(date(serial, false).as_deref(), Some(expected), "{serial}");
        }
        assert_eq!(date("44606", true).as_deref(), Some("2026-02-15"));
        for none in ["-1", "2958466", "1e300", "x"] {
            assert_eq!(date(none, false), None, "{none}");
        }
    }

    #[test]
    fn formats_of_dates_are_told_from_those_of_numbers() {
        for code in [
            "yyyy-mm-dd",
            "yyyy\"年\"m\"月\"d\"日\"",
            "[$-804]yyyy/m/d;@",
            "h:mm AM/PM",
            "[Red]d",
        ] {
            assert!(is_date(code), "{code}");
        }
        for code in [
            "General",
            "0.00",
            "#,##0.00\"yuan, payed\"",
            "[Red]0",
            "[h]:mm",
            "0\\d",
            "@",
            "0;yy",
            "\"",
            "[",
        ] {
            assert!(!is_date(code), "{code}");
        }
    }
}
