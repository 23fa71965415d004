//! Mechanisms: what the token computes, on keys given as attributes. SM2 has no numbers in any
//! version of PKCS #11; the ones here are those of the "0x80008000 family" that several Chinese
//! vendors share (key type 0x80000004).

use cryptoki_sys::*;
use der::asn1::OctetStringRef;
use der::{Decode, Encode};
use rsa::rand_core::UnwrapErr;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BoxedUint, Pkcs1v15Encrypt, Pkcs1v15Sign, Pss, RsaPrivateKey, RsaPublicKey};
use sha2::{Digest, Sha256};
use signature::hazmat::{PrehashSigner, PrehashVerifier, RandomizedPrehashSigner};
use sm3::Sm3;
use zeroize::Zeroizing;

use crate::object::{Attributes, Value};
use crate::rv::{Result, Rv};

/// A mechanism with its parameter, as the caller gave it.
#[derive(Clone, Copy, Debug)]
pub struct Mechanism<'a> {
    /// CKM_…
    pub kind: CK_MECHANISM_TYPE,
    /// The parameter's bytes; empty if there is none.
    pub parameter: &'a [u8],
}

/// Facts about a mechanism (CK_MECHANISM_INFO).
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// CKM_…
    pub kind: CK_MECHANISM_TYPE,
    /// Smallest key, in bits.
    pub min_bits: CK_ULONG,
    /// Largest key, in bits.
    pub max_bits: CK_ULONG,
    /// CKF_…
    pub flags: CK_FLAGS,
}

/// All mechanisms of the token.
pub const MECHANISMS: [Info; 15] = [
    info(CKM_SM2_KEY_PAIR_GEN, 256, 256, CKF_GENERATE_KEY_PAIR | EC),
    info(CKM_SM2_SIGN, 256, 256, SIGN | EC),
    info(CKM_SM2_SIGN_NO_DER, 256, 256, SIGN | EC),
    info(CKM_SM3_SM2_APPID1, 256, 256, SIGN | EC),
    info(CKM_SM2_DER, 256, 256, CKF_HW | CKF_DECRYPT | EC),
    info(CKM_SM3, 0, 0, CKF_DIGEST),
    info(
        CKM_RSA_PKCS_KEY_PAIR_GEN,
        RSA_MIN,
        RSA_MAX,
        CKF_GENERATE_KEY_PAIR,
    ),
    info(CKM_RSA_PKCS, RSA_MIN, RSA_MAX, SIGN | CKF_DECRYPT),
    info(CKM_SHA256_RSA_PKCS, RSA_MIN, RSA_MAX, SIGN),
    info(CKM_RSA_PKCS_PSS, RSA_MIN, RSA_MAX, SIGN),
    info(CKM_SHA256_RSA_PKCS_PSS, RSA_MIN, RSA_MAX, SIGN),
    info(CKM_EC_KEY_PAIR_GEN, 256, 256, CKF_GENERATE_KEY_PAIR | EC),
    info(CKM_ECDSA, 256, 256, SIGN | EC),
    info(CKM_ECDSA_SHA256, 256, 256, SIGN | EC),
    info(CKM_SHA256, 0, 0, CKF_DIGEST),
];

/// Facts about a mechanism.
///
/// # Errors
/// `CKR_MECHANISM_INVALID`.
pub fn find(kind: CK_MECHANISM_TYPE) -> Result<Info> {
    let found = MECHANISMS.iter().find(|info| info.kind == kind);
    found.copied().ok_or(Rv(CKR_MECHANISM_INVALID))
}

/// A private key that can sign.
pub enum PrivateKey {
    /// RSA.
    Rsa(Box<RsaPrivateKey>),
    /// ECDSA on P-256.
    P256(Box<p256::ecdsa::SigningKey>),
    /// SM2. Not the crate's `SigningKey`, which is not wiped when dropped.
    Sm2(Box<sm2::SecretKey>),
}

impl PrivateKey {
    /// Reads a CKO_PRIVATE_KEY.
    ///
    /// # Errors
    /// `CKR_TEMPLATE_INCOMPLETE` or `CKR_ATTRIBUTE_VALUE_INVALID`.
    pub fn from_attributes(attributes: &Attributes) -> Result<Self> {
        let invalid = Rv(CKR_ATTRIBUTE_VALUE_INVALID);
        match attributes.number(CKA_KEY_TYPE) {
            Some(CKK_RSA) => {
                let number = |attribute| {
                    let bytes = attributes.bytes(attribute);
                    match bytes.len() {
                        0 => Err(Rv(CKR_TEMPLATE_INCOMPLETE)),
                        1..=MAX_RSA_LEN => Ok(BoxedUint::from_be_slice_vartime(bytes)),
                        _ => Err(invalid),
                    }
                };
                let modulus = number(CKA_MODULUS)?;
                check_rsa_size(&modulus)?;
                let key = RsaPrivateKey::from_components(
                    modulus,
                    number(CKA_PUBLIC_EXPONENT)?,
                    number(CKA_PRIVATE_EXPONENT)?,
                    vec![number(CKA_PRIME_1)?, number(CKA_PRIME_2)?],
                );
                let key = key.map_err(|_| invalid)?;
                key.validate().map_err(|_| invalid)?;
                Ok(Self::Rsa(Box::new(key)))
            }
            Some(CKK_EC) => {
                let scalar = scalar(attributes)?;
                let key = p256::ecdsa::SigningKey::from_slice(&*scalar).map_err(|_| invalid)?;
                Ok(Self::P256(Box::new(key)))
            }
            Some(CKK_SM2) => {
                let scalar = scalar(attributes)?;
                let key = sm2::SecretKey::from_slice(&*scalar).map_err(|_| invalid)?;
                Ok(Self::Sm2(Box::new(key)))
            }
            _ => Err(Rv(CKR_TEMPLATE_INCONSISTENT)),
        }
    }

    fn key_type(&self) -> CK_KEY_TYPE {
        match self {
            Self::Rsa(_) => CKK_RSA,
            Self::P256(_) => CKK_EC,
            Self::Sm2(_) => CKK_SM2,
        }
    }
}

/// A public key that can verify.
pub enum PublicKey {
    /// RSA.
    Rsa(Box<RsaPublicKey>),
    /// ECDSA on P-256.
    P256(Box<p256::ecdsa::VerifyingKey>),
    /// SM2.
    Sm2(Box<sm2::dsa::VerifyingKey>),
}

impl PublicKey {
    /// Reads a CKO_PUBLIC_KEY.
    ///
    /// # Errors
    /// `CKR_TEMPLATE_INCOMPLETE` or `CKR_ATTRIBUTE_VALUE_INVALID`.
    pub fn from_attributes(attributes: &Attributes) -> Result<Self> {
        let invalid = Rv(CKR_ATTRIBUTE_VALUE_INVALID);
        let missing = |attribute| attributes.bytes(attribute).is_empty();
        match attributes.number(CKA_KEY_TYPE) {
            Some(CKK_RSA) => {
                if missing(CKA_MODULUS) || missing(CKA_PUBLIC_EXPONENT) {
                    return Err(Rv(CKR_TEMPLATE_INCOMPLETE));
                }
                let modulus = attributes.bytes(CKA_MODULUS);
                let exponent = attributes.bytes(CKA_PUBLIC_EXPONENT);
                if modulus.len() > MAX_RSA_LEN || exponent.len() > 8 {
                    return Err(invalid);
                }
                let modulus = BoxedUint::from_be_slice_vartime(modulus);
                check_rsa_size(&modulus)?;
                RsaPublicKey::new(modulus, BoxedUint::from_be_slice_vartime(exponent))
                    .map(|key| Self::Rsa(Box::new(key)))
                    .map_err(|_| invalid)
            }
            Some(key_type @ (CKK_EC | CKK_SM2)) => {
                if missing(CKA_EC_POINT) {
                    return Err(Rv(CKR_TEMPLATE_INCOMPLETE));
                }
                let encoded = attributes.bytes(CKA_EC_POINT);
                let point = <&OctetStringRef>::from_der(encoded).map_err(|_| invalid)?;
                let point = point.as_bytes();
                if key_type == CKK_EC {
                    p256::ecdsa::VerifyingKey::from_sec1_bytes(point)
                        .map(|key| Self::P256(Box::new(key)))
                        .map_err(|_| invalid)
                } else {
                    sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_DEFAULT_ID, point)
                        .map(|key| Self::Sm2(Box::new(key)))
                        .map_err(|_| invalid)
                }
            }
            _ => Err(Rv(CKR_TEMPLATE_INCONSISTENT)),
        }
    }

    fn key_type(&self) -> CK_KEY_TYPE {
        match self {
            Self::Rsa(_) => CKK_RSA,
            Self::P256(_) => CKK_EC,
            Self::Sm2(_) => CKK_SM2,
        }
    }
}

/// CKA_MODULUS_BITS of an RSA key.
pub fn modulus_bits(key: &RsaPublicKey) -> CK_ULONG {
    key.n().bits().into()
}

/// Makes a key pair: adds the key material to the two templates.
///
/// # Errors
/// `CKR_MECHANISM_INVALID`, `CKR_KEY_SIZE_RANGE`, `CKR_CURVE_NOT_SUPPORTED`,
/// `CKR_TEMPLATE_INCOMPLETE` and `CKR_TEMPLATE_INCONSISTENT`.
pub fn make_key_pair(
    mechanism: Mechanism<'_>,
    public: &mut Attributes,
    private: &mut Attributes,
) -> Result<()> {
    let info = find(mechanism.kind)?;
    if info.flags & CKF_GENERATE_KEY_PAIR == 0 {
        return Err(Rv(CKR_MECHANISM_INVALID));
    }
    no_parameter(mechanism)?;
    let key_type = match mechanism.kind {
        CKM_RSA_PKCS_KEY_PAIR_GEN => CKK_RSA,
        CKM_EC_KEY_PAIR_GEN => CKK_EC,
        _ => CKK_SM2,
    };
    for (attributes, class) in [
        (&mut *public, CKO_PUBLIC_KEY),
        (&mut *private, CKO_PRIVATE_KEY),
    ] {
        for (attribute, expected) in [(CKA_CLASS, class), (CKA_KEY_TYPE, key_type)] {
            attributes.default_to(attribute, Value::Number(expected));
            if attributes.number(attribute) != Some(expected) {
                return Err(Rv(CKR_TEMPLATE_INCONSISTENT));
            }
        }
        for attribute in KEY_MATERIAL {
            if attributes.value(attribute).is_some() {
                return Err(Rv(CKR_TEMPLATE_INCONSISTENT));
            }
        }
    }
    if key_type == CKK_RSA {
        make_rsa(public, private)?;
    } else {
        make_ec(key_type, public, private)?;
    }

    public.complete_storage(false)?;
    public.complete_public_key()?;
    private.complete_storage(true)?;
    private.complete_private_key()?;
    for attributes in [&mut *public, &mut *private] {
        attributes.set(CKA_LOCAL, Value::Bool(true));
        attributes.set(CKA_KEY_GEN_MECHANISM, Value::Number(mechanism.kind));
    }
    let sensitive = private.flag(CKA_SENSITIVE);
    let extractable = private.flag(CKA_EXTRACTABLE);
    private.set(CKA_ALWAYS_SENSITIVE, Value::Bool(sensitive));
    private.set(CKA_NEVER_EXTRACTABLE, Value::Bool(!extractable));
    Ok(())
}

fn make_rsa(public: &mut Attributes, private: &mut Attributes) -> Result<()> {
    let bits = public
        .number(CKA_MODULUS_BITS)
        .ok_or(Rv(CKR_TEMPLATE_INCOMPLETE))?;
    if ![2048, 3072, 4096].contains(&bits) {
        return Err(Rv(CKR_KEY_SIZE_RANGE));
    }
    // 65537 only: anything smaller is a mistake, anything larger a curiosity.
    let exponent = public.bytes(CKA_PUBLIC_EXPONENT);
    if !exponent.is_empty()
        && exponent
            .iter()
            .skip_while(|byte| **byte == 0)
            .ne(&[1, 0, 1])
    {
        return Err(Rv(CKR_ATTRIBUTE_VALUE_INVALID));
    }
    let bits = usize::try_from(bits).map_err(|_| Rv(CKR_KEY_SIZE_RANGE))?;
    let key = RsaPrivateKey::new(&mut rng(), bits).map_err(|_| Rv(CKR_FUNCTION_FAILED))?;
    put_rsa(&key, public, private)
}

/// Puts an RSA key pair into the attributes of its two objects.
///
/// # Errors
/// `CKR_FUNCTION_FAILED` for a key with more than two primes.
pub(crate) fn put_rsa(
    key: &RsaPrivateKey,
    public: &mut Attributes,
    private: &mut Attributes,
) -> Result<()> {
    let failed = Rv(CKR_FUNCTION_FAILED);
    let primes = key.primes();
    let [p, q] = primes else {
        return Err(failed);
    };
    let modulus = Value::bytes(trim(&key.n_bytes()));
    let exponent = Value::bytes(trim(&key.e_bytes()));
    for attributes in [&mut *public, &mut *private] {
        attributes.set(CKA_MODULUS, modulus.clone());
        attributes.set(CKA_PUBLIC_EXPONENT, exponent.clone());
    }
    let secret = |number: &BoxedUint| {
        let bytes = Zeroizing::new(number.to_be_bytes());
        Value::bytes(trim(&bytes))
    };
    private.set(CKA_PRIVATE_EXPONENT, secret(key.d()));
    private.set(CKA_PRIME_1, secret(p));
    private.set(CKA_PRIME_2, secret(q));
    private.set(CKA_EXPONENT_1, secret(key.dp().ok_or(failed)?));
    private.set(CKA_EXPONENT_2, secret(key.dq().ok_or(failed)?));
    private.set(
        CKA_COEFFICIENT,
        secret(&key.crt_coefficient().ok_or(failed)?),
    );
    Ok(())
}

fn make_ec(key_type: CK_KEY_TYPE, public: &mut Attributes, private: &mut Attributes) -> Result<()> {
    let curve = if key_type == CKK_SM2 {
        // Vendors' callers often leave the curve out: SM2 has but one.
        public.default_to(CKA_EC_PARAMS, Value::bytes(CURVE_SM2));
        CURVE_SM2
    } else {
        CURVE_P256
    };
    match public.bytes(CKA_EC_PARAMS) {
        [] => return Err(Rv(CKR_TEMPLATE_INCOMPLETE)),
        params if params != curve => return Err(Rv(CKR_CURVE_NOT_SUPPORTED)),
        _ => {}
    }
    let mut scalar = Zeroizing::new([0; 32]);
    let point = loop {
        // A random number is no valid scalar once in 2^32.
        crate::seal::fill_random(scalar.as_mut_slice())?;
        if key_type == CKK_SM2 {
            if let Ok(key) = sm2::SecretKey::from_slice(scalar.as_slice()) {
                break key.public_key().to_sec1_bytes();
            }
        } else if let Ok(key) = p256::SecretKey::from_slice(scalar.as_slice()) {
            break key.public_key().to_sec1_bytes();
        }
    };
    let point = OctetStringRef::new(&point)
        .and_then(|point| point.to_der())
        .map_err(|_| Rv(CKR_FUNCTION_FAILED))?;
    public.set(CKA_EC_POINT, Value::bytes(point));
    private.set(CKA_EC_PARAMS, Value::bytes(curve));
    private.set(CKA_VALUE, Value::bytes(scalar.as_slice()));
    Ok(())
}

/// How a signature is made.
#[derive(Clone, Copy, Debug)]
enum Scheme {
    /// RSASSA-PKCS1-v1_5 over a given DigestInfo (RFC 8017 section 9.2, step 3 on).
    Pkcs1,
    Pkcs1Sha256,
    /// RSASSA-PSS with SHA-256 and a salt of so many bytes, over a given digest.
    Pss(usize),
    PssSha256(usize),
    Ecdsa,
    EcdsaSha256,
    /// SM2 over a given e, signature as SEQUENCE { r, s }.
    Sm2Der,
    /// SM2 over a given e, signature as r || s.
    Sm2Raw,
    /// SM2 over a message with the default id, signature as r || s.
    Sm3Sm2,
}

impl Scheme {
    fn new(mechanism: Mechanism<'_>, key_type: CK_KEY_TYPE) -> Result<Self> {
        let (scheme, needed) = match mechanism.kind {
            CKM_RSA_PKCS => (Self::Pkcs1, CKK_RSA),
            CKM_SHA256_RSA_PKCS => (Self::Pkcs1Sha256, CKK_RSA),
            CKM_RSA_PKCS_PSS => (Self::Pss(salt_len(mechanism)?), CKK_RSA),
            CKM_SHA256_RSA_PKCS_PSS => (Self::PssSha256(salt_len(mechanism)?), CKK_RSA),
            CKM_ECDSA => (Self::Ecdsa, CKK_EC),
            CKM_ECDSA_SHA256 => (Self::EcdsaSha256, CKK_EC),
            CKM_SM2_SIGN => (Self::Sm2Der, CKK_SM2),
            CKM_SM2_SIGN_NO_DER => (Self::Sm2Raw, CKK_SM2),
            CKM_SM3_SM2_APPID1 => (Self::Sm3Sm2, CKK_SM2),
            _ => return Err(Rv(CKR_MECHANISM_INVALID)),
        };
        if !matches!(scheme, Self::Pss(_) | Self::PssSha256(_)) {
            no_parameter(mechanism)?;
        }
        if key_type != needed {
            return Err(Rv(CKR_KEY_TYPE_INCONSISTENT));
        }
        Ok(scheme)
    }

    /// What hashes the message; `None` if the caller brings the digest.
    fn hasher(self, sm2_identity: Option<&[u8]>) -> Option<Hasher> {
        match self {
            Self::Pkcs1Sha256 | Self::PssSha256(_) | Self::EcdsaSha256 => {
                Some(Hasher::Sha256(Sha256::new()))
            }
            Self::Sm3Sm2 => {
                let mut hasher = Sm3::new();
                hasher.update(sm2_identity.unwrap_or_default());
                Some(Hasher::Sm3(hasher))
            }
            Self::Pkcs1 | Self::Pss(_) | Self::Ecdsa | Self::Sm2Der | Self::Sm2Raw => None,
        }
    }
}

/// A running signature.
pub struct Signing {
    key: PrivateKey,
    scheme: Scheme,
    input: Input,
}

impl Signing {
    /// Begins.
    ///
    /// # Errors
    /// `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`, `CKR_KEY_TYPE_INCONSISTENT`,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`.
    pub fn new(mechanism: Mechanism<'_>, attributes: &Attributes) -> Result<Self> {
        if attributes.class() != Some(CKO_PRIVATE_KEY) {
            return Err(Rv(CKR_KEY_HANDLE_INVALID));
        }
        let key = PrivateKey::from_attributes(attributes).map_err(|_| Rv(CKR_DEVICE_ERROR))?;
        let scheme = Scheme::new(mechanism, key.key_type())?;
        if !attributes.flag(CKA_SIGN) {
            return Err(Rv(CKR_KEY_FUNCTION_NOT_PERMITTED));
        }
        let identity = match &key {
            PrivateKey::Sm2(key) => Some(sm2_identity(&key.public_key().to_sec1_bytes())),
            _ => None,
        };
        Ok(Self {
            input: Input::new(scheme.hasher(identity.as_ref().map(<[u8; 32]>::as_slice))),
            key,
            scheme,
        })
    }

    /// The message so far.
    pub fn input(&mut self) -> &mut Input {
        &mut self.input
    }

    /// How many bytes the signature has at most.
    pub fn output_len(&self) -> usize {
        match (&self.key, self.scheme) {
            (PrivateKey::Rsa(key), _) => key.size(),
            // SEQUENCE of two integers of up to 33 bytes.
            (_, Scheme::Sm2Der) => 72,
            _ => 64,
        }
    }

    /// Ends: signs `last` as what remains of the message, or as the given digest.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE` for a digest of the wrong length.
    pub fn finish(self, last: &[u8]) -> Result<Vec<u8>> {
        let length = Rv(CKR_DATA_LEN_RANGE);
        let failed = Rv(CKR_FUNCTION_FAILED);
        let input = self.input.finish(last);
        match (&self.key, self.scheme) {
            (PrivateKey::Rsa(key), Scheme::Pkcs1) => key
                .sign_with_rng(&mut rng(), Pkcs1v15Sign::new_unprefixed(), &input)
                .map_err(|_| length),
            (PrivateKey::Rsa(key), Scheme::Pkcs1Sha256) => key
                .sign_with_rng(&mut rng(), Pkcs1v15Sign::new::<Sha256>(), &input)
                .map_err(|_| failed),
            (PrivateKey::Rsa(key), Scheme::Pss(salt) | Scheme::PssSha256(salt)) => {
                if input.len() != SHA256_LEN {
                    return Err(length);
                }
                let padding = Pss::<Sha256>::new_blinded_with_salt(salt);
                key.sign_with_rng(&mut rng(), padding, &input)
                    .map_err(|_| Rv(CKR_MECHANISM_PARAM_INVALID))
            }
            (PrivateKey::P256(key), _) => {
                let signature: p256::ecdsa::Signature =
                    key.sign_prehash(&input).map_err(|_| length)?;
                Ok(signature.to_bytes().to_vec())
            }
            (PrivateKey::Sm2(key), scheme) => {
                let key = sm2::dsa::SigningKey::new(SM2_DEFAULT_ID, key).map_err(|_| failed)?;
                let signature: sm2::dsa::Signature = key
                    .sign_prehash_with_rng(&mut rng(), &input)
                    .map_err(|_| length)?;
                Ok(match scheme {
                    Scheme::Sm2Der => signature.to_der().to_vec(),
                    _ => signature.to_bytes().to_vec(),
                })
            }
            (PrivateKey::Rsa(_), _) => Err(Rv(CKR_GENERAL_ERROR)),
        }
    }
}

/// A running verification.
pub struct Verifying {
    key: PublicKey,
    scheme: Scheme,
    input: Input,
}

impl Verifying {
    /// Begins.
    ///
    /// # Errors
    /// As [`Signing::new`].
    pub fn new(mechanism: Mechanism<'_>, attributes: &Attributes) -> Result<Self> {
        if attributes.class() != Some(CKO_PUBLIC_KEY) {
            return Err(Rv(CKR_KEY_HANDLE_INVALID));
        }
        let key = PublicKey::from_attributes(attributes).map_err(|_| Rv(CKR_DEVICE_ERROR))?;
        let scheme = Scheme::new(mechanism, key.key_type())?;
        if !attributes.flag(CKA_VERIFY) {
            return Err(Rv(CKR_KEY_FUNCTION_NOT_PERMITTED));
        }
        let identity = match &key {
            PublicKey::Sm2(key) => Some(sm2_identity(&key.to_sec1_bytes())),
            _ => None,
        };
        Ok(Self {
            input: Input::new(scheme.hasher(identity.as_ref().map(<[u8; 32]>::as_slice))),
            key,
            scheme,
        })
    }

    /// The message so far.
    pub fn input(&mut self) -> &mut Input {
        &mut self.input
    }

    /// Ends: verifies with `last` as what remains of the message, or as the given digest.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_LEN_RANGE`, `CKR_SIGNATURE_INVALID`, `CKR_DATA_LEN_RANGE`.
    pub fn finish(self, last: &[u8], signature: &[u8]) -> Result<()> {
        let invalid = Rv(CKR_SIGNATURE_INVALID);
        let input = self.input.finish(last);
        let length = match (&self.key, self.scheme) {
            (PublicKey::Rsa(key), _) => Some(key.size()),
            (_, Scheme::Sm2Der) => None,
            _ => Some(64),
        };
        if length.is_some_and(|length| length != signature.len()) {
            return Err(Rv(CKR_SIGNATURE_LEN_RANGE));
        }
        let verified = match (&self.key, self.scheme) {
            (PublicKey::Rsa(key), Scheme::Pkcs1) => key
                .verify(Pkcs1v15Sign::new_unprefixed(), &input, signature)
                .is_ok(),
            (PublicKey::Rsa(key), Scheme::Pkcs1Sha256) => key
                .verify(Pkcs1v15Sign::new::<Sha256>(), &input, signature)
                .is_ok(),
            (PublicKey::Rsa(key), Scheme::Pss(salt) | Scheme::PssSha256(salt)) => {
                if input.len() != SHA256_LEN {
                    return Err(Rv(CKR_DATA_LEN_RANGE));
                }
                key.verify(Pss::<Sha256>::new_with_salt(salt), &input, signature)
                    .is_ok()
            }
            (PublicKey::P256(key), _) => {
                let signature =
                    p256::ecdsa::Signature::from_slice(signature).map_err(|_| invalid)?;
                key.verify_prehash(&input, &signature).is_ok()
            }
            (PublicKey::Sm2(key), scheme) => {
                if input.len() != SM3_LEN {
                    return Err(Rv(CKR_DATA_LEN_RANGE));
                }
                let signature = match scheme {
                    Scheme::Sm2Der => sm2::dsa::Signature::from_der(signature),
                    _ => sm2::dsa::Signature::from_slice(signature),
                };
                key.verify_prehash(&input, &signature.map_err(|_| invalid)?)
                    .is_ok()
            }
            (PublicKey::Rsa(_), _) => return Err(Rv(CKR_GENERAL_ERROR)),
        };
        if verified { Ok(()) } else { Err(invalid) }
    }
}

/// A running decryption.
pub struct Decrypting {
    key: PrivateKey,
}

impl Decrypting {
    /// Begins.
    ///
    /// # Errors
    /// As [`Signing::new`].
    pub fn new(mechanism: Mechanism<'_>, attributes: &Attributes) -> Result<Self> {
        if attributes.class() != Some(CKO_PRIVATE_KEY) {
            return Err(Rv(CKR_KEY_HANDLE_INVALID));
        }
        let key = PrivateKey::from_attributes(attributes).map_err(|_| Rv(CKR_DEVICE_ERROR))?;
        let needed = match mechanism.kind {
            CKM_RSA_PKCS => CKK_RSA,
            CKM_SM2_DER => CKK_SM2,
            _ => return Err(Rv(CKR_MECHANISM_INVALID)),
        };
        no_parameter(mechanism)?;
        if key.key_type() != needed {
            return Err(Rv(CKR_KEY_TYPE_INCONSISTENT));
        }
        if !attributes.flag(CKA_DECRYPT) {
            return Err(Rv(CKR_KEY_FUNCTION_NOT_PERMITTED));
        }
        Ok(Self { key })
    }

    /// Decrypts. The operation goes on: the caller may have asked for the length only.
    ///
    /// # Errors
    /// `CKR_ENCRYPTED_DATA_LEN_RANGE`, `CKR_ENCRYPTED_DATA_INVALID`.
    pub fn decrypt(&self, data: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let invalid = Rv(CKR_ENCRYPTED_DATA_INVALID);
        let plain = match &self.key {
            PrivateKey::Rsa(key) if key.size() != data.len() => {
                return Err(Rv(CKR_ENCRYPTED_DATA_LEN_RANGE));
            }
            PrivateKey::Rsa(key) => key
                .decrypt_blinded(&mut rng(), Pkcs1v15Encrypt, data)
                .map_err(|_| invalid)?,
            PrivateKey::Sm2(key) => sm2::pke::DecryptingKey::new((**key).clone())
                .decrypt_der(data)
                .map_err(|_| invalid)?,
            PrivateKey::P256(_) => return Err(Rv(CKR_GENERAL_ERROR)),
        };
        Ok(Zeroizing::new(plain))
    }
}

/// The message of a running signature or verification.
pub struct Input {
    hasher: Option<Hasher>,
    in_parts: bool,
}

impl Input {
    fn new(hasher: Option<Hasher>) -> Self {
        Self {
            hasher,
            in_parts: false,
        }
    }

    /// Whether parts of the message were given (C_SignUpdate) before.
    pub fn in_parts(&self) -> bool {
        self.in_parts
    }

    /// Takes a part of the message.
    ///
    /// # Errors
    /// `CKR_FUNCTION_NOT_SUPPORTED` for mechanisms that take a digest in one part.
    pub fn update(&mut self, part: &[u8]) -> Result<()> {
        let hasher = self.hasher.as_mut().ok_or(Rv(CKR_FUNCTION_NOT_SUPPORTED))?;
        hasher.update(part);
        self.in_parts = true;
        Ok(())
    }

    fn finish(self, last: &[u8]) -> Vec<u8> {
        match self.hasher {
            Some(mut hasher) => {
                hasher.update(last);
                hasher.finish()
            }
            None => last.to_vec(),
        }
    }
}

/// A running digest.
#[derive(Clone)]
pub enum Hasher {
    /// SHA-256.
    Sha256(Sha256),
    /// SM3 (GB/T 32905).
    Sm3(Sm3),
}

impl Hasher {
    /// Begins a digest.
    ///
    /// # Errors
    /// `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`.
    pub fn new(mechanism: Mechanism<'_>) -> Result<Self> {
        let hasher = match mechanism.kind {
            CKM_SHA256 => Self::Sha256(Sha256::new()),
            CKM_SM3 => Self::Sm3(Sm3::new()),
            _ => return Err(Rv(CKR_MECHANISM_INVALID)),
        };
        no_parameter(mechanism)?;
        Ok(hasher)
    }

    /// Takes a part of the message.
    pub fn update(&mut self, part: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(part),
            Self::Sm3(hasher) => hasher.update(part),
        }
    }

    /// The length of the digest, in bytes.
    pub fn output_len(&self) -> usize {
        match self {
            Self::Sha256(_) => SHA256_LEN,
            Self::Sm3(_) => SM3_LEN,
        }
    }

    /// The digest.
    pub fn finish(self) -> Vec<u8> {
        match self {
            Self::Sha256(hasher) => hasher.finalize().to_vec(),
            Self::Sm3(hasher) => hasher.finalize().to_vec(),
        }
    }
}

/// Z, the digest of the signer's id and key that comes before the message, for the default id.
fn sm2_identity(point: &[u8]) -> [u8; 32] {
    sm2_identity_of(SM2_DEFAULT_ID.as_bytes(), point).expect("the default id is short")
}

/// Z for an id and an uncompressed point (GB/T 32918.2 section 5.5); `None` for an id whose bits
/// 16 bits do not count.
pub fn sm2_identity_of(id: &[u8], point: &[u8]) -> Option<[u8; 32]> {
    let bits = u16::try_from(id.len().checked_mul(8)?).ok()?;
    let mut hasher = Sm3::new();
    hasher.update(bits.to_be_bytes());
    hasher.update(id);
    hasher.update(SM2_CURVE);
    // Without the leading 04 of an uncompressed point.
    hasher.update(point.get(1..).unwrap_or_default());
    Some(hasher.finalize().into())
}

/// The salt's length from CK_RSA_PKCS_PSS_PARAMS: three CK_ULONG.
fn salt_len(mechanism: Mechanism<'_>) -> Result<usize> {
    let invalid = Rv(CKR_MECHANISM_PARAM_INVALID);
    let mut fields = mechanism
        .parameter
        .chunks_exact(size_of::<CK_ULONG>())
        .map(|field| CK_ULONG::from_ne_bytes(field.try_into().expect("chunks are exact")));
    let params = [fields.next(), fields.next(), fields.next()];
    if fields.next().is_some()
        || !mechanism
            .parameter
            .len()
            .is_multiple_of(size_of::<CK_ULONG>())
        || params[0] != Some(CKM_SHA256)
        || params[1] != Some(CKG_MGF1_SHA256)
    {
        return Err(invalid);
    }
    let length = params[2].and_then(|length| usize::try_from(length).ok());
    // RFC 8017 section 9.1.1 step 3, for the smallest modulus.
    length
        .filter(|length| *length <= 2048 / 8 - SHA256_LEN - 2)
        .ok_or(invalid)
}

fn no_parameter(mechanism: Mechanism<'_>) -> Result<()> {
    if mechanism.parameter.is_empty() {
        Ok(())
    } else {
        Err(Rv(CKR_MECHANISM_PARAM_INVALID))
    }
}

fn check_rsa_size(modulus: &BoxedUint) -> Result<()> {
    if (2048..=4096).contains(&modulus.bits()) {
        Ok(())
    } else {
        Err(Rv(CKR_KEY_SIZE_RANGE))
    }
}

/// The private scalar of an EC key, padded to 32 bytes: some callers strip leading zeros.
fn scalar(attributes: &Attributes) -> Result<Zeroizing<[u8; 32]>> {
    let value = trim(attributes.bytes(CKA_VALUE));
    if value.is_empty() {
        return Err(Rv(CKR_TEMPLATE_INCOMPLETE));
    }
    let mut padded = Zeroizing::new([0; 32]);
    let start = padded.len().checked_sub(value.len());
    padded[start.ok_or(Rv(CKR_ATTRIBUTE_VALUE_INVALID))?..].copy_from_slice(value);
    Ok(padded)
}

pub(crate) fn trim(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

/// The operating system's generator; its failure panics, which the C boundary turns into an error.
pub(crate) fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

const fn info(
    kind: CK_MECHANISM_TYPE,
    min_bits: CK_ULONG,
    max_bits: CK_ULONG,
    flags: CK_FLAGS,
) -> Info {
    Info {
        kind,
        min_bits,
        max_bits,
        flags,
    }
}

/// Key type of SM2 keys.
pub const CKK_SM2: CK_KEY_TYPE = 0x8000_0004;
/// Makes an SM2 key pair.
pub const CKM_SM2_KEY_PAIR_GEN: CK_MECHANISM_TYPE = 0x8000_8001;
/// SM2 over a message, default id inside; signature r || s.
pub const CKM_SM3_SM2_APPID1: CK_MECHANISM_TYPE = 0x8000_8102;
/// SM2 over the 32-byte e; signature as DER.
pub const CKM_SM2_SIGN: CK_MECHANISM_TYPE = 0x8000_8104;
/// SM2 over the 32-byte e; signature r || s.
pub const CKM_SM2_SIGN_NO_DER: CK_MECHANISM_TYPE = 0x8000_8105;
/// SM2 decryption of the SEQUENCE { x, y, hash, cipher text } of GM/T 0009.
pub const CKM_SM2_DER: CK_MECHANISM_TYPE = 0x8000_8201;
/// The digest SM3, under the number of Sansec's header.
pub const CKM_SM3: CK_MECHANISM_TYPE = 0x8000_9000;

/// CKA_EC_PARAMS of SM2: OBJECT IDENTIFIER 1.2.156.10197.1.301 (GM/T 0006).
pub const CURVE_SM2: &[u8] = &[0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D];
/// CKA_EC_PARAMS of P-256: OBJECT IDENTIFIER 1.2.840.10045.3.1.7 (RFC 5480).
pub const CURVE_P256: &[u8] = &[0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
/// The signer's id where nothing else is agreed (GM/T 0009 section 10).
pub const SM2_DEFAULT_ID: &str = "1234567812345678";

/// a, b, x and y of the generator of the SM2 curve (GB/T 32918.5).
const SM2_CURVE: [u8; 128] = hex_128(
    b"FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC\
      28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93\
      32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7\
      BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0",
);

const fn hex_128(digits: &[u8; 256]) -> [u8; 128] {
    const fn digit(digit: u8) -> u8 {
        match digit {
            b'0'..=b'9' => digit - b'0',
            _ => digit - b'A' + 10,
        }
    }
    let mut bytes = [0; 128];
    let mut index = 0;
    while index < 128 {
        bytes[index] = digit(digits[2 * index]) << 4 | digit(digits[2 * index + 1]);
        index += 1;
    }
    bytes
}

/// What only the token puts into a generated key.
const KEY_MATERIAL: [CK_ATTRIBUTE_TYPE; 14] = [
    CKA_MODULUS,
    CKA_PRIVATE_EXPONENT,
    CKA_PRIME_1,
    CKA_PRIME_2,
    CKA_EXPONENT_1,
    CKA_EXPONENT_2,
    CKA_COEFFICIENT,
    CKA_EC_POINT,
    CKA_VALUE,
    CKA_LOCAL,
    CKA_KEY_GEN_MECHANISM,
    CKA_ALWAYS_SENSITIVE,
    CKA_NEVER_EXTRACTABLE,
    CKA_TRUSTED,
];

/// CKF_HW because the token stands in for a device, and OpenSC's `pkcs11-tool --test` tries the
/// signatures of devices only.
const SIGN: CK_FLAGS = CKF_HW | CKF_SIGN | CKF_VERIFY;
const EC: CK_FLAGS = CKF_EC_F_P | CKF_EC_OID | CKF_EC_UNCOMPRESS;
const RSA_MIN: CK_ULONG = 2048;
const RSA_MAX: CK_ULONG = 4096;
const MAX_RSA_LEN: usize = 4096 / 8;
const SHA256_LEN: usize = 32;
const SM3_LEN: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use signature::Verifier;

    #[test]
    fn message_signature_agrees_with_the_sm2_crate() {
        let mut public = Attributes::default();
        let mut private = Attributes::default();
        let mechanism = |kind| Mechanism {
            kind,
            parameter: &[],
        };
        make_key_pair(mechanism(CKM_SM2_KEY_PAIR_GEN), &mut public, &mut private).unwrap();
        let mut signing = Signing::new(mechanism(CKM_SM3_SM2_APPID1), &private).unwrap();
        signing.input().update("签".as_bytes()).unwrap();
        let signature = signing.finish("名".as_bytes()).unwrap();

        let PublicKey::Sm2(key) = PublicKey::from_attributes(&public).unwrap() else {
            panic!("an SM2 key");
        };
        let signature = sm2::dsa::Signature::from_slice(&signature).unwrap();
        assert!(key.verify("签名".as_bytes(), &signature).is_ok());
        assert!(key.verify("签字".as_bytes(), &signature).is_err());
    }

    #[test]
    fn scalars_without_leading_zeros_are_padded() {
        let mut private = Attributes::default();
        private.set(CKA_VALUE, Value::bytes([7]));
        assert_eq!(scalar(&private).unwrap()[31], 7);
        private.set(CKA_VALUE, Value::bytes([1; 33]));
        assert!(scalar(&private).is_err());
    }
}
