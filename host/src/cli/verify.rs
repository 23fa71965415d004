//! `verify`: who signed files, and whether to rely on them. Nothing is asked of a key.

use super::file::{Document, Input, is_standard_input};
use super::words::{
    self, CLAIMS, CONTENT_UNUSED, COVERS_ALL, COVERS_BEGINNING, COVERS_PARTS, NO_TIME,
    OF_SIGNATURE, PURPOSE_UNKNOWN, SIGNATURE, SIGNER_UNKNOWN, STAMPED, STDIN_ONCE, WITH_SEAL, help,
};
use super::{Outcome, output};
use crate::crypto::now;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::ser::Formatter;
use std::cell::Cell;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use yinxin_documents::Source;
use yinxin_documents::ofd::coverage::State;
use yinxin_pki::recognise::{FileKind, HEAD_BYTES, recognise};
use yinxin_pki::{certificate::bundle, outcome};
use yinxin_proto::limits::{MAX_ATTACHED_BYTES, MAX_DETACHED_BYTES, MAX_SEAL_BYTES};
use yinxin_proto::text::visible;
use yinxin_proto::{Base64, Error, Finding, Severity};
use yinxin_verify::{
    Certificate, Challenge, Content, Digests, Hasher, LoginFormat, LoginOptions, LoginProof,
    OfdSignature, PdfSignature, Purpose, SealedContent, Signer, Time, Verdict, verify_certificate,
    verify_cms, verify_login, verify_ofd, verify_pdf, verify_seal, verify_seal_signature, view,
};

/// What `verify` takes.
#[derive(clap::Args, Debug, Default)]
pub struct Options {
    #[arg(required = true, value_name = help::A_FILE.text(), help = help::FILES.text())]
    files: Vec<PathBuf>,
    #[arg(long, value_name = help::A_FILE.text(), conflicts_with = "challenge", help = help::CONTENT.text())]
    content: Option<PathBuf>,
    #[arg(long = "anchor", value_name = help::A_CERTIFICATE.text(), help = help::ANCHOR.text())]
    anchors: Vec<PathBuf>,
    // Without an anchor it is trusted alone.
    #[arg(long, help = help::NATIONAL.text())]
    national: bool,
    #[arg(long = "intermediate", value_name = help::A_CERTIFICATE.text(), help = help::INTERMEDIATE.text())]
    intermediates: Vec<PathBuf>,
    #[arg(long = "issuer", value_name = help::A_CERTIFICATE.text(), help = help::ISSUER.text())]
    issuers: Vec<PathBuf>,
    #[arg(long = "maker", value_name = help::A_CERTIFICATE.text(), help = help::MAKER.text())]
    makers: Vec<PathBuf>,
    #[arg(long = "crl", value_name = help::A_FILE.text(), help = help::CRL.text())]
    crls: Vec<PathBuf>,
    #[arg(long, value_name = help::A_TIME.text(), value_parser = time, help = help::AT.text())]
    at: Option<Time>,
    #[arg(long, help = help::JSON.text())]
    pub json: bool,
    #[arg(long, help_heading = help::FOR_LOGINS.text(), requires_all = ["origin", "session"], value_name = help::A_FILE.text(), help = help::CHALLENGE.text())]
    challenge: Option<PathBuf>,
    #[arg(long, help_heading = help::FOR_LOGINS.text(), requires = "challenge", value_name = help::AN_ORIGIN.text(), help = help::ORIGIN.text())]
    origin: Option<String>,
    #[arg(long, help_heading = help::FOR_LOGINS.text(), requires = "challenge", value_name = help::A_SESSION.text(), help = help::SESSION.text())]
    session: Option<String>,
    #[arg(long, help_heading = help::FOR_LOGINS.text(), requires = "challenge", value_name = help::A_PURPOSE.text(), value_parser = purpose, help = help::PURPOSE.text())]
    purpose: Option<Purpose>,
}

fn time(text: &str) -> Result<Time, String> {
    Time::parse(text).ok_or_else(|| NO_TIME.fill(&[("value", &text)]))
}

fn purpose(text: &str) -> Result<Purpose, String> {
    serde_json::from_value(text.into()).map_err(|_| PURPOSE_UNKNOWN.fill(&[("value", &text)]))
}

impl Options {
    /// What can't be read from each option alone.
    ///
    /// # Errors
    /// With what is wrong, in words.
    pub fn check(&self) -> Result<(), String> {
        let all = self.files.iter().chain(&self.content);
        if all.filter(|path| is_standard_input(path)).count() > 1 {
            return Err(STDIN_ONCE.text().into());
        }
        Ok(())
    }
}

/// Verifies the files, one after the other: what is wrong with one of them keeps none from being told.
///
/// # Errors
/// `file-failed`, `certificate-unreadable` and the like for what they are judged by; what keeps it from being printed.
pub fn run(options: &Options) -> Result<Outcome, Error> {
    let judge = Judge::new(options)?;
    let mut all = Outcome::Done;
    for path in &options.files {
        all = all.max(judge.tell(path)?);
    }
    if judge.content.is_some() && !judge.used_content.get() {
        output::warn(CONTENT_UNUSED.text());
        all = all.max(Outcome::Unread);
    }
    Ok(all)
}

/// What files are judged by.
struct Judge {
    trust: yinxin_verify::Options,
    content: Option<Hashed>,
    used_content: Cell<bool>,
    login: Option<Login>,
    json: bool,
}

/// What a portal expects of a login.
struct Login {
    challenge: Challenge,
    origin: String,
    session: String,
    purpose: Purpose,
}

/// A content that was read in pieces.
struct Hashed {
    digests: Digests,
    size: u64,
    head: Vec<u8>,
}

/// What a file came to.
struct Told {
    outcome: Outcome,
    text: String,
}

/// A line of `--json`.
#[derive(Serialize)]
struct Line<'a, V> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<FileKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<V>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Error>,
}

impl Judge {
    fn new(options: &Options) -> Result<Self, Error> {
        let national = options.national || options.anchors.is_empty();
        let mut trust =
            yinxin_verify::Options::at(options.at.unwrap_or_else(now)).national(national);
        for path in &options.anchors {
            trust = certificates(path, |bytes| trust.anchors(bytes))?;
        }
        for path in &options.intermediates {
            trust = certificates(path, |bytes| trust.intermediates(bytes))?;
        }
        for path in &options.issuers {
            trust = certificates(path, |bytes| {
                // Else it would be read as a name.
                bundle::certificates(bytes)?;
                trust.issuers(bytes)
            })?;
        }
        for path in &options.makers {
            trust = certificates(path, |bytes| trust.makers(bytes))?;
        }
        let lists = options.crls.iter().map(|path| small(path, MAX_CRL_BYTES));
        let lists = lists.collect::<Result<Vec<_>, _>>()?;
        if !lists.is_empty() {
            trust = trust.crls(lists);
        }
        let login = match &options.challenge {
            None => None,
            Some(path) => Some(Login {
                challenge: challenge(path)?,
                origin: options.origin.clone().unwrap_or_default(),
                session: options.session.clone().unwrap_or_default(),
                purpose: options.purpose.unwrap_or(Purpose::Login),
            }),
        };
        let content = options.content.as_deref();
        Ok(Self {
            trust,
            content: content.map(Hashed::read).transpose()?,
            used_content: Cell::new(false),
            login,
            json: options.json,
        })
    }

    /// Verifies a file and prints what came of it.
    fn tell(&self, path: &Path) -> Result<Outcome, Error> {
        let name = path.display().to_string();
        let mut kind = None;
        // A bug that one file brings out is that file's.
        let judged = catch_unwind(AssertUnwindSafe(|| self.judge(path, &name, &mut kind)));
        let judged = judged.unwrap_or_else(|_| {
            Err(Error::Internal {
                detail: "verify".into(),
            })
        });
        match judged {
            Ok(told) => {
                output::lines(&told.text)?;
                Ok(told.outcome)
            }
            Err(error) => {
                if self.json {
                    output::lines(&json(&Line::<()> {
                        file: &name,
                        kind,
                        verdict: None,
                        error: Some(&error),
                    })?)?;
                }
                output::failure_of(&visible(&name), &error);
                Ok(Outcome::Unread)
            }
        }
    }

    fn judge(&self, path: &Path, name: &str, known: &mut Option<FileKind>) -> Result<Told, Error> {
        let input = if is_standard_input(path) {
            Input::open(path)?
        } else {
            Input::open_regular(path)?
        };
        let document = input.into_document(MAX_DETACHED_BYTES)?;
        if let Some(login) = &self.login {
            let proof = whole(&document, name, MAX_JSON_BYTES)?;
            return self.login(login, name, &proof);
        }
        let head = usize::try_from(document.size()).map_or(HEAD_BYTES, |all| all.min(HEAD_BYTES));
        let head = read(&document, path, head)?;
        let kind = recognise(&head, document.size());
        *known = Some(kind);
        let all = |limit| whole(&document, name, limit);
        let at = self.trust.time();
        let trust = &self.trust;
        match kind {
            FileKind::Pdf => {
                let verdict = verify_pdf(&document, trust)?;
                let lines = of_pdf(&verdict.details.signatures, &verdict.signers);
                self.told(name, kind, verdict, lines, |verdict| view::pdf(verdict, at))
            }
            // An archive whose beginning does not tell may be one.
            FileKind::Ofd | FileKind::Zip => {
                let verdict = verify_ofd(&document, trust)?;
                *known = Some(FileKind::Ofd);
                let lines = of_ofd(&verdict.details.signatures, &verdict.signers);
                self.told(name, FileKind::Ofd, verdict, lines, |verdict| {
                    view::ofd(verdict, at)
                })
            }
            FileKind::Cms => {
                let bytes = all(MAX_CMS_BYTES)?;
                // Only the whole tells a bundle of certificates from a signature.
                if recognise(&bytes, document.size()) == FileKind::Certificate {
                    *known = Some(FileKind::Certificate);
                    return self.certificates(name, &bytes);
                }
                let content = self.content().map(Hashed::content);
                let mut verdict = verify_cms(&bytes, content, trust)?;
                // It is in the file, and may be large.
                verdict.details.content.bytes = None;
                let lines = numbered(&verdict.signers, |signer| {
                    line_of(Some(signer), None, None, vec![])
                });
                self.told(name, kind, verdict, lines, |verdict| view::cms(verdict, at))
            }
            FileKind::Seal => {
                let verdict = verify_seal(&all(2 * MAX_SEAL_BYTES)?, None, trust)?;
                self.told(name, kind, verdict, vec![], |verdict| {
                    view::seal(verdict, at)
                })
            }
            FileKind::SealSignature => {
                let bytes = all(2 * MAX_SEAL_BYTES)?;
                let content = self.content().map(Hashed::content);
                let content = content.map(SealedContent::Content);
                let verdict = verify_seal_signature(&bytes, content, trust)?;
                let seal = visible(&verdict.details.signature.seal().property().name);
                let lines = numbered(&verdict.signers, |signer| {
                    line_of(Some(signer), Some(seal.clone()), None, vec![])
                });
                self.told(name, kind, verdict, lines, |verdict| {
                    view::seal_signature(verdict, at)
                })
            }
            FileKind::Certificate => {
                let limit = u32::try_from(bundle::MAX_BYTES).unwrap_or(u32::MAX);
                self.certificates(name, &all(limit)?)
            }
            FileKind::CertificateRequest => Err(Error::CertificateRequestGiven {}),
            FileKind::Pkcs12 => Err(Error::Pkcs12Given {}),
            FileKind::PrivateKey => Err(Error::PrivateKeyGiven {}),
            FileKind::Crl | FileKind::Unknown => Err(Error::NothingToVerify {
                name: name.to_owned(),
            }),
        }
    }

    /// The content, for a file that is judged with it.
    fn content(&self) -> Option<&Hashed> {
        self.used_content.set(true);
        self.content.as_ref()
    }

    /// Of several certificates the first is meant: the others may lie between it and an anchor.
    fn certificates(&self, name: &str, bytes: &[u8]) -> Result<Told, Error> {
        let read = bundle::certificates(bytes)?;
        let first = read.first().map_or(bytes, Certificate::der);
        let trust = self.trust.clone().intermediates(bytes)?;
        let verdict = verify_certificate(first, None, &trust)?;
        self.told(
            name,
            FileKind::Certificate,
            verdict,
            vec![],
            view::certificate,
        )
    }

    fn login(&self, login: &Login, name: &str, proof: &[u8]) -> Result<Told, Error> {
        let proof: Result<LoginProof, _> = serde_json::from_slice(proof);
        let proof = proof.map_err(|error| Error::ProofUnreadable {
            reason: error.to_string(),
        });
        let expected = LoginOptions {
            challenge: &login.challenge,
            origin: &login.origin,
            purpose: login.purpose,
            session: &login.session,
            formats: &[LoginFormat::Yinxin],
            clock_skew: 0,
        };
        let verdict = verify_login(proof.as_ref().map_err(Clone::clone), &expected, &self.trust)?;
        let at = self.trust.time();
        self.told(name, None, verdict, vec![], |verdict| {
            view::login(verdict, at)
        })
    }

    /// A verdict as it is printed.
    fn told<D, V: Serialize>(
        &self,
        name: &str,
        kind: impl Into<Option<FileKind>>,
        verdict: Verdict<D>,
        lines: Vec<String>,
        view: impl FnOnce(Verdict<D>) -> V,
    ) -> Result<Told, Error> {
        let outcome = match verdict.outcome {
            outcome::Outcome::Good => Outcome::Done,
            outcome::Outcome::Unconfirmed => Outcome::Unconfirmed,
            outcome::Outcome::Wrong => Outcome::Wrong,
        };
        let text = if self.json {
            json(&Line {
                file: name,
                kind: kind.into(),
                verdict: Some(view(verdict)),
                error: None,
            })?
        } else {
            let mark = match outcome {
                Outcome::Done => '✓',
                Outcome::Unconfirmed => '?',
                _ => '✗',
            };
            let summary = visible(words::of(&verdict.summary));
            let head = format!("{mark} {}: {summary}", visible(name));
            let findings = of_findings(&verdict.findings);
            let all = [head].into_iter().chain(lines).chain(findings);
            all.collect::<Vec<_>>().join("\n")
        };
        Ok(Told { outcome, text })
    }
}

impl Hashed {
    fn read(path: &Path) -> Result<Self, Error> {
        let mut input = Input::open(path)?;
        let mut hasher = Hasher::default();
        let (mut size, mut head) = (0, Vec::new());
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let count = input.read(&mut piece)?;
            let read = &piece[..count];
            hasher.update(read);
            size += count as u64;
            head.extend_from_slice(&read[..count.min(HEAD_BYTES - head.len())]);
            if count < PIECE_BYTES {
                break;
            }
        }
        Ok(Self {
            digests: hasher.finish(),
            size,
            head,
        })
    }

    fn content(&self) -> Content<'_> {
        Content::Digests {
            digests: self.digests,
            size: self.size,
            head: &self.head,
        }
    }
}

/// What was found, each thing once, with its place: what is merely noted is told in JSON.
fn of_findings(findings: &[Finding]) -> Vec<String> {
    let mut told = Vec::new();
    for finding in findings {
        let mark = match finding.severity {
            Severity::Fatal if outcome::is_open(&finding.error) => '?',
            Severity::Fatal => '✗',
            Severity::Warning => '!',
            _ => continue,
        };
        let place = place_of(finding.place.as_deref().unwrap_or_default());
        let message = visible(&words::message(&finding.error));
        let line = format!("    {mark} {}: {message}{place}", finding.error.code());
        if !told.contains(&line) {
            told.push(line);
        }
    }
    told
}

/// Where something was found, by the number of the signature as it stands in its line.
fn place_of(place: &str) -> String {
    let numbered = ["signatures[", "signers["].iter().find_map(|list| {
        let (index, inside) = place.strip_prefix(list)?.split_once(']')?;
        let number = index.parse::<usize>().ok()? + 1;
        Some(OF_SIGNATURE.fill(&[("number", &number)]) + &visible(inside).replacen('.', " ", 1))
    });
    match numbered.unwrap_or_else(|| visible(place)) {
        place if place.is_empty() => place,
        place => format!(" [{place}]"),
    }
}

fn of_pdf(signatures: &[PdfSignature], signers: &[Signer]) -> Vec<String> {
    numbered(signatures, |one| {
        let end = one.ranges[1].end;
        let covered = if one.is_whole {
            COVERS_ALL.text().to_owned()
        } else {
            COVERS_BEGINNING.fill(&[("bytes", &end)])
        };
        let name = |seal: &yinxin_verify::SealSignature| visible(&seal.seal().property().name);
        let mut more = vec![visible(&one.field), one.kind.clone(), covered];
        if let Some(time) = one.stamped_time {
            more.push(STAMPED.fill(&[("time", &time.in_china())]));
        }
        let signer = one.signer.and_then(|index| signers.get(index));
        line_of(signer, one.seal.as_ref().map(name), one.claimed_time, more)
    })
}

fn of_ofd(signatures: &[OfdSignature], signers: &[Signer]) -> Vec<String> {
    numbered(signatures, |one| {
        let covered = &one.signed.covered;
        let same = covered.iter().filter(|part| part.state == State::Same);
        let (same, all) = (same.count(), covered.len());
        let parts = COVERS_PARTS.fill(&[("same", &same), ("all", &all)]);
        let name = |seal: &yinxin_verify::SealSignature| visible(&seal.seal().property().name);
        let signer = signers
            .get(one.signers.start)
            .filter(|_| !one.signers.is_empty());
        line_of(signer, one.seal.as_ref().map(name), None, vec![parts])
    })
}

/// A line for each signature.
fn numbered<T>(all: &[T], line: impl Fn(&T) -> String) -> Vec<String> {
    let each = all.iter().zip(1..);
    each.map(|(one, number)| SIGNATURE.fill(&[("number", &number), ("what", &line(one))]))
        .collect()
}

/// Who signed, with which seal, when by the signer's own words, and what more there is.
fn line_of(
    signer: Option<&Signer>,
    seal: Option<String>,
    claimed: Option<Time>,
    more: Vec<String>,
) -> String {
    let certificate = signer.and_then(|signer| signer.certificate.as_ref());
    let who = certificate.map(|certificate| visible(&certificate.holder()));
    let claimed = signer.and_then(|signer| signer.claimed_time).or(claimed);
    let mut words = vec![who.unwrap_or_else(|| SIGNER_UNKNOWN.text().to_owned())];
    words.extend(seal.map(|seal| WITH_SEAL.fill(&[("seal", &seal)])));
    words.extend(claimed.map(|time| CLAIMS.fill(&[("time", &time.in_china())])));
    words.extend(more.into_iter().filter(|word| !word.is_empty()));
    words.join(words::LIST_SEPARATOR.text())
}

/// Options with the certificates of a file.
fn certificates<T>(path: &Path, add: impl FnOnce(&[u8]) -> Result<T, Error>) -> Result<T, Error> {
    let limit = u32::try_from(bundle::MAX_BYTES).unwrap_or(u32::MAX);
    add(&small(path, limit)?).map_err(|error| match error {
        Error::CertificateUnreadable { position, reason } => Error::CertificateUnreadable {
            position,
            reason: format!("{}: {reason}", path.display()),
        },
        other => other,
    })
}

/// All of a file that is read whole.
fn small(path: &Path, limit: u32) -> Result<Vec<u8>, Error> {
    let input = Input::open_regular(path)?;
    let name = input.name();
    let bytes = input.read_bounded(limit)?;
    if bytes.len() as u64 > u64::from(limit) {
        return Err(Error::DocumentTooLarge { name, limit });
    }
    Ok(bytes)
}

fn challenge<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let bytes = small(path, MAX_JSON_BYTES)?;
    serde_json::from_slice(&bytes).map_err(|error| Error::FileFailed {
        path: path.display().to_string(),
        reason: error.to_string(),
    })
}

/// All of a document that is read whole.
fn whole(document: &Document, name: &str, limit: u32) -> Result<Vec<u8>, Error> {
    let size = document.size();
    if size > u64::from(limit) {
        return Err(Error::DocumentTooLarge {
            name: name.to_owned(),
            limit,
        });
    }
    read(
        document,
        Path::new(name),
        usize::try_from(size).unwrap_or(usize::MAX),
    )
}

fn read(document: &Document, path: &Path, count: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; count];
    let read = document.read_at(0, &mut bytes);
    read.map_err(|error| crate::files::failed(path, &error))?;
    Ok(bytes)
}

/// A value on one line, with bytes in Base64.
fn json(value: &impl Serialize) -> Result<String, Error> {
    struct Compact;
    impl Formatter for Compact {
        fn write_byte_array<W: ?Sized + Write>(
            &mut self,
            to: &mut W,
            bytes: &[u8],
        ) -> io::Result<()> {
            write!(to, "\"{}\"", Base64(bytes.to_vec()).encode())
        }
    }
    let mut text = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, Compact);
    let internal = |detail: String| Error::Internal { detail };
    let written = value.serialize(&mut serializer);
    written.map_err(|error| internal(error.to_string()))?;
    String::from_utf8(text).map_err(|error| internal(error.to_string()))
}

/// A signature with its content inside, with room for Base64 and what stands around.
const MAX_CMS_BYTES: u32 = MAX_ATTACHED_BYTES / 2 * 3;

const MAX_CRL_BYTES: u32 = 64 * 1024 * 1024;

/// A login's proof, or the record of its challenge.
const MAX_JSON_BYTES: u32 = 1024 * 1024;

const PIECE_BYTES: usize = 1024 * 1024;
