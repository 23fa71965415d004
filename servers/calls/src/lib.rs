//! The calls of `yinxin-verify` as JSON: a request in, a verdict out, under the portal's [`Policy`]. What servers in any
//! language stand on: the C ABI, and the HTTP service.
//!
//! ```
//! use yinxin_calls::{Function, Request, call};
//!
//! # fn main() -> Result<(), yinxin_calls::Error> {
//! # let now = yinxin_pki::testing::NOW;
//! # let (root, issuing, unit) = yinxin_pki::testing::chain(yinxin_pki::testing::TestKey::sm2(1));
//! # let (root, issuing, cms) = (root.pem(), issuing.pem(), unit.cms(b"a contract"));
//! # let policy = format!(r#"{{"anchors": [{root:?}], "intermediates": [{issuing:?}]}}"#);
//! let policy = yinxin_calls::Policy::parse(policy.as_bytes(), &yinxin_calls::NoFiles, now)?;
//! let request = Request::parse(b"{}")?
//!     .with("cms", cms)?
//!     .with("content", b"a contract".to_vec())?;
//! let verdict = call(Function::VerifyCms, Some(&policy), &request, now)?;
//! assert!(verdict.starts_with(r#"{"valid":true,"#));
//! # Ok(())
//! # }
//! ```
//!
//! What a request holds is what the npm packages take, in the same words ([`yinxin_verify::calls`]); bytes are Base64
//! there, or lie beside the JSON ([`Request::with`]). What it gives is what they give, with bytes as Base64. An error is
//! one of the catalogue.
#![forbid(unsafe_code)]

mod files;
mod json;
mod policy;
mod request;

pub use files::{Beside, FileSource, Files, NoFiles};
use policy::Of;
pub use policy::Policy;
#[cfg(feature = "schema")]
pub use policy::schema;
pub use request::{Hashed, PARTS, Request};
pub use yinxin_documents::Source;
pub use yinxin_verify::{Error, Hasher, Locale, Time};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use yinxin_pki::seal::Seal;
use yinxin_proto::argument::input::{Blob, Instant};
use yinxin_proto::argument::{Argument as _, invalid, options};
use yinxin_verify::Options;
use yinxin_verify::calls::{
    self, Absent, NewLoginChallenge, VerifyCertificate, VerifyCms, VerifyDocument, VerifyLogin,
    VerifySeal, VerifySealSignature,
};

/// What can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Judges a certificate by a path to an anchor.
    VerifyCertificate,
    /// Judges a CMS SignedData.
    VerifyCms,
    /// Issues a login challenge.
    NewLoginChallenge,
    /// Judges the proof of a login.
    VerifyLogin,
    /// Judges an electronic seal.
    VerifySeal,
    /// Judges a seal that was set on a document.
    VerifySealSignature,
    /// Judges a signed OFD.
    VerifyOfd,
    /// Judges a PDF.
    VerifyPdf,
    /// The facts of a certificate.
    ParseCertificate,
    /// The facts of a seal.
    ParseSeal,
    /// Message and remedy of a code.
    Text,
}

impl Function {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::VerifyCertificate,
        Self::VerifyCms,
        Self::NewLoginChallenge,
        Self::VerifyLogin,
        Self::VerifySeal,
        Self::VerifySealSignature,
        Self::VerifyOfd,
        Self::VerifyPdf,
        Self::ParseCertificate,
        Self::ParseSeal,
        Self::Text,
    ];

    /// Its name, which the npm packages know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::VerifyCertificate => "verifyCertificate",
            Self::VerifyCms => "verifyCms",
            Self::NewLoginChallenge => "newLoginChallenge",
            Self::VerifyLogin => "verifyLogin",
            Self::VerifySeal => "verifySeal",
            Self::VerifySealSignature => "verifySealSignature",
            Self::VerifyOfd => "verifyOfd",
            Self::VerifyPdf => "verifyPdf",
            Self::ParseCertificate => "parseCertificate",
            Self::ParseSeal => "parseSeal",
            Self::Text => "text",
        }
    }

    /// What it does, in a sentence.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn summary(self) -> &'static str {
        match self {
            Self::VerifyCertificate => "Judges a certificate by a path to an anchor",
            Self::VerifyCms => "Judges a CMS SignedData, attached or beside its content",
            Self::NewLoginChallenge => "Issues a login challenge, to be kept by the portal",
            Self::VerifyLogin => {
                "Judges the proof of a login; that its challenge is used once is the portal's to see to"
            }
            Self::VerifySeal => "Judges an electronic seal",
            Self::VerifySealSignature => "Judges a seal that was set on a document",
            Self::VerifyOfd => "Judges a signed OFD",
            Self::VerifyPdf => "Judges a PDF, each signature and what was changed after it",
            Self::ParseCertificate => "The facts of a certificate; nothing is judged",
            Self::ParseSeal => "The facts of a seal; nothing is judged",
            Self::Text => "Message and remedy of a code, in a language",
        }
    }

    /// The function of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }
}

/// What is judged, and how: by a portal's policy, which a request can only narrow, or by the request alone.
struct Call<'a> {
    policy: Option<&'a Policy>,
    request: &'a Request,
    now: Time,
}

/// Calls a function: its verdict as JSON. Without a policy, what is judged by stands in the request.
///
/// # Errors
/// What can't be read (`cms-unreadable`, …); `request-invalid`, with its place, for a request of another form, or one
/// that the policy does not let widen what it says.
pub fn call(
    function: Function,
    policy: Option<&Policy>,
    request: &Request,
    now: Time,
) -> Result<String, Error> {
    let call = Call {
        policy,
        request,
        now,
    };
    if request.has_file() && !matches!(function, Function::VerifyOfd | Function::VerifyPdf) {
        return Err(invalid("file: this function takes none"));
    }
    match function {
        Function::VerifyCertificate => {
            let (own, options) = call.of_certificates(Absent::National)?;
            json::write(&VerifyCertificate::judge(&own, &options)?)
        }
        Function::VerifyCms => {
            let (own, options) = match policy {
                Some(policy) => policy.narrowed(&request.object, now, Of::Cms)?,
                None => calls::of_cms(&request.object, now)?,
            };
            json::write(&VerifyCms::judge(&own, &request.object, &options)?)
        }
        Function::NewLoginChallenge => {
            let own: NewLoginChallenge = match policy {
                Some(policy) => options(&policy.completed_challenge(&request.object)?)?,
                None => options(&request.object)?,
            };
            json::write(&own.issue(&random()?, now)?)
        }
        Function::VerifyLogin => {
            let object = match policy {
                Some(policy) => &policy.completed_login(&request.object)?,
                None => &request.object,
            };
            let (own, options) = match policy {
                Some(policy) => policy.narrowed(object, now, Of::Login)?,
                None => calls::of_certificates(object, now, Absent::Nothing)?,
            };
            json::write(&VerifyLogin::judge(&own, object, &options)?)
        }
        Function::VerifySeal => {
            let (own, options) = call.of_seals()?;
            json::write(&VerifySeal::judge(&own, &options)?)
        }
        Function::VerifySealSignature => {
            let (own, options) = call.of_seals()?;
            json::write(&VerifySealSignature::judge(
                &own,
                &request.object,
                &options,
            )?)
        }
        Function::VerifyOfd => {
            let (own, options) = call.of_seals()?;
            json::write(&VerifyDocument::judge_ofd(&own, request.file()?, &options)?)
        }
        Function::VerifyPdf => {
            let (own, options) = call.of_seals()?;
            json::write(&VerifyDocument::judge_pdf(&own, request.file()?, &options)?)
        }
        Function::ParseCertificate => {
            let own: ParseCertificate = options(&request.object)?;
            let now = own.now.map_or(now, |at| at.0);
            let fields = own.fields;
            json::write(&calls::parse_certificate(&own.certificate.0, now, fields)?)
        }
        Function::ParseSeal => {
            let own: ParseSeal = options(&request.object)?;
            let seal = Seal::parse(&own.seal.0)?;
            json::write(&seal.facts(own.now.map_or(now, |at| at.0)))
        }
        Function::Text => {
            let own: Text = options(&request.object)?;
            let params = request.object.field("params");
            json::write(&calls::text(&own.code, &params, own.locale.as_deref())?)
        }
    }
}

impl Call<'_> {
    fn of_certificates<T: DeserializeOwned>(&self, absent: Absent) -> Result<(T, Options), Error> {
        match self.policy {
            Some(policy) => policy.narrowed(&self.request.object, self.now, Of::Others),
            None => calls::of_certificates(&self.request.object, self.now, absent),
        }
    }

    fn of_seals<T: DeserializeOwned>(&self) -> Result<(T, Options), Error> {
        match self.policy {
            Some(policy) => policy.narrowed(&self.request.object, self.now, Of::Others),
            None => calls::of_seals(&self.request.object, self.now),
        }
    }
}

/// Has a generator see what a request holds that the npm packages take otherwise: what narrows the policy, and what they take as
/// arguments.
#[cfg(feature = "schema")]
pub fn declared(visitor: &mut impl ts_rs::TypeVisitor) {
    visitor.visit::<policy::Narrowing>();
    visitor.visit::<ParseCertificate>();
    visitor.visit::<ParseSeal>();
    visitor.visit::<Text>();
}

/// What `parseCertificate` takes.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS), ts(optional_fields))]
struct ParseCertificate {
    /// The certificate.
    certificate: Blob,
    /// Days left and summary are told as of then; now, if absent.
    #[serde(default)]
    now: Option<Instant>,
    /// Fields that are wanted; all, if absent.
    #[serde(default)]
    fields: Option<Vec<String>>,
}

/// What `parseSeal` takes.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS), ts(optional_fields))]
struct ParseSeal {
    /// The seal.
    seal: Blob,
    /// As of then; now, if absent.
    #[serde(default)]
    now: Option<Instant>,
}

/// What `text` takes.
#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(ts_rs::TS),
    ts(rename = "TextOf", optional_fields)
)]
struct Text {
    /// The code.
    code: String,
    /// Its parameters.
    // Whatever is no parameter is passed over: read apart.
    #[serde(default)]
    #[allow(dead_code)]
    #[cfg_attr(feature = "schema", ts(as = "Option<Params>"))]
    params: serde::de::IgnoredAny,
    /// A language: `zh-CN`, `en` or the nearest.
    #[serde(default)]
    locale: Option<String>,
}

/// Parameters of a code, as they are declared.
#[cfg(feature = "schema")]
#[derive(ts_rs::TS)]
#[ts(type = "Record<string, unknown>", rename = "Params")]
struct Params;

fn random() -> Result<[u8; 32], Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::Internal {
        detail: error.to_string(),
    })?;
    Ok(bytes)
}

/// An error as JSON: `{"code": …, "params": {…}}`.
#[must_use]
pub fn error_json(error: &Error) -> String {
    // A code and its parameters can be written.
    json::write(error).unwrap_or_else(|_| r#"{"code":"internal","params":{"detail":""}}"#.into())
}

/// `request-invalid`, with its reason: for what a server itself refuses.
#[must_use]
pub fn refused(reason: &str) -> Error {
    invalid(reason)
}
