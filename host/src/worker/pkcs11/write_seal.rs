//! Writes a seal into a token. There is no moment without one: what it replaces is destroyed only after
//! the new seal was read back, and whoever is interrupted can begin anew.

use super::Module;
use super::failure::{catalogued, is_gone};
use super::login::{checked_pin, find, with_login};
use super::objects::{self, FLAG_BYTES};
use super::seals::{Described, data_objects, value};
use super::tokens::Present;
use crate::worker::Port;
use crate::worker::message::{FromWorker, WriteSealTask};
use cryptoki::error::Error as Pkcs11Error;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use yinxin_pki::seal::Seal;
use yinxin_proto::Error;

/// [`Driver::write_seal`](crate::worker::driver::Driver::write_seal), in every object that holds the old one.
///
/// # Errors
/// As there.
pub fn write_seal(module: &Module, task: &WriteSealTask, port: &Port) -> Result<u32, Error> {
    let present = find(module, &task.token)?;
    let pin = checked_pin(&present, task.pin.as_ref())?;
    let session = module
        .library
        .open_rw_session(present.slot)
        .map_err(|error| not_written(module, error))?;
    let writing = Writing {
        module,
        present: &present,
        task,
        port,
    };
    with_login(module, &present, session, pin.as_ref(), port, |session| {
        writing.replace(session)
    })
}

struct Writing<'a> {
    module: &'a Module,
    present: &'a Present,
    task: &'a WriteSealTask,
    port: &'a Port,
}

impl Writing<'_> {
    fn replace(&self, session: &Session) -> Result<u32, Error> {
        let old = self.replaced(session)?;
        if self.task.replaced.is_some()
            && old.is_empty()
            && self.held(session, &self.task.seal.0)?.is_empty()
        {
            return Err(Error::SealNotFound {});
        }
        if self.port.cancelled() {
            return Err(Error::Aborted {});
        }
        self.put(session, old.first())?;
        let mut destroyed = 0;
        // Looked for anew: a handle of before the writing need not mean the same object.
        for object in self.replaced(session)? {
            self.work();
            session
                .destroy_object(object.handle)
                .map_err(|error| catalogued(&self.module.name, error))?;
            destroyed += 1;
        }
        if destroyed > 0 {
            // A module may have destroyed another object than it was told to.
            self.put(session, old.first())
                .map_err(|error| match error {
                    Error::SealNotWritten { reason } => self.destroyed_another(reason),
                    Error::SealNoRoom {} => self.destroyed_another("no room".into()),
                    other => other,
                })?;
        }
        Ok(destroyed)
    }

    fn destroyed_another(&self, rv: String) -> Error {
        Error::ModuleFailed {
            module: self.module.name.clone(),
            call: "C_DestroyObject".into(),
            rv,
        }
    }

    /// Sees to it that the new seal is in the token, and reads it back. Takes back what does not read back.
    fn put(&self, session: &Session, like: Option<&Held>) -> Result<(), Error> {
        let seal = &self.task.seal.0;
        let created = if self.held(session, seal)?.is_empty() {
            self.work();
            let created = session.create_object(&template(seal, like));
            Some(created.map_err(|error| not_written(self.module, error))?)
        } else {
            None
        };
        // In a session of its own, where the module has another one: what the one that wrote still has
        // in mind says little of what is stored.
        let fresh = self.module.library.open_ro_session(self.present.slot);
        let reads_back = self.held(fresh.as_ref().unwrap_or(session), seal);
        if matches!(&reads_back, Ok(found) if !found.is_empty()) {
            return Ok(());
        }
        if let Some(handle) = created {
            let _ = session.destroy_object(handle);
        }
        Err(reads_back.err().unwrap_or_else(|| Error::SealNotWritten {
            reason: "it does not read back as it was written".into(),
        }))
    }

    /// The objects with the seal that is to be replaced.
    fn replaced(&self, session: &Session) -> Result<Vec<Held>, Error> {
        match &self.task.replaced {
            Some(old) if *old != self.task.seal => self.held(session, &old.0),
            _ => Ok(Vec::new()),
        }
    }

    /// The objects that hold a seal and that a listing tells.
    fn held(&self, session: &Session, der: &[u8]) -> Result<Vec<Held>, Error> {
        self.work();
        let gone = |error| catalogued(&self.module.name, error);
        let mut found = Vec::new();
        for handle in data_objects(session).map_err(gone)? {
            match Held::read(session, handle, der) {
                Ok(held) => found.extend(held),
                Err(error) if is_gone(&error) => return Err(gone(error)),
                // One object's fault.
                Err(_) => {}
            }
        }
        Ok(found)
    }

    /// Tells that the module is not hung: keys write slowly.
    fn work(&self) {
        self.port.say(&FromWorker::Working { pin_pad: false });
    }
}

/// A public data object that holds a certain seal.
struct Held {
    handle: ObjectHandle,
    label: Vec<u8>,
    application: Vec<u8>,
}

impl Held {
    /// `None` if the object holds something else.
    fn read(
        session: &Session,
        handle: ObjectHandle,
        der: &[u8],
    ) -> Result<Option<Self>, Pkcs11Error> {
        let Some(object) = Described::read(session, handle)? else {
            return Ok(None);
        };
        // What only a login shows is in no listing.
        let is_private =
            objects::attributes(session, handle, &[(AttributeType::Private, FLAG_BYTES)])
                .is_ok_and(|found| found.contains(&Attribute::Private(true)));
        if object.size < der.len() || is_private {
            return Ok(None);
        }
        let value = value(session, handle)?.unwrap_or_default();
        let is_it = Seal::from_der(value).is_ok_and(|seal| seal.der() == der);
        Ok(is_it.then_some(Self {
            handle,
            label: object.label,
            application: object.application,
        }))
    }
}

/// The new object. What finds the old one by its names finds the new one too.
fn template(seal: &[u8], like: Option<&Held>) -> [Attribute; 6] {
    let (label, application) = like.map_or((LABEL.as_bytes(), APPLICATION.as_bytes()), |old| {
        (&old.label[..], &old.application[..])
    });
    [
        Attribute::Class(ObjectClass::DATA),
        Attribute::Token(true),
        Attribute::Private(false),
        Attribute::Label(label.to_vec()),
        Attribute::Application(application.to_vec()),
        Attribute::Value(seal.to_vec()),
    ]
}

/// A failure before anything was destroyed.
fn not_written(module: &Module, error: Pkcs11Error) -> Error {
    match catalogued(&module.name, error) {
        Error::ModuleFailed { rv, .. } if rv == "CKR_DEVICE_MEMORY" => Error::SealNoRoom {},
        Error::ModuleFailed { call, rv, .. } => Error::SealNotWritten {
            reason: format!("{call}: {rv}"),
        },
        other => other,
    }
}

const LABEL: &str = "国标印章";
const APPLICATION: &str = "Yinxin seal";
