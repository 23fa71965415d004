//! UTCTime and GeneralizedTime.

use super::tag;
use yinxin_proto::time::UnixTime;

/// Reads the contents of a UTCTime or GeneralizedTime. With it comes what is not as RFC 5280,
/// 4.1.2.5 asks, if something is: seconds left out, an offset, a fraction, no zone at all (taken
/// as UTC), or the wrong one of the two types.
#[must_use]
pub fn read(tag: u8, value: &[u8]) -> Option<(UnixTime, Option<&'static str>)> {
    let general = match tag {
        tag::UTC_TIME => false,
        tag::GENERALIZED_TIME => true,
        _ => return None,
    };
    let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
    let (date, rest) = value.split_at(digits);
    let pair = |at: usize| match date.get(at..at + 2)? {
        [a, b] => Some(i64::from(a - b'0') * 10 + i64::from(b - b'0')),
        _ => None,
    };
    let mut odd = None;
    let (year, at) = if general {
        (pair(0)? * 100 + pair(2)?, 4)
    } else {
        // RFC 5280, 4.1.2.5.1: 50 to 99 are of the twentieth century.
        let year = pair(0)?;
        (if year >= 50 { 1900 + year } else { 2000 + year }, 2)
    };
    if general && (1950..2050).contains(&year) {
        odd = Some("GeneralizedTime before 2050");
    }
    let (month, day, hour) = (pair(at)?, pair(at + 2)?, pair(at + 4)?);
    let (minute, second) = match digits - at {
        10 => (pair(at + 6)?, pair(at + 8)?),
        8 => {
            odd = Some("a time without seconds");
            (pair(at + 6)?, 0)
        }
        _ => return None,
    };
    let rest = match rest {
        [b'.' | b',', fraction @ ..] if general => {
            let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
            if digits == 0 {
                return None;
            }
            odd = Some("a time with a fraction");
            &fraction[digits..]
        }
        rest => rest,
    };
    let offset = match rest {
        b"Z" => 0,
        b"" => {
            odd = Some("a time without a zone");
            0
        }
        [sign @ (b'+' | b'-'), zone @ ..] => {
            let number = |at: usize| match zone.get(at..at + 2)? {
                [a @ b'0'..=b'9', b @ b'0'..=b'9'] => {
                    Some(i64::from(a - b'0') * 10 + i64::from(b - b'0'))
                }
                _ => None,
            };
            let (hours, minutes) = (number(0)?, number(2)?);
            if zone.len() != 4 || hours > 23 || minutes > 59 {
                return None;
            }
            odd = Some("a time with an offset");
            (hours * 3600 + minutes * 60) * if *sign == b'+' { 1 } else { -1 }
        }
        _ => return None,
    };
    let time = UnixTime::from_civil((year, month, day), (hour, minute, second))?;
    Some((time.plus(-offset), odd))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_certificates_are_read() {
        let utc = |text: &str| read(tag::UTC_TIME, text.as_bytes());
        let general = |text: &str| read(tag::GENERALIZED_TIME, text.as_bytes());
        let at = |text: &str| UnixTime::parse(text).unwrap();
        let moment = at("2026-11-22T15:04:05Z");
        assert_eq!(utc("261122150405Z"), Some((moment, None)));
        assert_eq!(utc("500101000000Z"), Some((at("1950-01-01"), None)));
        assert_eq!(
            utc("491231235959Z"),
            Some((at("2049-12-31T23:59:59Z"), None))
        );
        let far = at("2050-01-01T00:00:00Z");
        assert_eq!(general("20500101000000Z"), Some((far, None)));
        assert_eq!(
            general("99991231235959Z"),
            Some((at("9999-12-31T23:59:59Z"), None))
        );
        for (read, reason) in [
            (utc("261122230405+0800"), "a time with an offset"),
            (utc("261122150405"), "a time without a zone"),
            (general("20261122150405Z"), "GeneralizedTime before 2050"),
            (general("20261122150405.678Z"), "a time with a fraction"),
            (general("20261122100405-0500"), "a time with an offset"),
        ] {
            assert_eq!(read, Some((moment, Some(reason))));
        }
        let odd = Some("a time without seconds");
        assert_eq!(utc("2611221504Z"), Some((moment.plus(-5), odd)));
        for bad in [
            "",
            "Z",
            "2611221504050Z",
            "26112215040Z",
            "261322150405Z",
            "260230150405Z",
            "261122250405Z",
            "261122156005Z",
            "261122150461Z",
            "261122150405ZZ",
            "261122150405+080",
            "261122150405+08000",
            "261122150405+2400",
            "261122150405.5Z",
            "\u{ff12}61122150405Z",
        ] {
            assert_eq!(utc(bad), None, "{bad}");
        }
        assert_eq!(general("20261122150405.Z"), None);
        assert_eq!(read(tag::INTEGER, b"261122150405Z"), None);
    }
}
