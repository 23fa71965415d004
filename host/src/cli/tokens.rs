//! `tokens`, `certificates` and `sign`.

use super::{Setting, output};
use crate::crypto::{self, SigningCertificate};
use crate::files;
use crate::service::{Cancel, Place};
use serde::Serialize;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use yinxin_core::certificate::Certificate;
use yinxin_core::time::UnixTime;
use yinxin_proto::error::Locale;
use yinxin_proto::limits::{MAX_ATTACHED_BYTES, MAX_PIN_BYTES};
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::token::{PinState, Token, TokenCertificate};
use yinxin_proto::{Base64, Error, Pin};
use zeroize::Zeroizing;

/// What `sign` takes.
pub struct SignOptions {
    /// Label of the token.
    pub token: String,
    /// `CKA_ID` of the certificate, lower-case hex.
    pub id: String,
    /// Form of the output.
    pub format: Format,
    /// The PIN comes on standard input.
    pub pin_stdin: bool,
    /// The file to sign.
    pub input: PathBuf,
    /// Where the signature goes.
    pub output: PathBuf,
}

/// Form of a signature.
#[derive(Clone, Copy)]
pub enum Format {
    /// The bare signature over the file's bytes: DER for SM2 (with Z and the default user id) and
    /// ECDSA, PKCS #1 v1.5 for RSA.
    Raw,
    /// CMS without the file.
    Cms,
    /// CMS with the file in it.
    CmsAttached,
}

impl Format {
    /// The format of a name.
    ///
    /// # Errors
    /// For another name.
    pub fn named(name: &str) -> Result<Self, String> {
        match name {
            "raw" => Ok(Self::Raw),
            "cms" => Ok(Self::Cms),
            "cms-attached" => Ok(Self::CmsAttached),
            other => Err(format!("unknown format “{other}”")),
        }
    }
}

/// A certificate as `certificates --json` tells it.
#[derive(Serialize)]
struct Listed<'a> {
    /// Label of the token.
    token: &'a str,
    /// `CKA_ID`, lower-case hex.
    id: &'a str,
    label: &'a str,
    /// The certificate, Base64.
    der: &'a Base64,
    /// What the key signs with; absent where the certificate can't be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    algorithm: Option<SignatureAlgorithm>,
    /// Code of the reason why it can't sign, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Error>,
    module: &'a str,
    /// What it says, as `parseCertificate` tells it; absent where it can't be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<serde_json::Value>,
}

/// Lists the tokens.
///
/// # Errors
/// What kept a module from being looked into, where there is no token at all.
pub fn tokens(setting: &Setting, json: bool) -> Result<(), Error> {
    let tokens = look(setting)?;
    if json {
        output::json(&tokens);
        return Ok(());
    }
    for token in &tokens {
        let tries = match (token.pin.left, token.pin.state) {
            (Some(left), _) => format!("{left} PIN tries left"),
            (None, PinState::Ok) => "PIN ok".into(),
            (None, PinState::Low) => "wrong PIN entered before".into(),
            (None, PinState::Final) => "one PIN try left".into(),
            (None, PinState::Locked) => "PIN locked".into(),
        };
        let demo = if token.demo { " [demo key]" } else { "" };
        output::lines(&format!(
            "{}{demo}: {} {}, serial {}, module {}, {tries}, {} certificates, {} seals",
            clean(&token.label),
            clean(&token.manufacturer),
            clean(&token.model),
            clean(&token.serial),
            clean(&token.module),
            token.certificates.len(),
            token.seals.len()
        ));
        for seal in &token.seals {
            let problem = seal.problem.as_ref().map(output::one_line);
            let name = seal.der.as_ref().map(|der| {
                let sha256 = crypto::fingerprint(&der.0);
                format!("SHA-256 {sha256}")
            });
            output::lines(&format!(
                "  seal {} ({}): {}",
                clean(&seal.label),
                clean(&seal.application),
                problem.or(name).unwrap_or_default()
            ));
        }
        if let Some(problem) = &token.problem {
            output::lines(&format!("  {}", output::one_line(problem)));
        }
    }
    Ok(())
}

/// Lists the certificates.
///
/// # Errors
/// As [`tokens`].
pub fn certificates(setting: &Setting, json: bool) -> Result<(), Error> {
    let tokens = look(setting)?;
    let now = crypto::now();
    if !json {
        for token in &tokens {
            for held in &token.certificates {
                output::lines(&described(token, held, now));
            }
        }
        return Ok(());
    }
    let mut list = Vec::new();
    for token in &tokens {
        for held in &token.certificates {
            let read = SigningCertificate::parse(&held.certificate.0);
            list.push(Listed {
                token: &token.label,
                id: &held.id,
                label: &held.label,
                der: &held.certificate,
                algorithm: crypto::algorithm(&held.certificate.0),
                problem: read.err(),
                module: &token.module,
                facts: facts(&held.certificate.0, now),
            });
        }
    }
    output::json(&list);
    Ok(())
}

/// A certificate for people: where it lies and, on a line of its own, what it is good for.
fn described(token: &Token, held: &TokenCertificate, now: UnixTime) -> String {
    let der = &held.certificate.0;
    let algorithm = crypto::algorithm(der).map_or("?", |algorithm| match algorithm {
        SignatureAlgorithm::Sm2Sm3 => "SM2",
        SignatureAlgorithm::RsaSha256 => "RSA",
        SignatureAlgorithm::EcdsaP256Sha256 => "P-256",
    });
    let problem = SigningCertificate::parse(der)
        .err()
        .map_or(String::new(), |error| format!(" ({})", error.code()));
    let place = format!("{} {}", clean(&token.label), held.id);
    let holder = clean(&crypto::holder(der));
    let summary = Certificate::from_der(der.clone()).map_or(String::new(), |certificate| {
        let summary = certificate.summary(now);
        let words = match output::locale() {
            Locale::ZhCn => summary.zh,
            Locale::En => summary.en,
        };
        format!("\n  {}", clean(&words))
    });
    format!("{place} {algorithm} {holder}{problem}{summary}")
}

/// The facts without what stands in the list anyway: the bytes of certificate and key.
fn facts(der: &[u8], now: UnixTime) -> Option<serde_json::Value> {
    let certificate = Certificate::from_der(der.to_vec()).ok()?;
    let mut facts = serde_json::to_value(certificate.facts(now)).ok()?;
    let fields = facts.as_object_mut()?;
    fields.remove("certificate");
    fields.remove("publicKey");
    Some(facts)
}

/// Signs a file.
///
/// # Errors
/// Any of the catalogue's codes for files, tokens and PINs.
pub fn sign(setting: &Setting, options: SignOptions) -> Result<(), Error> {
    let content = read_content(&options.input)?;
    let (tokens, problems) = look_silently(setting);
    let place = find(&tokens, &options.token, &options.id).map_err(|error| match error {
        // A token that is not found may be one of a module that failed.
        Error::NoToken {} | Error::TokenRemoved {} => problems.into_iter().next().unwrap_or(error),
        other => other,
    })?;
    let certificate = SigningCertificate::parse(&place.certificate.certificate.0)?;
    if place.token.pin.state == PinState::Locked {
        return Err(Error::PinLocked {});
    }
    let message = match options.format {
        Format::Raw => content.clone(),
        Format::Cms | Format::CmsAttached => certificate.attributes(&content)?,
    };
    let pin = if place.token.protected_path {
        None
    } else {
        Some(read_pin(options.pin_stdin)?)
    };
    let signed = setting.service.sign(
        &place,
        &certificate,
        std::slice::from_ref(&message),
        pin,
        &Cancel::default(),
        |_| {},
    )?;
    let [signature] = <[Vec<u8>; 1]>::try_from(signed.signatures).map_err(|_| Error::Internal {
        detail: "one signature".into(),
    })?;
    let bytes = match options.format {
        Format::Raw => signature,
        Format::Cms => certificate.cms(&content, false, &message, &signature),
        Format::CmsAttached => certificate.cms(&content, true, &message, &signature),
    };
    files::write_whole(&options.output, &bytes)
}

/// The tokens of all modules, for a list of them. A module that failed is told on standard error,
/// unless there is no token: then it is the failure.
fn look(setting: &Setting) -> Result<Vec<Token>, Error> {
    let (tokens, problems) = look_silently(setting);
    match problems.first() {
        Some(problem) if tokens.is_empty() => Err(problem.clone()),
        _ => {
            for problem in &problems {
                output::failure(problem);
            }
            Ok(tokens)
        }
    }
}

/// The tokens of all modules, and what kept modules from being looked into.
pub(super) fn look_silently(setting: &Setting) -> (Vec<Token>, Vec<Error>) {
    let (tokens, modules) = setting.service.tokens(setting.patience);
    let problems = modules.into_iter().filter_map(|module| module.problem);
    (tokens, problems.collect())
}

fn find(tokens: &[Token], label: &str, id: &str) -> Result<Place, Error> {
    let labelled = labelled(tokens, label)?;
    let has_id = |held: &&TokenCertificate| held.id == id;
    labelled
        .iter()
        .find_map(|token| {
            let certificate = token.certificates.iter().find(has_id)?;
            Some(Place {
                token: (*token).clone(),
                certificate: certificate.clone(),
            })
        })
        .ok_or(Error::CertificateNotFound {})
}

/// The tokens of a label.
///
/// # Errors
/// `no-token` or `token-removed`.
pub(super) fn labelled<'a>(tokens: &'a [Token], label: &str) -> Result<Vec<&'a Token>, Error> {
    if tokens.is_empty() {
        return Err(Error::NoToken {});
    }
    let labelled: Vec<&Token> = tokens.iter().filter(|token| token.label == label).collect();
    if labelled.is_empty() {
        return Err(Error::TokenRemoved {});
    }
    Ok(labelled)
}

/// Reads a file: no more than a byte beyond the limit.
pub(super) fn read_bounded(path: &Path, limit: u32) -> Result<Vec<u8>, Error> {
    let mut content = Vec::new();
    File::open(path)
        .and_then(|file| file.take(u64::from(limit) + 1).read_to_end(&mut content))
        .map_err(|error| files::failed(path, &error))?;
    Ok(content)
}

fn read_content(path: &Path) -> Result<Vec<u8>, Error> {
    let name = || path.display().to_string();
    let content = read_bounded(path, MAX_ATTACHED_BYTES)?;
    if content.len() > MAX_ATTACHED_BYTES as usize {
        return Err(Error::DocumentTooLarge {
            name: name(),
            limit: MAX_ATTACHED_BYTES,
        });
    }
    if content.is_empty() {
        return Err(Error::DocumentEmpty { name: name() });
    }
    Ok(content)
}

/// Reads the PIN from the first line of standard input, or asks for it on the terminal.
pub(super) fn read_pin(from_stdin: bool) -> Result<Pin, Error> {
    if !from_stdin {
        return rpassword::prompt_password("PIN: ")
            .map(Pin::new)
            .map_err(|_| Error::PinRequired {});
    }
    let mut input = crate::frame::unbuffered_stdin().map_err(|_| Error::PinRequired {})?;
    let mut line = Zeroizing::new(String::with_capacity(MAX_PIN_BYTES as usize + 1));
    let mut byte = Zeroizing::new([0u8; 1]);
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_PIN_BYTES as usize + 1));
    loop {
        match input.read(&mut *byte) {
            Ok(0) => break,
            Ok(_) if byte[0] == b'\n' => break,
            Ok(_) => bytes.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Err(Error::PinRequired {}),
        }
        if bytes.len() > MAX_PIN_BYTES as usize {
            return Err(Error::PinLength {
                min: 1,
                max: MAX_PIN_BYTES,
            });
        }
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    line.push_str(std::str::from_utf8(&bytes).map_err(|_| Error::PinRequired {})?);
    if line.is_empty() {
        return Err(Error::PinRequired {});
    }
    Ok(Pin::new(std::mem::take(&mut *line)))
}

/// A token's words without what could act on a terminal.
pub(super) fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
