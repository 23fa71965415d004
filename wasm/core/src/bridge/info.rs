//! What a certificate says, by the numbers of GM/T 0006-2012, 6.4 (`SGD_CERT_*`), and by those that page scripts use
//! beside them (52 to 56).

use super::request::Failure;
use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::certificate::name::DistinguishedName;
use yinxin_pki::identity_number;
use yinxin_pki::oid;
use yinxin_proto::time::{CHINA, UnixTime};

/// The text of an item.
pub(super) fn item(certificate: &Certificate, item: u32) -> Result<String, Failure> {
    let (issuer, subject) = (certificate.issuer(), certificate.subject());
    let of =
        |name: &DistinguishedName, oid| name.get(oid).map(str::to_owned).ok_or(Failure::ItemAbsent);
    match item {
        1 => Ok("V3".into()),
        2 => Ok(certificate.serial_hex()),
        5 => Ok(issuer.to_string()),
        6 => Ok(format!(
            "{} - {}",
            local(certificate.not_before()),
            local(certificate.not_after())
        )),
        7 => Ok(subject.to_string()),
        8 => Ok(hex(certificate.spki())),
        33 => of(issuer, oid::COMMON_NAME),
        34 => of(issuer, oid::ORGANIZATION),
        35 => of(issuer, oid::ORGANIZATIONAL_UNIT),
        49 => of(subject, oid::COMMON_NAME),
        50 => of(subject, oid::ORGANIZATION),
        51 => of(subject, oid::ORGANIZATIONAL_UNIT),
        52 => of(subject, oid::EMAIL),
        53 => person(certificate).ok_or(Failure::IdentityAbsent),
        54 => unit(certificate).ok_or(Failure::IdentityAbsent),
        56 => Ok(certificate.holder()),
        _ => Err(Failure::ItemUnknown),
    }
}

/// Who the holder of a certificate is: 1 the name, 2 the person's number behind `SF0`.
pub(super) fn user(certificate: &Certificate, item: u32) -> Result<String, Failure> {
    match item {
        1 => Ok(certificate.holder()),
        2 => person(certificate)
            .map(|number| format!("SF0{number}"))
            .ok_or(Failure::IdentityAbsent),
        _ => Err(Failure::ItemUnknown),
    }
}

/// The number of a person.
fn person(certificate: &Certificate) -> Option<String> {
    let by = |oid| certificate.identifier(oid);
    by(oid::IDENTITY_CODE)
        .or_else(|| by(oid::IDENTITY_CODE_2006))
        .or_else(|| {
            // A registration authority's composed name: `041@0<number>@name@…`.
            let name = certificate.subject().get(oid::COMMON_NAME)?;
            let number = name.split('@').nth(1)?.strip_prefix('0')?;
            identity_number::find(number).map(str::to_owned)
        })
}

/// The number of a unit.
fn unit(certificate: &Certificate) -> Option<String> {
    let by = |oid| certificate.identifier(oid);
    by(oid::REGISTRATION_NUMBER)
        .or_else(|| by(oid::ORGANIZATION_CODE))
        .or_else(|| by(oid::ORGANIZATION_CODE_2006))
        .or_else(|| {
            let code = by(oid::IDENTITY_CODE)?;
            Some(code.strip_prefix('N').unwrap_or(&code).to_owned())
        })
}

/// `2026-11-29 10:00:00`, China's time.
fn local(time: UnixTime) -> String {
    let (year, month, day, hour, minute, second) = time.plus(CHINA).civil();
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}
