//! Reading and judging: certificates, CMS, logins, seals.

mod files;
mod options;
mod seals;
mod types;

pub use files::*;
pub use seals::*;

use crate::edge::input::{Blob, Blobs, Bytes, Instant, Size};
use crate::edge::{
    self, Thrown, fields, from_js, give, invalid, is_plain, moment, platform, read, thrown,
};
use options::Absent;
use serde::{Deserialize, Serialize};
use sm3::Digest as _;
use wasm_bindgen::prelude::*;
use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::pair::partners;
use yinxin_pki::certificate::{Certificate, bundle};
use yinxin_pki::trust::national;
use yinxin_pki::{hash, key, sm2, trust, wire};
use yinxin_proto::Locale;
use yinxin_proto::consent::AnchorView;
use yinxin_proto::error::Entry;
use yinxin_verify::{
    Challenge, Digests, Error, KeyPurpose, LoginFormat, LoginOptions, LoginProof, Purpose, view,
};

// ── Certificates ─────────────────────────────────────────────────────────────────────────────

/// The facts of a certificate, as of `now`.
///
/// # Errors
/// `certificate-unreadable`; `request-invalid` if `now` is no time.
#[wasm_bindgen(js_name = parseCertificate, skip_typescript)]
pub fn parse_certificate(certificate: JsValue, now: JsValue) -> Result<JsValue, Thrown> {
    let certificate: Blob = from_js(certificate, "certificate")?;
    let certificate = Certificate::parse(&certificate.0).map_err(thrown)?;
    give(&certificate.facts(moment(now)?))
}

#[derive(Serialize)]
struct Pair {
    sign: String,
    encrypt: String,
}

/// Which of a list of certificates are the two of a dual certificate, by their SHA-256.
///
/// # Errors
/// `certificate-unreadable` for the first that can't be read; `request-invalid` for too many.
#[wasm_bindgen(js_name = pairCertificates, skip_typescript)]
pub fn pair_certificates(list: JsValue) -> Result<JsValue, Thrown> {
    let certificates =
        certificates_of(&from_js(list, "certificates")?, "certificates").map_err(thrown)?;
    if certificates.len() > MAX_PAIRED {
        return Err(invalid("certificates: too many"));
    }
    let certificates: Vec<&Certificate> = certificates.iter().collect();
    let name = |at: usize| hex(certificates[at].sha256());
    let pairs: Vec<Pair> = partners(&certificates)
        .into_iter()
        .map(|(sign, encrypt)| Pair {
            sign: name(sign),
            encrypt: name(encrypt),
        })
        .collect();
    give(&pairs)
}

/// Every certificate of a list of files. An error says which of them can't be read.
fn certificates_of(list: &Blobs, name: &str) -> Result<Vec<Certificate>, Error> {
    let mut read = Vec::new();
    for (index, blob) in list.0.iter().enumerate() {
        read.extend(bundle::certificates(&blob.0).map_err(|error| placed(error, name, index))?);
    }
    Ok(read)
}

/// An error that says which of a list of files can't be read.
fn placed(error: Error, name: &str, index: usize) -> Error {
    match error {
        Error::CertificateUnreadable { position, reason } => Error::CertificateUnreadable {
            position,
            reason: format!("{name}[{index}]: {reason}"),
        },
        other => other,
    }
}

/// Certificates of one call; looking for pairs among them is quadratic.
const MAX_PAIRED: usize = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VerifyCertificate {
    certificate: Blob,
    #[serde(default)]
    purpose: Option<KeyPurpose>,
}

/// Judges a certificate by a path to an anchor.
///
/// # Errors
/// For input that can't be read.
#[wasm_bindgen(js_name = verifyCertificate, skip_typescript)]
pub fn verify_certificate(options: JsValue) -> Result<JsValue, Thrown> {
    let (own, options): (VerifyCertificate, _) = options::beside(options, Absent::National)?;
    let verdict = yinxin_verify::verify_certificate(&own.certificate.0, own.purpose, &options);
    give(&view::certificate(verdict.map_err(thrown)?))
}

// ── SM2 and SM3 ──────────────────────────────────────────────────────────────────────────────

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sm2Verify {
    public_key: Bytes,
    message: Bytes,
    signature: Bytes,
    #[serde(default)]
    id: Option<String>,
}

/// Whether an SM2 signature holds.
///
/// # Errors
/// `request-invalid` if the public key is no point on the curve.
#[wasm_bindgen(js_name = sm2Verify, skip_typescript)]
pub fn sm2_verify(options: JsValue) -> Result<bool, Thrown> {
    let options: Sm2Verify = edge::options(options)?;
    let id = options
        .id
        .as_ref()
        .map_or(sm2::DEFAULT_ID, |id| id.as_bytes());
    key::sm2_verify(
        &options.public_key.0,
        &options.message.0,
        &options.signature.0,
        id,
    )
    .ok_or_else(|| {
        invalid("publicKey: neither a point on the SM2 curve nor its SubjectPublicKeyInfo")
    })
}

/// SM3 of bytes.
///
/// # Errors
/// `request-invalid` if they are none.
#[wasm_bindgen(skip_typescript)]
pub fn sm3(bytes: JsValue) -> Result<Vec<u8>, Thrown> {
    Ok(hash::sm3(&edge::bytes(bytes, "bytes")?).to_vec())
}

/// SM3 of bytes that come in pieces.
#[wasm_bindgen(skip_typescript)]
#[derive(Default)]
pub struct Sm3(sm3::Sm3);

#[wasm_bindgen]
impl Sm3 {
    /// Begins.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// `request-invalid` if they are none.
    pub fn update(&mut self, bytes: JsValue) -> Result<(), Thrown> {
        self.0.update(edge::bytes(bytes, "bytes")?);
        Ok(())
    }

    /// The digest of all bytes since the beginning or the last call.
    pub fn digest(&mut self) -> Vec<u8> {
        self.0.finalize_reset().to_vec()
    }
}

// ── Logins ───────────────────────────────────────────────────────────────────────────────────

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewLoginChallenge {
    origin: String,
    #[serde(default = "default_purpose")]
    purpose: Purpose,
    session: String,
    #[serde(default)]
    at: Option<Instant>,
    #[serde(default)]
    seconds: Option<u32>,
}

fn default_purpose() -> Purpose {
    Purpose::Login
}

/// Issues a login challenge, with random bytes of Web Crypto.
///
/// # Errors
/// `origin-insecure`, `origin-malformed`, `request-invalid`.
#[wasm_bindgen(js_name = newLoginChallenge, skip_typescript)]
pub fn new_login_challenge(options: JsValue) -> Result<JsValue, Thrown> {
    let options: NewLoginChallenge = edge::options(options)?;
    let random = platform::random()?;
    let now = options.at.map_or_else(platform::now, |at| at.0);
    let challenge = yinxin_verify::new_login_challenge(
        &options.origin,
        options.purpose,
        &options.session,
        &random,
        now,
        options.seconds,
    );
    give(&challenge.map_err(thrown)?)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VerifyLogin {
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    proof: JsValue,
    challenge: Challenge,
    origin: String,
    #[serde(default = "default_purpose")]
    purpose: Purpose,
    session: String,
    #[serde(default)]
    formats: Option<Vec<LoginFormat>>,
}

/// Judges a login proof.
///
/// # Errors
/// `request-invalid`, `origin-insecure`, `origin-malformed`, `certificate-unreadable` for what the portal itself hands
/// in. A proof of whatever form gives a judgement.
#[wasm_bindgen(js_name = verifyLogin, skip_typescript)]
pub fn verify_login(options: JsValue) -> Result<JsValue, Thrown> {
    let (own, options): (VerifyLogin, _) = options::beside(options, Absent::Nothing)?;
    // The proof is the visitor's, the rest the portal's: only the latter's faults are thrown.
    let proof: Result<LoginProof, String> = read(own.proof, "proof");
    let proof = proof.map_err(|reason| Error::ProofUnreadable { reason });
    let formats = own.formats.unwrap_or_else(|| vec![LoginFormat::Yinxin]);
    let expected = LoginOptions {
        challenge: &own.challenge,
        origin: &own.origin,
        purpose: own.purpose,
        session: &own.session,
        formats: &formats,
    };
    let verdict =
        yinxin_verify::verify_login(proof.as_ref().map_err(Clone::clone), &expected, &options);
    give(&view::login(verdict.map_err(thrown)?, options.time()))
}

// ── CMS ──────────────────────────────────────────────────────────────────────────────────────

#[derive(Deserialize)]
struct VerifyCms {
    cms: Blob,
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    content: JsValue,
}

/// Content as a caller has it.
enum Content {
    Bytes(Vec<u8>),
    /// With its size and beginning.
    Digests(Digests, u64, Vec<u8>),
}

impl Content {
    /// Reads what is no bytes itself as the digests of some.
    fn read(value: JsValue) -> Result<Option<Self>, Thrown> {
        #[derive(Deserialize)]
        struct Hashed {
            sm3: Bytes,
            sha256: Bytes,
            size: Size,
            head: Bytes,
        }
        if value.is_undefined() || value.is_null() {
            return Ok(None);
        }
        if !is_plain(&value) {
            return edge::bytes(value, "content").map(|bytes| Some(Self::Bytes(bytes)));
        }
        edge::known(&value, "content.", &[fields::<Hashed>()])?;
        let hashed: Hashed = from_js(value, "content")?;
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

    fn borrowed(&self) -> yinxin_verify::Content<'_> {
        match self {
            Self::Bytes(bytes) => yinxin_verify::Content::Bytes(bytes),
            Self::Digests(digests, size, head) => yinxin_verify::Content::Digests {
                digests: *digests,
                size: *size,
                head,
            },
        }
    }
}

fn digest(bytes: &Bytes, name: &str) -> Result<[u8; 32], Thrown> {
    <[u8; 32]>::try_from(&bytes.0[..]).map_err(|_| {
        invalid(&format!(
            "{name}: a digest has 32 bytes, got {}",
            bytes.0.len()
        ))
    })
}

/// Judges a CMS SignedData.
///
/// # Errors
/// `cms-unreadable`; `certificate-unreadable` for anchors and the like; `request-invalid`.
#[wasm_bindgen(js_name = verifyCms, skip_typescript)]
pub fn verify_cms(options: JsValue) -> Result<JsValue, Thrown> {
    let (own, options): (VerifyCms, _) = options::of_cms(options)?;
    let content = Content::read(own.content)?;
    let content = content.as_ref().map(Content::borrowed);
    let verdict = yinxin_verify::verify_cms(&own.cms.0, content, &options);
    give(&view::cms(verdict.map_err(thrown)?, options.time()))
}

// ── Texts and views ──────────────────────────────────────────────────────────────────────────

/// Message and remedy of a code, in `zh-CN` or the nearest language.
///
/// # Errors
/// `request-invalid` if the arguments are not of these types.
#[wasm_bindgen(skip_typescript)]
pub fn text(code: JsValue, params: JsValue, locale: JsValue) -> Result<JsValue, Thrown> {
    let code: String = from_js(code, "code")?;
    let locale: Option<String> = from_js(locale, "locale")?;
    let locale = locale.map_or(Locale::ZhCn, |tag| Locale::nearest(&tag));
    let params = if is_plain(&params) {
        serde_wasm_bindgen::from_value(params).ok()
    } else {
        from_js::<Option<Nothing>>(params, "params")?;
        None
    };
    give(&match Entry::of(&code) {
        Some(entry) => entry.text(&params.unwrap_or_default(), locale),
        None => Error::unknown(&code).text(locale),
    })
}

/// An object of which nothing is read.
#[derive(Deserialize)]
struct Nothing {}

/// The certificates of a file, each with what the workspace shows of it as an anchor.
///
/// # Errors
/// `certificate-unreadable`.
#[wasm_bindgen(js_name = describeAnchors, skip_typescript)]
pub fn describe_anchors(file: JsValue, managed: JsValue, now: JsValue) -> Result<JsValue, Thrown> {
    #[derive(Serialize)]
    struct Described {
        certificate: wire::Bytes,
        view: AnchorView,
    }
    let file: Blob = from_js(file, "file")?;
    let managed: bool = from_js(managed, "managed")?;
    let now = moment(now)?;
    let read = bundle::certificates(&file.0).map_err(thrown)?;
    let described: Vec<_> = read
        .iter()
        .map(|certificate| Described {
            certificate: wire::Bytes(certificate.der().to_vec()),
            view: trust::anchor_view(certificate, managed, now),
        })
        .collect();
    give(&described)
}

/// The CAs of the product's own table.
///
/// # Errors
/// None in practice.
#[wasm_bindgen(js_name = nationalAnchors, skip_typescript)]
pub fn national_anchors() -> Result<JsValue, Thrown> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct National {
        listed: &'static str,
        source: &'static str,
        anchors: Vec<Row>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        name: &'static str,
        subject: String,
        domain: national::Domain,
        anchor: bool,
        not_before: String,
        not_after: String,
        serial: String,
    }
    let rows = national::listed().iter().map(|row| Row {
        name: row.readable(),
        subject: row.name().to_string(),
        domain: row.domain(),
        anchor: row.anchor().is_some(),
        not_before: row.not_before().to_string(),
        not_after: row.not_after().to_string(),
        serial: hex(row.serial()),
    });
    give(&National {
        listed: national::LISTED_ON,
        source: national::SOURCE,
        anchors: rows.collect(),
    })
}
