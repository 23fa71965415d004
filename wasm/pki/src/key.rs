//! Public keys of the kinds that the product uses, verification with them, and the encodings of
//! their signatures.

use crate::asn1::{self, Malformed, tag};
use crate::curve;
use crate::hash::Sha2;
use crate::oid;
use crate::rsa::{self, RsaKey, RsaUse};
use crate::scheme::Scheme;
use crate::sm2::{DEFAULT_ID, Sm2Digest, Sm2Key};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use yinxin_proto::Error;
use yinxin_proto::page::SignatureAlgorithm;

/// A public key.
#[derive(Clone, Debug)]
pub enum PublicKey {
    /// SM2.
    Sm2(Sm2Key),
    /// RSA of 2048 to 4096 bits.
    Rsa(RsaKey),
    /// P-256.
    P256(p256::ecdsa::VerifyingKey),
    /// P-384: met in certificates and CRLs, and only verified with.
    P384(p384::ecdsa::VerifyingKey),
}

/// Bytes of a SubjectPublicKeyInfo: RSA of 4096 bits takes some 550.
const MAX_SPKI_BYTES: usize = 2048;

/// Why a SubjectPublicKeyInfo is no usable key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyProblem {
    /// The structure or the point is wrong.
    Malformed(Malformed),
    /// Readable, and of an algorithm or size that the product does not use. Its name.
    Unsupported(String),
    /// RSA below 2048 bits, which the product uses for nothing. How many it has.
    Weak(u32),
}

impl From<Malformed> for KeyProblem {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl PublicKey {
    /// Reads a DER SubjectPublicKeyInfo (RFC 5280, 4.1).
    ///
    /// # Errors
    /// If it is malformed, or of another algorithm.
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyProblem> {
        let spki = asn1::single(der, tag::SEQUENCE, "a SubjectPublicKeyInfo is expected")?;
        if der.len() > MAX_SPKI_BYTES {
            return Err(spki
                .malformed("a SubjectPublicKeyInfo that is too long")
                .into());
        }
        let mut fields = spki.children();
        let algorithm = fields.expect(tag::SEQUENCE, "an AlgorithmIdentifier is expected")?;
        let key = fields.expect(tag::BIT_STRING, "a BIT STRING is expected")?;
        fields.finish()?;
        let Some((0, bytes)) = key
            .value
            .split_first()
            .map(|(unused, rest)| (*unused, rest))
        else {
            return Err(key.malformed("a key of whole bytes is expected").into());
        };
        let identifier = algorithm.raw;
        let mut algorithm = algorithm.children();
        let kind = algorithm.read()?.oid()?;
        if kind == oid::RSA {
            return read_rsa(bytes, RsaUse::Any);
        }
        if kind == oid::RSA_PSS {
            // Without parameters every set of them may follow (RFC 4055, 3.1).
            let uses = if algorithm.is_empty() {
                RsaUse::Pss
            } else {
                pss_only(identifier)?
            };
            return read_rsa(bytes, uses);
        }
        // Some producers name SM2 itself in the place of `ecPublicKey`, without a curve.
        let curve = match algorithm.peek() {
            Some(tag::OID) if kind == oid::EC => algorithm.read()?.oid()?,
            Some(tag::SEQUENCE) if kind == oid::EC => curve::named(&algorithm.read()?)?,
            _ if kind == oid::SM2_CURVE || kind == oid::SM2_SIGN => oid::SM2_CURVE,
            _ => return Err(KeyProblem::Unsupported(kind.to_string())),
        };
        if curve == oid::SM2_CURVE {
            Sm2Key::from_point(bytes)
                .map(Self::Sm2)
                .ok_or_else(|| key.malformed("the point is not on the SM2 curve").into())
        } else if !matches!(bytes, [2..=4, ..]) {
            // SEC 1 has further forms, which RFC 5480, 2.2 leaves out.
            Err(key
                .malformed("neither an uncompressed nor a compressed point")
                .into())
        } else if curve == oid::P256 {
            p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes)
                .map(Self::P256)
                .map_err(|_| key.malformed("the point is not on P-256").into())
        } else if curve == oid::P384 {
            p384::ecdsa::VerifyingKey::from_sec1_bytes(bytes)
                .map(Self::P384)
                .map_err(|_| key.malformed("the point is not on P-384").into())
        } else {
            Err(KeyProblem::Unsupported(curve.to_string()))
        }
    }

    /// The algorithm of the signatures that the product makes with such a key. `None` if it makes
    /// none.
    #[must_use]
    pub fn algorithm(&self) -> Option<SignatureAlgorithm> {
        match self {
            Self::Sm2(_) => Some(SignatureAlgorithm::Sm2Sm3),
            Self::Rsa(key) => (key.uses() == RsaUse::Any).then_some(SignatureAlgorithm::RsaSha256),
            Self::P256(_) => Some(SignatureAlgorithm::EcdsaP256Sha256),
            Self::P384(_) => None,
        }
    }

    /// Its kind, for the eye.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sm2(_) => "SM2",
            Self::Rsa(_) => "RSA",
            Self::P256(_) => "P-256",
            Self::P384(_) => "P-384",
        }
    }

    /// Size in bits.
    #[must_use]
    pub fn bits(&self) -> u32 {
        match self {
            Self::Sm2(_) | Self::P256(_) => 256,
            Self::P384(_) => 384,
            Self::Rsa(key) => key.bits(),
        }
    }

    /// Whether a signature of the algorithm that the product makes with such a key holds over a
    /// message in pieces. SM2 and ECDSA signatures are strict DER; the SM2 user id is the default
    /// one.
    #[must_use]
    pub fn verify(&self, message: &[&[u8]], signature: &[u8]) -> bool {
        self.verify_with_id(DEFAULT_ID, message, signature)
    }

    /// The same with another SM2 user id.
    #[must_use]
    pub fn verify_with_id(&self, id: &[u8], message: &[&[u8]], signature: &[u8]) -> bool {
        self.algorithm().is_some_and(|algorithm| {
            let scheme = Scheme::from(algorithm);
            self.verify_scheme(scheme, Sm2Digest::Id(id), message, signature)
        })
    }

    /// Whether a signature of a scheme holds over a message in pieces. SM2 and ECDSA signatures
    /// are strict DER, RSA signatures as long as the modulus. It does not under a scheme that is
    /// for other keys.
    #[must_use]
    pub fn verify_scheme(
        &self,
        scheme: Scheme,
        sm2: Sm2Digest<'_>,
        message: &[&[u8]],
        signature: &[u8],
    ) -> bool {
        self.check(scheme, sm2, message, signature) == Some(Written::AsDefined)
    }

    /// How a signature is written that holds over a message in pieces, in whatever of the forms of
    /// [`Written`]: for what others made. `None` if it does not hold.
    #[must_use]
    pub fn check(
        &self,
        scheme: Scheme,
        sm2: Sm2Digest<'_>,
        message: &[&[u8]],
        signature: &[u8],
    ) -> Option<Written> {
        if !scheme.fits(self) {
            return None;
        }
        match (self, scheme) {
            (Self::Sm2(key), Scheme::Sm2WithSm3) => {
                let (read, written) = EcSignature::read(signature)?;
                let e = key.digest(sm2, message)?;
                key.verify_e(&e, &read.to_raw()).then_some(written)
            }
            (Self::Rsa(key), Scheme::RsaPkcs1(hash)) => key
                .verify_pkcs1(hash, &hash.digest(message), signature)
                .then_some(Written::AsDefined),
            (Self::Rsa(key), Scheme::RsaPss { hash, salt_length }) => key
                .verify_pss(hash, salt_length, &hash.digest(message), signature)
                .then_some(Written::AsDefined),
            (Self::P256(key), Scheme::Ecdsa(hash)) => {
                check_p256(key, &hash.digest(message), signature)
            }
            (Self::P384(key), Scheme::Ecdsa(hash)) => {
                check_p384(key, &hash.digest(message), signature)
            }
            _ => None,
        }
    }

    /// [`Self::verify`] over a digest: e for SM2, SHA-256 otherwise.
    #[must_use]
    pub fn verify_prehash(&self, digest: &[u8; 32], signature: &[u8]) -> bool {
        self.check_prehash(digest, signature) == Some(Written::AsDefined)
    }

    /// [`Self::check`] over a digest, of a signature of the algorithm that the product makes with
    /// such a key: e for SM2, SHA-256 otherwise.
    #[must_use]
    pub fn check_prehash(&self, digest: &[u8; 32], signature: &[u8]) -> Option<Written> {
        match self {
            Self::Sm2(key) => {
                let (read, written) = EcSignature::read(signature)?;
                key.verify_e(digest, &read.to_raw()).then_some(written)
            }
            Self::P256(key) => check_p256(key, digest, signature),
            Self::Rsa(key) => (key.uses() == RsaUse::Any
                && key.verify_pkcs1(Sha2::Sha256, digest, signature))
            .then_some(Written::AsDefined),
            Self::P384(_) => None,
        }
    }

    /// A token's signature in the form that leaves the product: strict DER for SM2 and ECDSA,
    /// as it is for RSA. `None` if it has no form that is known, or the product does not sign with
    /// such keys.
    #[must_use]
    pub fn normalise(&self, signature: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Sm2(_) | Self::P256(_) => {
                EcSignature::<32>::read(signature).map(|(read, _)| read.to_der())
            }
            Self::Rsa(key) => {
                let fits = key.uses() == RsaUse::Any && signature.len() == key.size();
                fits.then(|| signature.to_vec())
            }
            Self::P384(_) => None,
        }
    }
}

fn check_p256(key: &p256::ecdsa::VerifyingKey, digest: &[u8], signature: &[u8]) -> Option<Written> {
    let (read, written) = EcSignature::<32>::read(signature)?;
    let signature = p256::ecdsa::Signature::from_scalars(read.r, read.s).ok()?;
    let held = key.verify_prehash(digest, &signature);
    held.is_ok().then_some(written)
}

fn check_p384(key: &p384::ecdsa::VerifyingKey, digest: &[u8], signature: &[u8]) -> Option<Written> {
    let (read, written) = EcSignature::<48>::read(signature)?;
    let signature = p384::ecdsa::Signature::from_scalars(read.r, read.s).ok()?;
    let held = key.verify_prehash(digest, &signature);
    held.is_ok().then_some(written)
}

/// What the parameters of an id-RSASSA-PSS key restrict it to.
fn pss_only(identifier: &[u8]) -> Result<RsaUse, KeyProblem> {
    match Scheme::read(identifier) {
        Ok((Scheme::RsaPss { hash, salt_length }, _)) => Ok(RsaUse::PssWith { hash, salt_length }),
        Ok((other, _)) => Err(KeyProblem::Unsupported(other.name().into())),
        Err(Error::AlgorithmNotSupported { algorithm }) => Err(KeyProblem::Unsupported(algorithm)),
        Err(error) => Err(KeyProblem::Unsupported(error.code().into())),
    }
}

fn read_rsa(bytes: &[u8], uses: RsaUse) -> Result<PublicKey, KeyProblem> {
    let key = asn1::single(bytes, tag::SEQUENCE, "an RSAPublicKey is expected")?;
    let mut fields = key.children();
    let modulus = fields.expect(tag::INTEGER, "an INTEGER is expected")?;
    let exponent = fields.expect(tag::INTEGER, "an INTEGER is expected")?;
    fields.finish()?;
    let n = asn1::without_zeros(modulus.value);
    let e = asn1::without_zeros(exponent.value);
    let bits = rsa::bits(n);
    if bits < 2048 {
        return Err(KeyProblem::Weak(bits));
    }
    if bits > 4096 {
        return Err(KeyProblem::Unsupported(format!("RSA-{bits}")));
    }
    if e.len() > 4 {
        return Err(KeyProblem::Unsupported(
            "RSA, exponent above 32 bits".into(),
        ));
    }
    RsaKey::new(n, e)
        .map(|key| PublicKey::Rsa(key.only_for(uses)))
        .ok_or_else(|| modulus.malformed("the RSA key is unsound").into())
}

/// How a signature is written. The numbers are the same in each form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// As its standard says: DER `SEQUENCE { r INTEGER, s INTEGER }` for SM2 (GM/T 0009) and ECDSA
    /// (RFC 3279, 2.2.3).
    AsDefined,
    /// DER whose INTEGERs lack their sign octet, as if negative, or carry too many.
    OddIntegers,
    /// `r ‖ s`, each as long as the order.
    Raw,
}

impl Written {
    /// What is odd about it, for a note.
    #[must_use]
    pub fn oddity(self) -> Option<Error> {
        match self {
            Self::AsDefined => None,
            Self::OddIntegers => Some(Error::IntegerOdd {}),
            Self::Raw => Some(Error::EncodingOdd {
                reason: "r ‖ s, not DER".into(),
            }),
        }
    }

    /// How an SM2 or ECDSA signature is written, whatever the key. `None` if it is none.
    #[must_use]
    pub fn of(signature: &[u8]) -> Option<Self> {
        let of_256 = EcSignature::<32>::read(signature).map(|(_, written)| written);
        of_256.or_else(|| EcSignature::<48>::read(signature).map(|(_, written)| written))
    }
}

/// An SM2 or ECDSA signature on a curve whose order has N bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EcSignature<const N: usize = 32> {
    r: [u8; N],
    s: [u8; N],
}

impl<const N: usize> EcSignature<N> {
    /// Reads DER `SEQUENCE { r INTEGER, s INTEGER }` (GM/T 0009, RFC 3279), strictly.
    ///
    /// # Errors
    /// If it is anything else.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        let (r, s) = integers(der)?;
        Ok(Self { r, s })
    }

    /// Reads what the field writes, tokens included, and tells how it is written. What is strict DER
    /// is taken for that, even where it has the length of `r ‖ s`. The caller verifies what comes out.
    #[must_use]
    pub fn read(signature: &[u8]) -> Option<(Self, Written)> {
        if let Ok(strict) = Self::from_der(signature) {
            return Some((strict, Written::AsDefined));
        }
        if signature.len() == 2 * N {
            let (r, s) = signature.split_at(N);
            let (r, s) = (r.try_into().ok()?, s.try_into().ok()?);
            return Some((Self { r, s }, Written::Raw));
        }
        let sequence = asn1::single(signature, tag::SEQUENCE, "").ok()?;
        let mut fields = sequence.children();
        let r = fixed(fields.expect(tag::INTEGER, "").ok()?.value)?;
        let s = fixed(fields.expect(tag::INTEGER, "").ok()?.value)?;
        fields.finish().ok()?;
        Some((Self { r, s }, Written::OddIntegers))
    }

    /// Strict DER.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        asn1::element(
            tag::SEQUENCE,
            &[&asn1::unsigned(&self.r), &asn1::unsigned(&self.s)],
        )
    }
}

impl EcSignature {
    /// Reads `r ‖ s`.
    #[must_use]
    pub fn from_raw(raw: &[u8; 64]) -> Self {
        let (mut r, mut s) = ([0; 32], [0; 32]);
        r.copy_from_slice(&raw[..32]);
        s.copy_from_slice(&raw[32..]);
        Self { r, s }
    }

    /// `r ‖ s`.
    #[must_use]
    pub fn to_raw(&self) -> [u8; 64] {
        let mut raw = [0; 64];
        raw[..32].copy_from_slice(&self.r);
        raw[32..].copy_from_slice(&self.s);
        raw
    }
}

/// Reads DER `SEQUENCE { r INTEGER, s INTEGER }` strictly, both unsigned and of at most N bytes.
fn integers<const N: usize>(der: &[u8]) -> Result<([u8; N], [u8; N]), Malformed> {
    let sequence = asn1::single(der, tag::SEQUENCE, "SEQUENCE {r, s} is expected")?;
    let mut fields = sequence.children();
    let mut integer = || {
        let integer = fields.expect(tag::INTEGER, "an INTEGER is expected")?;
        match integer.value {
            [] => Err(integer.malformed("an empty INTEGER")),
            [0x80..=0xff, ..] => Err(integer.malformed("a negative INTEGER")),
            [0, 0..=0x7f, ..] => Err(integer.malformed("an INTEGER that is not minimal")),
            magnitude => fixed(magnitude).ok_or_else(|| integer.malformed("longer than the order")),
        }
    };
    let (r, s) = (integer()?, integer()?);
    fields.finish()?;
    Ok((r, s))
}

/// A magnitude as N bytes, leading zeros dropped. `None` if it is longer or empty.
fn fixed<const N: usize>(magnitude: &[u8]) -> Option<[u8; N]> {
    if magnitude.is_empty() {
        return None;
    }
    let magnitude = asn1::without_zeros(magnitude);
    let mut out = [0; N];
    let start = N.checked_sub(magnitude.len())?;
    out[start..].copy_from_slice(magnitude);
    Some(out)
}

/// Whether an SM2 signature holds over a message: the contract's `sm2Verify`.
///
/// The key is a 65-byte SEC 1 point or a DER SubjectPublicKeyInfo, the signature strict DER or
/// 64 raw bytes. `None` if the key is neither.
#[must_use]
pub fn sm2_verify(public_key: &[u8], message: &[u8], signature: &[u8], id: &[u8]) -> Option<bool> {
    let key = if public_key.len() == 65 {
        Sm2Key::from_point(public_key)?
    } else {
        match PublicKey::from_spki(public_key) {
            Ok(PublicKey::Sm2(key)) => key,
            _ => return None,
        }
    };
    let raw = <&[u8; 64]>::try_from(signature).ok().copied();
    // A DER signature of small integers may happen to be 64 bytes long.
    let der = EcSignature::<32>::from_der(signature)
        .ok()
        .map(|sig| sig.to_raw());
    Some(
        [raw, der]
            .iter()
            .flatten()
            .any(|signature| key.verify(id, &[message], signature)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestKey, data};

    #[test]
    fn the_annex_of_the_standard_verifies() {
        let Some(folder) = data::folder() else { return };
        let text =
            std::fs::read_to_string(folder.join("vectors/gbt32918_5_gbt32905.json")).unwrap();
        let vector: serde_json::Value = serde_json::from_str(&text).unwrap();
        let sign = &vector["sign"];
        let bytes = |name: &str| data::unhex(sign[name].as_str().unwrap());
        let point = [vec![4], bytes("px"), bytes("py")].concat();
        let key = Sm2Key::from_point(&point).unwrap();
        let (id, message) = (
            sign["id"].as_str().unwrap().as_bytes(),
            sign["msg_ascii"].as_str().unwrap().as_bytes(),
        );
        assert_eq!(key.z(id).unwrap()[..], bytes("Z"));
        assert_eq!(key.e(id, &[message]).unwrap()[..], bytes("e"));
        let signature = [bytes("r"), bytes("s")].concat();
        assert_eq!(sm2_verify(&point, message, &signature, id), Some(true));
        let mut tampered = signature.clone();
        for bit in 0..512 {
            tampered[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                sm2_verify(&point, message, &tampered, id),
                Some(false),
                "bit {bit}"
            );
            tampered[bit / 8] ^= 1 << (bit % 8);
        }
        assert_eq!(
            sm2_verify(&point, message, &signature, b"other"),
            Some(false)
        );
    }

    /// OpenSSL's own vectors: over a digest, since its test hands e in.
    #[test]
    fn tongsuo_vectors_verify() {
        let Some(folder) = data::folder() else { return };
        let text = std::fs::read_to_string(folder.join("vectors/evppkey_sm2.txt")).unwrap();
        let mut keys = std::collections::HashMap::new();
        let mut seen = 0;
        for block in text.split("\n\n") {
            if let Some((name, pem)) = block
                .split_once("PrivateKey=")
                .and_then(|(_, rest)| rest.split_once('\n'))
            {
                let der = crate::pem::blocks(pem, &["PRIVATE KEY"]).unwrap().remove(0);
                // The public point closes the structure.
                keys.insert(name.trim(), der[der.len() - 65..].to_vec());
                continue;
            }
            let field = |wanted: &str| {
                block
                    .lines()
                    .filter_map(|line| line.split_once('='))
                    .find(|(name, _)| name.trim() == wanted)
                    .map(|(_, value)| value.trim())
            };
            let (Some(name), Some("digest:SM3"), Some(input), Some(output)) = (
                field("Verify"),
                field("Ctrl"),
                field("Input"),
                field("Output"),
            ) else {
                continue;
            };
            let key = Sm2Key::from_point(&keys[name]).unwrap();
            let Ok(e) = <[u8; 32]>::try_from(data::unhex(input)) else {
                continue;
            };
            let signature = EcSignature::<32>::from_der(&data::unhex(output)).unwrap();
            let expected = field("Result") != Some("VERIFY_ERROR");
            assert_eq!(key.verify_e(&e, &signature.to_raw()), expected, "{input}");
            seen += 1;
        }
        assert!(seen >= 2, "{seen} vectors");
    }

    #[test]
    fn sloppy_token_output_is_normalised_and_strict_reading_refuses_it() {
        let high = [0x90; 32];
        let mut low = [0; 32];
        low[31] = 5;
        let signature = EcSignature { r: high, s: low };
        let missing_zero = asn1::element(
            tag::SEQUENCE,
            &[
                &asn1::element(tag::INTEGER, &[&high]),
                &asn1::element(tag::INTEGER, &[&[5]]),
            ],
        );
        let padded = asn1::element(
            tag::SEQUENCE,
            &[
                &asn1::element(tag::INTEGER, &[&[0], &high]),
                &asn1::element(tag::INTEGER, &[&low]),
            ],
        );
        for sloppy in [&missing_zero[..], &padded] {
            assert!(EcSignature::<32>::from_der(sloppy).is_err());
            let odd = (signature, Written::OddIntegers);
            assert_eq!(EcSignature::read(sloppy), Some(odd));
            assert_eq!(Written::of(sloppy), Some(odd.1));
        }
        let raw = (signature, Written::Raw);
        assert_eq!(EcSignature::read(&signature.to_raw()), Some(raw));
        assert_eq!(Written::of(&[7; 96]), Some(Written::Raw));
        assert_eq!(EcSignature::from_der(&signature.to_der()), Ok(signature));
        assert_eq!(EcSignature::<32>::read(&[]), None);
        let long = asn1::element(
            tag::SEQUENCE,
            &[&asn1::element(tag::INTEGER, &[&[1; 33]]), &padded],
        );
        assert_eq!(EcSignature::<32>::read(&long), None);
        for length in [0, 63, 65, 95, 97, 128] {
            assert_eq!(Written::of(&vec![7; length]), None);
        }
    }

    #[test]
    fn keys_of_each_kind_verify_their_own_signatures_only() {
        let keys = TestKey::all();
        for (index, signer) in keys.iter().enumerate() {
            let signature = signer.sign(b"message");
            for (other, verifier) in keys.iter().enumerate() {
                let key = PublicKey::from_spki(&verifier.spki()).unwrap();
                assert_eq!(key.verify(&[b"mess", b"age"], &signature), index == other);
                assert!(!key.verify(&[b"message!"], &signature));
            }
        }
    }

    /// As Wycheproof's: what is no signature, or no strict DER, around one that holds.
    #[test]
    fn edge_cases_of_r_and_s_are_refused() {
        let p384 = p384::ecdsa::SigningKey::from_slice(&[3; 48]).unwrap();
        let (sm2, p256) = (TestKey::sm2(1), TestKey::p256(2));
        let Ok(PublicKey::Sm2(sm2_key)) = PublicKey::from_spki(&sm2.spki()) else {
            unreachable!()
        };
        let (r, s) =
            integers::<48>(&sign_p384(&p384, &Sha2::Sha384.digest(&[b"message"]))).unwrap();
        let of_256 = |signature: &[u8]| {
            let (r, s) = integers::<32>(signature).unwrap();
            (r.to_vec(), s.to_vec())
        };
        for (key, scheme, (r, s), order) in [
            (
                PublicKey::Sm2(sm2_key),
                Scheme::Sm2WithSm3,
                of_256(&sm2.sign(b"message")),
                "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
            ),
            (
                PublicKey::from_spki(&p256.spki()).unwrap(),
                Scheme::Ecdsa(Sha2::Sha256),
                of_256(&p256.sign(b"message")),
                "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
            ),
            (
                PublicKey::P384(*p384.verifying_key()),
                Scheme::Ecdsa(Sha2::Sha384),
                (r.to_vec(), s.to_vec()),
                "ffffffffffffffffffffffffffffffffffffffffffffffff\
                 c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
            ),
        ] {
            let holds = |signature: &[u8]| {
                key.verify_scheme(
                    scheme,
                    Sm2Digest::Id(DEFAULT_ID),
                    &[b"mess", b"age"],
                    signature,
                )
            };
            let integer = |value: &[u8]| asn1::element(tag::INTEGER, &[value]);
            let sequence = |fields: &[&[u8]]| asn1::element(tag::SEQUENCE, fields);
            let (good_r, good_s) = (asn1::unsigned(&r), asn1::unsigned(&s));
            let good = sequence(&[&good_r, &good_s]);
            assert!(holds(&good), "{scheme:?}");
            assert!(!key.verify_scheme(scheme, Sm2Digest::Id(DEFAULT_ID), &[b"other"], &good));

            let n = data::unhex(order);
            let mut above = n.clone();
            *above.last_mut().unwrap() += 1;
            let mut below = n.clone();
            *below.last_mut().unwrap() -= 1;
            let largest = vec![0xff; n.len()];
            for wrong in [&[0][..], &[1], &n, &above, &below, &largest] {
                let wrong = asn1::unsigned(wrong);
                assert!(
                    !holds(&sequence(&[&wrong, &good_s])),
                    "{scheme:?} r {wrong:02x?}"
                );
                assert!(
                    !holds(&sequence(&[&good_r, &wrong])),
                    "{scheme:?} s {wrong:02x?}"
                );
                assert!(!holds(&sequence(&[&wrong, &wrong])));
            }
            // The same numbers, encoded otherwise.
            let padded = |value: &[u8]| integer(&[&[0; 2], value].concat());
            let minus = |value: &[u8]| {
                let mut value = value.to_vec();
                value[0] |= 0x80;
                integer(&value)
            };
            let long_form = [&[0x30, 0x81], &good[1..]].concat();
            let indefinite = [&[0x30, 0x80], &good[2..], &[0, 0]].concat();
            for wrong in [
                sequence(&[&padded(&r), &good_s]),
                sequence(&[&good_r, &padded(&s)]),
                sequence(&[&minus(&r), &good_s]),
                sequence(&[&good_r, &minus(&s)]),
                sequence(&[&good_s, &good_r]),
                sequence(&[&good_r]),
                sequence(&[&good_r, &good_s, &good_s]),
                sequence(&[&good_r, &good_s, &[tag::NULL, 0]]),
                sequence(&[&integer(&[]), &good_s]),
                sequence(&[&good_r, &integer(&[])]),
                sequence(&[&asn1::element(tag::OCTET_STRING, &[&r]), &good_s]),
                asn1::element(tag::SET, &[&good_r, &good_s]),
                sequence(&[&good]),
                [&good[..], &[0]].concat(),
                good[..good.len() - 1].to_vec(),
                long_form,
                indefinite,
                [&r[..], &s].concat(),
                Vec::new(),
            ] {
                assert!(!holds(&wrong), "{scheme:?} {wrong:02x?}");
            }
            // Of which some are read where others made them, and hold with how they are written.
            let id = Sm2Digest::Id(DEFAULT_ID);
            let check = |signature: &[u8]| key.check(scheme, id, &[b"message"], signature);
            assert_eq!(check(&good), Some(Written::AsDefined));
            let bare = sequence(&[&integer(&r), &integer(&s)]);
            for (odd, written) in [
                ([&r[..], &s].concat(), Written::Raw),
                (sequence(&[&padded(&r), &good_s]), Written::OddIntegers),
                (sequence(&[&padded(&r), &padded(&s)]), Written::OddIntegers),
            ] {
                assert_eq!(check(&odd), Some(written), "{scheme:?} {odd:02x?}");
                assert_eq!(key.check(scheme, id, &[b"other"], &odd), None);
            }
            assert!(check(&bare).is_some());
            for wrong in [
                [&s[..], &r].concat(),
                [&r[..], &s, &[0]].concat(),
                [&r[1..], &s].concat(),
                [&[0], &r[..], &[0], &s].concat(),
                sequence(&[&minus(&integer(&r)), &good_s]),
                [&bare[..], &[0]].concat(),
            ] {
                assert_eq!(check(&wrong), None, "{scheme:?} {wrong:02x?}");
            }
            for bit in 0..good.len() * 8 {
                let mut changed = good.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                assert!(!holds(&changed), "{scheme:?} bit {bit}");
            }
        }
    }

    fn sign_p384(key: &p384::ecdsa::SigningKey, digest: &[u8]) -> Vec<u8> {
        use p384::ecdsa::signature::hazmat::PrehashSigner;
        let signature: p384::ecdsa::Signature = key.sign_prehash(digest).unwrap();
        let bytes = signature.to_bytes();
        let (r, s) = bytes.split_at(48);
        asn1::element(tag::SEQUENCE, &[&asn1::unsigned(r), &asn1::unsigned(s)])
    }

    fn ec_spki(curve: der::asn1::ObjectIdentifier, point: &[u8]) -> Vec<u8> {
        let algorithm = [asn1::oid(oid::EC), asn1::oid(curve)].concat();
        let algorithm = asn1::element(tag::SEQUENCE, &[&algorithm]);
        let key = asn1::element(tag::BIT_STRING, &[&[0], point]);
        asn1::element(tag::SEQUENCE, &[&algorithm, &key])
    }

    #[test]
    fn a_p384_key_is_verified_with_and_nothing_else() {
        let private = p384::ecdsa::SigningKey::from_slice(&[3; 48]).unwrap();
        let point = private.verifying_key().to_sec1_point(false);
        let key = PublicKey::from_spki(&ec_spki(oid::P384, point.as_bytes())).unwrap();
        assert_eq!(
            (key.name(), key.bits(), key.algorithm()),
            ("P-384", 384, None)
        );
        let digest = crate::hash::sha256(b"message");
        let signature = sign_p384(&private, &digest);
        let holds =
            |scheme| key.verify_scheme(scheme, Sm2Digest::WithoutZ, &[b"message"], &signature);
        assert!(holds(Scheme::Ecdsa(Sha2::Sha256)));
        assert!(!holds(Scheme::Ecdsa(Sha2::Sha384)));
        assert!(!key.verify(&[b"message"], &signature));
        assert!(!key.verify_prehash(&digest, &signature));
        assert_eq!(key.normalise(&signature), None);
    }

    #[test]
    fn points_that_are_no_keys_are_refused() {
        for (curve, key) in [
            (oid::P256, TestKey::p256(2).point()),
            (
                oid::P384,
                p384::ecdsa::SigningKey::from_slice(&[3; 48])
                    .unwrap()
                    .verifying_key()
                    .to_sec1_point(false)
                    .as_bytes()
                    .to_vec(),
            ),
        ] {
            let read = |point: &[u8]| PublicKey::from_spki(&ec_spki(curve, point));
            assert!(read(&key).is_ok());
            let half = key.len() / 2;
            let compressed = [&[2 + key[key.len() - 1] % 2], &key[1..=half]].concat();
            assert!(read(&compressed).is_ok());
            let mut off = key.clone();
            *off.last_mut().unwrap() ^= 1;
            let compact = [&[5], &key[1..=half]].concat();
            let mut hybrid = key.clone();
            hybrid[0] = 6 + key[key.len() - 1] % 2;
            let mut large = vec![0xff; key.len()];
            large[0] = 4;
            let short = &key[..key.len() - 1];
            for wrong in [&off, &compact, &hybrid, &large, short, &[0], &[4], &[][..]] {
                let Err(KeyProblem::Malformed(_)) = read(wrong) else {
                    panic!("{curve} {wrong:02x?}");
                };
            }
            // A point of one curve named as of the other.
            let other = if curve == oid::P256 {
                oid::P384
            } else {
                oid::P256
            };
            assert!(PublicKey::from_spki(&ec_spki(other, &key)).is_err());
        }
    }

    proptest::proptest! {
        /// Leniency changes how integers may be written, never which numbers they are.
        #[test]
        fn lenient_integers_are_the_same_numbers(
            r in proptest::array::uniform32(0u8..),
            s in proptest::array::uniform32(0u8..),
            zeros in (0usize..33, 0usize..33),
            padding in (0usize..9, 0usize..9),
        ) {
            // Numbers of each length, so that the first octet is now and then small.
            let number = |mut octets: [u8; 32], zeros: usize| {
                octets[..zeros].fill(0);
                octets
            };
            let (r, s) = (number(r, zeros.0), number(s, zeros.1));
            let signature = EcSignature { r, s };
            let written = |octets: &[u8; 32], zeros: usize, padding: usize| {
                // One octet stays where the number is zero.
                let bare = &octets[zeros.min(31)..];
                asn1::element(tag::INTEGER, &[&vec![0; padding], bare])
            };
            let lenient = asn1::element(tag::SEQUENCE, &[
                &written(&r, zeros.0, padding.0),
                &written(&s, zeros.1, padding.1),
            ]);
            let strict = signature.to_der();
            let read = EcSignature::<32>::from_der(&lenient);
            assert_eq!(read.is_ok(), lenient == strict, "{lenient:02x?}");
            if lenient.len() != 64 {
                let written = if lenient == strict { Written::AsDefined } else { Written::OddIntegers };
                assert_eq!(EcSignature::read(&lenient), Some((signature, written)));
            }
            assert_eq!(EcSignature::from_der(&strict), Ok(signature));
        }
    }
}
