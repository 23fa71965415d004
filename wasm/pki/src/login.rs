//! Logins: the bytes that a login proof signs, challenges, and the judgement of a proof.
//!
//! The bytes begin with a label in the clear, which no signed attributes and no content that the
//! product signs can begin with. The proof carries neither origin nor challenge: the portal puts
//! in its own, so a proof made for another site or another challenge can't hold.

use crate::asn1::hex;
use crate::attributes::logondata;
use crate::certificate::Certificate;
use crate::cms;
use crate::hash::sha256;
use crate::key::{EcSignature, PublicKey};
use crate::trust::{self, Issuer, KeyPurpose, PathPolicy, PathStep};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use yinxin_proto::limits::{CHALLENGE_SECONDS, MAX_CHALLENGE_CHARS, MIN_CHALLENGE_CHARS};
use yinxin_proto::page::{LoginFormat, LoginProof, Purpose, SignatureAlgorithm};
use yinxin_proto::site::Origin;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Severity};

/// What the signed bytes begin with.
pub const LABEL: &[u8] = b"YINXIN-LOGIN-1\0";

/// Version of the proof's format.
pub const VERSION: u32 = 1;

/// Whether a challenge has the form that is signed: 16 to 128 characters of `A-Za-z0-9+/=_-`.
#[must_use]
pub fn is_challenge(text: &str) -> bool {
    (MIN_CHALLENGE_CHARS as usize..=MAX_CHALLENGE_CHARS as usize).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'_' | b'-'))
}

/// The bytes that a login proof signs: [`LABEL`], then origin, purpose, challenge and the
/// certificate's SHA-256, each behind its length in bytes as 32 bits, big endian.
#[must_use]
pub fn to_be_signed(
    origin: &Origin,
    purpose: Purpose,
    challenge: &str,
    certificate: &Certificate,
) -> Vec<u8> {
    let mut out = LABEL.to_vec();
    for field in [
        origin.as_str().as_bytes(),
        purpose.as_str().as_bytes(),
        challenge.as_bytes(),
        certificate.sha256(),
    ] {
        // Origins and challenges have at most 300 bytes.
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(field);
    }
    out
}

/// A challenge as the portal keeps it. Its `id` is single use: the portal inserts it where it
/// keeps used ids, atomically and before it makes a session, and refuses (`challenge-used`) where that
/// fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "LoginChallenge")
)]
pub struct Challenge {
    /// What marks it as used: SHA-256 of the challenge, lower-case hex.
    pub id: String,
    /// For the page: 32 random bytes in Base64 for URLs, without padding.
    pub challenge: String,
    /// The portal's own origin.
    pub origin: String,
    /// What it was issued for.
    pub purpose: Purpose,
    /// SHA-256 of the browser's session at the portal, lower-case hex.
    pub session: String,
    /// When it was issued, ISO 8601 UTC.
    pub issued_at: String,
    /// When it ends, ISO 8601 UTC.
    pub expires_at: String,
}

/// Issues a challenge from 32 random bytes. `seconds` defaults to [`CHALLENGE_SECONDS`].
///
/// # Errors
/// [`Error::OriginInsecure`] or [`Error::OriginMalformed`] if the origin does not have the form that is
/// signed, and [`Error::RequestInvalid`] for an empty session or a time of 0 or above a day.
pub fn new_challenge(
    origin: &str,
    purpose: Purpose,
    session: &str,
    random: &[u8; 32],
    now: UnixTime,
    seconds: Option<u32>,
) -> Result<Challenge, Error> {
    let origin = Origin::read(origin)?;
    let seconds = seconds.unwrap_or(CHALLENGE_SECONDS);
    if session.is_empty() {
        return Err(invalid("session: empty"));
    }
    if !(1..=86_400).contains(&seconds) {
        return Err(invalid("seconds: not within a day"));
    }
    let challenge = Base64UrlUnpadded::encode_string(random);
    Ok(Challenge {
        id: hex(&sha256(challenge.as_bytes())),
        challenge,
        origin: origin.as_str().into(),
        purpose,
        session: hex(&sha256(session.as_bytes())),
        issued_at: now.to_string(),
        expires_at: now.plus(i64::from(seconds)).to_string(),
    })
}

/// What a login is judged by.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// The challenge as the portal kept it.
    pub challenge: &'a Challenge,
    /// The portal's own origin, from its configuration.
    pub origin: &'a str,
    /// What the portal is about to do.
    pub purpose: Purpose,
    /// The session of the browser that handed the proof in.
    pub session: &'a str,
    /// Formats that the portal accepts.
    pub formats: &'a [LoginFormat],
    /// Seconds by which the clock that issued the challenge may differ from this one: portals run on several machines.
    /// Nothing else is judged by it.
    pub clock_skew: u32,
    /// How the certificate is judged. Without `issuers`, only an anchor itself may have issued it:
    /// a national root alone is no policy.
    pub policy: PathPolicy<'a>,
}

impl Expected<'_> {
    /// The portal's own origin, and when its challenge was issued and ends.
    ///
    /// # Errors
    /// For what the portal itself hands in.
    pub fn read(&self) -> Result<(Origin, UnixTime, UnixTime), Error> {
        let origin = Origin::read(self.origin)?;
        let record = self.challenge;
        if !is_challenge(&record.challenge) {
            return Err(invalid("challenge.challenge"));
        }
        let time = |text: &str, name| UnixTime::parse(text).ok_or_else(|| invalid(name));
        let issued = time(&record.issued_at, "challenge.issuedAt")?;
        let expires = time(&record.expires_at, "challenge.expiresAt")?;
        Ok((origin, issued, expires))
    }
}

/// The judgement of a login.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Whether nothing fatal was found.
    pub valid: bool,
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
    /// [`Challenge::id`]: to be inserted as used, atomically, before a session is made.
    pub challenge_id: String,
    /// The certificate, if it could be read.
    pub certificate: Option<Certificate>,
    /// What an account binds.
    pub binding: Option<Binding>,
    /// From the certificate to the anchor, as far as it could be built.
    pub path: Vec<PathStep>,
}

/// What an account binds: never a name or a credit code alone, which several persons of a unit
/// share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "LoginBinding", optional_fields)
)]
pub struct Binding {
    /// The issuer's whole name (RFC 4514).
    pub issuer: String,
    /// The subject's whole name (RFC 4514).
    pub subject: String,
    /// What identifies the person, where the certificate says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// Judges a login. A proof of any form gives a judgement; errors are for the portal's own part.
///
/// # Errors
/// [`Error::OriginInsecure`] or [`Error::OriginMalformed`], [`Error::RequestInvalid`] for a
/// challenge record that is damaged.
pub fn verify(proof: &LoginProof, expected: &Expected<'_>) -> Result<Judgement, Error> {
    let (origin, issued, expires) = expected.read()?;
    let record = expected.challenge;
    let at = expected.policy.at;

    let mut findings = Vec::new();
    let mut fatal = |error| findings.push(Finding::new(Severity::Fatal, error));
    if record.origin != origin.as_str() {
        fatal(Error::OriginMismatch {
            expected: record.origin.clone(),
            found: origin.as_str().into(),
        });
    }
    if record.session != hex(&sha256(expected.session.as_bytes())) {
        fatal(Error::SessionMismatch {});
    }
    if record.purpose != expected.purpose {
        fatal(purpose_mismatch(expected.purpose, record.purpose));
    }
    let skew = i64::from(expected.clock_skew);
    if at >= expires.plus(skew) {
        fatal(Error::ChallengeExpired {
            date: expires.to_string(),
        });
    }
    if at.plus(skew) < issued {
        fatal(Error::ChallengeNotYetValid {
            date: issued.to_string(),
        });
    }
    // Of a proof that is not accepted as such, nothing is judged: its bytes are a stranger's.
    let judged = if expected.formats.contains(&proof.format) {
        judge_proof(proof, &origin, expected)
    } else {
        Err(Error::ProofFormatNotAccepted {
            format: format_name(proof.format).into(),
        })
    };
    let (certificate, path, more) = judged.unwrap_or_else(|error| {
        fatal(error);
        (None, Vec::new(), Vec::new())
    });
    findings.extend(more);
    let twice = findings
        .iter()
        .filter(|finding| finding.error.code() == "purpose-mismatch")
        .count()
        > 1;
    if twice
        && let Some(last) = findings
            .iter()
            .rposition(|f| f.error.code() == "purpose-mismatch")
    {
        findings.remove(last);
    }
    let findings = trust::gravest_first(findings);
    Ok(Judgement {
        valid: trust::is_valid(&findings),
        findings,
        challenge_id: record.id.clone(),
        binding: certificate.as_ref().map(|certificate| Binding {
            issuer: certificate.issuer().to_string(),
            subject: certificate.subject().to_string(),
            person: certificate.person(),
        }),
        certificate,
        path,
    })
}

type Judged = (Option<Certificate>, Vec<PathStep>, Vec<Finding>);

/// Judges certificate and signature. An error says why no more can be told.
fn judge_proof(
    proof: &LoginProof,
    origin: &Origin,
    expected: &Expected<'_>,
) -> Result<Judged, Error> {
    if proof.version != VERSION {
        return Err(unreadable(&format!("version {}", proof.version)));
    }
    let certificate = Certificate::from_der(proof.certificate.0.clone())?;
    let mut findings = Vec::new();
    let mut fatal = |error| findings.push(Finding::new(Severity::Fatal, error));
    if certificate.is_ca() {
        fatal(Error::CertificateIsCa {});
    }
    // An account binds issuer and subject: without one, it would be every such holder's.
    let is_empty = {
        let mut subject = certificate.subject().attributes();
        subject.all(|attribute| attribute.text.trim().is_empty())
    };
    if is_empty {
        fatal(Error::CertificateWithoutSubject {});
    }
    match (certificate.key(), certificate.signing_algorithm()) {
        (Err(error), _) | (_, Err(error)) => fatal(error),
        (_, Ok(algorithm)) if algorithm != proof.algorithm => {
            fatal(Error::ProofAlgorithmMismatch {
                found: algorithm_name(proof.algorithm).into(),
                expected: algorithm_name(algorithm).into(),
            });
        }
        (Ok(key), Ok(_)) => {
            let judged = match proof.format {
                LoginFormat::Yinxin => {
                    judge_own(proof, key, &certificate, origin, expected).map(|()| Vec::new())
                }
                LoginFormat::Logondata | LoginFormat::LogondataDetached => {
                    judge_logondata(proof, &certificate, expected)
                }
            };
            match judged {
                Ok(warnings) => findings.extend(warnings),
                Err(error) => fatal(error),
            }
        }
    }
    if proof.format != LoginFormat::Yinxin {
        findings.push(Finding::new(Severity::Warning, Error::OriginNotBound {}));
    }
    let own_anchors: Vec<Issuer> = expected.policy.anchors.iter().map(Issuer::from).collect();
    let policy = PathPolicy {
        purpose: Some(KeyPurpose::Sign),
        issuers: Some(expected.policy.issuers.unwrap_or(&own_anchors)),
        ..expected.policy.clone()
    };
    let verdict = trust::verify(&certificate, &policy);
    findings.extend(verdict.findings);
    Ok((Some(certificate), verdict.path, findings))
}

fn judge_own(
    proof: &LoginProof,
    key: &PublicKey,
    certificate: &Certificate,
    origin: &Origin,
    expected: &Expected<'_>,
) -> Result<(), Error> {
    let signature = &proof.signature.0;
    let has_form = match key {
        PublicKey::Sm2(_) | PublicKey::P256(_) => EcSignature::<32>::from_der(signature).is_ok(),
        PublicKey::Rsa(_) | PublicKey::P384(_) => key.normalise(signature).is_some(),
    };
    if !has_form {
        return Err(unreadable("not a bare signature"));
    }
    let holds_for = |purpose| {
        let challenge = &expected.challenge.challenge;
        key.verify(
            &[&to_be_signed(origin, purpose, challenge, certificate)],
            signature,
        )
    };
    if holds_for(expected.purpose) {
        return Ok(());
    }
    let other = match expected.purpose {
        Purpose::Login => Purpose::Bind,
        Purpose::Bind => Purpose::Login,
    };
    if holds_for(other) {
        Err(purpose_mismatch(expected.purpose, other))
    } else {
        Err(Error::SignatureInvalid {})
    }
}

/// Judges a CMS over the login's text. What it gives are the leniencies that it took.
fn judge_logondata(
    proof: &LoginProof,
    certificate: &Certificate,
    expected: &Expected<'_>,
) -> Result<Vec<Finding>, Error> {
    let content = logondata(&expected.challenge.challenge);
    let mut options = cms::Options::new(expected.policy.clone());
    options.content = Some(cms::Content::Bytes(content.as_bytes()));
    // The certificate is judged once, by the caller.
    options.check_trust = false;
    options.is_login = true;
    let judged = cms::verify(&proof.signature.0, &options)
        .map_err(|error| unreadable(&error.to_string()))?;
    let signer = judged.signers.first();
    let signer_is_holder = signer
        .and_then(|signer| signer.certificate.as_ref())
        .is_some_and(|signer| signer == certificate);
    if !signer_is_holder {
        return Err(Error::SigningCertificateMismatch {});
    }
    let validity = ["certificate-expired", "certificate-not-yet-valid"];
    let mut warnings = Vec::new();
    for finding in judged.findings {
        match finding.severity {
            Severity::Fatal if validity.contains(&finding.error.code()) => {}
            Severity::Fatal => return Err(finding.error),
            Severity::Warning if !matches!(finding.error, Error::TrustNotChecked {}) => {
                warnings.push(finding);
            }
            Severity::Warning | Severity::Note => {}
        }
    }
    Ok(warnings)
}

fn purpose_mismatch(expected: Purpose, found: Purpose) -> Error {
    Error::PurposeMismatch {
        expected: expected.as_str().into(),
        found: found.as_str().into(),
    }
}

fn format_name(format: LoginFormat) -> &'static str {
    match format {
        LoginFormat::Yinxin => "yinxin",
        LoginFormat::Logondata => "logondata",
        LoginFormat::LogondataDetached => "logondata-detached",
    }
}

fn algorithm_name(algorithm: SignatureAlgorithm) -> &'static str {
    match algorithm {
        SignatureAlgorithm::Sm2Sm3 => "sm2-sm3",
        SignatureAlgorithm::RsaSha256 => "rsa-sha256",
        SignatureAlgorithm::EcdsaP256Sha256 => "ecdsa-p256-sha256",
    }
}

fn unreadable(reason: &str) -> Error {
    Error::ProofUnreadable {
        reason: reason.into(),
    }
}

fn invalid(reason: &str) -> Error {
    Error::RequestInvalid {
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests;
