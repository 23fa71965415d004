//! The C boundary of SKF: all functions of GM/T 0016-2012 by their names. Each decodes its
//! arguments, calls [`Skf`] and encodes the answer. A panic becomes `SAR_FAIL`. What this key
//! doesn't do answers `SAR_NOTSUPPORTYETERR`.
//!
//! The functions are unsafe to call for what their pointers promise: see [`pointer`]. What they
//! do themselves is safe.
//!
//! [`pointer`]: crate::skf::pointer

#![allow(
    unsafe_code,
    non_snake_case,
    reason = "a C interface whose names GM/T 0016 gives"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Pkcs1v15Sign};
use sha2::{Digest, Sha256};
use signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use sm3::Sm3;
use zeroize::Zeroizing;

use crate::mechanism::{Hasher, PrivateKey, PublicKey, SM2_DEFAULT_ID, rng, sm2_identity_of, trim};
use crate::seal::fill_random;
use crate::skf::blob::*;
use crate::skf::cipher::{self, Direction, SessionKey};
use crate::skf::code::*;
use crate::skf::container::{self, Kind, Use};
use crate::skf::pointer::*;
use crate::skf::{Handle, SHA256, SM2_SIGN, SM2_SIGN_OLD, SM3, Share, Skf, file};
use crate::store::LOCK_TIMEOUT;
use crate::token::Role;

/// ULONG and BOOL: 32 bits everywhere.
type Ulong = u32;

struct State {
    skf: Option<Skf>,
    /// Counts SKF_CancelWaitForDevEvent.
    cancels: u64,
}

impl State {
    fn skf(&mut self) -> &mut Skf {
        // A child made by fork(2) inherits no login and no handle.
        if !self.skf.as_ref().is_some_and(Skf::is_of_this_process) {
            self.skf = None;
        }
        self.skf.get_or_insert_with(Skf::new)
    }
}

static STATE: Mutex<State> = Mutex::new(State {
    skf: None,
    cancels: 0,
});
static CHANGED: Condvar = Condvar::new();

/// How often SKF_WaitForDevEvent looks.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How often a call looks whether another process gave up the device.
const LOCK_INTERVAL: Duration = Duration::from_millis(5);
/// SKF_LockDev: wait for ever.
const FOR_EVER: Ulong = u32::MAX;
const SAR_OK: Ulong = 0;
const MAX_DEVICE_NAME: usize = 1024;
const MAX_PIN: usize = 64;
const MAX_LABEL: usize = 31;

fn lock() -> MutexGuard<'static, State> {
    // A panic in between has answered SAR_FAIL; what is stored is replaced as a whole.
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait(state: MutexGuard<'static, State>, time: Duration) -> MutexGuard<'static, State> {
    CHANGED
        .wait_timeout(state, time)
        .unwrap_or_else(PoisonError::into_inner)
        .0
}

/// Runs the body of a function.
#[cfg_attr(not(feature = "faults"), allow(unused_variables))]
fn guard(function: &'static str, body: impl FnOnce() -> Result<()>) -> Ulong {
    // Nothing is ever printed: this copy of the standard library is the library's own.
    static QUIET: Once = Once::new();
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    let result = catch_unwind(AssertUnwindSafe(|| {
        #[cfg(feature = "faults")]
        crate::faults::before(function).map_err(|rv| match u32::try_from(rv.0) {
            Ok(code) if rv.0 != cryptoki_sys::CKR_GENERAL_ERROR => Sar(code),
            _ => FAIL,
        })?;
        body()
    }));
    match result {
        Ok(Ok(())) => SAR_OK,
        Ok(Err(Sar(code))) => code,
        Err(_) => FAIL.0,
    }
}

/// Runs the body of a function that no SKF_LockDev keeps back.
fn free(function: &'static str, body: impl FnOnce(&mut Skf) -> Result<()>) -> Ulong {
    guard(function, || body(lock().skf()))
}

/// Runs the body of a function on a handle, once nobody else has the device for itself.
fn call(
    function: &'static str,
    handle: Handle,
    body: impl FnOnce(&mut Skf) -> Result<()>,
) -> Ulong {
    guard(function, || {
        let deadline = Instant::now() + LOCK_TIMEOUT;
        let mut state = lock();
        loop {
            let skf = state.skf();
            match skf.share(handle) {
                Share::Free(_share) => return body(skf),
                Share::Taken if Instant::now() >= deadline => return Err(TIMEOUT),
                Share::Taken => state = wait(state, LOCK_INTERVAL),
            }
        }
    })
}

fn role(kind: Ulong) -> Result<Role> {
    match kind {
        0 => Ok(Role::So),
        1 => Ok(Role::User),
        _ => Err(USER_TYPE_INVALID),
    }
}

fn pin(text: &Text) -> Result<&[u8]> {
    text.get(MAX_PIN, PIN_LEN_RANGE)
}

fn application_name(text: &Text) -> Result<&[u8]> {
    text.get(crate::store::MAX_APPLICATION_NAME, APPLICATION_NAME_INVALID)
}

fn container_name(text: &Text) -> Result<&[u8]> {
    text.get(container::MAX_NAME_LEN, NAME_LEN)
}

fn file_name(text: &Text) -> Result<&[u8]> {
    text.get(file::MAX_NAME_LEN, NAME_LEN)
}

// Devices.

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_EnumDev(present: Ulong, names: Room, size: Length) -> Ulong {
    free("SKF_EnumDev", |skf| {
        size.answer_names(&names, &skf.device_names(present != 0))
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ConnectDev(name: Text, device: Out<Handle>) -> Ulong {
    free("SKF_ConnectDev", |skf| {
        device.check()?;
        device.put(skf.connect(name.get(MAX_DEVICE_NAME, NAME_LEN)?)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_DisConnectDev(device: Handle) -> Ulong {
    free("SKF_DisConnectDev", |skf| {
        let result = skf.disconnect(device);
        CHANGED.notify_all();
        result
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_GetDevState(name: Text, state: Out<Ulong>) -> Ulong {
    free("SKF_GetDevState", |skf| {
        state.put(skf.device_state(name.get(MAX_DEVICE_NAME, NAME_LEN)?))
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_SetLabel(device: Handle, label: Text) -> Ulong {
    call("SKF_SetLabel", device, |skf| {
        skf.set_label(device, label.get(MAX_LABEL, NAME_LEN)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_GetDevInfo(device: Handle, info: Out<DevInfo>) -> Ulong {
    call("SKF_GetDevInfo", device, |skf| {
        info.put(skf.device_info(device)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_LockDev(device: Handle, milliseconds: Ulong) -> Ulong {
    guard("SKF_LockDev", || {
        let limit = Duration::from_millis(milliseconds.into());
        let deadline = (milliseconds != FOR_EVER).then(|| Instant::now() + limit);
        let mut state = lock();
        while !state.skf().try_lock(device)? {
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Err(TIMEOUT);
            }
            state = wait(state, LOCK_INTERVAL);
        }
        Ok(())
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_UnlockDev(device: Handle) -> Ulong {
    free("SKF_UnlockDev", |skf| {
        skf.unlock(device)?;
        CHANGED.notify_all();
        Ok(())
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_WaitForDevEvent(
    name: Room,
    size: Length,
    event: Out<Ulong>,
) -> Ulong {
    guard("SKF_WaitForDevEvent", || {
        size.check()?;
        event.check()?;
        let mut state = lock();
        state.skf().look_around();
        let cancels = state.cancels;
        loop {
            if let Some((device, kind)) = state.skf().event() {
                let text = [device.as_bytes(), &[0]].concat();
                if size.answer(&name, &text)? {
                    event.put(kind)?;
                    state.skf().event_told(device, kind);
                }
                return Ok(());
            }
            if state.cancels != cancels {
                return Err(NO_EVENT);
            }
            state = wait(state, POLL_INTERVAL);
        }
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_CancelWaitForDevEvent() -> Ulong {
    guard("SKF_CancelWaitForDevEvent", || {
        lock().cancels += 1;
        CHANGED.notify_all();
        Ok(())
    })
}

// Access.

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_DevAuth(device: Handle, answer: Bytes, length: Ulong) -> Ulong {
    call("SKF_DevAuth", device, |skf| {
        skf.authenticate(device, answer.get(length)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ChangePIN(
    application: Handle,
    kind: Ulong,
    old: Text,
    new: Text,
    left: Out<Ulong>,
) -> Ulong {
    call("SKF_ChangePIN", application, |skf| {
        left.check()?;
        let role = role(kind)?;
        let result = skf.change_pin(application, role, pin(&old)?, pin(&new)?);
        left.put(skf.pin_info(application, role)?.tries_left.into())?;
        result
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_GetPINInfo(
    application: Handle,
    kind: Ulong,
    max: Out<Ulong>,
    left: Out<Ulong>,
    default: Out<Ulong>,
) -> Ulong {
    call("SKF_GetPINInfo", application, |skf| {
        let info = skf.pin_info(application, role(kind)?)?;
        max.check()?;
        left.check()?;
        default.put(info.to_be_changed.into())?;
        max.put(info.max_tries.into())?;
        left.put(info.tries_left.into())
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_VerifyPIN(
    application: Handle,
    kind: Ulong,
    given: Text,
    left: Out<Ulong>,
) -> Ulong {
    call("SKF_VerifyPIN", application, |skf| {
        left.check()?;
        let role = role(kind)?;
        let result = skf.verify_pin(application, role, pin(&given)?);
        left.put(skf.pin_info(application, role)?.tries_left.into())?;
        result
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_UnblockPIN(
    application: Handle,
    admin: Text,
    new: Text,
    left: Out<Ulong>,
) -> Ulong {
    call("SKF_UnblockPIN", application, |skf| {
        left.check()?;
        let result = skf.unblock_pin(application, pin(&admin)?, pin(&new)?);
        left.put(skf.pin_info(application, Role::So)?.tries_left.into())?;
        result
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ClearSecureState(application: Handle) -> Ulong {
    call("SKF_ClearSecureState", application, |skf| {
        skf.log_out(application)
    })
}

// Applications.

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_CreateApplication(
    device: Handle,
    name: Text,
    admin: Text,
    admin_tries: Ulong,
    user: Text,
    user_tries: Ulong,
    create_file_rights: Ulong,
    application: Out<Handle>,
) -> Ulong {
    call("SKF_CreateApplication", device, |skf| {
        application.check()?;
        application.put(skf.create_application(
            device,
            application_name(&name)?,
            (pin(&admin)?, admin_tries),
            (pin(&user)?, user_tries),
            create_file_rights,
        )?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_EnumApplication(device: Handle, names: Room, size: Length) -> Ulong {
    call("SKF_EnumApplication", device, |skf| {
        size.answer_names(&names, &skf.application_names(device)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_DeleteApplication(device: Handle, name: Text) -> Ulong {
    call("SKF_DeleteApplication", device, |skf| {
        skf.delete_application(device, application_name(&name)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_OpenApplication(
    device: Handle,
    name: Text,
    application: Out<Handle>,
) -> Ulong {
    call("SKF_OpenApplication", device, |skf| {
        application.check()?;
        application.put(skf.open_application(device, application_name(&name)?)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_CloseApplication(application: Handle) -> Ulong {
    free("SKF_CloseApplication", |skf| {
        skf.close_application(application)
    })
}

// Files.

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_CreateFile(
    application: Handle,
    name: Text,
    size: Ulong,
    read: Ulong,
    write: Ulong,
) -> Ulong {
    call("SKF_CreateFile", application, |skf| {
        let token = skf.application(application)?;
        file::create(token, file_name(&name)?, size, read, write)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_DeleteFile(application: Handle, name: Text) -> Ulong {
    call("SKF_DeleteFile", application, |skf| {
        file::delete(skf.application(application)?, file_name(&name)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_EnumFiles(application: Handle, names: Room, size: Length) -> Ulong {
    call("SKF_EnumFiles", application, |skf| {
        let files = file::list(skf.application(application)?);
        let list = crate::skf::name_list(files.iter().map(|(name, _)| &name[..]));
        size.answer_names(&names, &list)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_GetFileInfo(
    application: Handle,
    name: Text,
    info: Out<FileAttribute>,
) -> Ulong {
    call("SKF_GetFileInfo", application, |skf| {
        info.put(file::info(
            skf.application(application)?,
            file_name(&name)?,
        )?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ReadFile(
    application: Handle,
    name: Text,
    offset: Ulong,
    size: Ulong,
    out: Room,
    length: Length,
) -> Ulong {
    call("SKF_ReadFile", application, |skf| {
        let token = skf.application(application)?;
        let content = file::read(token, file_name(&name)?, offset, size)?;
        length.answer(&out, &content)?;
        Ok(())
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_WriteFile(
    application: Handle,
    name: Text,
    offset: Ulong,
    data: Bytes,
    size: Ulong,
) -> Ulong {
    call("SKF_WriteFile", application, |skf| {
        let token = skf.application(application)?;
        file::write(token, file_name(&name)?, offset, data.get(size)?)
    })
}

// Containers.

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_CreateContainer(
    application: Handle,
    name: Text,
    container: Out<Handle>,
) -> Ulong {
    call("SKF_CreateContainer", application, |skf| {
        container.check()?;
        container.put(skf.create_container(application, container_name(&name)?)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_DeleteContainer(application: Handle, name: Text) -> Ulong {
    call("SKF_DeleteContainer", application, |skf| {
        skf.delete_container(application, container_name(&name)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_OpenContainer(
    application: Handle,
    name: Text,
    container: Out<Handle>,
) -> Ulong {
    call("SKF_OpenContainer", application, |skf| {
        container.check()?;
        container.put(skf.open_container(application, container_name(&name)?)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_CloseContainer(container: Handle) -> Ulong {
    free("SKF_CloseContainer", |skf| skf.close_container(container))
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_EnumContainer(
    application: Handle,
    names: Room,
    size: Length,
) -> Ulong {
    call("SKF_EnumContainer", application, |skf| {
        size.answer_names(&names, &skf.container_names(application)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_GetContainerType(container: Handle, kind: Out<Ulong>) -> Ulong {
    call("SKF_GetContainerType", container, |skf| {
        let (token, container) = skf.container(container)?;
        kind.put(match container.kind(token) {
            Kind::Empty => 0,
            Kind::Rsa => 1,
            Kind::Ecc => 2,
        })
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ImportCertificate(
    container: Handle,
    sign: Ulong,
    der: Bytes,
    length: Ulong,
) -> Ulong {
    call("SKF_ImportCertificate", container, |skf| {
        let der = der.get(length)?;
        #[cfg(feature = "faults")]
        let der = &*crate::faults::seen(der);
        let (token, container) = skf.container(container)?;
        container.import_certificate(token, Use::from_flag(sign), der)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ExportCertificate(
    container: Handle,
    sign: Ulong,
    der: Room,
    length: Length,
) -> Ulong {
    call("SKF_ExportCertificate", container, |skf| {
        let (token, container) = skf.container(container)?;
        let certificate = container.certificate(token, Use::from_flag(sign))?;
        #[cfg(feature = "faults")]
        let certificate = &*crate::faults::seen(certificate);
        length.answer(&der, certificate)?;
        Ok(())
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ExportPublicKey(
    container: Handle,
    sign: Ulong,
    blob: Room,
    length: Length,
) -> Ulong {
    call("SKF_ExportPublicKey", container, |skf| {
        let (token, container) = skf.container(container)?;
        let key = container.public(token, Use::from_flag(sign))?;
        let blob_of_key = match &key {
            PublicKey::Sm2(key) => EccPublicKey::from_point(&key.to_sec1_bytes())?.to_bytes(),
            PublicKey::Rsa(key) => rsa_blob(key)?.to_bytes(),
            PublicKey::P256(_) => return Err(KEY_NOT_FOUND),
        };
        length.answer(&blob, &blob_of_key)?;
        Ok(())
    })
}

// Keys and signatures.

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_GenRandom(device: Handle, out: Out<u8>, length: Ulong) -> Ulong {
    call("SKF_GenRandom", device, |skf| {
        out.check()?;
        out.fill(&skf.random(device, length)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_GenECCKeyPair(
    container: Handle,
    algorithm: Ulong,
    public: Out<EccPublicKey>,
) -> Ulong {
    call("SKF_GenECCKeyPair", container, |skf| {
        public.check()?;
        if ![SM2_SIGN, SM2_SIGN_OLD].contains(&algorithm) {
            return Err(NOT_SUPPORTED);
        }
        let (token, container) = skf.container(container)?;
        match container.generate(token, Kind::Ecc, 256)? {
            PublicKey::Sm2(key) => public.put(EccPublicKey::from_point(&key.to_sec1_bytes())?),
            _ => Err(FAIL),
        }
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ImportECCKeyPair(
    container: Handle,
    envelope: In<EnvelopedKey>,
) -> Ulong {
    call("SKF_ImportECCKeyPair", container, |skf| {
        let (envelope, wrapped) = envelope.with_raw()?;
        let (token, container) = skf.container(container)?;
        let signing = container.private(token, Use::Sign)?;
        let key = cipher::open_enveloped(&signing, &envelope, &wrapped)?;
        container.import_sm2(token, &key)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ECCSignData(
    container: Handle,
    e: Bytes,
    length: Ulong,
    signature: Out<EccSignature>,
) -> Ulong {
    call("SKF_ECCSignData", container, |skf| {
        signature.check()?;
        let e = digest(e.get(length)?)?;
        let (token, container) = skf.container(container)?;
        signature.put(EccSignature::from_raw(&container.sign(
            token,
            Kind::Ecc,
            e,
        )?)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ECCVerify(
    device: Handle,
    public: In<EccPublicKey>,
    e: Bytes,
    length: Ulong,
    signature: In<EccSignature>,
) -> Ulong {
    call("SKF_ECCVerify", device, |skf| {
        skf.check_device(device)?;
        sm2_verify(&public.get()?, e.get(length)?, &signature.get()?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ExtECCVerify(
    device: Handle,
    public: In<EccPublicKey>,
    e: Bytes,
    length: Ulong,
    signature: In<EccSignature>,
) -> Ulong {
    call("SKF_ExtECCVerify", device, |skf| {
        skf.check_device(device)?;
        sm2_verify(&public.get()?, e.get(length)?, &signature.get()?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ExtECCSign(
    device: Handle,
    private: In<EccPrivateKey>,
    e: Bytes,
    length: Ulong,
    signature: Out<EccSignature>,
) -> Ulong {
    call("SKF_ExtECCSign", device, |skf| {
        skf.check_device(device)?;
        signature.check()?;
        let e = digest(e.get(length)?)?;
        let key = sm2_private(&private.get()?)?;
        let key = sm2::dsa::SigningKey::new(SM2_DEFAULT_ID, &key).map_err(|_| FAIL)?;
        let made: sm2::dsa::Signature =
            key.sign_prehash_with_rng(&mut rng(), e).map_err(|_| FAIL)?;
        signature.put(EccSignature::from_raw(&made.to_bytes())?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ExtECCEncrypt(
    device: Handle,
    public: In<EccPublicKey>,
    plain: Bytes,
    length: Ulong,
    out: Out<EccCipher>,
) -> Ulong {
    call("SKF_ExtECCEncrypt", device, |skf| {
        skf.check_device(device)?;
        out.check()?;
        let raw = cipher::sm2_encrypt(&public.get()?.point()?, plain.get(length)?)?;
        let (header, cipher) = EccCipher::from_raw(&raw)?;
        out.put_with(header, cipher)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ExtECCDecrypt(
    device: Handle,
    private: In<EccPrivateKey>,
    cipher: In<EccCipher>,
    plain: Room,
    length: Length,
) -> Ulong {
    call("SKF_ExtECCDecrypt", device, |skf| {
        skf.check_device(device)?;
        let key = sm2_private(&private.get()?)?;
        length.answer(&plain, &cipher::sm2_decrypt(&key, &cipher.raw()?)?)?;
        Ok(())
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_GenRSAKeyPair(
    container: Handle,
    bits: Ulong,
    public: Out<RsaPublicKey>,
) -> Ulong {
    call("SKF_GenRSAKeyPair", container, |skf| {
        public.check()?;
        // RSAPUBLICKEYBLOB has no room for more, and this key makes none that is weaker.
        if bits != 2048 {
            return Err(MODULUS_LEN);
        }
        let (token, container) = skf.container(container)?;
        match container.generate(token, Kind::Rsa, bits)? {
            PublicKey::Rsa(key) => public.put(rsa_blob(&key)?),
            _ => Err(FAIL),
        }
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ImportRSAKeyPair(
    container: Handle,
    algorithm: Ulong,
    wrapped: Bytes,
    wrapped_length: Ulong,
    encrypted: Bytes,
    encrypted_length: Ulong,
) -> Ulong {
    call("SKF_ImportRSAKeyPair", container, |skf| {
        let (wrapped, encrypted) = (
            wrapped.get(wrapped_length)?,
            encrypted.get(encrypted_length)?,
        );
        let (token, container) = skf.container(container)?;
        let signing = container.private(token, Use::Sign)?;
        let key = cipher::open_enveloped_rsa(&signing, algorithm, wrapped, encrypted)?;
        container.import_rsa(token, &key)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_RSASignData(
    container: Handle,
    data: Bytes,
    length: Ulong,
    signature: Room,
    signature_length: Length,
) -> Ulong {
    call("SKF_RSASignData", container, |skf| {
        signature_length.check()?;
        let (token, container) = skf.container(container)?;
        let made = container.sign(token, Kind::Rsa, data.get(length)?)?;
        signature_length.answer(&signature, &made)?;
        Ok(())
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_RSAVerify(
    device: Handle,
    public: In<RsaPublicKey>,
    data: Bytes,
    length: Ulong,
    signature: Bytes,
    signature_length: Ulong,
) -> Ulong {
    call("SKF_RSAVerify", device, |skf| {
        skf.check_device(device)?;
        let key = public.get()?;
        let number = BoxedUint::from_be_slice_vartime;
        let key = rsa::RsaPublicKey::new(number(key.modulus()), number(key.exponent()));
        let key = key.map_err(|_| INVALID_PARAM)?;
        key.verify(
            Pkcs1v15Sign::new_unprefixed(),
            data.get(length)?,
            signature.get(signature_length)?,
        )
        .map_err(|_| HASH_NOT_EQUAL)
    })
}

// Session keys.

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ImportSessionKey(
    container: Handle,
    algorithm: Ulong,
    wrapped: Bytes,
    length: Ulong,
    key: Out<Handle>,
) -> Ulong {
    call("SKF_ImportSessionKey", container, |skf| {
        key.check()?;
        let wrapped = wrapped.get(length)?;
        let (token, found) = skf.container(container)?;
        let plain = match found.private(token, Use::Encrypt)? {
            PrivateKey::Sm2(private) => {
                cipher::sm2_decrypt(&private, &EccCipher::raw_of_bytes(wrapped)?)?
            }
            PrivateKey::Rsa(private) => cipher::rsa_decrypt(&private, wrapped)?,
            PrivateKey::P256(_) => return Err(KEY_NOT_FOUND),
        };
        key.put(skf.insert_key(container, SessionKey::new(algorithm, &plain)?)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_ECCExportSessionKey(
    container: Handle,
    algorithm: Ulong,
    public: In<EccPublicKey>,
    wrapped: Out<EccCipher>,
    key: Out<Handle>,
) -> Ulong {
    call("SKF_ECCExportSessionKey", container, |skf| {
        key.check()?;
        wrapped.check()?;
        skf.container(container)?;
        let mut plain = Zeroizing::new([0; 16]);
        fill_random(plain.as_mut_slice())?;
        let made = SessionKey::new(algorithm, plain.as_slice())?;
        let raw = cipher::sm2_encrypt(&public.get()?.point()?, plain.as_slice())?;
        let (header, cipher) = EccCipher::from_raw(&raw)?;
        key.put(skf.insert_key(container, made)?)?;
        wrapped.put_with(header, cipher)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_SetSymmKey(
    device: Handle,
    value: Bytes,
    algorithm: Ulong,
    key: Out<Handle>,
) -> Ulong {
    call("SKF_SetSymmKey", device, |skf| {
        key.check()?;
        skf.check_device(device)?;
        let made = SessionKey::new(algorithm, value.get(16)?)?;
        key.put(skf.insert_key(device, made)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_EncryptInit(key: Handle, parameter: BlockCipherParam) -> Ulong {
    call("SKF_EncryptInit", key, |skf| {
        skf.key(key)?.begin(Direction::Encrypt, &parameter)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_DecryptInit(key: Handle, parameter: BlockCipherParam) -> Ulong {
    call("SKF_DecryptInit", key, |skf| {
        skf.key(key)?.begin(Direction::Decrypt, &parameter)
    })
}

/// What a call of a running operation does of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Whole,
    Part,
    End,
}

/// Goes on with an operation. It stays as it was until the caller has the answer.
fn step(
    skf: &mut Skf,
    key: Handle,
    direction: Direction,
    step: Step,
    data: &[u8],
    (out, length): (&Room, &Length),
) -> Result<()> {
    length.check()?;
    let key = skf.key(key)?;
    let mut operation = key.running(direction)?;
    let mut made = key.update(&mut operation, data)?;
    if step != Step::Part {
        made.extend_from_slice(&key.finish(&mut operation)?);
    }
    // SKF_DecryptFinal has no way to ask for a length but to call it.
    if length.answer(out, &made)? || (made.is_empty() && step == Step::End) {
        key.set_running((step == Step::Part).then_some(operation));
    }
    Ok(())
}

macro_rules! steps {
    ($($name:ident($direction:ident, $step:ident);)*) => {
        $(
            #[unsafe(no_mangle)]
            unsafe extern "system" fn $name(
                key: Handle,
                data: Bytes,
                size: Ulong,
                out: Room,
                length: Length,
            ) -> Ulong {
                call(stringify!($name), key, |skf| {
                    // A copy: callers have the answer written over what they gave.
                    let data = data.copy(size)?;
                    step(skf, key, Direction::$direction, Step::$step, &data, (&out, &length))
                })
            }
        )*
    };
}

steps! {
    SKF_Encrypt(Encrypt, Whole);
    SKF_EncryptUpdate(Encrypt, Part);
    SKF_Decrypt(Decrypt, Whole);
    SKF_DecryptUpdate(Decrypt, Part);
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_EncryptFinal(key: Handle, out: Room, length: Length) -> Ulong {
    call("SKF_EncryptFinal", key, |skf| {
        step(
            skf,
            key,
            Direction::Encrypt,
            Step::End,
            &[],
            (&out, &length),
        )
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_DecryptFinal(key: Handle, out: Room, length: Length) -> Ulong {
    call("SKF_DecryptFinal", key, |skf| {
        step(
            skf,
            key,
            Direction::Decrypt,
            Step::End,
            &[],
            (&out, &length),
        )
    })
}

// Digests.

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_DigestInit(
    device: Handle,
    algorithm: Ulong,
    public: In<EccPublicKey>,
    id: Bytes,
    id_length: Ulong,
    hash: Out<Handle>,
) -> Ulong {
    call("SKF_DigestInit", device, |skf| {
        hash.check()?;
        let hasher = match algorithm {
            SM3 => {
                let mut hasher = Sm3::new();
                if let (Some(key), 1..) = (public.optional(), id_length) {
                    let z = sm2_identity_of(id.get(id_length)?, &key.point()?);
                    hasher.update(z.ok_or(IN_DATA_LEN)?);
                }
                Hasher::Sm3(hasher)
            }
            SHA256 => Hasher::Sha256(Sha256::new()),
            _ => return Err(NOT_SUPPORTED),
        };
        hash.put(skf.insert_hash(device, hasher)?)
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_Digest(
    hash: Handle,
    data: Bytes,
    size: Ulong,
    out: Room,
    length: Length,
) -> Ulong {
    call("SKF_Digest", hash, |skf| {
        let running = skf.hash(hash)?;
        let mut whole = running.clone().ok_or(HASH_OBJECT)?;
        if whole.in_parts {
            return Err(HASH_OBJECT);
        }
        // Not hashed for who only asks for the length.
        if !out.is_null() {
            whole.hasher.update(data.get(size)?);
        }
        if length.answer(&out, &whole.hasher.finish())? {
            *running = None;
        }
        Ok(())
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_DigestUpdate(hash: Handle, data: Bytes, size: Ulong) -> Ulong {
    call("SKF_DigestUpdate", hash, |skf| {
        let running = skf.hash(hash)?.as_mut().ok_or(HASH_OBJECT)?;
        running.hasher.update(data.get(size)?);
        running.in_parts = true;
        Ok(())
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_DigestFinal(hash: Handle, out: Room, length: Length) -> Ulong {
    call("SKF_DigestFinal", hash, |skf| {
        let running = skf.hash(hash)?;
        let whole = running.clone().ok_or(HASH_OBJECT)?;
        if length.answer(&out, &whole.hasher.finish())? {
            *running = None;
        }
        Ok(())
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn SKF_CloseHandle(handle: Handle) -> Ulong {
    free("SKF_CloseHandle", |skf| skf.close(handle))
}

/// Functions that this key has not.
macro_rules! unsupported {
    ($($name:ident($($argument:ty),*);)*) => {
        $(
            #[unsafe(no_mangle)]
            unsafe extern "system" fn $name($(_: $argument),*) -> Ulong {
                guard(stringify!($name), || Err(NOT_SUPPORTED))
            }
        )*
    };
}

type Pub = In<EccPublicKey>;

unsupported! {
    SKF_Transmit(Handle, Bytes, Ulong, Room, Length);
    SKF_ChangeDevAuthKey(Handle, Bytes, Ulong);
    SKF_GenExtRSAKey(Handle, Ulong, Room);
    SKF_RSAExportSessionKey(Handle, Ulong, In<RsaPublicKey>, Room, Length, Out<Handle>);
    SKF_ExtRSAPubKeyOperation(Handle, In<RsaPublicKey>, Bytes, Ulong, Room, Length);
    SKF_ExtRSAPriKeyOperation(Handle, Bytes, Bytes, Ulong, Room, Length);
    SKF_GenerateAgreementDataWithECC(Handle, Ulong, Out<EccPublicKey>, Bytes, Ulong, Out<Handle>);
    SKF_GenerateAgreementDataAndKeyWithECC(Handle, Ulong, Pub, Pub, Out<EccPublicKey>, Bytes, Ulong, Bytes, Ulong, Out<Handle>);
    SKF_GenerateKeyWithECC(Handle, Pub, Pub, Bytes, Ulong, Out<Handle>);
    SKF_MacInit(Handle, In<BlockCipherParam>, Out<Handle>);
    SKF_Mac(Handle, Bytes, Ulong, Room, Length);
    SKF_MacUpdate(Handle, Bytes, Ulong);
    SKF_MacFinal(Handle, Room, Length);
}

fn digest(e: &[u8]) -> Result<&[u8]> {
    if e.len() == 32 {
        Ok(e)
    } else {
        Err(IN_DATA_LEN)
    }
}

fn sm2_private(blob: &EccPrivateKey) -> Result<sm2::SecretKey> {
    sm2::SecretKey::from_slice(blob.scalar()?).map_err(|_| INVALID_PARAM)
}

fn sm2_verify(public: &EccPublicKey, e: &[u8], signature: &EccSignature) -> Result<()> {
    let e = digest(e)?;
    let key = sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_DEFAULT_ID, &public.point()?);
    let key = key.map_err(|_| INVALID_PARAM)?;
    let signature = sm2::dsa::Signature::from_slice(&signature.raw()?);
    let signature = signature.map_err(|_| HASH_NOT_EQUAL)?;
    key.verify_prehash(e, &signature)
        .map_err(|_| HASH_NOT_EQUAL)
}

fn rsa_blob(key: &rsa::RsaPublicKey) -> Result<RsaPublicKey> {
    RsaPublicKey::new(trim(&key.n_bytes()), trim(&key.e_bytes()))
}
