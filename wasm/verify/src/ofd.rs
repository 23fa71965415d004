//! Signed OFD (GB/T 33190): each signature with the parts that it covers, and what it does not cover.

use crate::cms::judge_cms;
use crate::seal::{Judged, Sealing};
use crate::{Content, Options, SealedContent, Signer, Verdict};
use std::ops::Range;
use yinxin_documents::Source;
use yinxin_documents::ofd::coverage::{self, Signed};
use yinxin_documents::ofd::document::{Document, Role};
use yinxin_documents::ofd::location::resolve;
use yinxin_documents::ofd::{Package, signatures};
use yinxin_pki::key::{EcSignature, PublicKey};
use yinxin_pki::outcome::{self, Outcome};
use yinxin_pki::recognise::{FileKind, recognise};
use yinxin_pki::scheme::Scheme;
use yinxin_pki::seal::{Seal, SealSignature};
use yinxin_pki::sm2::{DEFAULT_ID, Sm2Digest};
use yinxin_pki::{hash, pem, trust};
use yinxin_proto::limits::MAX_SEAL_BYTES;
use yinxin_proto::text::{Bilingual, visible};
use yinxin_proto::{Error, Finding, Locale, Severity};

/// What more there is to say of a signed OFD.
#[derive(Clone, Debug)]
pub struct OfdDetails {
    /// Its documents, with their pages.
    pub documents: Vec<Document>,
    /// Its signatures, in the order of their lists.
    pub signatures: Vec<OfdSignature>,
}

/// A signature of an OFD.
#[derive(Clone, Debug)]
pub struct OfdSignature {
    /// Whether nothing fatal was found about it.
    pub valid: bool,
    /// What the findings about it come to.
    pub outcome: Outcome,
    /// The same in a sentence or two.
    pub summary: Bilingual,
    /// As it is written, and the parts that it covers and does not cover.
    pub signed: Signed,
    /// What its value is. `None` if that can't be read.
    pub form: Option<Form>,
    /// The seal that was set, where it is one.
    pub seal: Option<SealSignature>,
    /// Who signed, among the verdict's signers.
    pub signers: Range<usize>,
}

/// What the value of a signature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A seal that was set (`SES_Signature`).
    SealSignature,
    /// A SignedData (GB/T 35275), over Signature.xml or its SM3.
    SignedData,
    /// Two numbers, as DER or as they are, without a certificate.
    Bare,
}

impl Form {
    /// Its name for JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SealSignature => "seal-signature",
            Self::SignedData => "signed-data",
            Self::Bare => "bare",
        }
    }
}

/// Judges a signed OFD: that every signature of it holds, by a certificate that is trusted, and covers every part that
/// is seen as it is now. What is not covered is found, too. A signature without a certificate is judged by those among
/// [`Options::intermediates`].
///
/// Signatures of the kind Sign are over the SM3 of Signature.xml by the standard, mostly without signed attributes, so
/// that no option has to allow either.
///
/// # Errors
/// `ofd-unreadable`, `ofd-too-large`; `request-invalid` for options that contradict each other.
pub fn verify_ofd<S: Source + ?Sized>(
    source: &S,
    options: &Options,
) -> Result<Verdict<OfdDetails>, Error> {
    options.check()?;
    let package = Package::open(source)?;
    let coverage = coverage::read(&package)?;
    let mut findings = coverage.findings;
    let (mut signers, mut signatures, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for (index, signed) in coverage.signatures.into_iter().enumerate() {
        let judged = Judgement::of(&package, &signed, options)?;
        let first = signers.len();
        signers.extend(judged.signers);
        let mut own = signed.findings.clone();
        own.extend(judged.findings);
        let own = trust::gravest_first(own);
        let summary = summary_of(&own, judged.summary);
        told.push(summary.clone());
        signatures.push(OfdSignature {
            valid: trust::is_valid(&own),
            outcome: outcome::of(&own),
            summary: outcome::with_others(summary, &own),
            signed,
            form: judged.form,
            seal: judged.seal,
            signers: first..signers.len(),
        });
        findings.extend(within(own, &format!("signatures[{index}]")));
    }
    let summary = summary(&findings, &signatures, &told);
    let details = OfdDetails {
        documents: coverage.documents,
        signatures,
    };
    Ok(Verdict::new(
        findings,
        |all| outcome::with_others(summary, all),
        signers,
        details,
    ))
}

/// What the value of one signature comes to.
#[derive(Default)]
struct Judgement {
    form: Option<Form>,
    seal: Option<SealSignature>,
    signers: Vec<Signer>,
    findings: Vec<Finding>,
    summary: Bilingual,
}

impl Judgement {
    fn of<S: Source + ?Sized>(
        package: &Package<'_, S>,
        signed: &Signed,
        options: &Options,
    ) -> Result<Self, Error> {
        let Ok(signature) = &signed.listed else {
            return Ok(Self::default());
        };
        let part = |path: &Option<String>| {
            let path = path.as_deref().unwrap_or_default();
            match package.size(path) {
                Some(size) if size > 2 * u64::from(MAX_SEAL_BYTES) => Ok(Some(Vec::new())),
                _ => package.read(path),
            }
        };
        let Some(content) = package.read(&signature.path)? else {
            return Ok(Self::default());
        };
        let refused = |error| Self {
            findings: vec![Finding::new(Severity::Fatal, error).at("value")],
            ..Self::default()
        };
        let value = match part(&signature.value) {
            Ok(Some(value)) => value,
            Ok(None) => {
                let part = signature.value.clone().unwrap_or_default();
                let place = Role::Signature.place();
                return Ok(refused(Error::OfdPartMissing { place, part }));
            }
            // Of this signature alone: others are judged all the same.
            Err(error @ Error::OfdUnreadable { .. }) => return Ok(refused(error)),
            Err(error) => return Err(error),
        };
        let mut judged = Self::of_value(&value, &content, signature.kind, options)?;
        if let Some(sealing) = &judged.seal {
            let own = sealing.seal().der();
            let mut unread = None;
            let shown = match part(&signature.seal) {
                Err(error @ Error::OfdUnreadable { .. }) => {
                    unread = Some(Finding::new(Severity::Fatal, error).at("seal"));
                    None
                }
                read => read?,
            };
            let is_same = |shown: &Vec<u8>| {
                shown == own || Seal::parse(shown).is_ok_and(|seal| seal.der() == own)
            };
            if !shown.as_ref().is_none_or(is_same) {
                let part = signature.seal.clone().unwrap_or_default();
                let differs = Finding::new(Severity::Fatal, Error::OfdSealDiffers { part });
                judged.findings.push(differs.at("seal"));
            }
            judged.findings.extend(unread);
            let property = sealing.property_info();
            if resolve("/", property).as_ref() != Some(&signature.path) {
                let reason = "propertyInfo".into();
                let odd = Finding::new(Severity::Note, Error::EncodingOdd { reason });
                let odd = odd.at("propertyInfo");
                judged
                    .findings
                    .push(odd.evidence(property, &*signature.path));
            }
        }
        Ok(judged)
    }

    /// By what it is, whatever it is called: makers mix the kinds.
    fn of_value(
        value: &[u8],
        content: &[u8],
        kind: signatures::Kind,
        options: &Options,
    ) -> Result<Self, Error> {
        let bare = |bytes: &[u8]| EcSignature::<32>::read(bytes).map(|_| bytes.to_vec());
        let text = || pem::base64(str::from_utf8(value).ok()?);
        if let Some(bare) = bare(value).or_else(|| bare(&text()?)) {
            return Ok(Self::of_bare(bare, content, options));
        }
        // What looks like neither is tried as both while that costs little.
        let unreadable = |error| Self {
            findings: vec![Finding::new(Severity::Fatal, error).at("value")],
            ..Self::default()
        };
        let shape = recognise(value, value.len() as u64);
        let is_known = matches!(shape, FileKind::SealSignature | FileKind::Cms);
        if !is_known && value.len() > MAX_GUESSED_BYTES {
            return Ok(unreadable(Error::SealUnreadable {
                position: 0,
                reason: "neither a seal that was set nor a signature".into(),
            }));
        }
        let no_seal = match SealSignature::parse(value) {
            Ok(seal) => return Ok(Self::of_seal(seal, content, options)),
            Err(error) => error,
        };
        let own = options
            .clone()
            .allow_digest_of_content(true)
            .allow_without_attributes(true);
        match judge_cms(value, Some(content.into()), None, &own) {
            Ok(mut judged) => {
                // By the standard it is that digest.
                let is_usual = |finding: &Finding| match &finding.error {
                    Error::ContentIsDigest { algorithm } => algorithm == "SM3",
                    _ => false,
                };
                judged.findings.retain(|finding| !is_usual(finding));
                Ok(Self {
                    form: Some(Form::SignedData),
                    seal: None,
                    signers: judged.signers,
                    findings: judged.findings,
                    summary: judged.summary,
                })
            }
            Err(error) => Ok(unreadable(match kind {
                signatures::Kind::Seal => no_seal,
                signatures::Kind::Sign => error,
            })),
        }
    }

    fn of_seal(seal: SealSignature, content: &[u8], options: &Options) -> Self {
        let sealed = SealedContent::Content(Content::Bytes(content));
        let judged = Sealing::judge(&seal, Some(sealed), options);
        Self {
            form: Some(Form::SealSignature),
            seal: Some(seal),
            signers: vec![judged.signer],
            findings: judged.findings,
            summary: judged.summary,
        }
    }

    /// Two numbers name nobody: the certificate is one of the caller's under whose key they hold.
    fn of_bare(signature: Vec<u8>, content: &[u8], options: &Options) -> Self {
        let digest = hash::sm3(content);
        let holds = |key: &PublicKey| {
            let scheme = key.algorithm().map(Scheme::from);
            scheme.is_some_and(|scheme| {
                [content, &digest].iter().any(|message| {
                    let id = Sm2Digest::Id(DEFAULT_ID);
                    key.check(scheme, id, &[message], &signature).is_some()
                })
            })
        };
        let mut certificates = options.intermediates.iter();
        let own = certificates.find(|one| one.key().is_ok_and(holds)).cloned();
        let mut findings = Vec::new();
        let mut path = Vec::new();
        let summary = match &own {
            None => {
                let error = Error::SignerCertificateMissing {};
                findings.push(Finding::new(Severity::Fatal, error).at("signer"));
                Bilingual::default()
            }
            Some(certificate) => {
                let holder = visible(&certificate.holder());
                let good = Bilingual {
                    zh: format!("已核实：由“{holder}”签署，内容与签署时一致。"),
                    en: format!(
                        "Verified: signed by “{holder}”, and the content is what was signed."
                    ),
                };
                if options.begins() {
                    let judged = Judged::new(certificate, options);
                    let summary = judged.join(&mut findings, "signer", good);
                    path = judged.path;
                    summary
                } else {
                    let open = Finding::new(Severity::Warning, Error::TrustNotChecked {});
                    findings.push(open.at("signer"));
                    Bilingual {
                        zh: format!(
                            "签名成立，内容与签署时一致；证书上的名字是“{holder}”，没有核对证书是否可信，名字不能当真。"
                        ),
                        en: format!(
                            "The signature holds, and the content is what was signed. Its certificate names “{holder}”; whether that can be trusted was not checked."
                        ),
                    }
                }
            }
        };
        let signer = Signer {
            valid: trust::is_valid(&findings),
            certificate: own,
            path,
            claimed_time: None,
            signed: None,
            signature,
        };
        Self {
            form: Some(Form::Bare),
            seal: None,
            signers: vec![signer],
            findings,
            summary,
        }
    }
}

/// Findings, with their places in what they were found in.
fn within(findings: Vec<Finding>, place: &str) -> impl Iterator<Item = Finding> {
    findings.into_iter().map(move |finding| {
        let inside = finding.place.as_deref().unwrap_or_default();
        let dot = if inside.is_empty() { "" } else { "." };
        let place = format!("{place}{dot}{inside}");
        finding.at(place)
    })
}

/// What one signature comes to: what its value comes to, or, where something of the parts weighs more, that.
fn summary_of(findings: &[Finding], of_value: Bilingual) -> Bilingual {
    let own = |finding: &&Finding| finding.error.code().starts_with("ofd-");
    match outcome::worst(findings) {
        Some(worst) if own(&worst) || of_value.zh.is_empty() => refused(worst),
        Some(_) => of_value,
        None => {
            let mut told = of_value;
            for finding in findings.iter().filter(own) {
                let said = |locale| visible(&finding.error.text(locale).message);
                told.zh += &said(Locale::ZhCn);
                told.en = format!("{} {}", told.en, said(Locale::En));
            }
            told
        }
    }
}

/// What a file comes to, by what each of its signatures comes to: the gravest alone.
fn summary(findings: &[Finding], signatures: &[OfdSignature], told: &[Bilingual]) -> Bilingual {
    let of_file = findings.iter().filter(|finding| {
        !finding
            .place
            .as_deref()
            .unwrap_or_default()
            .starts_with("signatures[")
    });
    let of_file: Vec<Finding> = of_file.cloned().collect();
    if let Some(worst) = outcome::worst(&of_file) {
        return refused(worst);
    }
    let all = signatures.len();
    if let [only] = told {
        return only.clone();
    }
    // What speaks against one weighs more than what is open about all.
    let with = |outcome| {
        signatures
            .iter()
            .filter(move |one| one.outcome == outcome)
            .count()
    };
    let (wrong, failed) = (
        with(Outcome::Wrong),
        signatures.iter().filter(|one| !one.valid).count(),
    );
    if failed == 0 {
        let numbered: Vec<_> = (1..).zip(told.iter().take(NAMED)).collect();
        let zh: String = numbered
            .iter()
            .map(|(at, told)| format!("（{at}）{}", told.zh))
            .collect();
        let en: String = numbered
            .iter()
            .map(|(at, told)| format!(" ({at}) {}", told.en))
            .collect();
        return Bilingual {
            zh: format!("文件上的 {all} 个签章都已核实。{zh}"),
            en: format!("All {all} signatures of the file are verified.{en}"),
        };
    }
    let is_told = |one: &OfdSignature| match wrong {
        0 => !one.valid,
        _ => one.outcome == Outcome::Wrong,
    };
    let first = signatures.iter().position(is_told).unwrap_or_default();
    let (number, told) = (first + 1, &told[first]);
    let (zh, en) = match wrong {
        0 => (
            format!("其中 {failed} 个没核实完"),
            format!("{failed} are not fully checked"),
        ),
        _ => (
            format!("其中 {wrong} 个未通过"),
            format!("{wrong} did not pass"),
        ),
    };
    Bilingual {
        zh: format!("文件上有 {all} 个签章，{zh}。第 {number} 个：{}", told.zh),
        en: format!(
            "Of the file’s {all} signatures {en}. Signature {number}: {}",
            told.en
        ),
    }
}

/// Message and remedy of what makes something invalid.
fn refused(worst: &Finding) -> Bilingual {
    let (zh, en) = outcome::on_a_document(&worst.error);
    outcome::refused(&worst.error, &zh, &en)
}

/// Signatures that are told one by one; the details have all.
const NAMED: usize = 3;

/// Bytes of a value of no known shape that is read all the same.
const MAX_GUESSED_BYTES: usize = 64 * 1024;
