//! Reading and judging: certificates, CMS, logins, seals.

mod files;
mod seals;

pub use files::*;
pub use seals::*;

use crate::edge::input::{Blob, Blobs, Bytes};
use crate::edge::{self, Exception, Value, exception, from_js, invalid, moment, platform, to_js};
use serde::{Deserialize, Serialize};
use sm3::Digest as _;
use wasm_bindgen::prelude::*;
use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::pair::partners;
use yinxin_pki::certificate::{Certificate, bundle};
use yinxin_pki::trust::national;
use yinxin_pki::{hash, key, sm2, trust, wire};
use yinxin_proto::consent::AnchorView;
use yinxin_verify::Error;
use yinxin_verify::calls::{
    self, Absent, NewLoginChallenge, VerifyCertificate, VerifyCms, VerifyLogin, placed,
};

/// What only the functions here take and give.
#[cfg(feature = "typescript")]
pub(crate) fn declared(visitor: &mut impl ts_rs::TypeVisitor) {
    visitor.visit::<Pair>();
    visitor.visit::<VerifyCertificate>();
    visitor.visit::<Sm2Verify>();
    visitor.visit::<NewLoginChallenge>();
    visitor.visit::<VerifyLogin>();
    visitor.visit::<VerifyCms>();
    visitor.visit::<Described>();
    visitor.visit::<National>();
    visitor.visit::<calls::TrustOptions>();
    visitor.visit::<calls::Makers>();
    visitor.visit::<calls::Leniency>();
    visitor.visit::<calls::VerifySeal>();
    visitor.visit::<calls::VerifySealSignature>();
}

// ── Certificates ─────────────────────────────────────────────────────────────────────────────

/// How [`parse_certificate`] is declared, which gives the fields that it is asked for.
#[wasm_bindgen(typescript_custom_section)]
const PARSE_CERTIFICATE: &str = "
/**
 * The facts of a certificate; of some fields only, if they are named, and the others cost nothing. Days left and summary are
 * told as of `now`; of the present, if it is absent.
 *
 * # Errors
 * `certificate-unreadable`; `request-invalid` if `now` is no time, or there is no such field.
 */
export function parseCertificate<Field extends keyof CertificateFacts = keyof CertificateFacts>(certificate: BytesLike, now?: Time, fields?: readonly Field[]): Pick<CertificateFacts, Field>;
";

/// The facts of a certificate, or some of them.
///
/// # Errors
/// `certificate-unreadable`; `request-invalid` if `now` is no time, or there is no such field.
#[wasm_bindgen(js_name = parseCertificate, skip_typescript)]
pub fn parse_certificate(
    certificate: JsValue,
    now: JsValue,
    fields: JsValue,
) -> Result<JsValue, Exception> {
    let certificate: Blob = from_js(certificate, "certificate")?;
    let now = moment(now)?;
    let fields = from_js(fields, "fields")?;
    to_js(&calls::parse_certificate(&certificate.0, now, fields).map_err(exception)?)
}

/// The two certificates of a dual one.
#[derive(Serialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "CertificatePair")
)]
struct Pair {
    /// SHA-256 of the one that signs, lower-case hex.
    sign: String,
    /// SHA-256 of the one for encryption, lower-case hex.
    encrypt: String,
}

/// Which of a list of certificates are the two of a dual certificate, by their SHA-256.
///
/// # Errors
/// `certificate-unreadable` for the first that can't be read; `request-invalid` for too many.
#[wasm_bindgen(js_name = pairCertificates, unchecked_return_type = "CertificatePair[]")]
pub fn pair_certificates(
    #[wasm_bindgen(js_name = certificates, unchecked_param_type = "readonly BytesLike[]")]
    list: JsValue,
) -> Result<JsValue, Exception> {
    let certificates =
        certificates_of(&from_js(list, "certificates")?, "certificates").map_err(exception)?;
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
    to_js(&pairs)
}

/// Every certificate of a list of files. An error says which of them can't be read.
fn certificates_of(list: &Blobs, name: &str) -> Result<Vec<Certificate>, Error> {
    let mut read = Vec::new();
    for (index, blob) in list.0.iter().enumerate() {
        read.extend(bundle::certificates(&blob.0).map_err(|error| placed(error, name, index))?);
    }
    Ok(read)
}

/// Certificates of one call; looking for pairs among them is quadratic.
const MAX_PAIRED: usize = 1000;

/// Judges a certificate by a path to an anchor.
///
/// # Errors
/// For input that can't be read.
#[wasm_bindgen(js_name = verifyCertificate, unchecked_return_type = "CertificateVerdict")]
pub fn verify_certificate(
    #[wasm_bindgen(unchecked_param_type = "TrustOptions & VerifyCertificateOptions")]
    options: JsValue,
) -> Result<JsValue, Exception> {
    let (call, options) =
        calls::of_certificates(&Value(options), platform::now(), Absent::National)
            .map_err(exception)?;
    to_js(&VerifyCertificate::judge(&call, &options).map_err(exception)?)
}

// ── SM2 and SM3 ──────────────────────────────────────────────────────────────────────────────

/// What `sm2Verify` takes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "Sm2VerifyOptions", optional_fields)
)]
struct Sm2Verify {
    /// 65-byte SEC 1 point, or DER SubjectPublicKeyInfo.
    public_key: Bytes,
    /// What is signed.
    message: Bytes,
    /// DER `SEQUENCE {r, s}`, or 64 bytes.
    signature: Bytes,
    /// The SM2 user id; `1234567812345678`, if absent.
    #[serde(default)]
    id: Option<String>,
}

/// Whether an SM2 signature holds.
///
/// # Errors
/// `request-invalid` if the public key is no point on the curve.
#[wasm_bindgen(js_name = sm2Verify)]
pub fn sm2_verify(
    #[wasm_bindgen(unchecked_param_type = "Sm2VerifyOptions")] options: JsValue,
) -> Result<bool, Exception> {
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
#[wasm_bindgen]
pub fn sm3(
    #[wasm_bindgen(unchecked_param_type = "Bytes")] bytes: JsValue,
) -> Result<Vec<u8>, Exception> {
    Ok(hash::sm3(&edge::bytes(bytes, "bytes")?).to_vec())
}

/// SM3 of bytes that come in pieces.
#[wasm_bindgen]
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
    pub fn update(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Bytes")] bytes: JsValue,
    ) -> Result<(), Exception> {
        self.0.update(edge::bytes(bytes, "bytes")?);
        Ok(())
    }

    /// The digest of all bytes since the beginning or the last call.
    pub fn digest(&mut self) -> Vec<u8> {
        self.0.finalize_reset().to_vec()
    }
}

// ── Logins ───────────────────────────────────────────────────────────────────────────────────

/// Issues a login challenge, to be kept by the portal, with random bytes of Web Crypto.
///
/// # Errors
/// `origin-insecure`, `origin-malformed`, `request-invalid`.
#[wasm_bindgen(js_name = newLoginChallenge, unchecked_return_type = "LoginChallenge")]
pub fn new_login_challenge(
    #[wasm_bindgen(unchecked_param_type = "NewLoginChallengeOptions")] options: JsValue,
) -> Result<JsValue, Exception> {
    let options: NewLoginChallenge = edge::options(options)?;
    let challenge = options.issue(&platform::random()?, platform::now());
    to_js(&challenge.map_err(exception)?)
}

/// Judges a login proof. Never throws for what is wrong with `proof`, which is the visitor's.
///
/// # Errors
/// `request-invalid`, `origin-insecure`, `origin-malformed`, `certificate-unreadable` for what the portal itself hands
/// in. A proof of whatever form gives a judgement.
#[wasm_bindgen(js_name = verifyLogin, unchecked_return_type = "LoginVerdict")]
pub fn verify_login(
    #[wasm_bindgen(unchecked_param_type = "TrustOptions & VerifyLoginOptions")] options: JsValue,
) -> Result<JsValue, Exception> {
    let object = Value(options);
    let (call, options) =
        calls::of_certificates(&object, platform::now(), Absent::Nothing).map_err(exception)?;
    to_js(&VerifyLogin::judge(&call, &object, &options).map_err(exception)?)
}

// ── CMS ──────────────────────────────────────────────────────────────────────────────────────

/// Judges a CMS SignedData. Without `anchors` nothing is trusted, and no signer is valid; unless `trust: 'unchecked'` asks
/// for the signatures alone, of which `trust-not-checked` warns.
///
/// # Errors
/// `cms-unreadable`; `certificate-unreadable` for anchors and the like; `request-invalid`.
#[wasm_bindgen(js_name = verifyCms, unchecked_return_type = "CmsVerdict")]
pub fn verify_cms(
    #[wasm_bindgen(unchecked_param_type = "TrustOptions & CmsLeniency & VerifyCmsOptions")] options: JsValue,
) -> Result<JsValue, Exception> {
    let object = Value(options);
    let (call, options) = calls::of_cms(&object, platform::now()).map_err(exception)?;
    to_js(&VerifyCms::judge(&call, &object, &options).map_err(exception)?)
}

// ── Texts and views ──────────────────────────────────────────────────────────────────────────

/// Message and remedy of a code, in `zh-CN`, `en` or the nearest language; `zh-CN`, if none is named.
///
/// # Errors
/// `request-invalid` if the arguments are not of these types.
#[wasm_bindgen(unchecked_return_type = "Text")]
pub fn text(
    #[wasm_bindgen(unchecked_param_type = "string")] code: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "object")] params: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string")] locale: JsValue,
) -> Result<JsValue, Exception> {
    let code: String = from_js(code, "code")?;
    let locale: Option<String> = from_js(locale, "locale")?;
    to_js(&calls::text(&code, &Value(params), locale.as_deref()).map_err(exception)?)
}

/// A certificate as an anchor.
#[derive(Serialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "DescribedAnchor")
)]
pub(crate) struct Described {
    /// DER.
    certificate: wire::Bytes,
    /// What the workspace shows of it.
    view: AnchorView,
}

/// The certificates of a file (DER, PEM, PKCS #7, Base64), each with what the workspace shows of it as an anchor.
///
/// # Errors
/// `certificate-unreadable`.
#[wasm_bindgen(js_name = describeAnchors, unchecked_return_type = "DescribedAnchor[]")]
pub fn describe_anchors(
    #[wasm_bindgen(unchecked_param_type = "BytesLike")] file: JsValue,
    #[wasm_bindgen(unchecked_param_type = "boolean")] managed: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Time")] now: JsValue,
) -> Result<JsValue, Exception> {
    let file: Blob = from_js(file, "file")?;
    let managed: bool = from_js(managed, "managed")?;
    let now = moment(now)?;
    let read = bundle::certificates(&file.0).map_err(exception)?;
    let described: Vec<_> = read
        .iter()
        .map(|certificate| Described {
            certificate: wire::Bytes(certificate.der().to_vec()),
            view: trust::anchor_view(certificate, managed, now),
        })
        .collect();
    to_js(&described)
}

/// The product's own table.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "NationalAnchors")
)]
pub(crate) struct National {
    /// The date of the list.
    listed: &'static str,
    /// Whose list it is.
    source: &'static str,
    /// The root, and the CAs.
    anchors: Vec<Row>,
}

/// A CA of the product's own table.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "NationalAnchor")
)]
struct Row {
    /// What a person would call it.
    name: &'static str,
    /// RFC 4514.
    subject: String,
    /// Which national root it is under.
    domain: national::Domain,
    /// Whether trust may begin here; not for domains whose root is not at hand.
    anchor: bool,
    /// Start of validity, ISO 8601 UTC.
    not_before: String,
    /// End of validity, ISO 8601 UTC.
    not_after: String,
    /// Lower-case hex of the contents octets.
    serial: String,
}

/// The product's own table: the Chinese national SM2 root, and the operating CAs that the national list names.
///
/// # Errors
/// None in practice.
#[wasm_bindgen(js_name = nationalAnchors, unchecked_return_type = "NationalAnchors")]
pub fn national_anchors() -> Result<JsValue, Exception> {
    let rows = national::listed().iter().map(|row| Row {
        name: row.readable(),
        subject: row.name().to_string(),
        domain: row.domain(),
        anchor: row.anchor().is_some(),
        not_before: row.not_before().to_string(),
        not_after: row.not_after().to_string(),
        serial: hex(row.serial()),
    });
    to_js(&National {
        listed: national::LISTED_ON,
        source: national::SOURCE,
        anchors: rows.collect(),
    })
}
