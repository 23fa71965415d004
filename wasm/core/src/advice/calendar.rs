//! A calendar's entry (RFC 5545) that reminds of a certificate's end.

use yinxin_pki::asn1::hex;
use yinxin_pki::hash::sha256;
use yinxin_proto::limits::MAX_NAME_CHARS;
use yinxin_proto::text::visible;
use yinxin_proto::time::{CHINA, DAY, UnixTime};
use yinxin_proto::{Locale, words};

/// Days before the end on which the entry stands: the last on which a seal can still be upgraded, and
/// enough for an application.
const DAYS_BEFORE: i64 = 60;

/// An entry for a whole day well before a certificate of `holder` ends; for tomorrow, where that day
/// has passed. The same certificate gives the same entry, which a calendar then replaces.
#[must_use]
pub fn calendar_entry(holder: &str, ends: UnixTime, now: UnixTime) -> String {
    let holder: String = visible(holder)
        .chars()
        .take(MAX_NAME_CHARS as usize)
        .collect();
    let day = ends.plus(-DAYS_BEFORE * DAY).max(now.plus(DAY));
    let (date, next) = (date(day), date(day.plus(DAY)));
    let uid = hex(&sha256(format!("{holder}\n{ends}").as_bytes())[..16]);
    let end = words::day(ends, Locale::ZhCn);
    let summary = escaped(&format!("办理证书更新：{holder}（{end}到期）"));
    let description = escaped(&format!(
        "数字证书将于 {end} 到期。请登录四川CA网厅（wt.scca.com.cn）选择“证书更新”。"
    ));
    let lines = [
        "BEGIN:VCALENDAR".into(),
        "VERSION:2.0".into(),
        "PRODID:-//Yinxin//Yinxin//ZH".into(),
        "BEGIN:VEVENT".into(),
        format!("UID:{uid}@yinxin"),
        format!("DTSTAMP:{}", compact(now)),
        format!("DTSTART;VALUE=DATE:{date}"),
        format!("DTEND;VALUE=DATE:{next}"),
        format!("SUMMARY:{summary}"),
        format!("DESCRIPTION:{description}"),
        "TRANSP:TRANSPARENT".into(),
        "BEGIN:VALARM".into(),
        "ACTION:DISPLAY".into(),
        format!("DESCRIPTION:{summary}"),
        "TRIGGER:PT9H".into(),
        "END:VALARM".into(),
        "END:VEVENT".into(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| folded(line)).collect()
}

/// The date in China, `20261122`. RFC 5545 has four digits for a year.
fn date(time: UnixTime) -> String {
    let (year, month, day, ..) = time.plus(CHINA).civil();
    format!("{:04}{month:02}{day:02}", year.clamp(0, 9999))
}

/// A time in UTC, `20261122T150405Z`.
fn compact(time: UnixTime) -> String {
    let (year, month, day, hour, minute, second) = time.civil();
    let year = year.clamp(0, 9999);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// RFC 5545, 3.3.11. Line breaks don't occur: `visible` writes them out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | ';' | ',') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// RFC 5545, 3.1: lines of at most 75 octets, continued after CRLF and a space; no character is cut.
fn folded(line: &str) -> String {
    const OCTETS: usize = 75;
    let mut out = String::with_capacity(line.len() + 8);
    let mut used = 0;
    for c in line.chars() {
        if used + c.len_utf8() > OCTETS {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out + "\r\n"
}
