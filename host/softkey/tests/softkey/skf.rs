//! The SKF door of the real shared library, driven by a C program that is compiled here against a
//! header of the tests' own. OpenSSL makes and verifies what it can.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use cryptoki_sys::*;
use der::asn1::{OctetStringRef, UintRef};
use der::{Decode, Encode, Reader, SliceReader};
use rsa::BoxedUint;
use rsa::pkcs8::EncodePublicKey;
use sm2::pkcs8::DecodePrivateKey;
use sm3::{Digest, Sm3};
use tempfile::TempDir;
use yinxin_softkey::mechanism::CKK_SM2;
use yinxin_softkey::object::{CKA_CONTAINER, CKA_PAIR};

use crate::openssl::{der_signature, openssl_dgst, public_key_pem};
use crate::support::*;

/// A folder with a token `one`, and one for what the C program writes.
struct Stand {
    root: TempDir,
    out: TempDir,
}

impl Stand {
    fn new() -> Self {
        Self {
            root: root_with_token(),
            out: tempfile::tempdir().unwrap(),
        }
    }

    fn run(&self, part: &str) -> String {
        judge(part, self.root.path(), "one", self.out.path())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.out.path().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// Runs OpenSSL in the folder of what was written.
    fn openssl(&self, arguments: &[&str]) -> (bool, String) {
        run(Command::new("openssl")
            .args(arguments)
            .current_dir(self.out.path()))
    }
}

/// Runs a part of the C program; what it printed. `YINXIN_MEMORY` has its memory watched, and
/// what the library does with it: by `valgrind`, or `address` by the C compiler's sanitizers.
pub fn judge(part: &str, root: &Path, device: &str, out: &Path) -> String {
    let mut command = Command::new(program());
    if watcher().as_deref() == Some("valgrind") {
        command = Command::new("valgrind");
        command
            .args(["--quiet", "--error-exitcode=9", "--leak-check=full"])
            .arg(program());
    }
    let (success, text) = run(command
        .args([part, device])
        .arg(out)
        .env(yinxin_softkey::DIR_VARIABLE, root));
    assert!(success, "{part}: {text}");
    text
}

fn watcher() -> Option<String> {
    std::env::var("YINXIN_MEMORY").ok()
}

/// The C program, compiled once against the library that is tested.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = PROGRAM.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("judge");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/softkey/skf");
        let mut command = Command::new("gcc");
        if watcher().as_deref() == Some("address") {
            command.args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]);
        }
        let (compiled, text) = run(command
            .args(["-std=gnu11", "-Wall", "-Wextra", "-g", "-pthread", "-I"])
            .arg(&source)
            .args([
                "-Werror=incompatible-pointer-types",
                "-Werror=int-conversion",
            ])
            .arg(source.join("judge.c"))
            .arg(library())
            .arg("-o")
            .arg(&path));
        assert!(compiled, "{text}");
        (dir, path)
    });
    path
}

#[test]
fn devices_are_listed_connected_and_described() {
    let stand = Stand::new();
    stand.run("devices");
    // The host joins both doors of a key by its serial number.
    let serial = module(stand.root.path())
        .token_info(0)
        .unwrap()
        .serialNumber;
    assert_eq!(stand.read("serial"), serial);
}

#[test]
fn nothing_and_wrong_handles_are_answered() {
    Stand::new().run("nothing");
}

#[test]
fn pins_have_tries_that_both_doors_share() {
    let stand = Stand::new();
    stand.run("pins");
    // The program ended with one wrong PIN; and PKCS #11 takes the one that it set last.
    let mut module = module(stand.root.path());
    let session = open(&mut module);
    assert_eq!(tries_left(&mut module, session), (9, 10));
    let role = yinxin_softkey::token::Role::User;
    module.login(session, role, WRONG_PIN).unwrap_err();
    assert_eq!(tries_left(&mut module, session).0, 8);
    module.login(session, role, PIN).unwrap();
}

#[test]
fn openssl_verifies_what_skf_signs() {
    if !have("openssl") {
        return;
    }
    let stand = Stand::new();
    let message = "采购文件".as_bytes();
    stand.write("message", message);
    // DigestInfo of SHA-256 (RFC 8017 section 9.2, note 1).
    let (hashed, text) = stand.openssl(&["dgst", "-sha256", "-binary", "-out", "hash", "message"]);
    assert!(hashed, "{text}");
    let prefix = hex::decode("3031300d060960864801650304020105000420").unwrap();
    stand.write("digest-info", [prefix, stand.read("hash")].concat());
    stand.run("signs");
    for number in ["0", "1"] {
        let point = stand.read(&format!("key-{number}"));
        let raw = stand.read(&format!("signature-{number}"));
        stand.write("key.pem", public_key_pem(&point));
        let mut signature = der_signature(&raw);
        let judged = |signature: &[u8]| {
            openssl_dgst(&stand.path("key.pem"), &stand.path("message"), signature)
        };
        assert!(judged(&signature));
        *signature.last_mut().unwrap() ^= 1;
        assert!(!judged(&signature));
    }
    stand.write("rsa.der", rsa_public_der(&stand.read("rsa-key")));
    let verify = ["dgst", "-sha256", "-keyform", "DER", "-verify", "rsa.der"];
    let rest = ["-signature", "rsa-signature", "message"];
    let (verified, text) = stand.openssl(&[&verify[..], &rest].concat());
    assert!(verified, "{text}");
}

#[test]
fn an_enveloped_rsa_key_is_imported_and_opens_what_openssl_wrapped() {
    if !have("openssl") {
        return;
    }
    let stand = Stand::new();
    stand.write("message", "x");
    stand.write("digest-info", [7; 51]);
    stand.run("signs");
    stand.write("sign.der", rsa_public_der(&stand.read("rsa-key")));
    let openssl = |line: &str| {
        let (done, text) = stand.openssl(&line.split(' ').collect::<Vec<_>>());
        assert!(done, "{line}: {text}");
        text
    };
    let key = hex::encode("0123456789abcdef");
    stand.write("key", "0123456789abcdef");
    openssl("genrsa -traditional -out rsa.pem 2048");
    openssl("rsa -in rsa.pem -traditional -outform DER -out rsa.der");
    openssl(&format!("enc -sm4-ecb -K {key} -in rsa.der -out encrypted"));
    openssl("pkeyutl -encrypt -pubin -keyform DER -inkey sign.der -in key -out wrapped");
    openssl("pkeyutl -encrypt -inkey rsa.pem -in key -out wrapped-session");
    openssl(&format!("enc -sm4-ecb -K {key} -in message -out cipher"));
    stand.run("imports-rsa");
    assert_eq!(stand.read("plain"), b"x");
    let modulus = openssl("rsa -in rsa.pem -noout -modulus");
    let imported = hex::encode_upper(stand.read("imported"));
    assert_eq!(modulus.trim(), format!("Modulus={imported}"));
}

/// The public key of modulus and exponent as they lie in RSAPUBLICKEYBLOB.
fn rsa_public_der(blob: &[u8]) -> Vec<u8> {
    let (modulus, exponent) = blob.split_at(256);
    let number = BoxedUint::from_be_slice_vartime;
    let key = rsa::RsaPublicKey::new(number(modulus), number(exponent)).unwrap();
    key.to_public_key_der().unwrap().into_vec()
}

#[test]
fn containers_come_and_go() {
    Stand::new().run("containers");
}

#[test]
fn files_keep_their_size_and_rights() {
    let stand = Stand::new();
    // A seal that PKCS #11 stored is a file of both doors.
    let (mut module, session) = logged_in(stand.root.path());
    create_data(&mut module, session, "seal", b"content", false).unwrap();
    stand.run("files");
    let session = open(&mut module);
    let data = [(CKA_CLASS, &number(CKO_DATA)[..])];
    let mut labels = Vec::new();
    for object in find(&mut module, session, &data) {
        let values = module.attribute_values(session, object, &[CKA_LABEL, CKA_VALUE]);
        let values = values.unwrap();
        let [label, value] = [0, 1].map(|index| values[index].clone().unwrap().to_vec());
        if label == b"private" {
            assert_eq!(value, b"12345678");
        }
        labels.push(label);
    }
    for label in [&b"seal"[..], b"private", b"fixed"] {
        assert!(labels.iter().any(|known| known == label));
    }
}

#[test]
fn a_full_token_says_so() {
    Stand::new().run("fills");
}

#[test]
fn applications_have_pins_and_contents_of_their_own() {
    let stand = Stand::new();
    let serial = |root: &Path| module(root).token_info(0).unwrap().serialNumber;
    let before = serial(stand.root.path());
    stand.run("applications");
    // The last application that it made is the token of PKCS #11, with its key.
    assert_ne!(serial(stand.root.path()), before);
    let (mut module, session) = logged_in(stand.root.path());
    let public = [(CKA_CLASS, &number(CKO_PUBLIC_KEY)[..])];
    let keys = find(&mut module, session, &public);
    let values = module.attribute_values(session, keys[0], &[CKA_EC_POINT]);
    let point = values.unwrap().pop().unwrap().unwrap();
    let point = <&OctetStringRef>::from_der(&point).unwrap();
    assert_eq!((keys.len(), point.as_bytes()), (1, &stand.read("new")[..]));
    // The container itself is no object for who doesn't know it.
    assert_eq!(find(&mut module, session, &[]).len(), 2);
}

#[test]
fn a_device_that_goes_and_comes_is_an_event() {
    let stand = Stand::new();
    judge("events", stand.root.path(), "one", stand.root.path());
}

#[test]
fn a_locked_device_is_one_connection_alone() {
    Stand::new().run("locks");
}

#[test]
fn a_process_that_holds_a_device_and_dies_leaves_it_free_and_logged_out() {
    let stand = Stand::new();
    let mut holder = Command::new(program())
        .args(["holds", "one"])
        .arg(stand.out.path())
        .env(yinxin_softkey::DIR_VARIABLE, stand.root.path())
        .spawn()
        .unwrap();
    while !stand.path("held").exists() {
        assert!(holder.try_wait().unwrap().is_none(), "it failed");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    stand.run("waits");
    holder.kill().unwrap();
    holder.wait().unwrap();
    // Free again, and nobody's login is left: the part begins with a call that needs one.
    stand.write("message", "x");
    stand.write("digest-info", [7; 51]);
    stand.run("signs");
}

/// An enveloped key whose parts were computed elsewhere: OpenSSL opens it.
struct Envelope {
    sign: &'static str,
    encrypt: &'static str,
    key: &'static str,
    point: &'static str,
    wrapped: [&'static str; 4],
    encrypted: &'static str,
}

const ENVELOPE: Envelope = Envelope {
    sign: "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8",
    encrypt: "1649ab77a00637bd5e2efe283fbf353534aa7f7cb89463f208ddbc2920bb0da0",
    key: "0123456789abcdeffedcba9876543210",
    point: "04191bff8148006eea72d857cb974db9f4903b3ca3655d8d597ad4663f5044dcb1\
            e2f7888af1fcd8c653a8059cd2f379855389f71a7709e2c1ee1e914c855ef119",
    wrapped: [
        "04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73",
        "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0",
        "4423b448d18b4a1a86b0e264e928007803243a5a8d9d0b0e8953bfe4e928adcf",
        "45c54abc791125fbc9bae9ecc8a65559",
    ],
    encrypted: "ce5202f4479613961abfc25b1d97f2cecd067609654ab394786b4d9e62944aee",
};

/// ENVELOPEDKEYBLOB with the 64 bytes of the encrypted key.
fn blob(encrypted: &[u8; 64]) -> Vec<u8> {
    let field = |number: &[u8]| [&[0; 32], number].concat();
    let point = hex::decode(ENVELOPE.point).unwrap();
    let [x, y, hash, cipher] = ENVELOPE.wrapped.map(|part| hex::decode(part).unwrap());
    let numbers = [1_u32, 0x401, 256].map(u32::to_ne_bytes).concat();
    [
        &numbers[..],
        encrypted,
        &256_u32.to_ne_bytes(),
        &field(&point[1..33]),
        &field(&point[33..]),
        &field(&x),
        &field(&y),
        &hash,
        &16_u32.to_ne_bytes(),
        &cipher,
    ]
    .concat()
}

fn sm2_cipher_blob(der: &[u8]) -> Vec<u8> {
    let mut reader = SliceReader::new(der).unwrap();
    let parts: der::Result<Vec<u8>> = reader.sequence(|reader| {
        let mut blob = Vec::new();
        for _ in 0..2 {
            let number = UintRef::decode(reader)?.as_bytes();
            blob.resize(blob.len() + 64 - number.len(), 0);
            blob.extend_from_slice(number);
        }
        blob.extend_from_slice(<&OctetStringRef>::decode(reader)?.as_bytes());
        let cipher = <&OctetStringRef>::decode(reader)?.as_bytes();
        let length = u32::try_from(cipher.len()).unwrap();
        blob.extend_from_slice(&length.to_ne_bytes());
        blob.extend_from_slice(cipher);
        Ok(blob)
    });
    parts.unwrap()
}

/// SEQUENCE { x, y, hash, cipher text } (GM/T 0009) of an ECCCIPHERBLOB.
fn sm2_cipher_der(blob: &[u8]) -> Vec<u8> {
    let content = [
        UintRef::new(&blob[32..64]).unwrap().to_der(),
        UintRef::new(&blob[96..128]).unwrap().to_der(),
        OctetStringRef::new(&blob[128..160]).unwrap().to_der(),
        OctetStringRef::new(&blob[164..]).unwrap().to_der(),
    ];
    let content: Vec<u8> = content.into_iter().flat_map(Result::unwrap).collect();
    let length = u8::try_from(content.len()).unwrap();
    let header = if length < 128 {
        vec![0x30, length]
    } else {
        vec![0x30, 0x81, length]
    };
    [header, content].concat()
}

#[test]
fn an_enveloped_key_is_imported_in_all_its_forms_and_opens_what_openssl_wrapped() {
    if !have("openssl") {
        return;
    }
    let stand = Stand::new();
    let encrypted = hex::decode(ENVELOPE.encrypted).unwrap();
    let with = |parts: [&[u8]; 2]| blob(&parts.concat().try_into().unwrap());
    let form = with([&[0; 32], &encrypted]);
    assert_eq!(form.len(), 388);
    let digest = hex::encode(Sm3::digest(&form));
    let known = "22ae3cdf14fddded832ce48519b43922c590ad2e7486d4d9625e8c846c876c44";
    assert_eq!(digest, known);
    stand.write("envelope-0", form);
    stand.write(
        "scalar",
        [vec![0; 32], hex::decode(ENVELOPE.encrypt).unwrap()].concat(),
    );
    let encrypt = ["enc", "-sm4-ecb", "-K", ENVELOPE.key, "-nopad"];
    let (made, text) = stand.openssl(&[&encrypt[..], &["-in", "scalar", "-out", "64"]].concat());
    assert!(made, "{text}");
    let all = stand.read("64");
    assert_eq!(&all[32..], encrypted);
    stand.write("envelope-1", with([&all[..32], &all[32..]]));
    stand.write("envelope-2", with([&encrypted, &[0; 32]]));

    // The signing key comes through the other door, where a key may be brought.
    let (mut module, session) = logged_in(stand.root.path());
    let sign = hex::decode(ENVELOPE.sign).unwrap();
    let private = [
        (CKA_CLASS, &number(CKO_PRIVATE_KEY)[..]),
        (CKA_KEY_TYPE, &number(CKK_SM2)),
        (CKA_TOKEN, &[1]),
        (CKA_CONTAINER, b"kmc"),
        (CKA_PAIR, &number(1)),
        (CKA_VALUE, &sign),
    ];
    module.create_object(session, &private).unwrap();

    // What is encrypted to the key that the envelope brings.
    let point = hex::decode(ENVELOPE.point).unwrap();
    stand.write("public.pem", public_key_pem(&point));
    stand.write("session-key", "0123456789abcdef");
    let iv = "fedcba9876543210";
    stand.write("iv", iv);
    let plain = "评审资料".repeat(30);
    stand.write("plain", &plain);
    let wrap = [
        "-encrypt",
        "-pubin",
        "-inkey",
        "public.pem",
        "-in",
        "session-key",
    ];
    let (made, text) = stand.openssl(&[&["pkeyutl"], &wrap[..], &["-out", "wrapped.der"]].concat());
    assert!(made, "{text}");
    stand.write("wrapped", sm2_cipher_blob(&stand.read("wrapped.der")));
    let [key, iv] = ["0123456789abcdef", iv].map(hex::encode);
    let encrypt = ["enc", "-sm4-cbc", "-K", &key, "-iv", &iv];
    let files = ["-in", "plain", "-out", "cipher"];
    let (made, text) = stand.openssl(&[&encrypt[..], &files].concat());
    assert!(made, "{text}");

    stand.run("imports");
    assert_eq!(stand.read("imported"), point);
    for name in ["plain-whole", "plain-parts"] {
        assert_eq!(stand.read(name), plain.as_bytes(), "{name}");
    }
    assert_eq!(&stand.read("plain-padded")[..plain.len()], plain.as_bytes());

    // And PKCS #11 has the encryption key too: it decrypts, and never signs.
    let session = open(&mut module);
    let mut found = Vec::new();
    for object in find(
        &mut module,
        session,
        &[(CKA_CLASS, &number(CKO_PRIVATE_KEY)), (CKA_DECRYPT, &[1])],
    ) {
        let wanted = [CKA_SIGN, CKA_EXTRACTABLE, CKA_VALUE];
        let values = module.attribute_values(session, object, &wanted).unwrap();
        found.push(values.map_to_bytes());
    }
    assert_eq!(found, [[Some(vec![0]), Some(vec![0]), None]]);
}

/// Attribute values as plain bytes; `None` for what is not told.
trait MapToBytes {
    fn map_to_bytes(self) -> [Option<Vec<u8>>; 3];
}

impl<T: AsRef<Vec<u8>>, E> MapToBytes for Vec<Result<T, E>> {
    fn map_to_bytes(self) -> [Option<Vec<u8>>; 3] {
        let values: Vec<_> = self
            .into_iter()
            .map(|value| value.ok().map(|value| value.as_ref().clone()))
            .collect();
        values.try_into().unwrap()
    }
}

#[test]
fn keys_from_outside_agree_with_openssl() {
    if !have("openssl") {
        return;
    }
    let stand = Stand::new();
    let generate = ["genpkey", "-algorithm", "SM2", "-out", "private.pem"];
    let (made, text) = stand.openssl(&generate);
    assert!(made, "{text}");
    let (made, text) = stand.openssl(&[
        "pkey",
        "-in",
        "private.pem",
        "-pubout",
        "-out",
        "public.pem",
    ]);
    assert!(made, "{text}");
    let pem = String::from_utf8(stand.read("private.pem")).unwrap();
    let key = sm2::SecretKey::from_pkcs8_pem(&pem).unwrap();
    stand.write("private", key.to_bytes());
    stand.write("public", key.public_key().to_sec1_bytes());
    stand.write("message", "采购文件采购文件");
    let (mut module, session) = logged_in(stand.root.path());
    let scalar = hex::decode(ENVELOPE.sign).unwrap();
    let private = [
        (CKA_CLASS, &number(CKO_PRIVATE_KEY)[..]),
        (CKA_KEY_TYPE, &number(CKK_SM2)),
        (CKA_TOKEN, &[1]),
        (CKA_PRIVATE, &[1]),
        (CKA_VALUE, &scalar),
        (CKA_ID, b"no name"),
        (CKA_CONTAINER, b"kmc"),
    ];
    module.create_object(session, &private).unwrap();
    let public = [
        (CKA_CLASS, &number(CKO_CERTIFICATE)[..]),
        (CKA_CERTIFICATE_TYPE, &number(CKC_X_509)),
        (CKA_TOKEN, &[1]),
        (CKA_VALUE, b"no certificate"),
        (CKA_CONTAINER, b"kmc"),
    ];
    module.create_object(session, &public).unwrap();
    stand.run("outside");

    let signature = der_signature(&stand.read("signature"));
    assert!(openssl_dgst(
        &stand.path("public.pem"),
        &stand.path("message"),
        &signature
    ));
    let opened = |blob: &str| {
        stand.write("der", sm2_cipher_der(&stand.read(blob)));
        let decrypt = ["pkeyutl", "-decrypt", "-inkey", "private.pem", "-in", "der"];
        let (opened, text) = stand.openssl(&[&decrypt[..], &["-out", "opened"]].concat());
        assert!(opened, "{text}");
        stand.read("opened")
    };
    assert_eq!(opened("cipher"), b"plain text");
    let key = hex::encode(opened("wrapped"));
    let decrypt = ["enc", "-d", "-sm4-ecb", "-K", &key, "-in", "under-wrapped"];
    let (decrypted, text) = stand.openssl(&[&decrypt[..], &["-out", "opened"]].concat());
    assert!(decrypted, "{text}");
    assert_eq!(stand.read("opened"), b"under the wrapped key");
    let [key, iv] = ["0123456789abcdef", "fedcba9876543210"].map(hex::encode);
    let decrypt = ["enc", "-d", "-sm4-cbc", "-K", &key, "-iv", &iv];
    let files = ["-in", "under-given", "-out", "opened"];
    let (decrypted, text) = stand.openssl(&[&decrypt[..], &files].concat());
    assert!(decrypted, "{text}");
    assert_eq!(stand.read("opened"), &stand.read("message")[..21]);
}

#[test]
fn both_doors_give_the_same_certificates_and_signatures_that_verify_alike() {
    if !have("openssl") || !have("pkcs11-tool") {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let keys = root.path().join("keys");
    let (made, text) = run(demo_key().arg("--dir").arg(&keys));
    assert!(made, "{text}");
    for (device, containers) in [
        ("demo-unit", &["container-1 2 encrypt sign"][..]),
        (
            "demo-two",
            &["container-1 2 encrypt sign", "container-2 2 encrypt sign"],
        ),
        ("demo-rsa", &["container-1 1 sign"]),
        // SKF knows no P-256, but its certificate is one.
        ("demo-p256", &["container-1 0 sign"]),
    ] {
        let stand = Stand {
            root: tempfile::tempdir().unwrap(),
            out: tempfile::tempdir().unwrap(),
        };
        let text = judge("dumps", &keys, device, stand.out.path());
        let listed: Vec<_> = text
            .lines()
            .filter(|line| !line.starts_with("file"))
            .collect();
        assert_eq!(listed, containers);
        let tool = |arguments: &[&str]| {
            let (success, text) = run(Command::new("pkcs11-tool")
                .arg("--module")
                .arg(library())
                .args(["--token-label", device])
                .args(arguments)
                .current_dir(stand.out.path())
                .env(yinxin_softkey::DIR_VARIABLE, &keys));
            assert!(success, "{text}");
        };
        for (index, container) in containers.iter().enumerate() {
            for (usage, sign) in [("sign", 1), ("encrypt", 0)] {
                if !container.contains(usage) {
                    continue;
                }
                let id = format!("{:02}", 2 * index + 2 - sign);
                tool(&[
                    "--read-object",
                    "--type",
                    "cert",
                    "--id",
                    &id,
                    "-o",
                    "p11.der",
                ]);
                let skf = stand.read(&format!("container-{}-{sign}.der", index + 1));
                assert_eq!(skf, stand.read("p11.der"), "{device} {id}");
            }
        }
        if text.contains("file") {
            let seal = ["--type", "data", "--label", "单位电子印章"];
            tool(&[&["--read-object"], &seal[..], &["-o", "seal"]].concat());
            assert_eq!(stand.read("file"), stand.read("seal"));
        } else {
            assert!(!device.ends_with("unit"), "the unit's key has a seal");
        }
        if containers[0].contains(" 2 ") {
            // The signing key of the certificate, as OpenSSL reads it.
            let x509 = ["x509", "-inform", "DER", "-in", "container-1-1.der"];
            let (read, text) = stand.openssl(&[&x509[..], &["-pubkey", "-noout"]].concat());
            assert!(read, "{text}");
            stand.write("key.pem", text);
            stand.write("message", "both doors");
            let skf = der_signature(&stand.read("container-1.signature"));
            let p11 = p11_signature(&keys, device, b"both doors");
            assert_ne!(skf, p11);
            for signature in [&skf, &p11] {
                assert!(openssl_dgst(
                    &stand.path("key.pem"),
                    &stand.path("message"),
                    signature
                ));
            }
        }
    }
}

/// A signature of the key `01` through PKCS #11, by the crate that the host uses.
fn p11_signature(keys: &Path, device: &str, message: &[u8]) -> Vec<u8> {
    use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
    use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
    use cryptoki::mechanism::{Mechanism, MechanismType};
    use cryptoki::object::{Attribute, ObjectClass};
    use cryptoki::session::UserType;

    let _turn = take_turn(keys);
    let module = Pkcs11::new(library()).unwrap();
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    module.initialize(arguments).unwrap();
    let slots = module.get_slots_with_token().unwrap();
    let label = |slot: &_| module.get_token_info(*slot).unwrap().label() == device;
    let slot = slots.into_iter().find(label).unwrap();
    let session = module.open_ro_session(slot).unwrap();
    let pin = cryptoki::types::AuthPin::new("123456".to_owned().into());
    session.login(UserType::User, Some(&pin)).unwrap();
    let wanted = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Id(vec![1]),
    ];
    let key = session.find_objects(&wanted).unwrap()[0];
    let kind = MechanismType::new_vendor_defined(0x8000_8102).unwrap();
    let mechanism = Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(kind, None));
    let raw = session.sign(&mechanism, key, message).unwrap();
    drop(session);
    module.finalize().unwrap();
    der_signature(&raw)
}

/// Every function of GM/T 0016-2012.
const FUNCTIONS: &str = "EnumDev ConnectDev DisConnectDev GetDevState SetLabel GetDevInfo LockDev \
    UnlockDev WaitForDevEvent CancelWaitForDevEvent Transmit ChangeDevAuthKey DevAuth ChangePIN \
    GetPINInfo VerifyPIN UnblockPIN ClearSecureState CreateApplication EnumApplication \
    DeleteApplication OpenApplication CloseApplication CreateFile DeleteFile EnumFiles GetFileInfo \
    ReadFile WriteFile CreateContainer DeleteContainer OpenContainer CloseContainer EnumContainer \
    GetContainerType ImportCertificate ExportCertificate GenRandom GenExtRSAKey GenRSAKeyPair \
    ImportRSAKeyPair RSASignData RSAVerify RSAExportSessionKey ExtRSAPubKeyOperation \
    ExtRSAPriKeyOperation GenECCKeyPair ImportECCKeyPair ECCSignData ECCVerify ECCExportSessionKey \
    ExtECCEncrypt ExtECCDecrypt ExtECCSign ExtECCVerify GenerateAgreementDataWithECC \
    GenerateAgreementDataAndKeyWithECC GenerateKeyWithECC ExportPublicKey ImportSessionKey \
    SetSymmKey EncryptInit Encrypt EncryptUpdate EncryptFinal DecryptInit Decrypt DecryptUpdate \
    DecryptFinal DigestInit Digest DigestUpdate DigestFinal MacInit Mac MacUpdate MacFinal \
    CloseHandle";

#[test]
#[allow(unsafe_code, reason = "loads a library")]
fn every_function_of_the_standard_is_there() {
    // SAFETY: the library's own, whose loading runs nothing.
    let library = unsafe { libloading::Library::new(library()) }.unwrap();
    for function in FUNCTIONS.split_whitespace() {
        let name = format!("SKF_{function}");
        // SAFETY: only looked up, never called.
        let symbol = unsafe { library.get::<*const ()>(name.as_bytes()) };
        assert!(symbol.is_ok(), "{name}");
    }
    assert_eq!(FUNCTIONS.split_whitespace().count(), 78);
}
