//! Reading and judging: certificates, CMS, logins, seals.

mod files;
mod seals;
mod types;

pub use files::*;
pub use seals::*;

use crate::edge::input::{Blob, Blobs, Bytes, Instant, Size};
use crate::edge::{
    self, Thrown, fields, from_js, give, invalid, is_plain, moment, options_beside, platform, read, thrown,
};
use der::asn1::ObjectIdentifier;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sm3::Digest as _;
use wasm_bindgen::prelude::*;
use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::pair::partners;
use yinxin_pki::certificate::{Certificate, bundle};
use yinxin_pki::hash::Digests;
use yinxin_pki::login::{self, Challenge, Expected};
use yinxin_pki::trust::national;
use yinxin_pki::trust::{Anchor, CrlPolicy, Crls, Issuer, KeyPurpose, Policy, Sm2Variant};
use yinxin_pki::{cms, hash, key, sm2, trust, wire};
use yinxin_proto::consent::AnchorView;
use yinxin_proto::error::{ALL, Entry};
use yinxin_proto::page::{LoginFormat, LoginProof, Purpose};
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Locale, Severity, Text};

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
        read.extend(bundle::certificates(&blob.0).map_err(|error| match error {
            Error::CertificateUnreadable { position, reason } => Error::CertificateUnreadable {
                position,
                reason: format!("{name}[{index}]: {reason}"),
            },
            other => other,
        })?);
    }
    Ok(read)
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
    let (options, trust): (VerifyCertificate, _) = Trust::beside(options, Absent::National)?;
    let certificate = Certificate::parse(&options.certificate.0).map_err(thrown)?;
    let policy = Policy {
        purpose: options.purpose,
        ..trust.policy()
    };
    give(&trust::verify(&certificate, &policy))
}

/// What certificates are judged by, as websites write it: among the other options of a call. It is
/// read apart from those, since serde's `flatten` would double the code for both.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TrustInput {
    #[serde(default)]
    anchors: Option<Blobs>,
    #[serde(default)]
    intermediates: Option<Blobs>,
    #[serde(default)]
    issuers: Option<Blobs>,
    #[serde(default)]
    crls: Option<Blobs>,
    #[serde(default)]
    crl_policy: Option<CrlPolicy>,
    #[serde(default)]
    at: Option<Instant>,
    #[serde(default)]
    sm2_id: Option<String>,
    #[serde(default)]
    sm2_variants: Vec<Sm2Variant>,
    #[serde(default)]
    policies: Option<Vec<String>>,
    #[serde(default)]
    extended_key_usages: Vec<String>,
    #[serde(default)]
    national: Option<bool>,
}

/// What it means that a call names no anchors.
#[derive(Clone, Copy, PartialEq)]
enum Absent {
    /// The product's own anchors decide.
    National,
    /// Nothing is trusted.
    Nothing,
}

struct Trust {
    anchors: Vec<Anchor>,
    national: bool,
    /// Whether trust begins anywhere.
    begins: bool,
    /// Whether it is restricted by more than its beginning.
    restricted: bool,
    intermediates: Vec<Certificate>,
    issuers: Option<Vec<Issuer>>,
    crls: Crls,
    crl_policy: CrlPolicy,
    at: UnixTime,
    sm2_id: Vec<u8>,
    sm2_variants: Vec<Sm2Variant>,
    policies: Option<Vec<ObjectIdentifier>>,
    extended_key_usages: Vec<ObjectIdentifier>,
}

impl TrustInput {
    /// The first option that says how far trust goes. An empty list of revocation lists says nothing.
    fn restriction(&self) -> Option<&'static str> {
        let given = [
            ("issuers", self.issuers.is_some()),
            (
                "crls",
                self.crls.as_ref().is_some_and(|crls| !crls.0.is_empty()),
            ),
            ("crlPolicy", self.crl_policy.is_some()),
            ("policies", self.policies.is_some()),
        ];
        given
            .iter()
            .find(|(_, given)| *given)
            .map(|(name, _)| *name)
    }

    fn read(self, absent: Absent) -> Result<Trust, Error> {
        let national = self
            .national
            .unwrap_or(absent == Absent::National && self.anchors.is_none());
        let begins = national || self.anchors.is_some();
        let restricted = self
            .restriction()
            .is_some_and(|option| option != "policies");
        // Whoever restricts trust means to have some; without a beginning it would be his error alone.
        if let (false, Some(option)) = (begins, self.restriction()) {
            return Err(Error::RequestInvalid {
                reason: format!("anchors: missing, so that {option} has nothing to restrict"),
            });
        }
        let issuers = match self.issuers {
            None => None,
            Some(list) => {
                let mut issuers = Vec::new();
                for blob in list.0 {
                    match (bundle::certificates(&blob.0), String::from_utf8(blob.0)) {
                        (Ok(read), _) => {
                            issuers.extend(read.iter().map(Issuer::from));
                        }
                        // A name has no form of its own; a damaged certificate has.
                        (Err(error), Ok(text)) if text.contains("-----BEGIN ") => {
                            return Err(error);
                        }
                        (Err(_), Ok(text)) => issuers.push(Issuer::Name(text)),
                        (Err(error), Err(_)) => return Err(error),
                    }
                }
                Some(issuers)
            }
        };
        let crls: Vec<Vec<u8>> = self
            .crls
            .unwrap_or_default()
            .0
            .into_iter()
            .map(|b| b.0)
            .collect();
        let oids = |list: &[String], name: &str| {
            let oids = list.iter().map(|text| text.parse());
            oids.collect::<Result<Vec<ObjectIdentifier>, _>>()
                .map_err(|_| Error::RequestInvalid {
                    reason: format!("{name}: an OBJECT IDENTIFIER is expected"),
                })
        };
        let policies = self.policies.map(|list| oids(&list, "policies"));
        let anchors = certificates_of(&self.anchors.unwrap_or_default(), "anchors")?;
        Ok(Trust {
            begins,
            restricted,
            anchors: anchors.into_iter().map(Anchor::from).collect(),
            national,
            intermediates: certificates_of(
                &self.intermediates.unwrap_or_default(),
                "intermediates",
            )?,
            issuers,
            crls: Crls::read(&crls),
            crl_policy: self.crl_policy.unwrap_or_default(),
            at: self.at.map_or_else(platform::now, |at| at.0),
            sm2_id: self
                .sm2_id
                .map_or_else(|| sm2::DEFAULT_ID.to_vec(), String::into_bytes),
            sm2_variants: self.sm2_variants,
            policies: policies.transpose()?,
            extended_key_usages: oids(&self.extended_key_usages, "extendedKeyUsages")?,
        })
    }
}

impl Trust {
    /// Reads them beside the other options of a call.
    fn beside<T: DeserializeOwned>(options: JsValue, absent: Absent) -> Result<(T, Self), Thrown> {
        let others = options_beside(options.clone(), fields::<TrustInput>())?;
        let input: TrustInput = options_beside(options, fields::<T>())?;
        Ok((others, input.read(absent).map_err(thrown)?))
    }

    fn policy(&self) -> Policy<'_> {
        Policy {
            national: self.national,
            issuers: self.issuers.as_deref(),
            crl_policy: self.crl_policy,
            policies: self.policies.as_deref(),
            extended_key_usages: &self.extended_key_usages,
            sm2_id: &self.sm2_id,
            sm2_variants: &self.sm2_variants,
            ..Policy::new(&self.anchors, &self.intermediates, &self.crls, self.at)
        }
    }
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
    let challenge = login::new_challenge(
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
    let (options, trust): (VerifyLogin, _) = Trust::beside(options, Absent::Nothing)?;
    // The proof is the visitor's, the rest the portal's: only the latter's faults are thrown.
    let proof: Result<LoginProof, String> = read(options.proof, "proof");
    let formats = options.formats.unwrap_or_else(|| vec![LoginFormat::Yinxin]);
    let expected = Expected {
        challenge: &options.challenge,
        origin: &options.origin,
        purpose: options.purpose,
        session: &options.session,
        formats: &formats,
        policy: trust.policy(),
    };
    match proof {
        Ok(proof) => give(&login::verify(&proof, &expected).map_err(thrown)?),
        Err(reason) => {
            let finding = Finding::new(Severity::Fatal, Error::ProofUnreadable { reason });
            give(&login::Judgement {
                valid: false,
                findings: vec![finding],
                challenge_id: options.challenge.id,
                certificate: None,
                binding: None,
                path: Vec::new(),
            })
        }
    }
}

// ── CMS ──────────────────────────────────────────────────────────────────────────────────────

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VerifyCms {
    cms: Blob,
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    content: JsValue,
    #[serde(default)]
    allow_without_attributes: bool,
    #[serde(default)]
    allow_digest_of_content: bool,
    #[serde(default)]
    allow_mixed_content_types: bool,
    #[serde(default)]
    trust: Option<NoTrust>,
}

/// That a caller wants no trust, by name.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum NoTrust {
    Unchecked,
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

    fn as_cms(&self) -> cms::Content<'_> {
        match self {
            Self::Bytes(bytes) => cms::Content::Bytes(bytes),
            Self::Digests(digests, size, head) => cms::Content::Digests {
                digests: *digests,
                size: *size,
                head,
            },
        }
    }

    fn sm3(&self) -> [u8; 32] {
        match self {
            Self::Bytes(bytes) => hash::sm3(bytes),
            Self::Digests(digests, ..) => digests.sm3,
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
    let (options, trust): (VerifyCms, _) = Trust::beside(options, Absent::Nothing)?;
    if trust.begins && options.trust.is_some() {
        return Err(invalid("trust: anchors are given, so it is checked"));
    }
    let content = Content::read(options.content)?;
    let mut how = cms::Options::new(trust.policy());
    how.content = content.as_ref().map(Content::as_cms);
    how.check_trust = options.trust.is_none();
    how.allow_without_attributes = options.allow_without_attributes;
    how.allow_digest_of_content = options.allow_digest_of_content;
    how.allow_mixed_content_types = options.allow_mixed_content_types;
    let judged = cms::verify(&options.cms.0, &how);
    give(&judged.map_err(thrown)?)
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
    let wire = js_sys::Object::new();
    let params = if is_plain(&params) {
        params
    } else {
        from_js::<Option<Nothing>>(params, "params")?;
        js_sys::Object::new().into()
    };
    // Setting a property of a fresh object can't fail.
    let _ = js_sys::Reflect::set(&wire, &"code".into(), &code.as_str().into());
    let _ = js_sys::Reflect::set(&wire, &"params".into(), &params);
    let error: Result<Error, _> = serde_wasm_bindgen::from_value(wire.into());
    let text = match (error, ALL.iter().find(|entry| entry.code == code)) {
        (Ok(error), _) if error.code() == code => error.text(locale),
        // Parameters are missing: the text without them says more than none.
        (_, Some(entry)) => bare(entry, locale),
        (_, None) => Error::unknown(&code).text(locale),
    };
    give(&text)
}

/// An object of which nothing is read.
#[derive(Deserialize)]
struct Nothing {}

fn bare(entry: &Entry, locale: Locale) -> Text {
    let (message, remedy) = match locale {
        Locale::ZhCn => (entry.zh, entry.zh_remedy),
        Locale::En => (entry.en, entry.en_remedy),
    };
    Text {
        message: message.into(),
        remedy: remedy.into(),
    }
}

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

