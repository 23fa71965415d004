//! What verdicts are given by.

use der::asn1::ObjectIdentifier;
use std::sync::Arc;
use yinxin_pki::certificate::{Certificate, bundle};
use yinxin_pki::sm2;
use yinxin_pki::trust::{Anchor, CrlPolicy, Crls, Issuer, PathPolicy, Sm2Variant};
use yinxin_proto::Error;
use yinxin_proto::consent::HolderKind;
use yinxin_proto::time::UnixTime;

/// What verdicts are given by: where trust begins, what restricts it, and the time for which it is judged. Without
/// anchors nothing is trusted.
///
/// Certificates and lists are taken as DER, PEM or Base64, bundles included.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) at: UnixTime,
    pub(crate) anchors: Option<Vec<Anchor>>,
    pub(crate) national: bool,
    pub(crate) intermediates: Vec<Certificate>,
    pub(crate) issuers: Option<Vec<Issuer>>,
    pub(crate) holders: Option<Vec<HolderKind>>,
    pub(crate) makers: Vec<Certificate>,
    // A portal has thousands of judgements by the same lists, which may be large.
    pub(crate) crls: Arc<Crls>,
    pub(crate) crl_policy: Option<CrlPolicy>,
    pub(crate) policies: Option<Vec<ObjectIdentifier>>,
    pub(crate) extended_key_usages: Vec<ObjectIdentifier>,
    pub(crate) sm2_id: Vec<u8>,
    pub(crate) sm2_variants: Vec<Sm2Variant>,
    pub(crate) is_trust_unchecked: bool,
    pub(crate) allow_without_attributes: bool,
    pub(crate) allow_digest_of_content: bool,
    pub(crate) allow_mixed_content_types: bool,
}

impl Options {
    /// Judges as of a time. What a signer claims as its time proves nothing, so that it is no choice for this.
    #[must_use]
    pub fn at(time: UnixTime) -> Self {
        Self {
            at: time,
            anchors: None,
            national: false,
            intermediates: Vec::new(),
            issuers: None,
            holders: None,
            makers: Vec::new(),
            crls: Arc::default(),
            crl_policy: None,
            policies: None,
            extended_key_usages: Vec::new(),
            sm2_id: sm2::DEFAULT_ID.to_vec(),
            sm2_variants: Vec::new(),
            is_trust_unchecked: false,
            allow_without_attributes: false,
            allow_digest_of_content: false,
            allow_mixed_content_types: false,
        }
    }

    /// The same, as of another time.
    #[must_use]
    pub fn as_of(mut self, time: UnixTime) -> Self {
        self.at = time;
        self
    }

    /// The time for which it is judged.
    #[must_use]
    pub fn time(&self) -> UnixTime {
        self.at
    }

    /// Adds certificates where trust begins.
    ///
    /// # Errors
    /// `certificate-unreadable`.
    pub fn anchors(mut self, certificates: &[u8]) -> Result<Self, Error> {
        let read = bundle::certificates(certificates)?;
        let anchors = read.into_iter().map(Anchor::from);
        self.anchors.get_or_insert_default().extend(anchors);
        Ok(self)
    }

    /// That trust begins where anchors say so, even if there are none: nothing is trusted then.
    #[must_use]
    pub fn require_anchors(mut self) -> Self {
        self.anchors.get_or_insert_default();
        self
    }

    /// Trusts the Chinese national SM2 root and the CAs that it lists, as [`yinxin_pki::trust::national`] has them.
    #[must_use]
    pub fn national(mut self, trusted: bool) -> Self {
        self.national = trusted;
        self
    }

    /// Adds certificates that may lie between. They are trusted for nothing.
    ///
    /// # Errors
    /// `certificate-unreadable`.
    pub fn intermediates(mut self, certificates: &[u8]) -> Result<Self, Error> {
        self.intermediates
            .extend(bundle::certificates(certificates)?);
        Ok(self)
    }

    /// Adds CAs of which one must have issued the certificate itself: certificates; or a name, RFC 4514 or its common
    /// name alone, which counts on a path to an anchor only.
    ///
    /// # Errors
    /// `certificate-unreadable` for bytes that are neither.
    pub fn issuers(mut self, issuers: &[u8]) -> Result<Self, Error> {
        let read = match (bundle::certificates(issuers), std::str::from_utf8(issuers)) {
            (Ok(read), _) => read.iter().map(Issuer::from).collect(),
            // A name has no form of its own; a damaged certificate has.
            (Err(error), Ok(text)) if text.contains("-----BEGIN ") => return Err(error),
            (Err(_), Ok(text)) => vec![Issuer::Name(text.into())],
            (Err(error), Err(_)) => return Err(error),
        };
        self.issuers.get_or_insert_default().extend(read);
        Ok(self)
    }

    /// That somebody in particular must have issued it, even if nobody is named: nothing is accepted then.
    #[must_use]
    pub fn require_issuers(mut self) -> Self {
        self.issuers.get_or_insert_default();
        self
    }

    /// Of which kind the holder of the certificate itself must be, as far as it tells. Of seals it is whoever uses them.
    #[must_use]
    pub fn holders(mut self, kinds: Vec<HolderKind>) -> Self {
        self.holders = Some(kinds);
        self
    }

    /// Adds certificates of makers whose seals are accepted. Whoever holds a certificate could make a seal, so that a
    /// path to an anchor says nothing about a maker.
    ///
    /// # Errors
    /// `certificate-unreadable`.
    pub fn makers(mut self, certificates: &[u8]) -> Result<Self, Error> {
        self.makers.extend(bundle::certificates(certificates)?);
        Ok(self)
    }

    /// Adds revocation lists. One that can't be read is a finding.
    #[must_use]
    pub fn crls<T: Into<Vec<u8>>>(mut self, lists: impl IntoIterator<Item = T>) -> Self {
        let lists: Vec<Vec<u8>> = lists.into_iter().map(Into::into).collect();
        Arc::make_mut(&mut self.crls).add(&lists);
        self
    }

    /// What a missing, stale or unusable list means; a warning, unless said otherwise.
    #[must_use]
    pub fn crl_policy(mut self, policy: CrlPolicy) -> Self {
        self.crl_policy = Some(policy);
        self
    }

    /// Certificate policies of which one must hold along the whole path. Of seals they are their makers': one with such
    /// a policy is accepted, though it is not listed.
    #[must_use]
    pub fn policies(mut self, policies: Vec<ObjectIdentifier>) -> Self {
        self.policies = Some(policies);
        self
    }

    /// Purposes of an extended key usage that count for logins and signatures beside clientAuth and emailProtection.
    #[must_use]
    pub fn extended_key_usages(mut self, purposes: Vec<ObjectIdentifier>) -> Self {
        self.extended_key_usages = purposes;
        self
    }

    /// The SM2 user id of certificates and lists; `1234567812345678`, unless said otherwise.
    #[must_use]
    pub fn sm2_id(mut self, id: Vec<u8>) -> Self {
        self.sm2_id = id;
        self
    }

    /// Computations of SM2 signatures outside of the standard that are accepted, with a warning.
    #[must_use]
    pub fn sm2_variants(mut self, variants: Vec<Sm2Variant>) -> Self {
        self.sm2_variants = variants;
        self
    }

    /// Does not ask who issued the certificates of signers, which is a warning: `trust-not-checked`.
    #[must_use]
    pub fn trust_unchecked(mut self) -> Self {
        self.is_trust_unchecked = true;
        self
    }

    /// Accepts CMS signatures without signed attributes, which can't be told from other signed structures.
    #[must_use]
    pub fn allow_without_attributes(mut self, allow: bool) -> Self {
        self.allow_without_attributes = allow;
        self
    }

    /// Accepts what signs the digest of the content in its place, with a warning: OFD signatures of the kind Sign may
    /// be made so. Whoever signs a digest has not seen what it is of.
    #[must_use]
    pub fn allow_digest_of_content(mut self, allow: bool) -> Self {
        self.allow_digest_of_content = allow;
        self
    }

    /// Accepts GM/T 0010's name of data at the content and PKCS #7's in the signed attributes, or the reverse, with a
    /// warning.
    #[must_use]
    pub fn allow_mixed_content_types(mut self, allow: bool) -> Self {
        self.allow_mixed_content_types = allow;
        self
    }

    /// Whether trust begins anywhere.
    pub(crate) fn begins(&self) -> bool {
        self.national || self.anchors.is_some()
    }

    /// That what restricts trust has something to restrict: whoever says how far it goes means to have some, and
    /// without a beginning it would be his error alone. An empty collection of lists says nothing.
    ///
    /// # Errors
    /// `request-invalid`, with the first option that has nothing to restrict, by its name for JavaScript.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let given = [
            ("issuers", self.issuers.is_some()),
            ("holders", self.holders.is_some()),
            ("crls", !self.crls.is_empty()),
            ("crlPolicy", self.crl_policy.is_some()),
            ("policies", self.policies.is_some()),
        ];
        let invalid = |reason| Err(Error::RequestInvalid { reason });
        match given.iter().find(|(_, given)| *given) {
            Some((option, _)) if !self.begins() => invalid(format!(
                "anchors: missing, so that {option} has nothing to restrict"
            )),
            _ if self.begins() && self.is_trust_unchecked => {
                invalid("trust: anchors are given, so it is checked".into())
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn policy(&self) -> PathPolicy<'_> {
        PathPolicy {
            national: self.national,
            issuers: self.issuers.as_deref(),
            holders: self.holders.as_deref(),
            crl_policy: self.crl_policy.unwrap_or_default(),
            policies: self.policies.as_deref(),
            extended_key_usages: &self.extended_key_usages,
            sm2_id: &self.sm2_id,
            sm2_variants: &self.sm2_variants,
            ..PathPolicy::new(
                self.anchors.as_deref().unwrap_or_default(),
                &self.intermediates,
                &self.crls,
                self.at,
            )
        }
    }
}
