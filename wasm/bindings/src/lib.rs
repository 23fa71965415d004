//! The WebAssembly surface of `yinxin-core`: decode, call the core, encode. Plain objects in and
//! out, bytes as `Uint8Array`, times as ISO strings; errors are thrown as `YinxinError` with
//! `code` and `params`.
//!
//! It also hands the core what only the platform has: the current time where a caller names none,
//! random bytes of Web Crypto, and a decoder of GBK. The messages of `Signing` have the shapes of `yinxin-proto`
//! (bytes as Base64); all others are declared in [`types`].
#![forbid(unsafe_code)]

mod advice;
mod files;
mod seals;
mod types;

pub use advice::*;
pub use files::*;
pub use seals::*;

// Fees are a module of their own for the calculator; what it exports is exported here as well.
pub use yinxin_fees::*;

use der::asn1::ObjectIdentifier;
use serde::{Deserialize, Serialize};
use sm3::Digest as _;
use wasm_bindgen::prelude::*;
use yinxin_core::asn1::hex;
use yinxin_core::certificate::pair::partners;
use yinxin_core::certificate::{Certificate, bundle};
use yinxin_core::hash::Digests;
use yinxin_core::login::{self, Challenge, Expected};
use yinxin_core::time::UnixTime;
use yinxin_core::trust::national;
use yinxin_core::trust::{Anchor, CrlPolicy, Crls, Issuer, KeyPurpose, Policy, Sm2Variant};
use yinxin_core::{cms, gbk, hash, key, signing, sm2, trust, wire};
use yinxin_edge::input::{Blob, Blobs, Bytes, Instant};
use yinxin_edge::{Thrown, from_js, give, invalid, moment, platform, thrown};
use yinxin_proto::consent::AnchorView;
use yinxin_proto::error::{ALL, Entry};
use yinxin_proto::page::{LoginFormat, LoginProof, Purpose};
use yinxin_proto::signing::{SigningEvent, SigningStart};
use yinxin_proto::token::Token;
use yinxin_proto::{Error, Finding, Locale, Severity, Text};

// ── Certificates ─────────────────────────────────────────────────────────────────────────────

/// Lends the core what only the platform has, before anything is read.
#[wasm_bindgen(start)]
pub fn start() {
    gbk::install_gbk(platform::gbk);
}

/// The facts of a certificate, as of `now`.
///
/// # Errors
/// `certificate-unreadable`; `request-invalid` if `now` is no time.
#[wasm_bindgen(js_name = parseCertificate, skip_typescript)]
pub fn parse_certificate(certificate: JsValue, now: JsValue) -> Result<JsValue, Thrown> {
    let certificate: Blob = from_js(certificate)?;
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
    let certificates = certificates_of(&from_js(list)?).map_err(thrown)?;
    if certificates.len() > MAX_PAIRED {
        return Err(invalid("too many certificates"));
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

/// Every certificate of a list of files.
fn certificates_of(list: &Blobs) -> Result<Vec<Certificate>, Error> {
    let mut read = Vec::new();
    for blob in &list.0 {
        read.extend(bundle::certificates(&blob.0)?);
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
    let trust = Trust::read(&options)?;
    let options: VerifyCertificate = from_js(options)?;
    let certificate = Certificate::parse(&options.certificate.0).map_err(thrown)?;
    // Without anchors of the caller's, the product's own ones decide.
    let policy = Policy {
        purpose: options.purpose,
        national: trust.national.unwrap_or(!trust.anchors_given),
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
    national: Option<bool>,
}

struct Trust {
    anchors: Vec<Anchor>,
    anchors_given: bool,
    national: Option<bool>,
    intermediates: Vec<Certificate>,
    issuers: Option<Vec<Issuer>>,
    crls: Crls,
    crl_policy: CrlPolicy,
    at: UnixTime,
    sm2_id: Vec<u8>,
    sm2_variants: Vec<Sm2Variant>,
    policies: Option<Vec<ObjectIdentifier>>,
}

impl TrustInput {
    fn read(self) -> Result<Trust, Error> {
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
        let policies = self.policies.map(|list| {
            let oids = list.iter().map(|text| text.parse());
            oids.collect::<Result<Vec<ObjectIdentifier>, _>>()
        });
        let policies = policies.transpose().map_err(|_| Error::RequestInvalid {
            reason: "policies: an OBJECT IDENTIFIER is expected".into(),
        })?;
        let anchors_given = self.anchors.is_some();
        let anchors = certificates_of(&self.anchors.unwrap_or_default())?;
        Ok(Trust {
            anchors_given,
            anchors: anchors.into_iter().map(Anchor::from).collect(),
            national: self.national,
            intermediates: certificates_of(&self.intermediates.unwrap_or_default())?,
            issuers,
            crls: Crls::read(&crls),
            crl_policy: self.crl_policy.unwrap_or_default(),
            at: self.at.map_or_else(platform::now, |at| at.0),
            sm2_id: self
                .sm2_id
                .map_or_else(|| sm2::DEFAULT_ID.to_vec(), String::into_bytes),
            sm2_variants: self.sm2_variants,
            policies,
        })
    }
}

impl Trust {
    fn read(options: &JsValue) -> Result<Self, Thrown> {
        let input: TrustInput = from_js(options.clone())?;
        input.read().map_err(thrown)
    }

    fn policy(&self) -> Policy<'_> {
        Policy {
            national: self.national.unwrap_or_default(),
            issuers: self.issuers.as_deref(),
            crl_policy: self.crl_policy,
            policies: self.policies.as_deref(),
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
    let options: Sm2Verify = from_js(options)?;
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
#[wasm_bindgen(skip_typescript)]
#[must_use]
pub fn sm3(bytes: &[u8]) -> Vec<u8> {
    hash::sm3(bytes).to_vec()
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
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
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
/// `origin-insecure`, `request-invalid`.
#[wasm_bindgen(js_name = newLoginChallenge, skip_typescript)]
pub fn new_login_challenge(options: JsValue) -> Result<JsValue, Thrown> {
    let options: NewLoginChallenge = from_js(options)?;
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
/// `request-invalid`, `origin-insecure`, `certificate-unreadable` for what the portal itself hands
/// in. A proof of whatever form gives a judgement.
#[wasm_bindgen(js_name = verifyLogin, skip_typescript)]
pub fn verify_login(options: JsValue) -> Result<JsValue, Thrown> {
    // The proof is the visitor's, the rest the portal's: only the latter's faults are thrown.
    let proof = js_sys::Reflect::get(&options, &"proof".into()).unwrap_or(JsValue::UNDEFINED);
    let proof: Result<LoginProof, _> = serde_wasm_bindgen::from_value(proof);
    let trust = Trust::read(&options)?;
    let options: VerifyLogin = from_js(options)?;
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
        Err(error) => {
            let reason = yinxin_edge::reason(&error);
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
}

/// Digests of content, with its size and beginning.
#[derive(Deserialize)]
struct ContentDigests {
    sm3: Bytes,
    sha256: Bytes,
    size: f64,
    head: Bytes,
}

/// Judges a CMS SignedData.
///
/// # Errors
/// `cms-unreadable`; `certificate-unreadable` for anchors and the like; `request-invalid`.
#[wasm_bindgen(js_name = verifyCms, skip_typescript)]
pub fn verify_cms(options: JsValue) -> Result<JsValue, Thrown> {
    let trust = Trust::read(&options)?;
    let options: VerifyCms = from_js(options)?;
    let digest = |blob: &Bytes| -> Result<[u8; 32], Thrown> {
        <[u8; 32]>::try_from(&blob.0[..])
            .map_err(|_| invalid("content: a digest of 32 bytes is expected"))
    };
    // An object that is no bytes itself tells the digests.
    let content = options.content;
    let is_bytes = content.is_instance_of::<js_sys::Uint8Array>()
        || content.is_instance_of::<js_sys::ArrayBuffer>();
    let given = !content.is_undefined() && !content.is_null();
    let bytes: Option<Bytes> = (given && is_bytes)
        .then(|| from_js(content.clone()))
        .transpose()?;
    let digests: Option<ContentDigests> =
        (given && !is_bytes).then(|| from_js(content)).transpose()?;
    let content = match (&bytes, &digests) {
        (Some(bytes), _) => Some(cms::Content::Bytes(&bytes.0)),
        (None, Some(digests)) => Some(cms::Content::Digests {
            digests: Digests {
                sm3: digest(&digests.sm3)?,
                sha256: digest(&digests.sha256)?,
            },
            // A number of JavaScript; what is no size at all becomes 0 or saturates.
            size: digests.size as u64,
            head: &digests.head.0,
        }),
        (None, None) => None,
    };
    let mut how = cms::Options::new(trust.policy());
    how.content = content;
    how.check_trust = trust.anchors_given || trust.national == Some(true);
    how.allow_without_attributes = options.allow_without_attributes;
    let judged = cms::verify(&options.cms.0, &how);
    give(&judged.map_err(thrown)?)
}

// ── Texts and views ──────────────────────────────────────────────────────────────────────────

/// Message and remedy of a code, in `zh-CN` or the nearest language.
#[wasm_bindgen(skip_typescript)]
pub fn text(code: String, params: JsValue, locale: Option<String>) -> Result<JsValue, Thrown> {
    let locale = locale.map_or(Locale::ZhCn, |tag| Locale::nearest(&tag));
    let wire = js_sys::Object::new();
    let params = if params.is_object() {
        params
    } else {
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

/// Tokens as the workspace shows them.
///
/// # Errors
/// `request-invalid` if they are none.
#[wasm_bindgen(js_name = describeTokens, skip_typescript)]
pub fn describe_tokens(tokens: JsValue, now: JsValue, anchors: JsValue) -> Result<JsValue, Thrown> {
    let tokens: Vec<Token> = from_js(tokens)?;
    let anchors: Option<Blobs> = from_js(anchors)?;
    let anchors: Vec<Anchor> = anchors
        .unwrap_or_default()
        .0
        .iter()
        .filter_map(|blob| Certificate::parse(&blob.0).ok())
        .map(Anchor::from)
        .collect();
    give(&signing::describe_tokens(&tokens, &anchors, moment(now)?))
}

/// The certificates of a file, each with what the workspace shows of it as an anchor.
///
/// # Errors
/// `certificate-unreadable`.
#[wasm_bindgen(js_name = describeAnchors, skip_typescript)]
pub fn describe_anchors(file: JsValue, managed: bool, now: JsValue) -> Result<JsValue, Thrown> {
    #[derive(Serialize)]
    struct Described {
        certificate: wire::Bytes,
        view: AnchorView,
    }
    let file: Blob = from_js(file)?;
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

// ── Signing ──────────────────────────────────────────────────────────────────────────────────

/// The state machine that drives one call of a page.
#[wasm_bindgen(skip_typescript)]
pub struct Signing {
    machine: signing::Signing,
    /// Actions of the start, until they are taken.
    first: JsValue,
}

#[wasm_bindgen]
impl Signing {
    /// Takes a call (`SigningStart`). Its first actions are in `actions`.
    ///
    /// # Errors
    /// `request-invalid` if it does not have the form of the protocol.
    #[wasm_bindgen(constructor, skip_typescript)]
    pub fn new(start: JsValue) -> Result<Signing, Thrown> {
        let start: SigningStart = from_js(start)?;
        let (machine, actions) = signing::Signing::start(start);
        Ok(Self {
            machine,
            first: give(&actions)?,
        })
    }

    /// Actions of the start.
    #[wasm_bindgen(getter, skip_typescript)]
    #[must_use]
    pub fn actions(&self) -> JsValue {
        self.first.clone()
    }

    /// Nothing happens any more.
    #[wasm_bindgen(getter, skip_typescript)]
    #[must_use]
    pub fn finished(&self) -> bool {
        self.machine.is_finished()
    }

    /// Takes an event (`SigningEvent`), gives the actions that follow.
    ///
    /// # Errors
    /// `request-invalid` if it does not have the form of the protocol.
    #[wasm_bindgen(skip_typescript)]
    pub fn handle(&mut self, event: JsValue, now: JsValue) -> Result<JsValue, Thrown> {
        let event: SigningEvent = from_js(event)?;
        give(&self.machine.handle(event, moment(now)?))
    }

    /// What the account that a login names says of each certificate in the keys, as far as there is something
    /// to say: `LoginAdvice[]`.
    ///
    /// # Errors
    /// `request-invalid` if `now` is no time.
    #[wasm_bindgen(js_name = loginAdvice, skip_typescript)]
    pub fn login_advice(&self, now: JsValue) -> Result<JsValue, Thrown> {
        let (guide, tariff) = data()?;
        give(&self.machine.login_advice(&guide, &tariff, moment(now)?))
    }

    /// Takes bytes of a document that were asked for, gives the actions that follow.
    ///
    /// # Errors
    /// None in practice.
    #[wasm_bindgen(skip_typescript)]
    pub fn chunk(&mut self, document: u32, offset: u32, bytes: &[u8]) -> Result<JsValue, Thrown> {
        give(&self.machine.chunk(document, offset, bytes))
    }
}
