//! `yinxin-demo-key`: fills a folder with demo tokens, whose certificates a demo CA of two levels
//! issued that exists for this run only.

#![allow(clippy::print_stdout, reason = "a command line tool")]

mod ca;
mod credit_code;
mod seals;
mod tokens;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use der::EncodePem;
use der::pem::LineEnding;
use serde::Serialize;
use sm2::pkcs8::EncodePrivateKey;
use x509_cert::time::{Time, Validity};
use zeroize::Zeroizing;

use ca::Authority;
use seals::Maker;
use tokens::MadeToken;

/// Anything that stops the run; its text goes to the user.
type Failure = Box<dyn std::error::Error>;

struct Options {
    dir: PathBuf,
    pin: Zeroizing<String>,
    so_pin: Zeroizing<String>,
    force: bool,
    keep_ca_keys: bool,
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    dir: PathBuf,
    root: &'static str,
    issuing: &'static str,
    crl: &'static str,
    seal_maker: &'static str,
    tokens: Vec<MadeToken>,
}

fn main() -> ExitCode {
    let options = match parse(lexopt::Parser::from_env()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("yinxin-demo-key: {error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&options).and_then(|report| print_report(&report, &options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("yinxin-demo-key: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut parser: lexopt::Parser) -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut dir = None;
    let mut pin = Zeroizing::new("123456".to_owned());
    let mut so_pin = Zeroizing::new("12345678".to_owned());
    let (mut force, mut keep_ca_keys, mut json) = (false, false, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("dir") => dir = Some(PathBuf::from(parser.value()?)),
            Long("pin") => pin = Zeroizing::new(parser.value()?.string()?),
            Long("so-pin") => so_pin = Zeroizing::new(parser.value()?.string()?),
            Long("force") => force = true,
            Long("keep-ca-keys") => keep_ca_keys = true,
            Long("json") => json = true,
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    let dir = dir.ok_or("--dir is missing")?;
    for pin in [&pin, &so_pin] {
        if !(6..=32).contains(&pin.len()) {
            return Err("a PIN has 6 to 32 bytes".into());
        }
    }
    Ok(Some(Options {
        dir,
        pin,
        so_pin,
        force,
        keep_ca_keys,
        json,
    }))
}

fn run(options: &Options) -> Result<Report, Failure> {
    let dir = &options.dir;
    std::fs::create_dir_all(dir).map_err(|error| in_path(dir, &error))?;
    if !options.force && dir.read_dir()?.next().is_some() {
        let dir = dir.display();
        return Err(format!("{dir} is not empty; --force replaces the demo tokens in it").into());
    }
    // Made aside and moved in when done: nobody ever sees half a token.
    let staging = dir.join(format!(".demo-key-{}", std::process::id()));
    std::fs::create_dir(&staging).map_err(|error| in_path(&staging, &error))?;
    let made = make_all(options, &staging);
    let report = made.and_then(|report| move_in(&staging, dir).map(|()| report));
    std::fs::remove_dir_all(&staging)?;
    report
}

fn make_all(options: &Options, staging: &Path) -> Result<Report, Failure> {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(since_epoch.as_secs());
    let validity = |before: u64, after: u64| -> Result<Validity, Failure> {
        Ok(Validity::new(
            Time::try_from(now - DAY * u32::try_from(before)?)?,
            Time::try_from(now + DAY * u32::try_from(after)?)?,
        ))
    };
    let root = Authority::make_root("印信演示根证书", validity(800, 20 * 365)?)?;
    let issuing = root.make_issuing("印信演示签发证书", validity(790, 10 * 365)?)?;
    let maker = Maker::make(&issuing, now - DAY * 780, now + DAY * 5 * 365)?;

    let mut tokens = Vec::new();
    let mut revoked = vec![ca::make_serial()?];
    for plan in tokens::plans() {
        let made = plan.make(
            staging,
            &issuing,
            &maker,
            now,
            &options.pin,
            &options.so_pin,
        )?;
        revoked.extend(made.revoked_serials);
        tokens.push(made.token);
    }

    let write = |name: &str, pem: &str| std::fs::write(staging.join(name), pem);
    write(ROOT, &root.certificate.to_pem(LineEnding::LF)?)?;
    write(ISSUING, &issuing.certificate.to_pem(LineEnding::LF)?)?;
    write(SEAL_MAKER, &maker.certificate.to_pem(LineEnding::LF)?)?;
    let crl = issuing.make_crl(&revoked, now)?;
    write(CRL, &crl.to_pem(LineEnding::LF)?)?;
    if options.keep_ca_keys {
        for (name, authority) in [(ROOT_KEY, &root), (ISSUING_KEY, &issuing)] {
            let pem = authority.secret.to_pkcs8_pem(LineEnding::LF)?;
            write_secret(&staging.join(name), pem.as_bytes())?;
        }
    }
    Ok(Report {
        dir: options.dir.clone(),
        root: ROOT,
        issuing: ISSUING,
        crl: CRL,
        seal_maker: SEAL_MAKER,
        tokens,
    })
}

/// Moves what was made to its place. Of what was there before only the same names go, and the CA
/// keys of an earlier run, which fit no certificate any more.
fn move_in(staging: &Path, dir: &Path) -> Result<(), Failure> {
    for name in [ROOT_KEY, ISSUING_KEY] {
        remove(&dir.join(name))?;
    }
    let entries: Vec<OsString> = staging
        .read_dir()?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<Result<_, _>>()?;
    for name in entries {
        let (from, to) = (staging.join(&name), dir.join(&name));
        remove(&to)?;
        std::fs::rename(&from, &to).map_err(|error| in_path(&to, &error))?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), Failure> {
    let removed = match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(_) => return Ok(()),
    };
    removed.map_err(|error| in_path(path, &error))
}

fn write_secret(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path)?, content)?;
    Ok(())
}

fn print_report(report: &Report, options: &Options) -> Result<(), Failure> {
    if options.json {
        println!("{}", serde_json::to_string_pretty(report)?);
        return Ok(());
    }
    println!("Demo tokens in {}:", report.dir.display());
    for token in &report.tokens {
        println!("  {:<14} {}", token.label, token.about);
        for certificate in &token.certificates {
            println!(
                "    id {} {:<7} {:<8} {} to {}",
                certificate.id,
                certificate.usage,
                certificate.algorithm,
                certificate.not_before,
                certificate.not_after
            );
        }
        for seal in &token.seals {
            println!("    seal {} (version {})", seal.name, seal.version);
        }
    }
    println!("CA certificates: {ROOT}, {ISSUING}; CRL: {CRL}; maker of the seals: {SEAL_MAKER}");
    if options.keep_ca_keys {
        println!("CA private keys: {ROOT_KEY}, {ISSUING_KEY} (for tests; never trust this CA)");
    }
    println!(
        "For demonstration only: these keys can be copied (演示密钥，可被复制，不得用于正式业务)."
    );
    Ok(())
}

fn in_path(path: &Path, error: &std::io::Error) -> Failure {
    format!("{}: {error}", path.display()).into()
}

const USAGE: &str = "\
Usage: yinxin-demo-key --dir DIR [--pin PIN] [--so-pin PIN] [--force] [--keep-ca-keys] [--json]

Fills DIR with software keys for demonstration, the certificates of the demo CA and of the maker of
the seals in the keys, and the CRL.

  --dir DIR        where; made if it is not there, refused if it is not empty
  --pin PIN        PIN of every token, 6 to 32 bytes (123456)
  --so-pin PIN     security officer's PIN (12345678)
  --force          use a folder that is not empty, and replace demo tokens of an earlier run
  --keep-ca-keys   leave the CA's private keys in root.key and issuing.key, for tests
  --json           print what was made as JSON
";

const DAY: Duration = Duration::from_secs(86_400);
const ROOT: &str = "root.pem";
const ISSUING: &str = "issuing.pem";
const CRL: &str = "crl.pem";
const SEAL_MAKER: &str = "seal-maker.pem";
const ROOT_KEY: &str = "root.key";
const ISSUING_KEY: &str = "issuing.key";
