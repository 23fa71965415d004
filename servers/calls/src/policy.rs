//! A portal's policy: one file that says whom it trusts and what it accepts, for every server and every call. A request can
//! narrow it, and never widen it.

use crate::files::{Beside, Files, bounded};
use crate::json::Value;
use der::asn1::ObjectIdentifier;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use yinxin_pki::certificate::{Certificate, bundle};
use yinxin_pki::trust::Crls;
use yinxin_proto::argument::input::{Blobs, Instant};
use yinxin_proto::argument::{Argument, fields, invalid, known, options_beside};
use yinxin_proto::site::Origin;
use yinxin_verify::{
    CrlPolicy, Error, HolderKind, LoginFormat, Options, Purpose, Sm2Variant, Time,
};

#[cfg(feature = "schema")]
mod written;
#[cfg(feature = "schema")]
pub use written::schema;

/// Whom a portal trusts, and what it accepts. Certificates stand in it as PEM, or by the names of files beside it; a file
/// may hold one, many, or a bundle (PKCS #7).
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(title = "Yinxin verification policy", deny_unknown_fields)
)]
struct PolicyFile {
    /// Where the schema of this file lies, for editors.
    #[serde(rename = "$schema")]
    #[allow(dead_code)]
    schema: Option<String>,
    /// What the policy is for, in the portal's own words.
    #[allow(dead_code)]
    description: Option<String>,
    /// Where trust begins: certificates of root or issuing CAs, each valid now.
    anchors: Option<Vec<String>>,
    /// Whether trust begins at the Chinese national SM2 root and the CAs that it lists, too. `false`, if absent.
    national: bool,
    /// Certificates that may lie between, trusted for nothing.
    intermediates: Vec<String>,
    /// Certificates of the CAs of which one must have issued the certificate itself. For logins an anchor, if absent.
    issuers: Option<Vec<String>>,
    /// The same by name: RFC 4514, or the common name alone. Counts on a path to an anchor only.
    issuer_names: Option<Vec<String>>,
    /// Of which kind the holder of the certificate must be, as far as it tells. Any, if absent.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<Vec<written::Words<HolderKind>>>")
    )]
    holders: Option<Vec<HolderKind>>,
    /// Revocation lists: PEM, files, or folders, whose names end with a slash: every file in it is one. Read when the policy
    /// is loaded.
    crls: Vec<String>,
    /// What a missing, stale or unusable list means: a warning (`warn`, if absent), or refusal (`require`).
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<written::Words<CrlPolicy>>")
    )]
    crl_policy: Option<CrlPolicy>,
    /// Certificates of makers whose seals are accepted. No other seal is, whoever issued its maker's certificate.
    makers: Vec<String>,
    /// Certificate policies (object identifiers) of which one must hold along the whole path; of seals their makers', of
    /// whom one with such a policy is accepted, though it is not listed.
    policies: Option<Vec<String>>,
    /// Purposes (object identifiers) that count for logins and signatures beside clientAuth and emailProtection, of
    /// certificates that have an extended key usage.
    extended_key_usages: Vec<String>,
    /// SM2 user id of certificates and revocation lists; `1234567812345678`, if absent.
    sm2_id: Option<String>,
    /// Computations of SM2 signatures outside of the standard that are accepted, with a warning.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<written::Words<Sm2Variant>>"))]
    sm2_variants: Vec<Sm2Variant>,
    /// Whether a request may name the time that it is judged for (`at`), which may lie before an end or a revocation. Always
    /// now, if absent.
    allow_at: bool,
    /// What is accepted of CMS beside the rule.
    cms: CmsFile,
    /// Logins; refused, if absent.
    login: Option<LoginFile>,
}

/// What is accepted of CMS beside the rule.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(deny_unknown_fields)
)]
struct CmsFile {
    /// Signatures without signed attributes, which can't be told from other signed structures.
    allow_without_attributes: bool,
    /// What signs the digest of the content in its place, with a warning.
    allow_digest_of_content: bool,
    /// GM/T 0010's name of data at the content and PKCS #7's in the signed attributes, or the reverse, with a warning.
    allow_mixed_content_types: bool,
}

/// What logins are accepted.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(deny_unknown_fields)
)]
struct LoginFile {
    /// The portal's own origins, as browsers write them. Where there are several, a request says which.
    #[cfg_attr(feature = "schema", schemars(required, extend("minItems" = 1)))]
    origins: Vec<String>,
    /// Accepted formats of proofs; only `yinxin`, if absent.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<Vec<written::Words<LoginFormat>>>")
    )]
    formats: Option<Vec<LoginFormat>>,
    /// What a login may be for; all, if absent.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<Vec<written::Words<Purpose>>>")
    )]
    purposes: Option<Vec<Purpose>>,
    /// Validity of a challenge; 300, if absent, and a day at most. A request may ask for less.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 86400)))]
    challenge_seconds: Option<u32>,
    /// Seconds by which the clocks of the portal's machines may differ, 300 at most; 0, if absent.
    #[cfg_attr(feature = "schema", schemars(range(max = 300)))]
    clock_skew: u32,
}

/// A portal's policy, read and checked. It is shared by the calls of all threads, and never changes: one with new lists is
/// loaded beside it.
#[derive(Debug)]
pub struct Policy {
    /// All of it, but for the issuers.
    any_issuer: Options,
    /// All of it.
    options: Options,
    cms: CmsFile,
    allow_at: bool,
    issuers: Option<Listed>,
    crl_policy: CrlPolicy,
    holders: Option<Vec<HolderKind>>,
    policies: Option<Vec<ObjectIdentifier>>,
    login: Option<Login>,
    crls_until: Option<Time>,
}

/// What a call judges.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Of {
    Cms,
    Login,
    Others,
}

/// The CAs that a policy names.
#[derive(Debug, Default)]
struct Listed {
    certificates: Vec<Certificate>,
    names: Vec<String>,
}

#[derive(Debug)]
struct Login {
    origins: Vec<String>,
    formats: Vec<LoginFormat>,
    purposes: Option<Vec<Purpose>>,
    challenge_seconds: u32,
    clock_skew: u32,
}

/// What a request may say of what the policy says: less of it, or what trusts nobody.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Narrowing {
    /// The time that it is judged for, where the policy allows it.
    #[serde(default)]
    at: Option<Instant>,
    /// CAs of which one must have issued the certificate itself: of those that the policy lists; any, where it lists none and it
    /// is no login.
    #[serde(default)]
    issuers: Option<Blobs>,
    /// Of which kind the holder must be: of those that the policy lists; any, where it lists none.
    #[serde(default)]
    holders: Option<Vec<HolderKind>>,
    /// Certificate policies of which one must hold: of those that the policy lists; any, where it lists none.
    #[serde(default)]
    policies: Option<Vec<String>>,
    /// `require`: a missing or stale revocation list is a refusal.
    #[serde(default)]
    crl_policy: Option<CrlPolicy>,
    /// Certificates that may lie between; trusted for nothing.
    #[serde(default)]
    intermediates: Option<Blobs>,
}

/// A policy of this size holds hundreds of certificates.
const MAX_POLICY_BYTES: u64 = 4 * 1024 * 1024;

impl Policy {
    /// Loads a policy with the files that it names.
    ///
    /// # Errors
    /// `file-failed`; `policy-invalid` as [`Policy::parse`].
    pub fn open(path: &Path, now: Time) -> Result<Self, Error> {
        let text = bounded(path, MAX_POLICY_BYTES).map_err(|error| Error::FileFailed {
            path: path.display().to_string(),
            reason: error.kind().to_string(),
        })?;
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        Self::parse(&text, &Beside(folder), now)
    }

    /// Reads a policy, with its files from `files`, as of now.
    ///
    /// # Errors
    /// `policy-invalid`, with the place, for anything that is wrong with it: nothing of it counts then.
    pub fn parse(text: &[u8], files: &impl Files, now: Time) -> Result<Self, Error> {
        let file = read(text)?;
        let reader = Reader { files };
        let is_trusting = file.anchors.is_some() || file.national;
        for (place, is_given) in [
            ("issuers", file.issuers.is_some()),
            ("issuerNames", file.issuer_names.is_some()),
            ("holders", file.holders.is_some()),
            ("crls", !file.crls.is_empty()),
            ("crlPolicy", file.crl_policy.is_some()),
            ("policies", file.policies.is_some()),
            ("login", file.login.is_some()),
        ] {
            if is_given && !is_trusting {
                return Err(wrong(place, "no anchors, so that it restricts nothing"));
            }
        }
        if !is_trusting && file.makers.is_empty() {
            return Err(wrong(
                "anchors",
                "nobody is trusted: neither anchors nor makers",
            ));
        }
        if file.crl_policy == Some(CrlPolicy::Require) && file.crls.is_empty() {
            return Err(wrong("crls", "none, and crlPolicy requires them"));
        }

        let mut options = Options::at(now)
            .national(file.national)
            .sm2_variants(file.sm2_variants)
            .extended_key_usages(oids("extendedKeyUsages", &file.extended_key_usages)?);
        if let Some(anchors) = &file.anchors {
            // Certificates of the past are judged by the anchors of then.
            let when = (!file.allow_at).then_some(now);
            for anchor in reader.certificates("anchors", anchors, when)? {
                options = options.anchors(anchor.der())?;
            }
            if anchors.is_empty() {
                return Err(wrong("anchors", "an empty list"));
            }
        }
        for one in reader.certificates("intermediates", &file.intermediates, None)? {
            options = options.intermediates(one.der())?;
        }
        for maker in reader.certificates("makers", &file.makers, None)? {
            options = options.makers(maker.der())?;
        }
        let (lists, crls_until) = reader.lists(&file.crls)?;
        options = options.crls(lists);
        if let Some(policy) = file.crl_policy {
            options = options.crl_policy(policy);
        }
        let policies = match &file.policies {
            Some(policies) => Some(oids("policies", not_empty("policies", policies)?)?),
            None => None,
        };
        if let Some(policies) = &policies {
            options = options.policies(policies.clone());
        }
        if let Some(holders) = &file.holders {
            options = options.holders(not_empty("holders", holders)?.clone());
        }
        if let Some(id) = &file.sm2_id {
            options = options.sm2_id(id.clone().into_bytes());
        }

        let any_issuer = options.clone();
        let issuers = match (&file.issuers, &file.issuer_names) {
            (None, None) => None,
            (certificates, names) => {
                let of = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
                let listed = Listed {
                    certificates: reader.certificates("issuers", &of(certificates), None)?,
                    names: of(names),
                };
                if listed.certificates.is_empty() && listed.names.is_empty() {
                    return Err(wrong("issuers", "an empty list"));
                }
                if let Some(at) = listed.names.iter().position(|name| name.trim().is_empty()) {
                    return Err(wrong(&format!("issuerNames[{at}]"), "empty"));
                }
                for issuer in &listed.certificates {
                    options = options.issuers(issuer.der())?;
                }
                for name in &listed.names {
                    options = options.issuers(name.as_bytes())?;
                }
                Some(listed)
            }
        };
        Ok(Self {
            any_issuer,
            options,
            cms: file.cms,
            allow_at: file.allow_at,
            issuers,
            crl_policy: file.crl_policy.unwrap_or_default(),
            holders: file.holders,
            policies,
            login: file.login.map(Login::read).transpose()?,
            crls_until,
        })
    }

    /// When the first of its revocation lists becomes stale; `None`, if none does.
    #[must_use]
    pub fn crls_until(&self) -> Option<Time> {
        self.crls_until
    }

    /// What the policy judges by, as of a time: for portals in Rust.
    #[must_use]
    pub fn options(&self, at: Time) -> Options {
        self.options.clone().as_of(at)
    }

    /// The same, of CMS: what is accepted of these beside the rule is no part of the others.
    #[must_use]
    pub fn options_of_cms(&self, at: Time) -> Options {
        self.cms.lenient(self.options(at))
    }

    /// Reads a call with what its request narrows; of a login after [`Policy::completed_login`].
    pub(crate) fn narrowed<T: DeserializeOwned>(
        &self,
        request: &impl Argument,
        now: Time,
        of: Of,
    ) -> Result<(T, Options), Error> {
        let own = options_beside(request, &[fields::<Narrowing>()])?;
        let asked: Narrowing = options_beside(request, &[fields::<T>()])?;
        let at = match asked.at {
            None => now,
            Some(Instant(at)) if self.allow_at => at,
            Some(_) => return Err(invalid("at: the policy judges as of now")),
        };
        let mut options = match asked.issuers {
            None => self.options(at),
            Some(issuers) => self.of_issuers(issuers, of)?.as_of(at),
        };
        if let Some(holders) = asked.holders {
            check_subset("holders", &holders, self.holders.as_deref())?;
            options = options.holders(holders);
        }
        if let Some(policies) = asked.policies {
            let policies = parsed("policies", &policies).map_err(invalid)?;
            check_subset("policies", &policies, self.policies.as_deref())?;
            options = options.policies(policies);
        }
        match asked.crl_policy {
            Some(CrlPolicy::Warn) if self.crl_policy == CrlPolicy::Require => {
                return Err(invalid("crlPolicy: the policy requires revocation lists"));
            }
            Some(policy) => options = options.crl_policy(policy),
            None => {}
        }
        for (index, one) in asked.intermediates.unwrap_or_default().0.iter().enumerate() {
            options = options
                .intermediates(&one.0)
                .map_err(|error| yinxin_verify::calls::placed(error, "intermediates", index))?;
        }
        if of == Of::Cms {
            options = self.cms.lenient(options);
        }
        Ok((own, options))
    }

    /// The policy for some of its issuers.
    fn of_issuers(&self, asked: Blobs, of: Of) -> Result<Options, Error> {
        let mut options = self.any_issuer.clone().require_issuers();
        for (index, one) in asked.0.iter().enumerate() {
            let is_listed = match &self.issuers {
                Some(listed) => listed.has(&one.0),
                // Of a login it would be more: no list means that an anchor must have issued the certificate.
                None => of != Of::Login,
            };
            if !is_listed {
                return Err(invalid(format!(
                    "issuers[{index}]: the policy does not list it"
                )));
            }
            options = options.issuers(&one.0)?;
        }
        Ok(options)
    }

    /// A login with what the policy says of it.
    pub(crate) fn completed_login(&self, request: &Value) -> Result<Value, Error> {
        let (login, mut whole) = self.with_origin(request)?;
        if !request.field("clockSkew").is_absent() {
            return Err(invalid("clockSkew: it is the policy's to say"));
        }
        whole.put("clockSkew", Value::number(login.clock_skew.into()));
        let formats: Option<Vec<LoginFormat>> =
            request.field("formats").read("formats").map_err(invalid)?;
        if let Some(formats) = &formats {
            check_subset("formats", formats, Some(&login.formats))?;
        }
        let formats = formats.unwrap_or_else(|| login.formats.clone());
        let words = formats.iter().map(|format| Value::text(word(*format)));
        whole.put("formats", Value::List(words.collect()));
        Ok(whole)
    }

    /// A challenge that is asked for, with what the policy says of it.
    pub(crate) fn completed_challenge(&self, request: &Value) -> Result<Value, Error> {
        let (login, mut whole) = self.with_origin(request)?;
        if !request.field("at").is_absent() && !self.allow_at {
            return Err(invalid("at: the policy judges as of now"));
        }
        let seconds: Option<u32> = request.field("seconds").read("seconds").map_err(invalid)?;
        if seconds.is_some_and(|seconds| seconds > login.challenge_seconds) {
            let limit = login.challenge_seconds;
            return Err(invalid(format!("seconds: the policy allows {limit}")));
        }
        let seconds = seconds.unwrap_or(login.challenge_seconds);
        whole.put("seconds", Value::number(seconds.into()));
        Ok(whole)
    }

    fn with_origin(&self, request: &Value) -> Result<(&Login, Value), Error> {
        let Some(login) = &self.login else {
            return Err(invalid("login: the policy accepts none"));
        };
        if !request.is_plain() {
            // As the call itself says it.
            known(request, "", &[])?;
        }
        let mut whole = request.clone();
        let origin: Option<String> = request.field("origin").read("origin").map_err(invalid)?;
        match (origin, &login.origins[..]) {
            (None, [only]) => whole.put("origin", Value::text(only)),
            (None, _) => return Err(invalid("origin: the policy has several")),
            (Some(origin), all) if all.contains(&origin) => {}
            (Some(_), _) => return Err(invalid("origin: the policy does not list it")),
        }
        let purpose: Option<Purpose> = request.field("purpose").read("purpose").map_err(invalid)?;
        let purpose = purpose.unwrap_or(Purpose::Login);
        check_subset("purpose", &[purpose], login.purposes.as_deref())?;
        Ok((login, whole))
    }
}

impl CmsFile {
    fn lenient(&self, options: Options) -> Options {
        options
            .allow_without_attributes(self.allow_without_attributes)
            .allow_digest_of_content(self.allow_digest_of_content)
            .allow_mixed_content_types(self.allow_mixed_content_types)
    }
}

impl Listed {
    fn has(&self, issuer: &[u8]) -> bool {
        match bundle::certificates(issuer) {
            Ok(read) => read.iter().all(|one| self.certificates.contains(one)),
            Err(_) => std::str::from_utf8(issuer)
                .is_ok_and(|name| self.names.iter().any(|listed| listed == name)),
        }
    }
}

impl Login {
    fn read(file: LoginFile) -> Result<Self, Error> {
        if file.origins.is_empty() {
            return Err(wrong("login.origins", "an empty list"));
        }
        for (index, origin) in file.origins.iter().enumerate() {
            Origin::read(origin)
                .map_err(|error| wrong(&format!("login.origins[{index}]"), &error.to_string()))?;
        }
        let challenge_seconds = file.challenge_seconds.unwrap_or(300);
        if !(1..=86_400).contains(&challenge_seconds) {
            return Err(wrong("login.challengeSeconds", "not within a day"));
        }
        if file.clock_skew > 300 {
            return Err(wrong("login.clockSkew", "more than 300"));
        }
        let formats = file.formats.unwrap_or_else(|| vec![LoginFormat::Yinxin]);
        not_empty("login.formats", &formats)?;
        if let Some(purposes) = &file.purposes {
            not_empty("login.purposes", purposes)?;
        }
        Ok(Self {
            origins: file.origins,
            formats,
            purposes: file.purposes,
            challenge_seconds,
            clock_skew: file.clock_skew,
        })
    }
}

/// Reads the file, with the words of every other argument.
fn read(text: &[u8]) -> Result<PolicyFile, Error> {
    let told = |reason: String| {
        let (place, reason) = reason.split_once(": ").unwrap_or(("", &reason));
        // The whole is no options here.
        wrong(if place == "options" { "policy" } else { place }, reason)
    };
    let told_of = |error: Error| match error {
        Error::RequestInvalid { reason } => told(reason),
        other => other,
    };
    let value = Value::options(text).map_err(told)?;
    known(&value, "", &[fields::<PolicyFile>()]).map_err(told_of)?;
    for (part, names) in [
        ("cms", fields::<CmsFile>()),
        ("login", fields::<LoginFile>()),
    ] {
        let part_of = value.field(part);
        if !part_of.is_absent() {
            known(&part_of, &format!("{part}."), &[names]).map_err(told_of)?;
        }
    }
    value.read("").map_err(told)
}

/// Reads what stands in lists of the file.
struct Reader<'a, F> {
    files: &'a F,
}

impl<F: Files> Reader<'_, F> {
    fn bytes(&self, place: &str, entry: &str) -> Result<Vec<u8>, Error> {
        if entry.contains("-----BEGIN ") {
            return Ok(entry.as_bytes().to_vec());
        }
        if entry.is_empty() {
            return Err(wrong(place, "neither PEM nor the name of a file"));
        }
        self.files
            .read(entry)
            .map_err(|error| wrong(place, &format!("{entry}: {}", error.kind())))
    }

    /// Certificates; where a time is given, each must be valid then.
    fn certificates(
        &self,
        name: &str,
        entries: &[String],
        valid: Option<Time>,
    ) -> Result<Vec<Certificate>, Error> {
        let mut all = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let place = format!("{name}[{index}]");
            let bytes = self.bytes(&place, entry)?;
            let read =
                bundle::certificates(&bytes).map_err(|error| wrong(&place, &error.to_string()))?;
            for certificate in &read {
                if let Some(error) = valid.and_then(|at| certificate.validity_problem(at)) {
                    return Err(wrong(&place, &error.to_string()));
                }
            }
            all.extend(read);
        }
        Ok(all)
    }

    /// Revocation lists, and when the first of them becomes stale.
    fn lists(&self, entries: &[String]) -> Result<(Vec<Vec<u8>>, Option<Time>), Error> {
        let (mut all, mut until) = (Vec::new(), None);
        let mut add = |place: &str, name: &str, bytes: Vec<u8>| {
            let read = Crls::read(&[&bytes]);
            if let Some(error) = read.unreadable().first() {
                return Err(wrong(place, &format!("{name}: {error}")));
            }
            until = [until, read.next_update()].into_iter().flatten().min();
            all.push(bytes);
            Ok(())
        };
        for (index, entry) in entries.iter().enumerate() {
            let place = format!("crls[{index}]");
            if !entry.ends_with('/') {
                add(&place, "", self.bytes(&place, entry)?)?;
                continue;
            }
            let failed = |name: &str, error: std::io::Error| {
                wrong(&place, &format!("{name}: {}", error.kind()))
            };
            let listed = self.files.list(entry);
            for name in listed.map_err(|error| failed(entry, error))? {
                let path = format!("{entry}{name}");
                let bytes = self.files.read(&path);
                add(&place, &path, bytes.map_err(|error| failed(&path, error))?)?;
            }
        }
        Ok((all, until))
    }
}

fn wrong(place: &str, reason: &str) -> Error {
    Error::PolicyInvalid {
        place: place.into(),
        reason: reason.into(),
    }
}

fn not_empty<'a, T>(place: &str, list: &'a Vec<T>) -> Result<&'a Vec<T>, Error> {
    if list.is_empty() {
        return Err(wrong(place, "an empty list: nothing would be accepted"));
    }
    Ok(list)
}

fn oids(place: &str, list: &[String]) -> Result<Vec<ObjectIdentifier>, Error> {
    parsed(place, list).map_err(|reason| {
        let (place, reason) = reason.split_once(": ").unwrap_or((place, &reason));
        wrong(place, reason)
    })
}

fn parsed(place: &str, list: &[String]) -> Result<Vec<ObjectIdentifier>, String> {
    let each = list.iter().enumerate().map(|(index, text)| {
        text.parse()
            .map_err(|_| format!("{place}[{index}]: an OBJECT IDENTIFIER is expected"))
    });
    each.collect()
}

/// That a request asks for nothing that the policy does not list; where it lists nothing, everything is.
fn check_subset<T: PartialEq>(name: &str, asked: &[T], listed: Option<&[T]>) -> Result<(), Error> {
    let Some(listed) = listed else {
        return Ok(());
    };
    match asked.iter().all(|one| listed.contains(one)) {
        true => Ok(()),
        false => Err(invalid(format!("{name}: the policy does not list it"))),
    }
}

/// The word of a format, as requests have it.
fn word(format: LoginFormat) -> &'static str {
    match format {
        LoginFormat::Yinxin => "yinxin",
        LoginFormat::Logondata => "logondata",
        LoginFormat::LogondataDetached => "logondata-detached",
    }
}
