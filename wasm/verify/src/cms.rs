//! A CMS SignedData: its content, and each of its signers.

use crate::{Options, Signer, Verdict, claimed};
use der::asn1::ObjectIdentifier;
use yinxin_pki::cms;
use yinxin_pki::hash::{self, Digests};
use yinxin_pki::outcome;
use yinxin_proto::text::Bilingual;
use yinxin_proto::{Error, Finding};

/// A content, as whoever judges a signature has it.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// All of it.
    Bytes(&'a [u8]),
    /// Of one that is too large to be held.
    Digests {
        /// Its digests, by a [`Hasher`](crate::Hasher).
        digests: Digests,
        /// Its size in bytes.
        size: u64,
        /// Its first 64 KiB, or all of it.
        head: &'a [u8],
    },
}

impl<'a> From<&'a [u8]> for Content<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> Content<'a> {
    /// Its SM3.
    #[must_use]
    pub fn sm3(&self) -> [u8; 32] {
        match self {
            Self::Bytes(bytes) => hash::sm3(bytes),
            Self::Digests { digests, .. } => digests.sm3,
        }
    }

    fn of_pki(self) -> cms::Content<'a> {
        match self {
            Self::Bytes(bytes) => cms::Content::Bytes(bytes),
            Self::Digests {
                digests,
                size,
                head,
            } => cms::Content::Digests {
                digests,
                size,
                head,
            },
        }
    }
}

/// What more there is to say of a CMS.
#[derive(Clone, Debug)]
pub struct CmsDetails {
    /// What was signed.
    pub content: cms::SignedContent,
    /// Of each signer, in their order: digest algorithm, signature algorithm, and the digest that it signed.
    pub algorithms: Vec<(ObjectIdentifier, ObjectIdentifier, Option<Vec<u8>>)>,
    /// Of each signer the time stamp over its signature, as it stands there: it is not judged.
    pub time_stamps: Vec<Option<Vec<u8>>>,
}

/// Judges a CMS: DER, BER, PEM or Base64. A detached one needs its content; of an attached one, a content that is given
/// must be the same.
///
/// # Errors
/// `cms-unreadable`; `request-invalid` for options that contradict each other.
pub fn verify_cms(
    cms: &[u8],
    content: Option<Content<'_>>,
    options: &Options,
) -> Result<Verdict<CmsDetails>, Error> {
    verify_cms_with(cms, content, None, options)
}

/// The same, with a digest of the content beside those that a [`Content`] has, and its algorithm.
pub(crate) fn verify_cms_with(
    cms: &[u8],
    content: Option<Content<'_>>,
    further_digest: Option<(ObjectIdentifier, &[u8])>,
    options: &Options,
) -> Result<Verdict<CmsDetails>, Error> {
    let judged = judge_cms(cms, content, further_digest, options)?;
    let summary = judged.summary;
    Ok(Verdict::new(
        judged.findings,
        |all| outcome::with_others(summary, all),
        judged.signers,
        judged.details,
    ))
}

/// What a CMS comes to.
pub(crate) struct Judged {
    pub findings: Vec<Finding>,
    /// The gravest alone.
    pub summary: Bilingual,
    pub signers: Vec<Signer>,
    pub details: CmsDetails,
}

pub(crate) fn judge_cms(
    cms: &[u8],
    content: Option<Content<'_>>,
    further_digest: Option<(ObjectIdentifier, &[u8])>,
    options: &Options,
) -> Result<Judged, Error> {
    options.check()?;
    let mut how = cms::Options::new(options.policy());
    how.content = content.map(Content::of_pki);
    how.further_digest = further_digest;
    how.check_trust = !options.is_trust_unchecked;
    how.allow_without_attributes = options.allow_without_attributes;
    how.allow_digest_of_content = options.allow_digest_of_content;
    how.allow_mixed_content_types = options.allow_mixed_content_types;
    let judged = cms::verify(cms, &how)?;
    let (mut signers, mut algorithms, mut time_stamps) = (Vec::new(), Vec::new(), Vec::new());
    let mut findings = judged.findings;
    for (index, signer) in judged.signers.into_iter().enumerate() {
        findings.extend(claimed::oddities(
            signer.claimed_time,
            options.at,
            signer.certificate.as_ref(),
            None,
            &format!("signers[{index}].claimedTime"),
        ));
        algorithms.push((
            signer.digest_algorithm,
            signer.signature_algorithm,
            signer.digest,
        ));
        time_stamps.push(signer.time_stamp);
        signers.push(Signer {
            valid: signer.valid,
            certificate: signer.certificate,
            path: signer.path,
            claimed_time: signer.claimed_time,
            signed: signer.signed_attributes,
            signature: signer.signature,
        });
    }
    Ok(Judged {
        findings,
        summary: judged.summary,
        signers,
        details: CmsDetails {
            content: judged.content,
            algorithms,
            time_stamps,
        },
    })
}
