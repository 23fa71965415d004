//! The module as a safe Rust type: what each PKCS #11 function does once its arguments are
//! decoded. One value is the state between C_Initialize and C_Finalize; `yinxin-demo-key` uses
//! it directly.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;

use cryptoki_sys::*;
use zeroize::Zeroizing;

use crate::mechanism::{Decrypting, Hasher, Mechanism, Signing, Verifying, make_key_pair};
use crate::object::{
    Attributes, CKA_SO_TRIES_LEFT, CKA_USER_TRIES_LEFT, CKH_PIN_TRIES, CKO_CONTAINER,
    CKO_PIN_TRIES, Template, Value,
};
use crate::rv::{Result, Rv};
use crate::session::{Digesting, Session};
use crate::slot::{Slot, Slots};
use crate::store::PinData;
use crate::token::{MAX_PIN_LEN, MIN_PIN_LEN, Role, Token};

/// The state of an initialised module.
pub struct Module {
    slots: Slots,
    sessions: BTreeMap<CK_SESSION_HANDLE, Session>,
    last_session: CK_SESSION_HANDLE,
    objects: Objects,
}

/// The object handles given out.
#[derive(Default)]
struct Objects {
    last: CK_OBJECT_HANDLE,
    by_handle: BTreeMap<CK_OBJECT_HANDLE, Object>,
}

struct Object {
    slot: CK_SLOT_ID,
    place: Place,
}

enum Place {
    /// On the token, under this id.
    Token(u64),
    /// In memory, until its session ends.
    Session {
        owner: CK_SESSION_HANDLE,
        attributes: Attributes,
    },
    /// The PIN tries, under this class.
    Tries(CK_OBJECT_CLASS),
}

/// What a call in a session works on.
struct Entered<'a> {
    handle: CK_SESSION_HANDLE,
    session: &'a mut Session,
    token: &'a mut Token,
    objects: &'a mut Objects,
}

impl Module {
    /// A module over the token folders in `root`. No root, or one that is not there, is a module
    /// without tokens.
    pub fn new(root: Option<PathBuf>) -> Self {
        Self {
            slots: Slots::new(root),
            sessions: BTreeMap::new(),
            last_session: 0,
            objects: Objects::default(),
        }
    }

    /// C_GetSlotList. With `refresh`, looks for new folders before.
    pub fn slot_list(&mut self, only_present: bool, refresh: bool) -> Vec<CK_SLOT_ID> {
        if refresh {
            self.rescan();
        }
        self.slots.ids(only_present)
    }

    /// Looks whether tokens came or went, for C_WaitForSlotEvent.
    pub fn poll_slot_event(&mut self) -> Option<CK_SLOT_ID> {
        self.rescan();
        self.slots.take_event()
    }

    /// C_GetSlotInfo.
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`.
    pub fn slot_info(&mut self, slot: CK_SLOT_ID) -> Result<CK_SLOT_INFO> {
        self.rescan();
        let present = self.slots.get(slot)?.present;
        Ok(CK_SLOT_INFO {
            slotDescription: padded(&format!("Yinxin software key reader {slot}")),
            manufacturerID: padded(MANUFACTURER),
            flags: CKF_REMOVABLE_DEVICE | if present { CKF_TOKEN_PRESENT } else { 0 },
            hardwareVersion: VERSION,
            firmwareVersion: VERSION,
        })
    }

    /// C_GetTokenInfo.
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`, `CKR_TOKEN_NOT_PRESENT`, `CKR_TOKEN_NOT_RECOGNIZED`.
    pub fn token_info(&mut self, slot: CK_SLOT_ID) -> Result<CK_TOKEN_INFO> {
        let token = self.token(slot)?;
        let (label, serial, flags) = match token.data() {
            None => ("", "", 0),
            Some(data) => {
                let user = data.user.as_ref();
                let flags = CKF_TOKEN_INITIALIZED
                    | user.map_or(0, |pin| {
                        CKF_USER_PIN_INITIALIZED | pin_flags(pin, &USER_FLAGS)
                    })
                    | pin_flags(&data.so, &SO_FLAGS);
                (data.label.as_str(), data.serial.as_str(), flags)
            }
        };
        let mut info = CK_TOKEN_INFO {
            label: padded(label),
            manufacturerID: padded(MANUFACTURER),
            model: padded(MODEL),
            serialNumber: padded(serial),
            flags: flags | CKF_RNG | CKF_LOGIN_REQUIRED,
            ulMaxSessionCount: MAX_SESSIONS,
            ulSessionCount: 0,
            ulMaxRwSessionCount: MAX_SESSIONS,
            ulRwSessionCount: 0,
            ulMaxPinLen: ulong(MAX_PIN_LEN),
            ulMinPinLen: ulong(MIN_PIN_LEN),
            ulTotalPublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulTotalPrivateMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePrivateMemory: CK_UNAVAILABLE_INFORMATION,
            hardwareVersion: VERSION,
            firmwareVersion: VERSION,
            utcTime: [b' '; 16],
        };
        for session in self.open_sessions(slot) {
            info.ulSessionCount += 1;
            info.ulRwSessionCount += CK_ULONG::from(session.read_write);
        }
        Ok(info)
    }

    /// Checks that a slot exists and holds something, for the mechanism functions.
    ///
    /// # Errors
    /// As [`Module::token_info`].
    pub fn check_token(&mut self, slot: CK_SLOT_ID) -> Result<()> {
        self.token(slot).map(|_| ())
    }

    /// C_InitToken.
    ///
    /// # Errors
    /// `CKR_SESSION_EXISTS`, `CKR_ARGUMENTS_BAD` for a label that is not UTF-8, and those of
    /// [`Token::initialise`].
    pub fn init_token(&mut self, slot: CK_SLOT_ID, pin: &[u8], label: &[u8; 32]) -> Result<()> {
        self.token(slot)?;
        if self.open_sessions(slot).next().is_some() {
            return Err(Rv(CKR_SESSION_EXISTS));
        }
        let label = std::str::from_utf8(label).map_err(|_| Rv(CKR_ARGUMENTS_BAD))?;
        self.token(slot)?
            .initialise(pin, label.trim_end_matches([' ', '\0']))
    }

    /// C_OpenSession.
    ///
    /// # Errors
    /// `CKR_SESSION_PARALLEL_NOT_SUPPORTED`, `CKR_SESSION_COUNT`,
    /// `CKR_SESSION_READ_WRITE_SO_EXISTS`, `CKR_TOKEN_NOT_PRESENT`, `CKR_TOKEN_NOT_RECOGNIZED`.
    pub fn open_session(&mut self, slot: CK_SLOT_ID, flags: CK_FLAGS) -> Result<CK_SESSION_HANDLE> {
        if flags & CKF_SERIAL_SESSION == 0 {
            return Err(Rv(CKR_SESSION_PARALLEL_NOT_SUPPORTED));
        }
        let token = self.token(slot)?;
        let epoch = token.epoch().ok_or(Rv(CKR_TOKEN_NOT_RECOGNIZED))?;
        let read_write = flags & CKF_RW_SESSION != 0;
        if token.role() == Some(Role::So) && !read_write {
            return Err(Rv(CKR_SESSION_READ_WRITE_SO_EXISTS));
        }
        if ulong(self.sessions.len()) >= MAX_SESSIONS {
            // Those whose token went away need not be told for ever.
            self.sessions.retain(|_, session| !session.removed);
        }
        if ulong(self.sessions.len()) >= MAX_SESSIONS {
            return Err(Rv(CKR_SESSION_COUNT));
        }
        self.last_session += 1;
        let session = Session::new(slot, epoch, read_write);
        self.sessions.insert(self.last_session, session);
        Ok(self.last_session)
    }

    /// C_CloseSession. The last one logs out.
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`.
    pub fn close_session(&mut self, handle: CK_SESSION_HANDLE) -> Result<()> {
        let session = self
            .sessions
            .remove(&handle)
            .ok_or(Rv(CKR_SESSION_HANDLE_INVALID))?;
        self.objects.by_handle.retain(
            |_, object| !matches!(object.place, Place::Session { owner, .. } if owner == handle),
        );
        if !session.removed && self.open_sessions(session.slot).next().is_none() {
            self.slots.get(session.slot)?.token.logout();
            self.objects.drop_slot(session.slot);
        }
        Ok(())
    }

    /// C_CloseAllSessions.
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`.
    pub fn close_all_sessions(&mut self, slot: CK_SLOT_ID) -> Result<()> {
        self.slots.get(slot)?.token.logout();
        self.sessions.retain(|_, session| session.slot != slot);
        self.objects.drop_slot(slot);
        Ok(())
    }

    /// C_GetSessionInfo.
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`, `CKR_DEVICE_REMOVED`; so too all that follow.
    pub fn session_info(&mut self, session: CK_SESSION_HANDLE) -> Result<CK_SESSION_INFO> {
        let entered = self.enter(session)?;
        let read_write = entered.session.read_write;
        Ok(CK_SESSION_INFO {
            slotID: entered.session.slot,
            state: entered.session.state(entered.token.role()),
            flags: CKF_SERIAL_SESSION | if read_write { CKF_RW_SESSION } else { 0 },
            ulDeviceError: 0,
        })
    }

    /// C_Login.
    ///
    /// # Errors
    /// `CKR_USER_ALREADY_LOGGED_IN`, `CKR_USER_ANOTHER_ALREADY_LOGGED_IN`,
    /// `CKR_SESSION_READ_ONLY_EXISTS`, and those of [`Token::login`].
    pub fn login(&mut self, session: CK_SESSION_HANDLE, role: Role, pin: &[u8]) -> Result<()> {
        let entered = self.enter(session)?;
        let slot = entered.session.slot;
        match entered.token.role() {
            Some(present) if present == role => return Err(Rv(CKR_USER_ALREADY_LOGGED_IN)),
            Some(_) => return Err(Rv(CKR_USER_ANOTHER_ALREADY_LOGGED_IN)),
            None => {}
        }
        if role == Role::So && self.open_sessions(slot).any(|session| !session.read_write) {
            return Err(Rv(CKR_SESSION_READ_ONLY_EXISTS));
        }
        self.enter(session)?.token.login(role, pin)
    }

    /// C_Logout.
    ///
    /// # Errors
    /// `CKR_USER_NOT_LOGGED_IN`.
    pub fn logout(&mut self, session: CK_SESSION_HANDLE) -> Result<()> {
        let Entered {
            session,
            token,
            objects,
            ..
        } = self.enter(session)?;
        if token.role().is_none() {
            return Err(Rv(CKR_USER_NOT_LOGGED_IN));
        }
        let slot = session.slot;
        // PKCS #11 2.40 section 5.6: handles of private objects stay invalid after a new login.
        objects.by_handle.retain(|_, object| {
            let private = match &object.place {
                Place::Token(id) => token.objects().get(id).is_none_or(Attributes::is_private),
                Place::Session { attributes, .. } => attributes.is_private(),
                Place::Tries(_) => false,
            };
            object.slot != slot || !private
        });
        token.logout();
        for session in self.sessions.values_mut() {
            if session.slot == slot {
                session.cancel_operations();
            }
        }
        Ok(())
    }

    /// C_InitPIN.
    ///
    /// # Errors
    /// Those of [`Token::init_pin`].
    pub fn init_pin(&mut self, session: CK_SESSION_HANDLE, pin: &[u8]) -> Result<()> {
        self.enter(session)?.token.init_pin(pin)
    }

    /// C_SetPIN.
    ///
    /// # Errors
    /// `CKR_SESSION_READ_ONLY` and those of [`Token::set_pin`].
    pub fn set_pin(&mut self, session: CK_SESSION_HANDLE, old: &[u8], new: &[u8]) -> Result<()> {
        let entered = self.enter(session)?;
        if !entered.session.read_write {
            return Err(Rv(CKR_SESSION_READ_ONLY));
        }
        let role = entered.token.role().unwrap_or(Role::User);
        entered.token.set_pin(role, old, new)
    }

    /// C_CreateObject.
    ///
    /// # Errors
    /// `CKR_SESSION_READ_ONLY`, `CKR_USER_NOT_LOGGED_IN`, and those of
    /// [`Attributes::complete_created`].
    pub fn create_object(
        &mut self,
        session: CK_SESSION_HANDLE,
        template: &Template<'_>,
    ) -> Result<CK_OBJECT_HANDLE> {
        let entered = self.enter(session)?;
        let mut attributes = Attributes::from_template(template)?;
        attributes.complete_created()?;
        let [handle] = entered.add([attributes])?;
        Ok(handle)
    }

    /// C_GenerateKeyPair: the handles of public and private key.
    ///
    /// # Errors
    /// As [`Module::create_object`], and those of [`make_key_pair`].
    pub fn generate_key_pair(
        &mut self,
        session: CK_SESSION_HANDLE,
        mechanism: Mechanism<'_>,
        public: &Template<'_>,
        private: &Template<'_>,
    ) -> Result<[CK_OBJECT_HANDLE; 2]> {
        let entered = self.enter(session)?;
        let mut public = Attributes::from_template(public)?;
        let mut private = Attributes::from_template(private)?;
        make_key_pair(mechanism, &mut public, &mut private)?;
        entered.add([public, private])
    }

    /// C_DestroyObject.
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`, `CKR_ACTION_PROHIBITED`, `CKR_SESSION_READ_ONLY`.
    pub fn destroy_object(
        &mut self,
        session: CK_SESSION_HANDLE,
        handle: CK_OBJECT_HANDLE,
    ) -> Result<()> {
        let entered = self.enter(session)?;
        let attributes = entered.attributes(handle)?;
        match entered.place(handle)? {
            Place::Tries(_) => return Err(Rv(CKR_ACTION_PROHIBITED)),
            _ if !attributes.flag(CKA_DESTROYABLE) => return Err(Rv(CKR_ACTION_PROHIBITED)),
            Place::Token(_) if !entered.session.read_write => {
                return Err(Rv(CKR_SESSION_READ_ONLY));
            }
            Place::Token(id) => entered.token.destroy(*id)?,
            Place::Session { .. } => {}
        }
        entered.objects.by_handle.remove(&handle);
        Ok(())
    }

    /// C_GetObjectSize, in bytes.
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`.
    pub fn object_size(
        &mut self,
        session: CK_SESSION_HANDLE,
        handle: CK_OBJECT_HANDLE,
    ) -> Result<CK_ULONG> {
        let attributes = self.enter(session)?.attributes(handle)?;
        Ok(ulong(attributes.size()))
    }

    /// C_GetAttributeValue: for each type its value, or why there is none.
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`.
    pub fn attribute_values(
        &mut self,
        session: CK_SESSION_HANDLE,
        handle: CK_OBJECT_HANDLE,
        types: &[CK_ATTRIBUTE_TYPE],
    ) -> Result<Vec<Result<Zeroizing<Vec<u8>>>>> {
        let attributes = self.enter(session)?.attributes(handle)?;
        let values = types
            .iter()
            .map(|attribute| attributes.readable(*attribute));
        Ok(values.collect())
    }

    /// C_SetAttributeValue.
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`, `CKR_SESSION_READ_ONLY` and those of
    /// [`Attributes::modify`].
    pub fn set_attribute_values(
        &mut self,
        session: CK_SESSION_HANDLE,
        handle: CK_OBJECT_HANDLE,
        template: &Template<'_>,
    ) -> Result<()> {
        let entered = self.enter(session)?;
        let mut changed = entered.attributes(handle)?;
        let object = entered
            .objects
            .by_handle
            .get_mut(&handle)
            .ok_or(Rv(CKR_OBJECT_HANDLE_INVALID))?;
        match &mut object.place {
            Place::Tries(_) => Err(Rv(CKR_ACTION_PROHIBITED)),
            Place::Token(_) if !entered.session.read_write => Err(Rv(CKR_SESSION_READ_ONLY)),
            Place::Token(id) => entered.token.modify(*id, template),
            Place::Session { attributes, .. } => {
                changed.modify(template)?;
                *attributes = changed;
                Ok(())
            }
        }
    }

    /// C_FindObjectsInit.
    ///
    /// # Errors
    /// `CKR_OPERATION_ACTIVE`.
    pub fn find_init(&mut self, session: CK_SESSION_HANDLE, template: &Template<'_>) -> Result<()> {
        let mut entered = self.enter(session)?;
        if entered.session.find.is_some() {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        let found = entered.find(template)?;
        entered.session.find = Some(found);
        Ok(())
    }

    /// C_FindObjects: up to `max` more handles.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`.
    pub fn find_next(
        &mut self,
        session: CK_SESSION_HANDLE,
        max: usize,
    ) -> Result<Vec<CK_OBJECT_HANDLE>> {
        let entered = self.enter(session)?;
        let found = entered.session.find.as_mut();
        let found = found.ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
        Ok(found.drain(..max.min(found.len())).collect())
    }

    /// C_FindObjectsFinal.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`.
    pub fn find_final(&mut self, session: CK_SESSION_HANDLE) -> Result<()> {
        let found = self.enter(session)?.session.find.take();
        found.map(|_| ()).ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))
    }

    /// C_SignInit.
    ///
    /// # Errors
    /// `CKR_OPERATION_ACTIVE`, `CKR_KEY_HANDLE_INVALID` and those of [`Signing::new`].
    pub fn sign_init(
        &mut self,
        session: CK_SESSION_HANDLE,
        mechanism: Mechanism<'_>,
        key: CK_OBJECT_HANDLE,
    ) -> Result<()> {
        let entered = self.enter(session)?;
        if entered.session.signing.is_some() {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        let key = entered.key(key)?;
        entered.session.signing = Some(Signing::new(mechanism, &key)?);
        Ok(())
    }

    /// How long the signature is at most, for C_Sign (`in_parts` false) or C_SignFinal.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`; `CKR_OPERATION_ACTIVE` for C_Sign after C_SignUpdate.
    pub fn sign_len(&mut self, session: CK_SESSION_HANDLE, in_parts: bool) -> Result<usize> {
        let entered = self.enter(session)?;
        let signing = entered.session.signing.as_mut();
        let signing = signing.ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
        if !in_parts && signing.input().in_parts() {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        Ok(signing.output_len())
    }

    /// C_SignUpdate. A failure ends the operation.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_FUNCTION_NOT_SUPPORTED` for mechanisms of one part.
    pub fn sign_update(&mut self, session: CK_SESSION_HANDLE, part: &[u8]) -> Result<()> {
        let running = &mut self.enter(session)?.session.signing;
        let signing = running.as_mut().ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
        signing
            .input()
            .update(part)
            .inspect_err(|_| *running = None)
    }

    /// C_Sign, or C_SignFinal with nothing. Ends the operation.
    ///
    /// # Errors
    /// Those of [`Signing::finish`].
    pub fn sign(&mut self, session: CK_SESSION_HANDLE, last: &[u8]) -> Result<Vec<u8>> {
        let signing = self.enter(session)?.session.signing.take();
        signing
            .ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?
            .finish(last)
    }

    /// C_VerifyInit.
    ///
    /// # Errors
    /// As [`Module::sign_init`].
    pub fn verify_init(
        &mut self,
        session: CK_SESSION_HANDLE,
        mechanism: Mechanism<'_>,
        key: CK_OBJECT_HANDLE,
    ) -> Result<()> {
        let entered = self.enter(session)?;
        if entered.session.verifying.is_some() {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        let key = entered.key(key)?;
        entered.session.verifying = Some(Verifying::new(mechanism, &key)?);
        Ok(())
    }

    /// C_VerifyUpdate. A failure ends the operation.
    ///
    /// # Errors
    /// As [`Module::sign_update`].
    pub fn verify_update(&mut self, session: CK_SESSION_HANDLE, part: &[u8]) -> Result<()> {
        let running = &mut self.enter(session)?.session.verifying;
        let verifying = running.as_mut().ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
        verifying
            .input()
            .update(part)
            .inspect_err(|_| *running = None)
    }

    /// C_Verify. Ends the operation.
    ///
    /// # Errors
    /// `CKR_OPERATION_ACTIVE` after C_VerifyUpdate, and those of [`Verifying::finish`].
    pub fn verify(
        &mut self,
        session: CK_SESSION_HANDLE,
        data: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let running = &mut self.enter(session)?.session.verifying;
        let verifying = running.as_mut().ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
        if verifying.input().in_parts() {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        self.verify_final(session, data, signature)
    }

    /// C_VerifyFinal, with nothing in `last`. Ends the operation.
    ///
    /// # Errors
    /// Those of [`Verifying::finish`].
    pub fn verify_final(
        &mut self,
        session: CK_SESSION_HANDLE,
        last: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let verifying = self.enter(session)?.session.verifying.take();
        verifying
            .ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?
            .finish(last, signature)
    }

    /// C_DecryptInit.
    ///
    /// # Errors
    /// As [`Module::sign_init`].
    pub fn decrypt_init(
        &mut self,
        session: CK_SESSION_HANDLE,
        mechanism: Mechanism<'_>,
        key: CK_OBJECT_HANDLE,
    ) -> Result<()> {
        let entered = self.enter(session)?;
        if entered.session.decrypting.is_some() {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        let key = entered.key(key)?;
        entered.session.decrypting = Some(Decrypting::new(mechanism, &key)?);
        Ok(())
    }

    /// C_Decrypt. A failure ends the operation, success does not: see [`Module::decrypt_end`].
    ///
    /// # Errors
    /// Those of [`Decrypting::decrypt`].
    pub fn decrypt(
        &mut self,
        session: CK_SESSION_HANDLE,
        data: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let running = &mut self.enter(session)?.session.decrypting;
        let decrypting = running.as_ref().ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
        decrypting.decrypt(data).inspect_err(|_| *running = None)
    }

    /// Ends C_Decrypt, once the caller has the plain text.
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`, `CKR_DEVICE_REMOVED`.
    pub fn decrypt_end(&mut self, session: CK_SESSION_HANDLE) -> Result<()> {
        self.enter(session)?.session.decrypting = None;
        Ok(())
    }

    /// C_DigestInit.
    ///
    /// # Errors
    /// `CKR_OPERATION_ACTIVE` and those of [`Hasher::new`].
    pub fn digest_init(
        &mut self,
        session: CK_SESSION_HANDLE,
        mechanism: Mechanism<'_>,
    ) -> Result<()> {
        let entered = self.enter(session)?;
        if entered.session.digest.is_some() {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        entered.session.digest = Some(Digesting {
            hasher: Hasher::new(mechanism)?,
            in_parts: false,
        });
        Ok(())
    }

    /// How long the digest is, for C_Digest (`in_parts` false) or C_DigestFinal.
    ///
    /// # Errors
    /// As [`Module::sign_len`].
    pub fn digest_len(&mut self, session: CK_SESSION_HANDLE, in_parts: bool) -> Result<usize> {
        let entered = self.enter(session)?;
        let digest = entered.session.digest.as_ref();
        let digest = digest.ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
        if !in_parts && digest.in_parts {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        Ok(digest.hasher.output_len())
    }

    /// C_DigestUpdate.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`.
    pub fn digest_update(&mut self, session: CK_SESSION_HANDLE, part: &[u8]) -> Result<()> {
        let entered = self.enter(session)?;
        let digest = entered.session.digest.as_mut();
        let digest = digest.ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
        digest.hasher.update(part);
        digest.in_parts = true;
        Ok(())
    }

    /// C_Digest, or C_DigestFinal with nothing. Ends the operation.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`.
    pub fn digest(&mut self, session: CK_SESSION_HANDLE, last: &[u8]) -> Result<Vec<u8>> {
        let digest = self.enter(session)?.session.digest.take();
        let mut digest = digest.ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
        digest.hasher.update(last);
        Ok(digest.hasher.finish())
    }

    /// Checks that a session exists and its token is still there.
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`, `CKR_DEVICE_REMOVED`.
    pub fn check_session(&mut self, session: CK_SESSION_HANDLE) -> Result<()> {
        self.enter(session).map(|_| ())
    }

    /// The sessions on a slot, without those whose token went away.
    fn open_sessions(&self, slot: CK_SLOT_ID) -> impl Iterator<Item = &Session> {
        let sessions = self.sessions.values();
        sessions.filter(move |session| session.slot == slot && !session.removed)
    }

    /// The token in a slot, up to date.
    fn token(&mut self, slot: CK_SLOT_ID) -> Result<&mut Token> {
        self.rescan();
        if !self.slots.get(slot)?.present {
            return Err(Rv(CKR_TOKEN_NOT_PRESENT));
        }
        self.refresh(slot)?;
        Ok(&mut self.slots.get(slot)?.token)
    }

    fn rescan(&mut self) {
        for slot in self.slots.rescan() {
            self.lose_token(slot);
        }
    }

    /// Takes over what other processes wrote; ends the sessions of a token that is gone.
    fn refresh(&mut self, slot: CK_SLOT_ID) -> Result<()> {
        let Slot { token, .. } = self.slots.get(slot)?;
        let epoch = token.epoch();
        let result = token.refresh();
        let replaced = epoch.is_some() && epoch != token.epoch();
        if result.is_err() || replaced {
            self.lose_token(slot);
        }
        result
    }

    fn lose_token(&mut self, slot: CK_SLOT_ID) {
        for session in self.sessions.values_mut() {
            if session.slot == slot {
                session.removed = true;
                session.cancel_operations();
            }
        }
        self.objects.drop_slot(slot);
    }

    /// Begins a call in a session.
    fn enter(&mut self, handle: CK_SESSION_HANDLE) -> Result<Entered<'_>> {
        let invalid = Rv(CKR_SESSION_HANDLE_INVALID);
        let slot = self.sessions.get(&handle).ok_or(invalid)?.slot;
        let refreshed = self.refresh(slot);
        let epoch = self.slots.get(slot)?.token.epoch();
        let session = self.sessions.get(&handle).ok_or(invalid)?;
        if session.removed || Some(session.epoch) != epoch {
            self.sessions.remove(&handle);
            return Err(match refreshed {
                Err(error) if error != Rv(CKR_TOKEN_NOT_PRESENT) => error,
                _ => Rv(CKR_DEVICE_REMOVED),
            });
        }
        let session = self.sessions.get_mut(&handle).ok_or(invalid)?;
        Ok(Entered {
            handle,
            session,
            token: &mut self.slots.get(slot)?.token,
            objects: &mut self.objects,
        })
    }
}

impl Entered<'_> {
    /// Adds objects, all or none.
    fn add<const N: usize>(self, objects: [Attributes; N]) -> Result<[CK_OBJECT_HANDLE; N]> {
        for object in &objects {
            if object.is_private() && self.token.role() != Some(Role::User) {
                return Err(Rv(CKR_USER_NOT_LOGGED_IN));
            }
            if object.flag(CKA_TOKEN) && !self.session.read_write {
                return Err(Rv(CKR_SESSION_READ_ONLY));
            }
        }
        let slot = self.session.slot;
        let on_token = |object: &&Attributes| object.flag(CKA_TOKEN);
        let stored: Vec<_> = objects.iter().filter(on_token).cloned().collect();
        if self.objects.by_handle.len() + N - stored.len() > MAX_HANDLES {
            return Err(Rv(CKR_DEVICE_MEMORY));
        }
        let mut ids = if stored.is_empty() {
            VecDeque::new()
        } else {
            self.token.create(&stored)?.into()
        };
        Ok(objects.map(|attributes| {
            let place = match attributes.flag(CKA_TOKEN) {
                true => Place::Token(ids.pop_front().expect("one id for each stored object")),
                false => Place::Session {
                    owner: self.handle,
                    attributes,
                },
            };
            self.objects.insert(Object { slot, place })
        }))
    }

    fn find(&mut self, template: &Template<'_>) -> Result<VecDeque<CK_OBJECT_HANDLE>> {
        let slot = self.session.slot;
        let mut found = VecDeque::new();
        let names_container = template.contains(&(CKA_CLASS, &CKO_CONTAINER.to_ne_bytes()));
        for (id, attributes) in self.token.objects() {
            if attributes.class() == Some(CKO_CONTAINER) && !names_container {
                continue;
            }
            if attributes.matches(template) {
                found.push_back(self.objects.handle_of(slot, *id));
            }
        }
        for (handle, object) in &self.objects.by_handle {
            if let Place::Session { attributes, .. } = &object.place
                && object.slot == slot
                && (!attributes.is_private() || self.token.role() == Some(Role::User))
                && attributes.matches(template)
            {
                found.push_back(*handle);
            }
        }
        for class in [CKO_HW_FEATURE, CKO_PIN_TRIES] {
            let names_class = (CKA_CLASS, class.to_ne_bytes());
            if template.contains(&(names_class.0, names_class.1.as_slice()))
                && self.tries(class)?.matches(template)
            {
                found.push_back(self.objects.handle_of_tries(slot, class));
            }
        }
        Ok(found)
    }

    fn place(&self, handle: CK_OBJECT_HANDLE) -> Result<&Place> {
        let object = self.objects.by_handle.get(&handle);
        object
            .filter(|object| object.slot == self.session.slot)
            .map(|object| &object.place)
            .ok_or(Rv(CKR_OBJECT_HANDLE_INVALID))
    }

    /// The attributes of a visible object.
    fn attributes(&self, handle: CK_OBJECT_HANDLE) -> Result<Attributes> {
        let attributes = match self.place(handle)? {
            Place::Token(id) => self.token.objects().get(id).cloned(),
            Place::Session { attributes, .. }
                if attributes.is_private() && self.token.role() != Some(Role::User) =>
            {
                None
            }
            Place::Session { attributes, .. } => Some(attributes.clone()),
            Place::Tries(class) => Some(self.tries(*class)?),
        };
        attributes.ok_or(Rv(CKR_OBJECT_HANDLE_INVALID))
    }

    fn key(&self, handle: CK_OBJECT_HANDLE) -> Result<Attributes> {
        let attributes = self.attributes(handle);
        attributes.map_err(|_| Rv(CKR_KEY_HANDLE_INVALID))
    }

    /// The object that tells how many PIN tries are left.
    fn tries(&self, class: CK_OBJECT_CLASS) -> Result<Attributes> {
        let data = self.token.data().ok_or(Rv(CKR_DEVICE_REMOVED))?;
        let user = data.user.as_ref().map_or(0, |pin| pin.tries_left);
        let mut attributes = Attributes::default();
        for (attribute, value) in [
            (CKA_CLASS, Value::Number(class)),
            (CKA_HW_FEATURE_TYPE, Value::Number(CKH_PIN_TRIES)),
            (CKA_TOKEN, Value::Bool(true)),
            (CKA_PRIVATE, Value::Bool(false)),
            (CKA_MODIFIABLE, Value::Bool(false)),
            (CKA_DESTROYABLE, Value::Bool(false)),
            (CKA_LABEL, Value::bytes(TRIES_LABEL)),
            (CKA_USER_TRIES_LEFT, Value::Number(user.into())),
            (CKA_SO_TRIES_LEFT, Value::Number(data.so.tries_left.into())),
        ] {
            attributes.set(attribute, value);
        }
        Ok(attributes)
    }
}

impl Objects {
    fn insert(&mut self, object: Object) -> CK_OBJECT_HANDLE {
        self.last += 1;
        self.by_handle.insert(self.last, object);
        self.last
    }

    fn handle_of(&mut self, slot: CK_SLOT_ID, id: u64) -> CK_OBJECT_HANDLE {
        let place = Place::Token(id);
        let known = self.by_handle.iter().find(|(_, object)| {
            object.slot == slot && matches!(object.place, Place::Token(other) if other == id)
        });
        match known {
            Some((handle, _)) => *handle,
            None => self.insert(Object { slot, place }),
        }
    }

    fn handle_of_tries(&mut self, slot: CK_SLOT_ID, class: CK_OBJECT_CLASS) -> CK_OBJECT_HANDLE {
        let place = Place::Tries(class);
        let known = self.by_handle.iter().find(|(_, object)| {
            object.slot == slot && matches!(object.place, Place::Tries(other) if other == class)
        });
        match known {
            Some((handle, _)) => *handle,
            None => self.insert(Object { slot, place }),
        }
    }

    fn drop_slot(&mut self, slot: CK_SLOT_ID) {
        self.by_handle.retain(|_, object| object.slot != slot);
    }
}

/// Text padded with blanks, as PKCS #11 wants it.
pub fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [b' '; N];
    for (byte, source) in bytes.iter_mut().zip(text.bytes()) {
        *byte = source;
    }
    bytes
}

fn ulong(number: usize) -> CK_ULONG {
    CK_ULONG::try_from(number).unwrap_or(CK_ULONG::MAX)
}

struct PinFlags {
    low: CK_FLAGS,
    last: CK_FLAGS,
    locked: CK_FLAGS,
    to_be_changed: CK_FLAGS,
}

fn pin_flags(pin: &PinData, flags: &PinFlags) -> CK_FLAGS {
    let tries = match pin.tries_left {
        0 => flags.locked,
        1 => flags.low | flags.last,
        left if left < pin.max_tries => flags.low,
        _ => 0,
    };
    tries
        | if pin.to_be_changed {
            flags.to_be_changed
        } else {
            0
        }
}

const USER_FLAGS: PinFlags = PinFlags {
    low: CKF_USER_PIN_COUNT_LOW,
    last: CKF_USER_PIN_FINAL_TRY,
    locked: CKF_USER_PIN_LOCKED,
    to_be_changed: CKF_USER_PIN_TO_BE_CHANGED,
};
const SO_FLAGS: PinFlags = PinFlags {
    low: CKF_SO_PIN_COUNT_LOW,
    last: CKF_SO_PIN_FINAL_TRY,
    locked: CKF_SO_PIN_LOCKED,
    to_be_changed: CKF_SO_PIN_TO_BE_CHANGED,
};

/// CK_TOKEN_INFO's manufacturerID: by it and the model a host knows a demo key.
pub const MANUFACTURER: &str = "Yinxin demo";
/// CK_TOKEN_INFO's model.
pub const MODEL: &str = "softkey";
/// CKA_LABEL of the object that tells the PIN tries.
pub const TRIES_LABEL: &str = "yinxin-pin-tries";
/// The version of module and token.
pub const VERSION: CK_VERSION = CK_VERSION { major: 0, minor: 1 };
const MAX_SESSIONS: CK_ULONG = 256;
const MAX_HANDLES: usize = 16 * 1024;
