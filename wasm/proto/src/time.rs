//! Points in time, and the calendar. Nothing here has a clock: a caller hands `now` in.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(type = "string", rename = "string")
)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// Reads an ISO 8601 time as JavaScript and RFC 3339 write it: `2026-11-22T15:04:05Z`, with an
    /// optional fraction (dropped) and `Z` or an offset such as `+08:00`; or a bare date, which is
    /// its first second in UTC.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let number = |from: usize, digits: usize| -> Option<i64> {
            let field = bytes.get(from..from + digits)?;
            field
                .iter()
                .all(u8::is_ascii_digit)
                .then(|| field.iter().fold(0, |n, b| n * 10 + i64::from(b - b'0')))
        };
        let is = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
        let date = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
        if !is(4, b'-') || !is(7, b'-') {
            return None;
        }
        if bytes.len() == 10 {
            return Self::from_civil(date, (0, 0, 0));
        }
        let time = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
        if !is(10, b'T') || !is(13, b':') || !is(16, b':') {
            return None;
        }
        let here = Self::from_civil(date, time)?;
        let mut at = 19;
        if is(at, b'.') {
            at += 1;
            let digits = bytes[at..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count();
            if digits == 0 {
                return None;
            }
            at += digits;
        }
        let offset = match bytes.get(at..)? {
            b"Z" => 0,
            [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
                let (hours, minutes) = (number(at + 1, 2)?, number(at + 4, 2)?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let seconds = hours * 3600 + minutes * 60;
                if *sign == b'+' { seconds } else { -seconds }
            }
            _ => return None,
        };
        Some(here.plus(-offset))
    }

    /// A date and time of the proleptic Gregorian calendar, in UTC. `None` where there is no such one. A leap second is the
    /// same point as the second after it.
    #[must_use]
    pub fn from_civil(
        (year, month, day): (i64, i64, i64),
        (hour, minute, second): (i64, i64, i64),
    ) -> Option<Self> {
        let is_date = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        let is_time =
            (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
        (is_date && is_time).then(|| {
            let midnight = days_from_civil(year, month, day) * DAY;
            Self(midnight + hour * 3600 + minute * 60 + second)
        })
    }

    /// ISO 8601 in the time of China: `2026-11-22T23:04:05+08:00`.
    #[must_use]
    pub fn in_china(self) -> String {
        let mut text = self.plus(CHINA).to_string();
        text.pop();
        text + "+08:00"
    }

    /// The calendar day in China, counted from 1970-01-01.
    #[must_use]
    pub fn day_in_china(self) -> i64 {
        self.plus(CHINA).0.div_euclid(DAY)
    }

    /// Days from `now` until this time by the calendar of China: 0 on that day, negative from the
    /// next one on.
    #[must_use]
    pub fn days_left(self, now: Self) -> i32 {
        let days = self.day_in_china() - now.day_in_china();
        i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX })
    }

    /// This time plus seconds.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Year, month, day, hour, minute, second in UTC.
    #[must_use]
    pub fn civil(self) -> (i64, u8, u8, u8, u8, u8) {
        let (days, seconds) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        let (year, month, day) = civil_from_days(days);
        // Each is below 60 by the remainders.
        let field = |n: i64| u8::try_from(n).unwrap_or(0);
        (
            year,
            field(month),
            field(day),
            field(seconds / 3600),
            field(seconds / 60 % 60),
            field(seconds % 60),
        )
    }
}

impl fmt::Display for UnixTime {
    /// ISO 8601 in UTC, to the second: `2026-11-22T15:04:05Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, second) = self.civil();
        if !(0..10_000).contains(&year) {
            return write!(
                f,
                "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
            );
        }
        // Times are written often, and digit by digit that takes a fraction of the time.
        let mut text = *b"YYYY-MM-DDThh:mm:ssZ";
        let (century, rest) = ((year / 100) as u8, (year % 100) as u8);
        let parts = [century, rest, month, day, hour, minute, second];
        for (at, part) in [0, 2, 5, 8, 11, 14, 17].into_iter().zip(parts) {
            text[at] = b'0' + part / 10;
            text[at + 1] = b'0' + part % 10;
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

/// As text: ISO 8601 in UTC.
impl Serialize for UnixTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnixTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not an ISO 8601 time"))
    }
}

/// What China's time is ahead of UTC, in seconds; it has had no summer time since 1991.
pub const CHINA: i64 = 8 * 3600;

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar, counted in eras of 400
/// years that begin on 1 March, so that the leap day is a year's last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let (next_year, next_month) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    days_from_civil(next_year, next_month, 1) - days_from_civil(year, month, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_times_are_read() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2026-11-22T15:04:05Z", 1_795_359_845),
            ("2026-11-22T15:04:05.678Z", 1_795_359_845),
            ("2026-11-22T23:04:05+08:00", 1_795_359_845),
            ("2026-11-22", 1_795_305_600),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            assert_eq!(UnixTime::parse(text), Some(UnixTime(seconds)), "{text}");
        }
        for text in [
            "",
            "2026",
            "2026-13-01",
            "2026-02-29",
            "2026-1-01",
            "2026-11-22T15:04:05",
            "2026-11-22T24:00:00Z",
            "2026-11-22T15:04:05.Z",
            "2026-11-22 15:04:05Z",
            "+026-11-22",
            "2026-11-22T15:04:05Zx",
            "２０２６-11-22",
        ] {
            assert_eq!(UnixTime::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_800_years_survives() {
        for day in -146_097..146_097 {
            let time = UnixTime(day * DAY + 86_399);
            if time.civil().0 >= 1700 {
                assert_eq!(UnixTime::parse(&time.to_string()), Some(time));
            }
        }
    }

    #[test]
    fn china_is_eight_hours_ahead() {
        let late = UnixTime::parse("2026-11-22T15:59:59Z").unwrap();
        assert_eq!(late.in_china(), "2026-11-22T23:59:59+08:00");
        assert_eq!(late.plus(1).in_china(), "2026-11-23T00:00:00+08:00");
        assert_eq!(late.plus(1).day_in_china(), late.day_in_china() + 1);
    }

    #[test]
    fn extremes_do_not_overflow() {
        for time in [UnixTime(i64::MAX), UnixTime(i64::MIN)] {
            assert!(!time.to_string().is_empty());
            let _ = time.plus(i64::MAX).plus(i64::MIN);
        }
    }
}
