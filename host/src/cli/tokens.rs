//! `tokens`, `certificates` and `sign`.

use super::file::{Input, Output};
use super::modules::Modules;
use super::terminal::Hushed;
use super::time_stamper::TimeStamper;
use super::words::{
    self, DEMO, FORMAT_UNKNOWN, NOT_WITH, PIN_PROMPT, TOKEN, TOKEN_SEAL, TRIES_BRACKET, help,
};
use super::{Setting, document, ofd, output, pdf, sha256};
use crate::crypto::{self, SigningCertificate};
use crate::named;
use crate::service::{Cancel, MAX_MESSAGE_TO_MODULE_BYTES, Message, Place};
use clap::builder::TypedValueParser;
use serde::Serialize;
use std::io::{self, Read};
use std::path::PathBuf;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::content_guard;
use yinxin_pki::hash::{Digests, Hasher};
use yinxin_proto::limits::{MAX_ATTACHED_BYTES, MAX_DETACHED_BYTES, MAX_PIN_BYTES};
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::{PinLength, PinState, PinTries, Token, TokenCertificate, TokenSeal};
use yinxin_proto::{Base64, Error, Pin};
use zeroize::Zeroizing;

/// What `sign` takes.
#[derive(clap::Args, Debug)]
pub struct SignOptions {
    #[command(flatten)]
    pub modules: Modules,
    #[arg(long, value_name = help::A_TOKEN.text(), help = help::TOKEN.text())]
    pub token: String,
    #[arg(long, value_name = help::A_NUMBER.text(), help = help::SERIAL.text())]
    pub serial: Option<String>,
    // Lower-case hex.
    #[arg(long, value_name = "HEX", value_parser = |id: &str| Ok::<_, String>(id.to_ascii_lowercase()), help = help::ID.text())]
    pub id: String,
    #[arg(long, value_name = "SHA256", value_parser = sha256, help = help::CERTIFICATE.text())]
    pub certificate: Option<String>,
    #[arg(long, value_name = help::A_FORMAT.text(), value_parser = Format::named, help = help::FORMAT.text())]
    pub format: Format,
    #[arg(long = "in", value_name = help::A_FILE.text(), help = help::IN.text())]
    pub input: PathBuf,
    #[arg(long = "out", value_name = help::A_FILE.text(), help = help::OUT.text())]
    pub output: PathBuf,
    #[arg(long, help = help::FORCE.text())]
    pub force: bool,
    #[arg(long, help = help::PIN_STDIN.text())]
    pub pin_stdin: bool,
    #[arg(long = "time-stamper", value_name = help::A_PROGRAM.text(), value_parser = clap::builder::OsStringValueParser::new().map(TimeStamper::from), help = help::TIME_STAMPER.text())]
    pub stamper: Option<TimeStamper>,
    #[command(flatten)]
    pub document: document::Options,
}

impl SignOptions {
    /// What can't be read from each option alone.
    ///
    /// # Errors
    /// With what is wrong, in words.
    pub fn check(&self) -> Result<(), String> {
        self.document.check(self.format.layout())?;
        if self.stamper.is_some() && self.format == Format::Raw {
            return Err(NOT_WITH.fill(&[("option", &"--time-stamper"), ("other", &"--format raw")]));
        }
        Ok(())
    }
}

/// Form of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The bare signature over the file's bytes: DER for SM2 (with Z and the default user id) and
    /// ECDSA, PKCS #1 v1.5 for RSA.
    Raw,
    /// CMS without the file.
    Cms,
    /// CMS with the file in it.
    CmsAttached,
    /// The file with a signature in it.
    Document(document::Layout),
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
            "pdf" => Ok(Self::Document(document::Layout::Pdf)),
            "ofd" => Ok(Self::Document(document::Layout::Ofd)),
            other => Err(FORMAT_UNKNOWN.fill(&[("value", &other)])),
        }
    }

    /// The document into which the signature goes.
    #[must_use]
    pub fn layout(self) -> Option<document::Layout> {
        match self {
            Self::Document(layout) => Some(layout),
            _ => None,
        }
    }

    /// Bytes of a document that it takes.
    fn limit(self) -> u32 {
        match self {
            Self::Raw | Self::Cms | Self::Document(_) => MAX_DETACHED_BYTES,
            Self::CmsAttached => MAX_ATTACHED_BYTES,
        }
    }

    /// Bytes of a document that have to be at hand beside its digest.
    fn kept(self) -> usize {
        match self {
            Self::Raw => MAX_MESSAGE_TO_MODULE_BYTES,
            Self::Cms | Self::Document(_) => content_guard::HEAD_BYTES,
            Self::CmsAttached => MAX_ATTACHED_BYTES as usize,
        }
    }
}

/// A token as `tokens --json` tells it: by its label and serial number, as the options of other commands name it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedToken<'a> {
    label: &'a str,
    serial: &'a str,
    manufacturer: &'a str,
    model: &'a str,
    module: &'a str,
    demo: bool,
    pin: PinTries,
    pin_length: PinLength,
    /// The PIN is typed at the token.
    protected_path: bool,
    /// The PIN is still the one that it came with.
    initial_pin: bool,
    certificates: Vec<Held<'a>>,
    seals: &'a [TokenSeal],
    /// Why it can't be used, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'a Error>,
}

/// A certificate as `certificates --json` tells it.
#[derive(Serialize)]
struct Listed<'a> {
    /// Label of the token.
    token: &'a str,
    /// Serial number of the token.
    serial: &'a str,
    module: &'a str,
    #[serde(flatten)]
    held: Held<'a>,
}

/// A certificate in a token, in both lists alike.
#[derive(Serialize)]
struct Held<'a> {
    /// Its id in the token, lower-case hex.
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
    /// What it says, as `parseCertificate` tells it; absent where it can't be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<serde_json::Value>,
}

impl<'a> Held<'a> {
    fn new(held: &'a TokenCertificate, now: UnixTime) -> Self {
        let der = &held.certificate.0;
        Self {
            id: &held.id,
            label: &held.label,
            der: &held.certificate,
            algorithm: crypto::algorithm(der),
            problem: SigningCertificate::parse(der).err(),
            facts: facts(der, now),
        }
    }
}

/// An empty list says nothing to a person.
fn tell_none(tokens: &[Token]) {
    if tokens.is_empty() {
        output::failure(&Error::NoToken {});
    }
}

/// Lists the tokens.
///
/// # Errors
/// What kept a module from being looked into, where there is no token at all.
pub fn tokens(setting: &Setting, json: bool) -> Result<(), Error> {
    let tokens = look(setting)?;
    if json {
        let now = crypto::now();
        let listed = tokens.iter().map(|token| ListedToken {
            label: &token.label,
            serial: &token.serial,
            manufacturer: &token.manufacturer,
            model: &token.model,
            module: &token.module,
            demo: token.demo,
            pin: token.pin,
            pin_length: token.pin_length,
            protected_path: token.protected_path,
            initial_pin: token.initial_pin,
            certificates: held_by(token, now).collect(),
            seals: &token.seals,
            problem: token.problem.as_ref(),
        });
        return output::json(&listed.collect::<Vec<_>>());
    }
    tell_none(&tokens);
    for token in &tokens {
        output::lines(&TOKEN.fill(&[
            ("token", &clean(&token.label)),
            ("demo", &if token.demo { DEMO.text() } else { "" }),
            ("manufacturer", &clean(&token.manufacturer)),
            ("model", &clean(&token.model)),
            ("serial", &clean(&token.serial)),
            ("module", &clean(&token.module)),
            ("tries", &words::tries_of(token.pin)),
            ("certificates", &token.certificates.len()),
            ("seals", &token.seals.len()),
        ]))?;
        for seal in &token.seals {
            let problem = seal.problem.as_ref().map(output::one_line);
            let name = seal.der.as_ref().map(|der| {
                let sha256 = crypto::fingerprint(&der.0);
                format!("SHA-256 {sha256}")
            });
            output::lines(&TOKEN_SEAL.fill(&[
                ("seal", &clean(&seal.label)),
                ("application", &clean(&seal.application)),
                ("what", &problem.or(name).unwrap_or_default()),
            ]))?;
        }
        if let Some(problem) = &token.problem {
            output::lines(&format!("  {}", output::one_line(problem)))?;
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
        tell_none(&tokens);
        for token in &tokens {
            let mut others = tokens.iter().filter(|other| other.token != token.token);
            let is_alone = others.all(|other| other.label != token.label);
            let name = if is_alone {
                clean(&token.label)
            } else {
                clean(&format!("{} ({})", token.label, token.serial))
            };
            for held in &token.certificates {
                output::lines(&described(&name, held, now))?;
            }
        }
        return Ok(());
    }
    let mut list = Vec::new();
    for token in &tokens {
        list.extend(held_by(token, now).map(|held| Listed {
            token: &token.label,
            serial: &token.serial,
            module: &token.module,
            held,
        }));
    }
    output::json(&list)
}

/// A certificate for people: where it lies and, on a line of its own, what it is good for.
fn described(token: &str, held: &TokenCertificate, now: UnixTime) -> String {
    let der = &held.certificate.0;
    let algorithm = crypto::algorithm(der).map_or("?", |algorithm| match algorithm {
        SignatureAlgorithm::Sm2Sm3 => "SM2",
        SignatureAlgorithm::RsaSha256 => "RSA",
        SignatureAlgorithm::EcdsaP256Sha256 => "P-256",
    });
    let problem = SigningCertificate::parse(der)
        .err()
        .map_or(String::new(), |error| format!(" ({})", error.code()));
    let place = format!("{token} {}", held.id);
    let holder = clean(&crypto::holder(der));
    let summary = Certificate::from_der(der.clone()).map_or(String::new(), |certificate| {
        let summary = certificate.summary(now);
        format!("\n  {}", clean(words::of(&summary)))
    });
    format!("{place} {algorithm} {holder}{problem}{summary}")
}

/// The certificates of a token.
fn held_by(token: &Token, now: UnixTime) -> impl Iterator<Item = Held<'_>> {
    token
        .certificates
        .iter()
        .map(move |held| Held::new(held, now))
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
/// Any of the catalogue's codes for files, tokens, certificates and PINs.
pub fn sign(setting: &Setting, options: &SignOptions) -> Result<(), Error> {
    let input = Input::open(&options.input)?;
    let target = Output::prepare(&options.output, options.force, SIGNATURE_MODE, &[&input])?;
    let (tokens, problems) = look_silently(setting);
    let serial = options.serial.as_deref();
    let found = named::tokens(&tokens, &options.token, serial, problems.first())?;
    let (place, certificate) = certificate_in(&found, &options.id, options.certificate.as_deref())?;
    if place.token.pin.state == PinState::Locked {
        return Err(Error::PinLocked {});
    }
    let stamper = options.stamper.as_ref();
    if let Some(layout) = options.format.layout() {
        let document = input.into_document(options.format.limit())?;
        let sign = |message| {
            let message = Message::new(&certificate, message);
            signature(setting, options, &place, &certificate, &message)
        };
        let (own, token) = (&options.document, &place.token);
        let (document, target, certificate) = (&document, &target, &certificate);
        return match layout {
            document::Layout::Pdf => {
                pdf::sign(own, document, target, token, certificate, stamper, sign)
            }
            document::Layout::Ofd => {
                ofd::sign(own, document, target, token, certificate, stamper, sign)
            }
        };
    }
    let name = input.name();
    let first = match options.format {
        Format::Raw => certificate.hashed_first(),
        _ => Vec::new(),
    };
    let content = Content::read(input, options.format, &first)?;
    let digest = content.digests.for_algorithm(certificate.algorithm());
    let attributes = match options.format {
        Format::Raw => None,
        _ => {
            if content_guard::is_refused(&content.kept, content.size) {
                return Err(Error::ContentRefused { name });
            }
            Some(certificate.attributes(digest, Some(crypto::now())))
        }
    };
    let message = match &attributes {
        Some(attributes) => Message::new(&certificate, attributes.clone()),
        None => Message {
            digest: *digest,
            bytes: content.whole().map(<[u8]>::to_vec),
        },
    };
    let signature = signature(setting, options, &place, &certificate, &message)?;
    let Some(attributes) = attributes else {
        return target.write(&[&signature]);
    };
    let attached = match options.format {
        Format::CmsAttached => content.kept.as_slice(),
        _ => &[],
    };
    let size = (!attached.is_empty()).then_some(attached.len());
    let stamp = TimeStamper::over(stamper, &certificate, &signature)?;
    let parts = certificate.cms(size, &attributes, &signature, stamp.as_deref());
    target.write(&[&parts.head, attached, &parts.tail])
}

/// Asks for the PIN, and has the key sign one message.
fn signature(
    setting: &Setting,
    options: &SignOptions,
    place: &Place,
    certificate: &SigningCertificate,
    message: &Message,
) -> Result<Vec<u8>, Error> {
    let pin = pin_of(&place.token, options.pin_stdin)?;
    let signed = setting.service.sign(
        place,
        certificate,
        std::slice::from_ref(message),
        pin,
        &Cancel::default(),
        |_| {},
    )?;
    let [signature] = <[Vec<u8>; 1]>::try_from(signed.signatures).map_err(|_| Error::Internal {
        detail: "one signature".into(),
    })?;
    Ok(signature)
}

/// A document that was read once, piece by piece: what is signed is what was read.
struct Content {
    size: u64,
    digests: Digests,
    /// Its beginning, as long as the format needs it.
    kept: Vec<u8>,
}

impl Content {
    /// Reads a document. `first` is hashed before it.
    fn read(mut input: Input, format: Format, first: &[u8]) -> Result<Self, Error> {
        let limit = format.limit();
        let too_large = |input: &Input| Error::DocumentTooLarge {
            name: input.name(),
            limit,
        };
        if input.size().is_some_and(|size| size > limit.into()) {
            return Err(too_large(&input));
        }
        let mut hasher = Hasher::default();
        hasher.update(first);
        let (mut size, mut kept) = (0, Vec::new());
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let count = input.read(&mut piece)?;
            let read = &piece[..count];
            size += count as u64;
            if size > limit.into() {
                return Err(too_large(&input));
            }
            hasher.update(read);
            let wanted = format.kept().saturating_sub(kept.len());
            kept.extend_from_slice(&read[..wanted.min(count)]);
            if count < PIECE_BYTES {
                break;
            }
        }
        if size == 0 {
            return Err(Error::DocumentEmpty { name: input.name() });
        }
        Ok(Self {
            size,
            digests: hasher.finish(),
            kept,
        })
    }

    /// All of it, if it was kept.
    fn whole(&self) -> Option<&[u8]> {
        (self.kept.len() as u64 == self.size).then_some(&self.kept)
    }
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

/// The certificate of an id, and of a SHA-256 if one is given, that can sign now; the tokens are one key.
/// Of several none is taken without being asked for. One for encryption beside it, as some vendors give
/// both of a container one id, is not meant, nor is an expired one beside its renewal.
fn certificate_in(
    tokens: &[&Token],
    id: &str,
    sha256: Option<&str>,
) -> Result<(Place, SigningCertificate), Error> {
    let is_meant = |held: &TokenCertificate| {
        held.id == id && sha256.is_none_or(|name| crypto::fingerprint(&held.certificate.0) == name)
    };
    let mut found: Vec<(Place, SigningCertificate)> = Vec::new();
    let mut problem = None;
    for token in tokens {
        for held in token.certificates.iter().filter(|held| is_meant(held)) {
            let der = &held.certificate;
            if found
                .iter()
                .any(|(place, _)| place.certificate.certificate == *der)
            {
                continue;
            }
            match SigningCertificate::for_signing(&der.0) {
                Ok(certificate) => {
                    let place = Place {
                        token: (*token).clone(),
                        certificate: held.clone(),
                    };
                    found.push((place, certificate));
                }
                Err(error) => problem = problem.or(Some(error)),
            }
        }
    }
    if found.len() > 1 {
        let named = found.iter().map(|(place, _)| {
            let der = &place.certificate.certificate.0;
            format!("{} ({})", crypto::holder(der), crypto::fingerprint(der))
        });
        return Err(Error::CertificateAmbiguous {
            id: id.to_owned(),
            present: named.collect::<Vec<_>>().join(", "),
        });
    }
    found
        .pop()
        .ok_or_else(|| problem.unwrap_or(Error::CertificateNotFound {}))
}

/// The PIN of a token; `None` where it is typed at the token.
pub(super) fn pin_of(token: &Token, from_stdin: bool) -> Result<Option<Pin>, Error> {
    if token.protected_path {
        return Ok(None);
    }
    read_pin(token, from_stdin).map(Some)
}

/// Reads the PIN from the first line of standard input, or asks for it on the terminal.
pub(super) fn read_pin(token: &Token, from_stdin: bool) -> Result<Pin, Error> {
    if !from_stdin {
        // What is known of the tries is told before one is used.
        let tries = match token.pin.state {
            PinState::Ok if token.pin.left.is_none() => String::new(),
            _ => TRIES_BRACKET.fill(&[("tries", &words::tries_of(token.pin))]),
        };
        let prompt = PIN_PROMPT.fill(&[("token", &clean(&token.label)), ("tries", &tries)]);
        let _hushed = Hushed::new();
        return rpassword::prompt_password(prompt)
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

/// Bytes of a document that are read at a time.
const PIECE_BYTES: usize = 1024 * 1024;
/// A signature is for everybody whom its signer lets see it.
const SIGNATURE_MODE: u32 = 0o644;
