//! Private keys in a token, found by what is known of their certificates.

use super::Module;
use super::failure::catalogued;
use super::objects::{self, FLAG_BYTES, MAX_ID_BYTES};
use crate::worker::message::PublicKey;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use yinxin_proto::Error;

/// A private key in the token.
pub struct PrivateKey {
    pub handle: ObjectHandle,
    /// `CKA_ALWAYS_AUTHENTICATE`.
    pub asks_each_time: bool,
}

/// What a private key is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Sign,
    Decrypt,
}

/// Finds the private key of a certificate: by the certificate's `CKA_ID`, or, where no key has
/// that id, by the id of a public key object that equals the certificate's key.
pub fn private(
    module: &Module,
    session: &Session,
    id: &str,
    key: &PublicKey,
    wanted: Use,
) -> Result<Option<PrivateKey>, Error> {
    let id = hex::decode(id).unwrap_or_default();
    if !id.is_empty()
        && let Some(key) = of_id(module, session, id, wanted)?
    {
        return Ok(Some(key));
    }
    let values = match key {
        PublicKey::Rsa { modulus } => vec![Attribute::Modulus(modulus.0.clone())],
        // CKA_EC_POINT is the DER OCTET STRING of the point (PKCS #11 2.40, section 2.3.3); some
        // modules have the bare point.
        PublicKey::Sm2 { point } | PublicKey::P256 { point } => vec![
            Attribute::EcPoint([&[0x04, 0x41], point.0.as_slice()].concat()),
            Attribute::EcPoint(point.0.clone()),
        ],
    };
    let mut public = Vec::new();
    for value in values {
        let template = [Attribute::Class(ObjectClass::PUBLIC_KEY), value];
        public.extend(keys(module, session, &template)?);
    }
    for handle in public {
        let id = [(AttributeType::Id, MAX_ID_BYTES)];
        let attributes = objects::attributes(session, handle, &id)
            .map_err(|error| catalogued(&module.name, error))?;
        for attribute in attributes {
            if let Attribute::Id(id) = attribute
                && !id.is_empty()
                && let Some(key) = of_id(module, session, id, wanted)?
            {
                return Ok(Some(key));
            }
        }
    }
    Ok(None)
}

/// The private key of an id for a use. Some vendors give the signing and the encryption key of one container the same id;
/// then the one that is for nothing else is meant.
fn of_id(
    module: &Module,
    session: &Session,
    id: Vec<u8>,
    wanted: Use,
) -> Result<Option<PrivateKey>, Error> {
    let template = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Id(id),
    ];
    let [own, other] = match wanted {
        Use::Sign => [Attribute::Sign(false), Attribute::Decrypt(true)],
        Use::Decrypt => [Attribute::Decrypt(false), Attribute::Sign(true)],
    };
    let mut second_choice = None;
    for handle in keys(module, session, &template)? {
        let asked = [
            AttributeType::Sign,
            AttributeType::Decrypt,
            AttributeType::AlwaysAuthenticate,
        ];
        let asked = asked.map(|attribute| (attribute, FLAG_BYTES));
        let attributes = objects::attributes(session, handle, &asked).unwrap_or_default();
        if attributes.contains(&own) {
            continue;
        }
        let key = PrivateKey {
            handle,
            asks_each_time: attributes.contains(&Attribute::AlwaysAuthenticate(true)),
        };
        if !attributes.contains(&other) {
            return Ok(Some(key));
        }
        second_choice.get_or_insert(key);
    }
    Ok(second_choice)
}

/// The keys of a template. A module that finds no end of them has no key that could be meant.
fn keys(
    module: &Module,
    session: &Session,
    template: &[Attribute],
) -> Result<Vec<ObjectHandle>, Error> {
    let found: Vec<_> = objects::find(session, template, MAX_KEYS)
        .and_then(Iterator::collect)
        .map_err(|error| catalogued(&module.name, error))?;
    if found.len() > MAX_KEYS {
        return Err(Error::ModuleFailed {
            module: module.name.clone(),
            call: "C_FindObjects".into(),
            rv: format!("more than {MAX_KEYS} objects"),
        });
    }
    Ok(found)
}

/// Keys that one id, or one public key, can have.
const MAX_KEYS: usize = 64;
