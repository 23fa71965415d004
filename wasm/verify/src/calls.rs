//! The calls of the packages and of the servers: an object of options in, a verdict as JSON has it out. What the options
//! are stands here once, whatever language their caller writes ([`Argument`]).
//!
//! A call is read in two parts: its own (`VerifyCms`), and what it is judged by ([`TrustOptions`] and others beside it),
//! which a portal's policy may say in the caller's place: then [`VerifyCms::judge`] takes its options from there.

mod options;

#[cfg(feature = "typescript")]
pub use options::Unchecked;
pub use options::{
    Absent, Leniency, Makers, TrustOptions, of_certificates, of_cms, of_seals, placed,
};

#[cfg(feature = "documents")]
use crate::verify_ofd;
#[cfg(feature = "documents")]
use crate::verify_pdf;
use crate::{
    Certificate, Challenge, Content as Given, Digests, Error, KeyPurpose, LoginFormat,
    LoginOptions, LoginProof, Options, Purpose, SealedContent, Time,
    new_login_challenge as new_challenge, verify_certificate, verify_cms, verify_login,
    verify_seal, verify_seal_signature, view,
};
use serde::de::IgnoredAny;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};
use yinxin_pki::certificate::facts;
use yinxin_proto::argument::input::{Blob, Bytes, Instant, Size};
use yinxin_proto::argument::{Argument, fields, invalid, known, no_such_option};
use yinxin_proto::error::{Entry, Locale, Text};

#[cfg(feature = "documents")]
use yinxin_documents::Source;

// ── Certificates ─────────────────────────────────────────────────────────────────────────────

/// The facts of a certificate, or some of them: what is written of it as JSON.
pub struct ParsedCertificate {
    certificate: Certificate,
    now: Time,
    fields: Option<Vec<String>>,
}

/// The facts of a certificate as of `now`; of some fields only, if they are named, and the others cost nothing.
///
/// # Errors
/// `certificate-unreadable`; `request-invalid` if there is no such field.
pub fn parse_certificate(
    certificate: &[u8],
    now: Time,
    fields: Option<Vec<String>>,
) -> Result<ParsedCertificate, Error> {
    let certificate = Certificate::parse(certificate)?;
    let is_unknown = |field: &&String| !facts::NAMES.contains(&field.as_str());
    if let Some(field) = fields.iter().flatten().find(is_unknown) {
        return Err(invalid(no_such_option("fields.", field, facts::NAMES)));
    }
    Ok(ParsedCertificate {
        certificate,
        now,
        fields,
    })
}

impl Serialize for ParsedCertificate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(fields) = &self.fields else {
            return self.certificate.facts(self.now).serialize(serializer);
        };
        let mut map = serializer.serialize_map(None)?;
        self.certificate.write_facts(self.now, fields, &mut map)?;
        map.end()
    }
}

/// What `verifyCertificate` takes beside what the certificate is judged by.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "VerifyCertificateOptions", optional_fields)
)]
pub struct VerifyCertificate {
    /// Of anybody, a CA too.
    certificate: Blob,
    /// Checked only where it is given.
    #[serde(default)]
    purpose: Option<KeyPurpose>,
}

impl VerifyCertificate {
    /// Judges.
    ///
    /// # Errors
    /// As [`verify_certificate`].
    pub fn judge(&self, options: &Options) -> Result<view::CertificateView, Error> {
        verify_certificate(&self.certificate.0, self.purpose, options).map(view::certificate)
    }
}

// ── Logins ───────────────────────────────────────────────────────────────────────────────────

/// What `newLoginChallenge` takes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "NewLoginChallengeOptions", optional_fields)
)]
pub struct NewLoginChallenge {
    /// The portal's own origin.
    origin: String,
    /// `login`, if absent.
    #[serde(default = "default_purpose")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    purpose: Purpose,
    /// The browser's session at the portal.
    session: String,
    /// When it is issued; now, if absent.
    #[serde(default)]
    at: Option<Instant>,
    /// Validity, 300 if absent.
    #[serde(default)]
    seconds: Option<u32>,
}

fn default_purpose() -> Purpose {
    Purpose::Login
}

impl NewLoginChallenge {
    /// Issues it from random bytes, now if it says no other time.
    ///
    /// # Errors
    /// As [`new_login_challenge`](crate::new_login_challenge).
    pub fn issue(&self, random: &[u8; 32], now: Time) -> Result<Challenge, Error> {
        new_challenge(
            &self.origin,
            self.purpose,
            &self.session,
            random,
            self.at.as_ref().map_or(now, |at| at.0),
            self.seconds,
        )
    }
}

/// What `verifyLogin` takes beside what the certificate is judged by.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "VerifyLoginOptions", optional_fields)
)]
pub struct VerifyLogin {
    /// As the page sent it, unchecked.
    // It is the visitor's: read apart, since only the portal's own faults are errors.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(type = "unknown"))]
    #[allow(dead_code)]
    proof: IgnoredAny,
    /// As the portal kept it.
    challenge: Challenge,
    /// The portal's own origin, from its configuration.
    origin: String,
    /// `login`, if absent.
    #[serde(default = "default_purpose")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    purpose: Purpose,
    /// The browser's session at the portal.
    session: String,
    /// Accepted formats; only `yinxin`, if absent.
    #[serde(default)]
    #[cfg_attr(
        feature = "typescript",
        ts(as = "Option<yinxin_proto::argument::input::Given<LoginFormat>>")
    )]
    formats: Option<Vec<LoginFormat>>,
    /// Seconds by which the clocks of the portal's machines may differ, 300 at most; 0, if absent.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    clock_skew: u32,
}

impl VerifyLogin {
    /// Judges, with the proof that stands in the same object.
    ///
    /// # Errors
    /// As [`verify_login`].
    pub fn judge(
        &self,
        object: &impl Argument,
        options: &Options,
    ) -> Result<view::LoginView, Error> {
        let proof = proof_of(&object.field("proof"));
        let formats = self.formats.as_deref().unwrap_or(&[LoginFormat::Yinxin]);
        let expected = LoginOptions {
            challenge: &self.challenge,
            origin: &self.origin,
            purpose: self.purpose,
            session: &self.session,
            formats,
            clock_skew: self.clock_skew,
        };
        let verdict = verify_login(proof.as_ref().map_err(Clone::clone), &expected, options)?;
        Ok(view::login(verdict, options.time()))
    }
}

/// Reads a visitor's proof, in which nothing may stand beside its fields: whoever reads them would take it for a part.
fn proof_of(value: &impl Argument) -> Result<LoginProof, Error> {
    let unreadable = |reason| Error::ProofUnreadable { reason };
    known(value, "proof.", &[fields::<LoginProof>()]).map_err(|error| match error {
        Error::RequestInvalid { reason } => unreadable(reason),
        other => other,
    })?;
    value.read("proof").map_err(unreadable)
}

// ── CMS ──────────────────────────────────────────────────────────────────────────────────────

/// What `verifyCms` takes beside what signers are judged by.
#[derive(Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "VerifyCmsOptions", optional_fields)
)]
pub struct VerifyCms {
    /// A SignedData.
    cms: Blob,
    /// For a detached CMS.
    // Bytes or an object: read apart.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Declared>"))]
    #[allow(dead_code)]
    content: IgnoredAny,
}

impl VerifyCms {
    /// Judges, with the content that stands in the same object.
    ///
    /// # Errors
    /// As [`verify_cms`]; `request-invalid` for a content that is none.
    pub fn judge(&self, object: &impl Argument, options: &Options) -> Result<view::CmsView, Error> {
        let content = Content::of(object)?;
        let content = content.as_ref().map(Content::borrowed);
        let verdict = verify_cms(&self.cms.0, content, options)?;
        Ok(view::cms(verdict, options.time()))
    }
}

/// Content too large to be held: hash it in pieces, and give its first 64 KiB.
#[derive(Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "ContentDigests")
)]
struct Hashed {
    /// 32 bytes.
    sm3: Bytes,
    /// 32 bytes.
    sha256: Bytes,
    /// In bytes.
    size: Size,
    /// How it begins.
    head: Bytes,
}

/// A content, or what was computed of one that is too large to be held.
#[cfg(feature = "typescript")]
#[derive(ts_rs::TS)]
#[ts(untagged, rename = "Content")]
// Described to callers, and never made.
#[allow(dead_code)]
enum Declared {
    Bytes(Bytes),
    Digests(Hashed),
}

/// Content as a caller has it.
enum Content {
    Bytes(Vec<u8>),
    /// With its size and beginning.
    Digests(Digests, u64, Vec<u8>),
}

impl Content {
    /// Reads what is no bytes itself as the digests of some.
    fn of(object: &impl Argument) -> Result<Option<Self>, Error> {
        let value = object.field("content");
        if value.is_absent() {
            return Ok(None);
        }
        if !value.is_plain() {
            let Bytes(bytes) = value.read("content").map_err(invalid)?;
            return Ok(Some(Self::Bytes(bytes)));
        }
        known(&value, "content.", &[fields::<Hashed>()])?;
        let hashed: Hashed = value.read("content").map_err(invalid)?;
        let digests = Digests {
            sm3: digest(&hashed.sm3, "content.sm3")?,
            sha256: digest(&hashed.sha256, "content.sha256")?,
        };
        let (size, head) = (hashed.size.0, hashed.head.0);
        // What a content begins with decides whether it may be signed: it must be this one's.
        let whole = head.len() as u64;
        if whole > size || (whole == size && Digests::of(&head) != digests) {
            return Err(invalid("content.head: it is no beginning of this content"));
        }
        Ok(Some(Self::Digests(digests, size, head)))
    }

    fn borrowed(&self) -> Given<'_> {
        match self {
            Self::Bytes(bytes) => Given::Bytes(bytes),
            Self::Digests(digests, size, head) => Given::Digests {
                digests: *digests,
                size: *size,
                head,
            },
        }
    }
}

fn digest(bytes: &Bytes, name: &str) -> Result<[u8; 32], Error> {
    <[u8; 32]>::try_from(&bytes.0[..]).map_err(|_| {
        invalid(format!(
            "{name}: a digest has 32 bytes, got {}",
            bytes.0.len()
        ))
    })
}

// ── Seals ────────────────────────────────────────────────────────────────────────────────────

/// What `verifySeal` takes beside what seals are judged by.
#[derive(Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "VerifySealOptions", optional_fields)
)]
pub struct VerifySeal {
    /// The seal.
    seal: Blob,
    /// The certificate that uses the seal. Where trust begins (`anchors`, `national`), it must lead there.
    #[serde(default)]
    certificate: Option<Blob>,
}

impl VerifySeal {
    /// Judges.
    ///
    /// # Errors
    /// As [`verify_seal`].
    pub fn judge(&self, options: &Options) -> Result<view::SealView, Error> {
        let user = self
            .certificate
            .as_ref()
            .map(|certificate| &certificate.0[..]);
        let verdict = verify_seal(&self.seal.0, user, options)?;
        Ok(view::seal(verdict, options.time()))
    }
}

/// What `verifySealSignature` takes beside what seals and signers are judged by.
#[derive(Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "VerifySealSignatureOptions", optional_fields)
)]
pub struct VerifySealSignature {
    /// An `SES_Signature`.
    signature: Blob,
    /// What was sealed. It, or `digest`.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Declared>"))]
    #[allow(dead_code)]
    content: IgnoredAny,
    /// SM3 of what was sealed.
    #[serde(default)]
    digest: Option<Bytes>,
}

impl VerifySealSignature {
    /// Judges, with the content that stands in the same object.
    ///
    /// # Errors
    /// As [`verify_seal_signature`]; `request-invalid` for a content that is none.
    pub fn judge(
        &self,
        object: &impl Argument,
        options: &Options,
    ) -> Result<view::SealSignatureView, Error> {
        let content = Content::of(object)?;
        let sealed = match (&content, &self.digest) {
            (None, None) => None,
            (Some(content), None) => Some(SealedContent::Content(content.borrowed())),
            (None, Some(given)) => Some(SealedContent::Digest(digest(given, "digest")?)),
            (Some(_), Some(_)) => return Err(invalid("digest: the content is given too")),
        };
        let verdict = verify_seal_signature(&self.signature.0, sealed, options)?;
        Ok(view::seal_signature(verdict, options.time()))
    }
}

// ── Documents ────────────────────────────────────────────────────────────────────────────────

/// What documents take beside what seals and signers are judged by.
#[cfg(feature = "documents")]
#[derive(Deserialize)]
pub struct VerifyDocument {}

#[cfg(feature = "documents")]
impl VerifyDocument {
    /// Judges a signed OFD.
    ///
    /// # Errors
    /// As [`verify_ofd`].
    pub fn judge_ofd(
        &self,
        source: &(impl Source + ?Sized),
        options: &Options,
    ) -> Result<view::OfdView, Error> {
        let verdict = verify_ofd(source, options)?;
        Ok(view::ofd(verdict, options.time()))
    }

    /// Judges a PDF.
    ///
    /// # Errors
    /// As [`verify_pdf`].
    pub fn judge_pdf(
        &self,
        source: &(impl Source + ?Sized),
        options: &Options,
    ) -> Result<view::PdfView, Error> {
        let verdict = verify_pdf(source, options)?;
        Ok(view::pdf(verdict, options.time()))
    }
}

// ── Texts ────────────────────────────────────────────────────────────────────────────────────

/// Message and remedy of a code, in `zh-CN`, `en` or the nearest language; `zh-CN`, if none is named.
///
/// # Errors
/// `request-invalid` for parameters that are no object.
pub fn text(code: &str, params: &impl Argument, locale: Option<&str>) -> Result<Text, Error> {
    let locale = locale.map_or(Locale::ZhCn, Locale::nearest);
    let params = if params.is_plain() {
        params.read("params").ok()
    } else {
        params.read::<Option<Nothing>>("params").map_err(invalid)?;
        None
    };
    Ok(match Entry::of(code) {
        Some(entry) => entry.text(&params.unwrap_or_default(), locale),
        None => Error::unknown(code).text(locale),
    })
}

/// An object of which nothing is read.
#[derive(Deserialize)]
struct Nothing {}
