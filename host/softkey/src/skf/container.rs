//! Containers: keys and certificates of a token, put together by the container's name and by what
//! they are for. What PKCS #11 made has no such name: there each CKA_ID is a container, with its
//! digits as the name, and the key's usage tells which pair it is.

use cryptoki_sys::*;
use der::asn1::OctetStringRef;
use der::{Decode, Encode};
use x509_cert::Certificate;
use x509_cert::ext::pkix::KeyUsage;
use zeroize::Zeroizing;

use crate::mechanism::{
    CKK_SM2, CKM_SM2_KEY_PAIR_GEN, CKM_SM2_SIGN_NO_DER, CURVE_SM2, Mechanism, PrivateKey,
    PublicKey, Signing, make_key_pair, put_rsa,
};
use crate::object::{Attributes, CKA_CONTAINER, CKA_PAIR, CKO_CONTAINER, Value};
use crate::skf::code::*;
use crate::token::{Role, Token};

/// A container.
pub struct Container {
    /// At most 64 bytes.
    pub name: Vec<u8>,
    /// The object that keeps the name of one that is empty.
    marker: Option<u64>,
    sign: Pair,
    encrypt: Pair,
}

/// A key pair of a container and its certificate, as ids of objects.
#[derive(Clone, Copy, Default)]
struct Pair {
    public: Option<u64>,
    private: Option<u64>,
    certificate: Option<u64>,
}

/// What a key pair is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Signing.
    Sign,
    /// Encryption, and the unwrapping of session keys.
    Encrypt,
}

/// What SKF_GetContainerType tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing that SKF knows.
    Empty,
    /// RSA.
    Rsa,
    /// SM2.
    Ecc,
}

/// The containers of a token, as far as the login sees them, in the order of their first objects.
pub fn list(token: &Token) -> Vec<Container> {
    let mut containers: Vec<Container> = Vec::new();
    for (id, object) in token.objects() {
        let Some(name) = name_of(object) else {
            continue;
        };
        let index = containers.iter().position(|known| known.name == name);
        let index = index.unwrap_or_else(|| {
            containers.push(Container {
                name,
                marker: None,
                sign: Pair::default(),
                encrypt: Pair::default(),
            });
            containers.len() - 1
        });
        let container = &mut containers[index];
        let pair = match usage(token, object) {
            Use::Sign => &mut container.sign,
            Use::Encrypt => &mut container.encrypt,
        };
        // Of two the newer one counts.
        match object.class() {
            Some(CKO_PUBLIC_KEY) => pair.public = Some(*id),
            Some(CKO_PRIVATE_KEY) => pair.private = Some(*id),
            Some(CKO_CERTIFICATE) => pair.certificate = Some(*id),
            _ => container.marker = Some(*id),
        }
    }
    containers
}

/// A container by its name.
pub fn find(token: &Token, name: &[u8]) -> Result<Container> {
    let found = list(token).into_iter().find(|known| known.name == name);
    found.ok_or(FILE_NOT_EXIST)
}

/// Creates an empty container.
pub fn create(token: &mut Token, name: &[u8]) -> Result<()> {
    if name.is_empty() || name.len() > MAX_NAME_LEN {
        return Err(NAME_LEN);
    }
    need_user(token)?;
    if find(token, name).is_ok() {
        return Err(FILE_ALREADY_EXISTS);
    }
    let mut marker = Attributes::default();
    marker.set(CKA_CLASS, Value::Number(CKO_CONTAINER));
    marker.set(CKA_CONTAINER, Value::bytes(name));
    marker.set(CKA_TOKEN, Value::Bool(true));
    marker.complete_storage(false)?;
    token.create(&[marker])?;
    Ok(())
}

/// Deletes a container with all that lies in it.
pub fn delete(token: &mut Token, name: &[u8]) -> Result<()> {
    need_user(token)?;
    let container = find(token, name)?;
    let pairs = [container.sign, container.encrypt];
    let mut ids: Vec<_> = pairs.iter().flat_map(Pair::ids).collect();
    ids.extend(container.marker);
    // Older ones that newer ones hide go too.
    for (id, object) in token.objects() {
        if name_of(object).as_deref() == Some(name) {
            ids.push(*id);
        }
    }
    token.replace(&ids, &[])?;
    Ok(())
}

impl Container {
    /// SKF_GetContainerType.
    pub fn kind(&self, token: &Token) -> Kind {
        let keys = [self.sign, self.encrypt].into_iter();
        let kinds = keys
            .flat_map(|pair| [pair.public, pair.private])
            .flatten()
            .filter_map(|id| token.objects().get(&id)?.number(CKA_KEY_TYPE));
        for kind in kinds {
            match kind {
                CKK_SM2 => return Kind::Ecc,
                CKK_RSA => return Kind::Rsa,
                _ => {}
            }
        }
        Kind::Empty
    }

    /// The certificate of a pair.
    pub fn certificate<'a>(&self, token: &'a Token, usage: Use) -> Result<&'a [u8]> {
        let id = self.pair(usage).certificate.ok_or(CERT_NOT_FOUND)?;
        let object = token.objects().get(&id).ok_or(CERT_NOT_FOUND)?;
        Ok(object.bytes(CKA_VALUE))
    }

    /// Puts a certificate in the place of the pair's present one. It is not compared with the key.
    pub fn import_certificate(&self, token: &mut Token, usage: Use, der: &[u8]) -> Result<()> {
        let mut object = self.attributes(token, usage);
        object.set(CKA_CLASS, Value::Number(CKO_CERTIFICATE));
        object.set(CKA_CERTIFICATE_TYPE, Value::Number(CKC_X_509));
        object.set(CKA_VALUE, Value::bytes(der));
        // What does not parse is kept all the same: a token is no judge of certificates.
        if let Ok(certificate) = Certificate::from_der(der) {
            let tbs = certificate.tbs_certificate();
            for (attribute, value) in [
                (CKA_SUBJECT, tbs.subject().to_der()),
                (CKA_ISSUER, tbs.issuer().to_der()),
                (CKA_SERIAL_NUMBER, tbs.serial_number().to_der()),
            ] {
                object.set(attribute, Value::bytes(value.unwrap_or_default()));
            }
        }
        object.complete_created().map_err(|_| INVALID_PARAM)?;
        let old: Vec<_> = self.pair(usage).certificate.into_iter().collect();
        token.replace(&old, &[object])?;
        Ok(())
    }

    /// The public key of a pair.
    pub fn public(&self, token: &Token, usage: Use) -> Result<PublicKey> {
        let id = self.pair(usage).public.ok_or(KEY_NOT_FOUND)?;
        let object = token.objects().get(&id).ok_or(KEY_NOT_FOUND)?;
        Ok(PublicKey::from_attributes(object)?)
    }

    /// The private key of a pair, for what the token itself does with it.
    pub fn private(&self, token: &Token, usage: Use) -> Result<PrivateKey> {
        Ok(PrivateKey::from_attributes(
            self.private_object(token, usage)?,
        )?)
    }

    fn private_object<'a>(&self, token: &'a Token, usage: Use) -> Result<&'a Attributes> {
        need_user(token)?;
        let id = self.pair(usage).private.ok_or(KEY_NOT_FOUND)?;
        token.objects().get(&id).ok_or(KEY_NOT_FOUND)
    }

    /// Signs with the signing pair: `kind` is its key's type, `data` e for SM2 and a DigestInfo
    /// for RSA.
    pub fn sign(&self, token: &Token, kind: Kind, data: &[u8]) -> Result<Vec<u8>> {
        let object = self.private_object(token, Use::Sign)?;
        let mechanism = match kind {
            Kind::Ecc => CKM_SM2_SIGN_NO_DER,
            _ => CKM_RSA_PKCS,
        };
        Ok(Signing::new(plain(mechanism), object)?.finish(data)?)
    }

    /// Makes the signing pair anew, for RSA with `bits`; its old certificate goes.
    pub fn generate(&self, token: &mut Token, kind: Kind, bits: u32) -> Result<PublicKey> {
        need_user(token)?;
        let present = self.kind(token);
        if present != Kind::Empty && present != kind {
            return Err(KEY_INFO_TYPE);
        }
        let [mut public, mut private] = self.key_attributes(Use::Sign);
        let mechanism = if kind == Kind::Rsa {
            public.set(CKA_MODULUS_BITS, Value::Number(CK_ULONG::from(bits)));
            CKM_RSA_PKCS_KEY_PAIR_GEN
        } else {
            CKM_SM2_KEY_PAIR_GEN
        };
        make_key_pair(plain(mechanism), &mut public, &mut private)?;
        let key = PublicKey::from_attributes(&public)?;
        let old: Vec<_> = self.sign.ids().collect();
        token.replace(&old, &[public, private])?;
        Ok(key)
    }

    /// Puts an SM2 key in the place of the encryption pair; its old certificate goes.
    pub fn import_sm2(&self, token: &mut Token, key: &sm2::SecretKey) -> Result<()> {
        need_user(token)?;
        let point = key.public_key().to_sec1_bytes();
        let point = OctetStringRef::new(&point).and_then(|point| point.to_der());
        let [mut public, mut private] = self.key_attributes(Use::Encrypt);
        public.set(CKA_EC_POINT, Value::bytes(point.map_err(|_| FAIL)?));
        let scalar = Zeroizing::new(key.to_bytes());
        private.set(CKA_VALUE, Value::bytes(scalar.as_slice()));
        for object in [&mut public, &mut private] {
            object.set(CKA_EC_PARAMS, Value::bytes(CURVE_SM2));
        }
        self.import(token, CKK_SM2, public, private)
    }

    /// Puts an RSA key in the place of the encryption pair; its old certificate goes.
    pub fn import_rsa(&self, token: &mut Token, key: &rsa::RsaPrivateKey) -> Result<()> {
        need_user(token)?;
        let [mut public, mut private] = self.key_attributes(Use::Encrypt);
        put_rsa(key, &mut public, &mut private)?;
        self.import(token, CKK_RSA, public, private)
    }

    fn import(
        &self,
        token: &mut Token,
        kind: CK_KEY_TYPE,
        mut public: Attributes,
        mut private: Attributes,
    ) -> Result<()> {
        for (object, class) in [
            (&mut public, CKO_PUBLIC_KEY),
            (&mut private, CKO_PRIVATE_KEY),
        ] {
            object.set(CKA_CLASS, Value::Number(class));
            object.set(CKA_KEY_TYPE, Value::Number(kind));
            object.complete_created()?;
        }
        let old: Vec<_> = self.encrypt.ids().collect();
        token.replace(&old, &[public, private])?;
        Ok(())
    }

    fn pair(&self, usage: Use) -> &Pair {
        match usage {
            Use::Sign => &self.sign,
            Use::Encrypt => &self.encrypt,
        }
    }

    /// What all objects of a pair have.
    fn attributes(&self, token: &Token, usage: Use) -> Attributes {
        let mut attributes = Attributes::default();
        let pair = self.pair(usage);
        // What PKCS #11 put together stays so.
        let id = pair.ids().find_map(|id| {
            let id = token.objects().get(&id)?.bytes(CKA_ID);
            (!id.is_empty()).then(|| id.to_vec())
        });
        let number = usage.number();
        let id = id.unwrap_or_else(|| self.id(usage));
        attributes.set(CKA_ID, Value::bytes(id));
        attributes.set(CKA_LABEL, Value::bytes(self.name.clone()));
        attributes.set(CKA_CONTAINER, Value::bytes(self.name.clone()));
        attributes.set(CKA_PAIR, Value::Number(number));
        attributes.set(CKA_TOKEN, Value::Bool(true));
        attributes
    }

    /// The CKA_ID of a pair that is made here: PKCS #11 joins keys and certificates by it.
    fn id(&self, usage: Use) -> Vec<u8> {
        let mut id = self.name.clone();
        id.push(match usage {
            Use::Sign => b'1',
            Use::Encrypt => b'2',
        });
        id
    }

    /// Public and private key of a new pair, still without key material.
    fn key_attributes(&self, usage: Use) -> [Attributes; 2] {
        let mut common = Attributes::default();
        common.set(CKA_ID, Value::bytes(self.id(usage)));
        common.set(CKA_LABEL, Value::bytes(self.name.clone()));
        common.set(CKA_CONTAINER, Value::bytes(self.name.clone()));
        common.set(CKA_PAIR, Value::Number(usage.number()));
        common.set(CKA_TOKEN, Value::Bool(true));
        let [mut public, mut private] = [common.clone(), common];
        let encrypts = usage == Use::Encrypt;
        for (attributes, attribute, value) in [
            (&mut public, CKA_VERIFY, !encrypts),
            (&mut private, CKA_SIGN, !encrypts),
        ] {
            attributes.set(attribute, Value::Bool(value));
        }
        for attribute in [CKA_ENCRYPT, CKA_WRAP] {
            public.set(attribute, Value::Bool(encrypts));
        }
        for attribute in [CKA_DECRYPT, CKA_UNWRAP] {
            private.set(attribute, Value::Bool(encrypts));
        }
        private.set(CKA_PRIVATE, Value::Bool(true));
        private.set(CKA_SENSITIVE, Value::Bool(true));
        private.set(CKA_EXTRACTABLE, Value::Bool(false));
        [public, private]
    }
}

impl Pair {
    fn ids(&self) -> impl Iterator<Item = u64> + use<> {
        [self.public, self.private, self.certificate]
            .into_iter()
            .flatten()
    }
}

impl Use {
    /// From the flag of SKF's calls.
    pub fn from_flag(sign: u32) -> Self {
        if sign == 0 { Self::Encrypt } else { Self::Sign }
    }

    fn number(self) -> CK_ULONG {
        match self {
            Self::Sign => 1,
            Self::Encrypt => 2,
        }
    }
}

/// The container that an object lies in.
fn name_of(object: &Attributes) -> Option<Vec<u8>> {
    if !matches!(
        object.class(),
        Some(CKO_PUBLIC_KEY | CKO_PRIVATE_KEY | CKO_CERTIFICATE | CKO_CONTAINER)
    ) {
        return None;
    }
    let named = object.bytes(CKA_CONTAINER);
    // A name of C's has an end, and no NUL before it.
    if (1..=MAX_NAME_LEN).contains(&named.len()) && !named.contains(&0) {
        return Some(named.to_vec());
    }
    let id = object.bytes(CKA_ID);
    let digits = hex::encode(id.get(..id.len().min(MAX_NAME_LEN / 2))?);
    (!digits.is_empty()).then_some(digits.into_bytes())
}

/// Which pair of its container an object belongs to.
fn usage(token: &Token, object: &Attributes) -> Use {
    let of = |signs| if signs { Use::Sign } else { Use::Encrypt };
    if let Some(pair) = object.number(CKA_PAIR) {
        return of(pair != Use::Encrypt.number());
    }
    match object.class() {
        Some(CKO_PUBLIC_KEY) => return of(object.flag(CKA_VERIFY)),
        Some(CKO_PRIVATE_KEY) => return of(object.flag(CKA_SIGN)),
        _ => {}
    }
    let key = token.objects().values().find(|other| {
        other.class() == Some(CKO_PUBLIC_KEY) && other.bytes(CKA_ID) == object.bytes(CKA_ID)
    });
    if let Some(key) = key {
        return usage(token, key);
    }
    let certificate = Certificate::from_der(object.bytes(CKA_VALUE)).ok();
    let extension = certificate.and_then(|certificate| {
        let found = certificate.tbs_certificate().get_extension::<KeyUsage>();
        found.ok().flatten()
    });
    of(extension.is_none_or(|(_, usage)| usage.digital_signature() || usage.non_repudiation()))
}

/// Fails unless the user is logged in.
pub fn need_user(token: &Token) -> Result<()> {
    if token.role() == Some(Role::User) {
        Ok(())
    } else {
        Err(USER_NOT_LOGGED_IN)
    }
}

fn plain(kind: CK_MECHANISM_TYPE) -> Mechanism<'static> {
    Mechanism {
        kind,
        parameter: &[],
    }
}

/// The longest name, in bytes.
pub const MAX_NAME_LEN: usize = 64;
