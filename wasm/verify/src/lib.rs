//! Verifies what users of Chinese PKI sign: certificates, logins, CMS and electronic seals, with SM2, RSA and ECDSA.
//! [`Options`] in, one [`Verdict`] out. No clock, no network, no files: the time, the anchors and the revocation lists
//! are the caller's.
//!
//! ```
//! use yinxin_verify::{Options, Time, verify_cms};
//!
//! # fn main() -> Result<(), yinxin_verify::Error> {
//! # use yinxin_pki::testing::{NOW, TestKey, chain};
//! # let (root, issuing, unit) = chain(TestKey::sm2(1));
//! # let (root, issuing_ca, now) = (root.pem(), issuing.pem(), NOW);
//! # let (signature, contract) = (unit.cms(b"a contract"), b"a contract");
//! let options = Options::at(now)
//!     .anchors(root.as_bytes())?
//!     .intermediates(issuing_ca.as_bytes())?;
//! let verdict = verify_cms(&signature, Some(contract.as_slice().into()), &options)?;
//! assert!(verdict.valid);
//! let signer = &verdict.signers[0];
//! println!("{} signed {}", signer.certificate.as_ref().unwrap().holder(), verdict.summary.en);
//! # Ok(())
//! # }
//! ```
//!
//! | function | what it judges |
//! |---|---|
//! | [`verify_certificate`] | a certificate, by a path to an anchor (RFC 5280) |
//! | [`verify_cms`] | a SignedData (GM/T 0010, RFC 5652), attached or detached |
//! | [`verify_login`] | the proof of a login, against the [`Challenge`] that the portal kept |
//! | [`verify_seal`] | an electronic seal (GM/T 0031, GB/T 38540) |
//! | `verify_pdf` | a PDF: each of its signatures, and what was changed after it; with the feature `documents` |
//! | [`verify_seal_signature`] | a seal that was set on a document (`SES_Signature`) |
//! | `verify_ofd` | a signed OFD (GB/T 33190), with the feature `documents` |
//!
//! Something that can't be read is an [`Error`]; whatever can be said of something readable is a [`Finding`] of its
//! verdict. Both are codes of one catalogue, with words in Chinese and English.
#![forbid(unsafe_code)]

#[cfg(feature = "calls")]
pub mod calls;
mod certificate;
mod claimed;
mod cms;
#[cfg(feature = "documents")]
mod earlier;
mod login;
#[cfg(feature = "documents")]
mod ofd;
mod options;
#[cfg(feature = "documents")]
mod pdf;
mod seal;
mod verdict;
pub mod view;

pub use certificate::{CertificateDetails, verify_certificate};
pub use cms::{CmsDetails, Content, verify_cms};
#[cfg(feature = "documents")]
pub use earlier::{ofd_has_broken_signature, pdf_has_broken_signature};
pub use login::{LoginDetails, LoginOptions, new_login_challenge, verify_login};
#[cfg(feature = "documents")]
pub use ofd::{Form, OfdDetails, OfdSignature, verify_ofd};
pub use options::Options;
#[cfg(feature = "documents")]
pub use pdf::{PdfChange, PdfDetails, PdfSignature, verify_pdf};
pub use seal::{
    SealDetails, SealSignatureDetails, SealedContent, verify_seal, verify_seal_signature,
};
pub use verdict::{Signer, Verdict};

pub use yinxin_pki::certificate::Certificate;
pub use yinxin_pki::hash::{Digests, Hasher};
pub use yinxin_pki::login::{Binding, Challenge};
pub use yinxin_pki::outcome::Outcome;
pub use yinxin_pki::seal::{Seal, SealSignature};
pub use yinxin_pki::trust::{
    Anchor, CrlPolicy, Crls, Issuer, KeyPurpose, PathStep, Revocation, Sm2Variant, Status,
};
pub use yinxin_proto::consent::HolderKind;
pub use yinxin_proto::page::{LoginFormat, LoginProof, Purpose};
pub use yinxin_proto::text::Bilingual;
pub use yinxin_proto::time::UnixTime as Time;
pub use yinxin_proto::{Error, Finding, Locale, Severity};
