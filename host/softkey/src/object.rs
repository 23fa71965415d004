//! Objects as sets of typed attributes: decoding templates, the rules for each class of object,
//! and the encoding in which objects are stored. Knows neither tokens nor sessions.

use std::collections::BTreeMap;

use cryptoki_sys::*;
use zeroize::Zeroizing;

use crate::mechanism::{CKK_SM2, CURVE_P256, CURVE_SM2, PrivateKey, PublicKey, modulus_bits};
use crate::rv::{Result, Rv};

/// The value of an attribute.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// A CK_BBOOL.
    Bool(bool),
    /// A CK_ULONG.
    Number(CK_ULONG),
    /// Anything else, as the bytes that the caller gave.
    Bytes(Zeroizing<Vec<u8>>),
}

impl Value {
    /// Bytes as an attribute's value.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes(Zeroizing::new(bytes.into()))
    }

    /// The value as C sees it.
    pub fn to_c(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Bool(value) => Zeroizing::new(vec![CK_BBOOL::from(*value)]),
            Self::Number(value) => Zeroizing::new(value.to_ne_bytes().to_vec()),
            Self::Bytes(value) => value.clone(),
        }
    }

    /// Decodes a value that C gave for the attribute `attribute`.
    fn from_c(attribute: CK_ATTRIBUTE_TYPE, bytes: &[u8]) -> Result<Self> {
        let invalid = Rv(CKR_ATTRIBUTE_VALUE_INVALID);
        match kind(attribute).ok_or(Rv(CKR_ATTRIBUTE_TYPE_INVALID))? {
            Kind::Bool => match bytes {
                [0] => Ok(Self::Bool(false)),
                [_] => Ok(Self::Bool(true)),
                _ => Err(invalid),
            },
            Kind::Number => {
                let bytes = bytes.try_into().map_err(|_| invalid)?;
                Ok(Self::Number(CK_ULONG::from_ne_bytes(bytes)))
            }
            Kind::Date if !matches!(bytes.len(), 0 | 8) => Err(invalid),
            Kind::Date | Kind::Bytes if bytes.len() > MAX_VALUE_LEN => Err(invalid),
            Kind::Date | Kind::Bytes => Ok(Self::bytes(bytes)),
        }
    }
}

/// A template as the caller gave it: types with raw values, in order.
pub type Template<'a> = [(CK_ATTRIBUTE_TYPE, &'a [u8])];

/// The attributes of one object.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Attributes(BTreeMap<CK_ATTRIBUTE_TYPE, Value>);

impl Attributes {
    /// Decodes a template.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_TYPE_INVALID`, `CKR_ATTRIBUTE_VALUE_INVALID`, and
    /// `CKR_TEMPLATE_INCONSISTENT` for an attribute that comes twice with two values.
    pub fn from_template(template: &Template<'_>) -> Result<Self> {
        let mut attributes = Self::default();
        for (attribute, bytes) in template {
            let value = Value::from_c(*attribute, bytes)?;
            if let Some(earlier) = attributes.0.insert(*attribute, value.clone())
                && earlier != value
            {
                return Err(Rv(CKR_TEMPLATE_INCONSISTENT));
            }
        }
        Ok(attributes)
    }

    /// The value of an attribute.
    pub fn value(&self, attribute: CK_ATTRIBUTE_TYPE) -> Option<&Value> {
        self.0.get(&attribute)
    }

    /// Sets an attribute.
    pub fn set(&mut self, attribute: CK_ATTRIBUTE_TYPE, value: Value) {
        self.0.insert(attribute, value);
    }

    /// Sets an attribute if there is none yet.
    pub fn default_to(&mut self, attribute: CK_ATTRIBUTE_TYPE, value: Value) {
        self.0.entry(attribute).or_insert(value);
    }

    /// A boolean attribute; absent means false.
    pub fn flag(&self, attribute: CK_ATTRIBUTE_TYPE) -> bool {
        matches!(self.value(attribute), Some(Value::Bool(true)))
    }

    /// A numeric attribute.
    pub fn number(&self, attribute: CK_ATTRIBUTE_TYPE) -> Option<CK_ULONG> {
        match self.value(attribute) {
            Some(Value::Number(value)) => Some(*value),
            _ => None,
        }
    }

    /// The bytes of an attribute; absent means empty.
    pub fn bytes(&self, attribute: CK_ATTRIBUTE_TYPE) -> &[u8] {
        match self.value(attribute) {
            Some(Value::Bytes(value)) => value,
            _ => &[],
        }
    }

    /// CKA_CLASS.
    pub fn class(&self) -> Option<CK_OBJECT_CLASS> {
        self.number(CKA_CLASS)
    }

    /// Whether the object is invisible before the user's login.
    pub fn is_private(&self) -> bool {
        self.flag(CKA_PRIVATE)
    }

    /// Whether every attribute of the template is there with that value (C_FindObjects).
    /// A value that may not be revealed matches nothing.
    pub fn matches(&self, template: &Template<'_>) -> bool {
        template.iter().all(|(attribute, bytes)| {
            self.readable(*attribute)
                .is_ok_and(|value| value.as_slice() == *bytes)
        })
    }

    /// The value of an attribute for C_GetAttributeValue.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_SENSITIVE` for the secret parts of a key that is sensitive or can't be
    /// extracted, `CKR_ATTRIBUTE_TYPE_INVALID` for what the object does not have.
    pub fn readable(&self, attribute: CK_ATTRIBUTE_TYPE) -> Result<Zeroizing<Vec<u8>>> {
        if self.class() == Some(CKO_PRIVATE_KEY)
            && SECRETS.contains(&attribute)
            && (self.flag(CKA_SENSITIVE) || !self.flag(CKA_EXTRACTABLE))
        {
            return Err(Rv(CKR_ATTRIBUTE_SENSITIVE));
        }
        self.value(attribute)
            .map(Value::to_c)
            .ok_or(Rv(CKR_ATTRIBUTE_TYPE_INVALID))
    }

    /// The approximate size in memory, in bytes.
    pub fn size(&self) -> usize {
        self.0.values().map(|value| 16 + value.to_c().len()).sum()
    }

    /// Applies the changes of C_SetAttributeValue.
    ///
    /// # Errors
    /// `CKR_ACTION_PROHIBITED` if the object is not modifiable, `CKR_ATTRIBUTE_READ_ONLY` for
    /// attributes that never change, and those of [`Attributes::from_template`].
    pub fn modify(&mut self, template: &Template<'_>) -> Result<()> {
        if self.value(CKA_MODIFIABLE) == Some(&Value::Bool(false)) {
            return Err(Rv(CKR_ACTION_PROHIBITED));
        }
        let changes = Self::from_template(template)?;
        for (attribute, value) in &changes.0 {
            let allowed = match *attribute {
                CKA_LABEL | CKA_ID | CKA_SUBJECT | CKA_START_DATE | CKA_END_DATE => true,
                CKA_SIGN | CKA_VERIFY | CKA_ENCRYPT | CKA_DECRYPT | CKA_WRAP | CKA_UNWRAP
                | CKA_DERIVE => self.value(*attribute).is_some(),
                CKA_VALUE | CKA_APPLICATION | CKA_OBJECT_ID => self.class() == Some(CKO_DATA),
                // One way only: PKCS #11 2.40 section 4.9, footnotes 11 and 12.
                CKA_SENSITIVE => *value == Value::Bool(true),
                CKA_EXTRACTABLE => *value == Value::Bool(false),
                _ => false,
            };
            if !allowed && self.value(*attribute) != Some(value) {
                return Err(Rv(CKR_ATTRIBUTE_READ_ONLY));
            }
        }
        self.0.extend(changes.0);
        Ok(())
    }

    /// Checks an object that a caller brings (C_CreateObject) and fills in the defaults.
    ///
    /// # Errors
    /// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_ATTRIBUTE_READ_ONLY` and
    /// `CKR_ATTRIBUTE_VALUE_INVALID`.
    pub fn complete_created(&mut self) -> Result<()> {
        for attribute in [
            CKA_LOCAL,
            CKA_KEY_GEN_MECHANISM,
            CKA_ALWAYS_SENSITIVE,
            CKA_NEVER_EXTRACTABLE,
        ] {
            if self.value(attribute).is_some() {
                return Err(Rv(CKR_ATTRIBUTE_READ_ONLY));
            }
        }
        match self.class().ok_or(Rv(CKR_TEMPLATE_INCOMPLETE))? {
            CKO_DATA => {
                self.complete_storage(true)?;
                for attribute in [CKA_APPLICATION, CKA_OBJECT_ID, CKA_VALUE] {
                    self.default_to(attribute, Value::bytes([]));
                }
            }
            CKO_CERTIFICATE => {
                self.complete_storage(false)?;
                self.complete_certificate()?;
            }
            CKO_PUBLIC_KEY => {
                self.complete_storage(false)?;
                self.complete_public_key()?;
                if let PublicKey::Rsa(key) = PublicKey::from_attributes(self)? {
                    self.set(CKA_MODULUS_BITS, Value::Number(modulus_bits(&key)));
                }
                self.set(CKA_LOCAL, Value::Bool(false));
            }
            CKO_PRIVATE_KEY => {
                self.complete_storage(true)?;
                self.complete_private_key()?;
                PrivateKey::from_attributes(self)?;
                self.set(CKA_LOCAL, Value::Bool(false));
                self.set(CKA_ALWAYS_SENSITIVE, Value::Bool(false));
                self.set(CKA_NEVER_EXTRACTABLE, Value::Bool(false));
            }
            _ => return Err(Rv(CKR_ATTRIBUTE_VALUE_INVALID)),
        }
        Ok(())
    }

    /// Fills in what every stored object has.
    pub fn complete_storage(&mut self, private: bool) -> Result<()> {
        self.default_to(CKA_TOKEN, Value::Bool(false));
        self.default_to(CKA_PRIVATE, Value::Bool(private));
        self.default_to(CKA_MODIFIABLE, Value::Bool(true));
        self.default_to(CKA_DESTROYABLE, Value::Bool(true));
        self.default_to(CKA_LABEL, Value::bytes([]));
        if self.class() == Some(CKO_PRIVATE_KEY) && !self.is_private() {
            // A private key in the clear on the disk is no key.
            return Err(Rv(CKR_TEMPLATE_INCONSISTENT));
        }
        Ok(())
    }

    fn complete_certificate(&mut self) -> Result<()> {
        match self.number(CKA_CERTIFICATE_TYPE) {
            Some(CKC_X_509) => {}
            Some(_) => return Err(Rv(CKR_ATTRIBUTE_VALUE_INVALID)),
            None => return Err(Rv(CKR_TEMPLATE_INCOMPLETE)),
        }
        if self.bytes(CKA_VALUE).is_empty() {
            return Err(Rv(CKR_TEMPLATE_INCOMPLETE));
        }
        if self.flag(CKA_TRUSTED) {
            // Only an SO could set it, and this token has no notion of trust.
            return Err(Rv(CKR_ATTRIBUTE_READ_ONLY));
        }
        self.set(CKA_TRUSTED, Value::Bool(false));
        self.default_to(CKA_CERTIFICATE_CATEGORY, Value::Number(0));
        for attribute in [
            CKA_ID,
            CKA_SUBJECT,
            CKA_ISSUER,
            CKA_SERIAL_NUMBER,
            CKA_START_DATE,
            CKA_END_DATE,
        ] {
            self.default_to(attribute, Value::bytes([]));
        }
        Ok(())
    }

    fn complete_key(&mut self) -> Result<CK_KEY_TYPE> {
        let key_type = self
            .number(CKA_KEY_TYPE)
            .ok_or(Rv(CKR_TEMPLATE_INCOMPLETE))?;
        if key_type == CKK_EC || key_type == CKK_SM2 {
            let curve = if key_type == CKK_SM2 {
                CURVE_SM2
            } else {
                CURVE_P256
            };
            if key_type == CKK_SM2 {
                self.default_to(CKA_EC_PARAMS, Value::bytes(curve));
            }
            if self.bytes(CKA_EC_PARAMS).is_empty() {
                return Err(Rv(CKR_TEMPLATE_INCOMPLETE));
            }
            if self.bytes(CKA_EC_PARAMS) != curve {
                return Err(Rv(CKR_CURVE_NOT_SUPPORTED));
            }
        } else if key_type != CKK_RSA {
            return Err(Rv(CKR_ATTRIBUTE_VALUE_INVALID));
        }
        for attribute in [CKA_ID, CKA_SUBJECT, CKA_START_DATE, CKA_END_DATE] {
            self.default_to(attribute, Value::bytes([]));
        }
        self.default_to(CKA_DERIVE, Value::Bool(false));
        self.default_to(
            CKA_KEY_GEN_MECHANISM,
            Value::Number(CK_UNAVAILABLE_INFORMATION),
        );
        Ok(key_type)
    }

    /// Fills in the defaults of a public key.
    pub fn complete_public_key(&mut self) -> Result<()> {
        self.complete_key()?;
        if self.flag(CKA_TRUSTED) {
            return Err(Rv(CKR_ATTRIBUTE_READ_ONLY));
        }
        for (attribute, default) in [
            (CKA_VERIFY, true),
            (CKA_ENCRYPT, false),
            (CKA_WRAP, false),
            (CKA_VERIFY_RECOVER, false),
            (CKA_TRUSTED, false),
        ] {
            self.default_to(attribute, Value::Bool(default));
        }
        Ok(())
    }

    /// Fills in the defaults of a private key.
    pub fn complete_private_key(&mut self) -> Result<()> {
        self.complete_key()?;
        if self.flag(CKA_ALWAYS_AUTHENTICATE) {
            return Err(Rv(CKR_ATTRIBUTE_VALUE_INVALID));
        }
        for (attribute, default) in [
            (CKA_SIGN, true),
            (CKA_DECRYPT, false),
            (CKA_UNWRAP, false),
            (CKA_SIGN_RECOVER, false),
            (CKA_SENSITIVE, true),
            (CKA_EXTRACTABLE, false),
            (CKA_ALWAYS_AUTHENTICATE, false),
            (CKA_WRAP_WITH_TRUSTED, false),
        ] {
            self.default_to(attribute, Value::Bool(default));
        }
        Ok(())
    }

    /// Encodes the attributes for storage: a sequence of type (8 bytes), kind (1 byte), length
    /// (4 bytes) and value, all integers big-endian and numbers 64 bits wide, so that a token's
    /// folder can move between platforms whose CK_ULONG differ.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        // Sized beforehand: a reallocation would leave a copy of a key behind.
        let size = self.0.values().map(|value| 13 + 8 + value.to_c().len());
        let mut out = Zeroizing::new(Vec::with_capacity(size.sum()));
        for (attribute, value) in &self.0 {
            let (kind, bytes) = match value {
                Value::Bool(value) => (0, Zeroizing::new(vec![u8::from(*value)])),
                Value::Number(value) => {
                    // All ones means "unavailable" whatever the width.
                    let wide = if *value == CK_UNAVAILABLE_INFORMATION {
                        u64::MAX
                    } else {
                        wide(*value)
                    };
                    (1, Zeroizing::new(wide.to_be_bytes().to_vec()))
                }
                Value::Bytes(value) => (2, value.clone()),
            };
            let length = u32::try_from(bytes.len()).expect("values are at most MAX_VALUE_LEN");
            out.extend_from_slice(&wide(*attribute).to_be_bytes());
            out.push(kind);
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(&bytes);
        }
        out
    }

    /// Decodes what [`Attributes::encode`] wrote; `None` for anything else.
    pub fn decode(mut bytes: &[u8]) -> Option<Self> {
        let mut attributes = Self::default();
        while !bytes.is_empty() {
            let (attribute, rest) = bytes.split_first_chunk::<8>()?;
            let (kind_byte, rest) = rest.split_first()?;
            let (length, rest) = rest.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (value, rest) = rest.split_at_checked(length)?;
            bytes = rest;

            let attribute = narrow(u64::from_be_bytes(*attribute))?;
            let value = match (kind(attribute)?, kind_byte) {
                (Kind::Bool, 0) => match value {
                    [0] => Value::Bool(false),
                    [1] => Value::Bool(true),
                    _ => return None,
                },
                (Kind::Number, 1) => {
                    Value::Number(narrow(u64::from_be_bytes(value.try_into().ok()?))?)
                }
                (Kind::Date | Kind::Bytes, 2) if value.len() <= MAX_VALUE_LEN => {
                    Value::bytes(value)
                }
                _ => return None,
            };
            if attributes.0.insert(attribute, value).is_some() {
                return None;
            }
        }
        Some(attributes)
    }
}

#[allow(
    clippy::unnecessary_cast,
    clippy::useless_conversion,
    reason = "CK_ULONG has 32 bits on Windows"
)]
fn wide(value: CK_ULONG) -> u64 {
    value as u64
}

#[allow(
    clippy::useless_conversion,
    clippy::unnecessary_fallible_conversions,
    reason = "CK_ULONG has 32 bits on Windows"
)]
fn narrow(value: u64) -> Option<CK_ULONG> {
    if value == u64::MAX {
        return Some(CK_UNAVAILABLE_INFORMATION);
    }
    CK_ULONG::try_from(value).ok()
}

enum Kind {
    Bool,
    Number,
    Bytes,
    Date,
}

/// The attributes that this module stores, by the type of their value.
fn kind(attribute: CK_ATTRIBUTE_TYPE) -> Option<Kind> {
    Some(match attribute {
        CKA_TOKEN
        | CKA_PRIVATE
        | CKA_TRUSTED
        | CKA_SENSITIVE
        | CKA_ENCRYPT
        | CKA_DECRYPT
        | CKA_WRAP
        | CKA_UNWRAP
        | CKA_SIGN
        | CKA_SIGN_RECOVER
        | CKA_VERIFY
        | CKA_VERIFY_RECOVER
        | CKA_DERIVE
        | CKA_EXTRACTABLE
        | CKA_LOCAL
        | CKA_NEVER_EXTRACTABLE
        | CKA_ALWAYS_SENSITIVE
        | CKA_MODIFIABLE
        | CKA_DESTROYABLE
        | CKA_ALWAYS_AUTHENTICATE
        | CKA_WRAP_WITH_TRUSTED => Kind::Bool,
        CKA_CLASS
        | CKA_CERTIFICATE_TYPE
        | CKA_CERTIFICATE_CATEGORY
        | CKA_JAVA_MIDP_SECURITY_DOMAIN
        | CKA_KEY_TYPE
        | CKA_MODULUS_BITS
        | CKA_KEY_GEN_MECHANISM
        | CKA_HW_FEATURE_TYPE
        | CKA_USER_TRIES_LEFT
        | CKA_SO_TRIES_LEFT
        | CKA_PAIR
        | CKA_READ_RIGHTS
        | CKA_WRITE_RIGHTS => Kind::Number,
        CKA_START_DATE | CKA_END_DATE => Kind::Date,
        CKA_LABEL | CKA_APPLICATION | CKA_VALUE | CKA_OBJECT_ID | CKA_ISSUER
        | CKA_SERIAL_NUMBER | CKA_SUBJECT | CKA_ID | CKA_CHECK_VALUE | CKA_URL | CKA_MODULUS
        | CKA_PUBLIC_EXPONENT | CKA_PRIVATE_EXPONENT | CKA_PRIME_1 | CKA_PRIME_2
        | CKA_EXPONENT_1 | CKA_EXPONENT_2 | CKA_COEFFICIENT | CKA_EC_PARAMS | CKA_EC_POINT
        | CKA_PUBLIC_KEY_INFO | CKA_CONTAINER => Kind::Bytes,
        _ => return None,
    })
}

/// The class under which a token tells how many PIN tries are left, visible without login.
///
/// The same facts are found as `CKO_HW_FEATURE` with feature type [`CKH_PIN_TRIES`], for callers
/// whose library knows the standard classes only. As PKCS #11 2.40 section 4.3 wants, a search
/// finds either only if its template names the class.
pub const CKO_PIN_TRIES: CK_OBJECT_CLASS = CKO_VENDOR_DEFINED | 0x5958_0001;
/// The hardware feature type of the same object.
pub const CKH_PIN_TRIES: CK_HW_FEATURE_TYPE = CKH_VENDOR_DEFINED | 1;
/// CK_ULONG: tries left for the user's PIN.
pub const CKA_USER_TRIES_LEFT: CK_ATTRIBUTE_TYPE = CKA_VENDOR_DEFINED | 0x5958_0001;
/// CK_ULONG: tries left for the security officer's PIN.
pub const CKA_SO_TRIES_LEFT: CK_ATTRIBUTE_TYPE = CKA_VENDOR_DEFINED | 0x5958_0002;

/// The class of a container of SKF that holds nothing but its name. Like the class before, a
/// search finds it only if its template names the class.
pub const CKO_CONTAINER: CK_OBJECT_CLASS = CKO_VENDOR_DEFINED | 0x5958_0002;
/// The name of the container of SKF that a key or certificate lies in, as bytes.
pub const CKA_CONTAINER: CK_ATTRIBUTE_TYPE = CKA_VENDOR_DEFINED | 0x5958_0003;
/// CK_ULONG: which key pair of its container a key or certificate belongs to, 1 for signing, 2 for
/// encryption.
pub const CKA_PAIR: CK_ATTRIBUTE_TYPE = CKA_VENDOR_DEFINED | 0x5958_0004;
/// CK_ULONG: who may read a file of SKF, a CKO_DATA object (GM/T 0016 section 6.2.9).
pub const CKA_READ_RIGHTS: CK_ATTRIBUTE_TYPE = CKA_VENDOR_DEFINED | 0x5958_0005;
/// CK_ULONG: who may write it.
pub const CKA_WRITE_RIGHTS: CK_ATTRIBUTE_TYPE = CKA_VENDOR_DEFINED | 0x5958_0006;

/// The longest attribute value, in bytes: a seal with its picture fits several times.
pub const MAX_VALUE_LEN: usize = 1 << 20;

/// What a sensitive or non-extractable private key never reveals.
const SECRETS: [CK_ATTRIBUTE_TYPE; 7] = [
    CKA_VALUE,
    CKA_PRIVATE_EXPONENT,
    CKA_PRIME_1,
    CKA_PRIME_2,
    CKA_EXPONENT_1,
    CKA_EXPONENT_2,
    CKA_COEFFICIENT,
];
