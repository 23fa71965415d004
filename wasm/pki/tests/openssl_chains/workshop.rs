//! Certificates and revocation lists made by the OpenSSL command line, each only once, and its
//! judgement of them.

use crate::random::Random;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use yinxin_proto::time::UnixTime;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    Sm2,
    Rsa,
    P256,
    P384,
    RsaPss,
}

impl Algorithm {
    fn key_options(self) -> &'static [&'static str] {
        match self {
            Self::Sm2 => &["-algorithm", "SM2"],
            Self::P256 => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            Self::P384 => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
            Self::Rsa | Self::RsaPss => &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        }
    }

    fn digest(self) -> &'static str {
        match self {
            Self::Sm2 => "sm3",
            Self::P384 => "sha384",
            Self::P256 | Self::Rsa | Self::RsaPss => "sha256",
        }
    }
}

/// A key of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub algorithm: Algorithm,
    pub number: usize,
}

/// The user id under which SM2 keys sign certificates and lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sm2Id {
    /// The command line's own.
    Empty,
    /// 1234567812345678, as GM/T 0009 has it.
    Default,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertificateSpec {
    /// Whose name and key sign it. `None`: its own.
    pub issuer: Option<CertificateId>,
    pub key: Key,
    /// As `-subj` takes it.
    pub subject: String,
    pub not_before: UnixTime,
    pub not_after: UnixTime,
    /// Lines of x509v3_config(5). Without any it is a certificate of version 1.
    pub extensions: Vec<String>,
    pub sm2_id: Sm2Id,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CrlSpec {
    pub issuer: CertificateId,
    /// The certificate that it names beside another one, with the time of its revocation and the
    /// reason, which may be empty.
    pub revoked: Option<(CertificateId, UnixTime, &'static str)>,
    pub this_update: UnixTime,
    pub next_update: UnixTime,
    /// Whether it names its issuer's key.
    pub identifies_key: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CertificateId(usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CrlId(usize);

/// What is ordered, and the folder in which it is made. The folder goes when this is dropped,
/// unless `YINXIN_KEEP` is set.
pub struct Workshop {
    folder: PathBuf,
    certificates: Vec<CertificateSpec>,
    known_certificates: HashMap<CertificateSpec, CertificateId>,
    crls: Vec<CrlSpec>,
    known_crls: HashMap<CrlSpec, CrlId>,
}

impl Workshop {
    pub fn open(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("yinxin-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the folder for temporary files is writable");
        fs::write(folder.join("openssl.cnf"), OPENSSL_CONFIGURATION).unwrap();
        let workshop = Self {
            folder,
            certificates: Vec::new(),
            known_certificates: HashMap::new(),
            crls: Vec::new(),
            known_crls: HashMap::new(),
        };
        match workshop.command(&["version"]).output() {
            Ok(output) if output.status.success() => {}
            _ => panic!("this test needs the OpenSSL command line (Debian: apt install openssl)"),
        }
        workshop
    }

    /// Orders a certificate.
    pub fn certificate(&mut self, spec: CertificateSpec) -> CertificateId {
        let next = CertificateId(self.certificates.len());
        *self
            .known_certificates
            .entry(spec)
            .or_insert_with_key(|spec| {
                self.certificates.push(spec.clone());
                next
            })
    }

    /// Orders a revocation list.
    pub fn crl(&mut self, spec: CrlSpec) -> CrlId {
        let next = CrlId(self.crls.len());
        *self.known_crls.entry(spec).or_insert_with_key(|spec| {
            self.crls.push(spec.clone());
            next
        })
    }

    /// Makes all that was ordered: certificates, revocation lists.
    pub fn make(&self) -> (usize, usize) {
        let mut keys = Vec::new();
        for spec in &self.certificates {
            if !keys.contains(&spec.key) {
                keys.push(spec.key);
            }
        }
        in_parallel(&keys, |key| self.make_key(*key));
        // An issuer was ordered before what it issues.
        let mut generations: Vec<Vec<CertificateId>> = Vec::new();
        let mut generation_of = Vec::new();
        for (number, spec) in self.certificates.iter().enumerate() {
            let generation = spec
                .issuer
                .map_or(0, |issuer| generation_of[issuer.0] + 1usize);
            generation_of.push(generation);
            if generations.len() <= generation {
                generations.push(Vec::new());
            }
            generations[generation].push(CertificateId(number));
        }
        for generation in &generations {
            in_parallel(generation, |id| self.make_certificate(*id));
        }
        let crls: Vec<_> = (0..self.crls.len()).map(CrlId).collect();
        in_parallel(&crls, |id| self.make_crl(*id));
        (self.certificates.len(), crls.len())
    }

    /// PEM of a certificate that was made.
    pub fn certificate_pem(&self, id: CertificateId) -> Vec<u8> {
        fs::read(self.folder.join(certificate_file(id))).unwrap()
    }

    /// PEM of a revocation list that was made.
    pub fn crl_pem(&self, id: CrlId) -> Vec<u8> {
        fs::read(self.folder.join(crl_file(id))).unwrap()
    }

    /// The numbers of the errors that `openssl verify` reports; none if all is right.
    pub fn verify(&self, question: &Question<'_>) -> Vec<u32> {
        let mut arguments = vec!["verify".to_string(), "-attime".into()];
        arguments.push(question.at.0.to_string());
        if question.partial_chain {
            arguments.push("-partial_chain".into());
        }
        if let Sm2Id::Default = question.sm2_id {
            arguments.extend(["-vfyopt".into(), DEFAULT_ID_OPTION.into()]);
        }
        for (option, ids) in [
            ("-trusted", question.anchors),
            ("-untrusted", question.intermediates),
        ] {
            for id in ids {
                arguments.extend([option.into(), certificate_file(*id)]);
            }
        }
        if let Some(crls) = question.crls {
            arguments.push("-crl_check_all".into());
            for id in crls {
                arguments.extend(["-CRLfile".into(), crl_file(*id)]);
            }
        }
        arguments.push(certificate_file(question.leaf));
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let output = self.command(&arguments).output().unwrap();
        let text = text_of(&output);
        let mut numbers = Vec::new();
        for line in text.lines() {
            let number = line
                .strip_prefix("error ")
                .and_then(|rest| rest.split_once(" at "))
                .and_then(|(number, _)| number.parse().ok());
            if let Some(number) = number.filter(|number| !numbers.contains(number)) {
                numbers.push(number);
            }
        }
        assert_eq!(
            output.status.success(),
            numbers.is_empty(),
            "openssl {arguments:?}: {text}"
        );
        numbers
    }

    fn make_key(&self, key: Key) {
        let (key_file, request) = (key_file(key), request_file(key));
        let mut arguments = vec!["genpkey", "-out", &key_file];
        arguments.extend(key.algorithm.key_options());
        self.run(&arguments);
        let digest = format!("-{}", key.algorithm.digest());
        self.run(&[
            "req",
            "-new",
            "-config",
            "openssl.cnf",
            "-key",
            &key_file,
            &digest,
            "-out",
            &request,
        ]);
    }

    fn make_certificate(&self, id: CertificateId) {
        let spec = &self.certificates[id.0];
        let name = format!("certificate-{}", id.0);
        let issuer_key = spec
            .issuer
            .map_or(spec.key, |issuer| self.certificates[issuer.0].key);
        self.prepare(&name, &spec.extensions, "", &serial(id));
        let mut arguments = self.signing(&name, issuer_key, spec.sm2_id);
        match spec.issuer {
            None => arguments.push("-selfsign".into()),
            Some(issuer) => arguments.extend(["-cert".into(), certificate_file(issuer)]),
        }
        if !spec.extensions.is_empty() {
            arguments.extend(["-extensions".into(), "extensions".into()]);
        }
        for (option, value) in [
            ("-in", request_file(spec.key)),
            ("-subj", spec.subject.clone()),
            ("-startdate", asn1_time(spec.not_before)),
            ("-enddate", asn1_time(spec.not_after)),
            ("-out", certificate_file(id)),
        ] {
            arguments.extend([option.into(), value]);
        }
        arguments.extend(["-batch", "-notext", "-utf8"].map(String::from));
        self.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    }

    fn make_crl(&self, id: CrlId) {
        let spec = &self.crls[id.0];
        let issuer = &self.certificates[spec.issuer.0];
        let name = format!("crl-{}", id.0);
        let mut database = String::new();
        let another = (serial_of(usize::MAX), spec.this_update, "superseded");
        let revoked = spec
            .revoked
            .map(|(certificate, date, reason)| (serial(certificate), date, reason));
        for (serial, date, reason) in revoked.into_iter().chain([another]) {
            let date = asn1_time(date);
            let comma = if reason.is_empty() { "" } else { "," };
            // The end of its validity, which the list does not show.
            let end = "20991231235959Z";
            writeln!(
                database,
                "R\t{end}\t{date}{comma}{reason}\t{serial}\tunknown\t/CN=x"
            )
            .unwrap();
        }
        let extensions = if spec.identifies_key {
            vec!["authorityKeyIdentifier=keyid".to_string()]
        } else {
            Vec::new()
        };
        self.prepare(&name, &extensions, &database, "01");
        let mut arguments = self.signing(&name, issuer.key, issuer.sm2_id);
        arguments.push("-gencrl".into());
        if spec.identifies_key {
            arguments.extend(["-crlexts".into(), "extensions".into()]);
        }
        for (option, value) in [
            ("-cert", certificate_file(spec.issuer)),
            ("-crl_lastupdate", asn1_time(spec.this_update)),
            ("-crl_nextupdate", asn1_time(spec.next_update)),
            ("-out", crl_file(id)),
        ] {
            arguments.extend([option.into(), value]);
        }
        self.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// The files that one call of `openssl ca` reads: its configuration, its database of
    /// certificates, and the next serial or list number.
    fn prepare(&self, name: &str, extensions: &[String], database: &str, number: &str) {
        let write = |ending: &str, text: &str| {
            fs::write(self.folder.join(format!("{name}.{ending}")), text).unwrap();
        };
        let extensions = extensions.join("\n");
        let configuration = CA_CONFIGURATION.replace("NAME", name);
        write(
            "cnf",
            &format!("{configuration}[extensions]\n{extensions}\n"),
        );
        write("index", database);
        write("number", number);
    }

    fn signing(&self, name: &str, key: Key, id: Sm2Id) -> Vec<String> {
        let mut arguments = vec!["ca".to_string()];
        for (option, value) in [
            ("-config", format!("{name}.cnf")),
            ("-keyfile", key_file(key)),
            ("-md", key.algorithm.digest().into()),
        ] {
            arguments.extend([option.into(), value]);
        }
        let options: &[&str] = match (key.algorithm, id) {
            (Algorithm::Sm2, Sm2Id::Default) => &[DEFAULT_ID_OPTION],
            (Algorithm::RsaPss, _) => &["rsa_padding_mode:pss", "rsa_pss_saltlen:digest"],
            _ => &[],
        };
        for option in options {
            arguments.extend(["-sigopt".into(), (*option).into()]);
        }
        arguments
    }

    fn run(&self, arguments: &[&str]) {
        let output = self.command(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "openssl {arguments:?}: {}",
            text_of(&output)
        );
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("openssl");
        command
            .args(arguments)
            .current_dir(&self.folder)
            // Not what the machine's own configuration adds.
            .env("OPENSSL_CONF", self.folder.join("openssl.cnf"))
            .env_remove("SSL_CERT_FILE")
            .env_remove("SSL_CERT_DIR");
        command
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        if std::env::var_os("YINXIN_KEEP").is_some() {
            eprintln!("kept: {}", self.folder.display());
        } else {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// What `openssl verify` is asked.
pub struct Question<'a> {
    pub leaf: CertificateId,
    pub intermediates: &'a [CertificateId],
    pub anchors: &'a [CertificateId],
    /// Where they are given, each certificate of the path needs one.
    pub crls: Option<&'a [CrlId]>,
    pub at: UnixTime,
    /// Whether an anchor need not be self-signed.
    pub partial_chain: bool,
    pub sm2_id: Sm2Id,
}

/// Calls `work` for each item, on as many threads as there are processors.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let mut results: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut done = Vec::new();
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(item) = items.get(at) else {
                            return done;
                        };
                        done.push((at, work(item)));
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|e| std::panic::resume_unwind(e))
            })
            .collect()
    });
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// A serial number of eight bytes, about half of them with the highest bit set.
fn serial(id: CertificateId) -> String {
    serial_of(id.0)
}

fn serial_of(number: usize) -> String {
    format!("{:016X}", Random::new(number as u64).next())
}

pub fn certificate_file(id: CertificateId) -> String {
    format!("certificate-{}.pem", id.0)
}

fn crl_file(id: CrlId) -> String {
    format!("crl-{}.pem", id.0)
}

fn key_file(key: Key) -> String {
    format!("{:?}-{}.key", key.algorithm, key.number)
}

fn request_file(key: Key) -> String {
    format!("{:?}-{}.csr", key.algorithm, key.number)
}

/// As RFC 5280, clause 4.1.2.5, writes times: from 2050 on with four digits of the year.
fn asn1_time(time: UnixTime) -> String {
    let (year, month, day, hour, minute, second) = time.civil();
    let year = if year < 2050 {
        format!("{:02}", year % 100)
    } else {
        format!("{year:04}")
    };
    format!("{year}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z")
}

fn text_of(output: &Output) -> String {
    [&output.stdout[..], &output.stderr]
        .map(String::from_utf8_lossy)
        .concat()
}

const DEFAULT_ID_OPTION: &str = "distid:1234567812345678";

const OPENSSL_CONFIGURATION: &str = "\
[req]
distinguished_name = name
prompt = no
[name]
CN = request
";

/// The directory names that constraints and alternative names refer to stand in each.
const CA_CONFIGURATION: &str = "\
[ca]
default_ca = this
[this]
database = NAME.index
serial = NAME.number
crlnumber = NAME.number
new_certs_dir = .
policy = any
unique_subject = no
preserve = yes
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
emailAddress = optional
[group]
C = CN
O = Example Group
[group_written_otherwise]
C = cn
O = EXAMPLE  group
[sales]
C = CN
O = Example Group
OU = Sales
[purchasing]
C = CN
O = Example Group
OU = Purchasing
[stranger]
C = CN
O = Stranger
";
