//! What the host does for a caller, whether a browser or the command line: lists tokens, signs with one
//! of them, and writes a seal into one. The same key through two modules is listed once ([`mod@join`]).

pub mod join;

use self::join::{Door, Key, join};
use crate::config::{Config, ModuleConfig};
use crate::crypto::{self, SigningCertificate};
use crate::log::Log;
use crate::module::{Module, OnChange, Told};
use crate::new_seal::NewSeal;
use crate::worker::message::{ChangePinTask, DecryptTask, Input, Listed, PublicKey, SignTask};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use yinxin_pki::sm2::Ciphertext;
use yinxin_proto::host::ToSign;
use yinxin_proto::limits::MAX_DOCUMENTS;
use yinxin_proto::site::Origin;
use yinxin_proto::token::{Token, TokenCertificate};
use yinxin_proto::{Base64, Error, Pin, token};

/// The modules of a configuration.
pub struct Service {
    modules: Vec<Module>,
    /// Who made the library of each.
    makers: Vec<String>,
    /// References of the tokens by which keys were shown last.
    shown: Mutex<BTreeSet<String>>,
}

/// A look into a module.
pub struct Look<'a> {
    /// The module.
    pub module: &'a Module,
    /// Time until it answered, or until nobody waited any more.
    pub time: Duration,
    /// What it said.
    pub found: Found,
}

/// What a look into a module found.
pub enum Found {
    /// Its tokens.
    Tokens(Vec<Listed>),
    /// It failed.
    Failed(Error),
    /// It did not answer in time; the ticket of what was asked, unless it is at work for somebody.
    Silent(Option<u64>),
}

impl<'a> Look<'a> {
    fn into(module: &'a Module, patience: Duration, more: Duration) -> Self {
        let began = Instant::now();
        let found = if module.is_busy() {
            Found::Silent(None)
        } else {
            let job = module.list();
            let told = match job.told.recv_timeout(patience) {
                Err(RecvTimeoutError::Timeout) if module.loaded().is_some() => {
                    job.told.recv_timeout(more)
                }
                told => told,
            };
            match told {
                Ok(Told::Tokens(tokens)) => Found::Tokens(tokens),
                Ok(Told::Failed(error)) => Found::Failed(error),
                Err(RecvTimeoutError::Timeout) => Found::Silent(Some(job.ticket)),
                Ok(_) | Err(RecvTimeoutError::Disconnected) => Found::Failed(Error::Internal {
                    detail: "listing".into(),
                }),
            }
        };
        Self {
            module,
            time: began.elapsed(),
            found,
        }
    }

    /// The module's tokens; those of its last look where it did not answer.
    #[must_use]
    pub fn listed(&self) -> Vec<Listed> {
        match &self.found {
            Found::Tokens(tokens) => tokens.clone(),
            Found::Failed(_) => Vec::new(),
            Found::Silent(_) => self.module.last_tokens(),
        }
    }
}

/// What a caller asks to have signed.
pub struct Asked<'a> {
    /// The page's origin.
    pub origin: &'a Origin,
    /// [`Token::token`].
    pub token: &'a str,
    /// SHA-256 of the certificate, lower-case hex.
    pub certificate: &'a str,
    /// What is signed, in order.
    pub items: &'a [ToSign],
    /// The caller is a development build.
    pub development: bool,
}

/// A certificate in a token, found.
pub struct Place {
    /// The token.
    pub token: Token,
    /// The certificate.
    pub certificate: TokenCertificate,
}

/// A message that a key signs.
pub struct Message {
    /// [`SigningCertificate::digest`] of it.
    pub digest: [u8; 32],
    /// All of it, for keys that hash by themselves; at most [`MAX_MESSAGE_TO_MODULE_BYTES`].
    pub bytes: Option<Vec<u8>>,
}

impl Message {
    /// A message that is at hand.
    #[must_use]
    pub fn new(certificate: &SigningCertificate, bytes: Vec<u8>) -> Self {
        Self {
            digest: certificate.digest(&bytes),
            bytes: Some(bytes).filter(|bytes| bytes.len() <= MAX_MESSAGE_TO_MODULE_BYTES),
        }
    }
}

/// Signatures, and the time that the module took for them.
pub struct Signatures {
    /// One for each message, in the protocol's form.
    pub signatures: Vec<Vec<u8>>,
    /// Time spent inside the module, in microseconds, login included.
    pub token_us: u32,
}

impl Service {
    /// Starts the modules of a configuration. No library is loaded yet.
    #[must_use]
    pub fn new(
        modules: Vec<ModuleConfig>,
        config: &Config,
        log: &Arc<Log>,
        on_change: &OnChange,
    ) -> Self {
        Self {
            makers: modules.iter().map(ModuleConfig::maker).collect(),
            modules: modules
                .into_iter()
                .map(|module| Module::start(module, config, Arc::clone(log), Arc::clone(on_change)))
                .collect(),
            shown: Mutex::default(),
        }
    }

    /// The libraries of the modules.
    #[must_use]
    pub fn libraries(&self) -> Vec<PathBuf> {
        let modules = self.modules.iter();
        modules.map(|module| module.config.path.clone()).collect()
    }

    /// Starts or stops telling when a token comes or goes.
    pub fn watch(&self, on: bool) {
        for module in &self.modules {
            module.watch(on);
        }
    }

    /// Looks into all modules at once, each for no longer than `patience`, and `more` where the library
    /// is loaded. What is asked of a silent one goes on; one that is at work is not asked.
    #[must_use]
    pub fn look(&self, patience: Duration, more: Duration) -> Vec<Look<'_>> {
        thread::scope(|scope| {
            let looks: Vec<_> = self
                .modules
                .iter()
                .map(|module| scope.spawn(move || Look::into(module, patience, more)))
                .collect();
            looks
                .into_iter()
                .filter_map(|look| look.join().ok())
                .collect()
        })
    }

    /// The keys that a look found, those that several modules read once.
    #[must_use]
    pub fn keys(&self, looks: &[Look]) -> Vec<Key> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let doors = looks.iter().flat_map(|look| {
            let maker = self.maker_of(look.module);
            look.listed().into_iter().map(move |listed| Door {
                listed,
                maker: maker.clone(),
            })
        });
        let keys = join(doors.collect(), &shown);
        *shown = keys.iter().map(|key| key.token.token.clone()).collect();
        keys
    }

    /// Looks for tokens in all modules at once. A module that takes longer than `patience`, or that
    /// is at work, is told as slow, with the tokens of its last look, and the others are not kept
    /// waiting; its own news come as a change. A key that several modules read is told once.
    #[must_use]
    pub fn tokens(&self, patience: Duration) -> (Vec<Token>, Vec<token::Module>) {
        let looks = self.look(patience, Duration::ZERO);
        let keys = self.keys(&looks);
        let modules = looks.into_iter().map(|look| {
            let config = &look.module.config;
            token::Module {
                name: config.name.clone(),
                path: config.path.display().to_string(),
                problem: match look.found {
                    Found::Tokens(_) => None,
                    Found::Failed(error) => Some(error),
                    Found::Silent(_) => Some(Error::ModuleSlow {
                        module: config.name.clone(),
                    }),
                },
            }
        });
        let modules = modules.collect();
        (keys.into_iter().map(|key| key.token).collect(), modules)
    }

    /// Finds a certificate of a token by its fingerprint: first in what the last look saw, then by
    /// another look. The token may be one in whose place another door of the same key is told by now.
    ///
    /// # Errors
    /// `token-removed` or `certificate-not-found`; `token-busy` where a module does not answer in time; `aborted` instead of
    /// each if `cancel` was called meanwhile.
    pub fn find(&self, token: &str, fingerprint: &str, cancel: &Cancel) -> Result<Place, Error> {
        let known: Vec<Listed> = self.modules.iter().flat_map(Module::last_tokens).collect();
        find_in(&known, token, fingerprint).or_else(|_| self.find_now(token, fingerprint, cancel))
    }

    /// Finds a certificate by a look now, in modules that answer: what was known of the PIN's tries may have changed.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn find_now(
        &self,
        token: &str,
        fingerprint: &str,
        cancel: &Cancel,
    ) -> Result<Place, Error> {
        let mut tokens = Vec::new();
        let mut silent = false;
        for look in self.look(LISTING_PATIENCE, Duration::ZERO) {
            match look.found {
                Found::Tokens(found) => tokens.extend(found),
                Found::Failed(_) => {}
                Found::Silent(_) => silent = true,
            }
        }
        find_in(&tokens, token, fingerprint).map_err(|error| match error {
            // Nothing was begun: what was given up failed of nothing else.
            _ if cancel.is_called() => Error::Aborted {},
            // It may be in one of those that said nothing.
            _ if silent => Error::TokenBusy {},
            error => error,
        })
    }

    /// Signs items as structure: their bytes are built and checked here.
    ///
    /// # Errors
    /// As [`Self::sign`] and [`crypto::message`]; `documents-count`, `token-removed` or
    /// `certificate-not-found`.
    pub fn sign_items(
        &self,
        asked: &Asked,
        pin: Option<Pin>,
        cancel: &Cancel,
        progress: impl FnMut(u32),
    ) -> Result<Signatures, Error> {
        let count = u32::try_from(asked.items.len()).unwrap_or(u32::MAX);
        if count == 0 || count > MAX_DOCUMENTS {
            return Err(Error::DocumentsCount {
                count,
                limit: MAX_DOCUMENTS,
            });
        }
        let place = self.find(asked.token, asked.certificate, cancel)?;
        let certificate = SigningCertificate::for_signing(&place.certificate.certificate.0)?;
        let message = |item| {
            crypto::message(
                item,
                asked.origin,
                &place.token,
                &certificate,
                asked.development,
            )
            .map(|bytes| Message::new(&certificate, bytes))
        };
        let messages = asked
            .items
            .iter()
            .map(message)
            .collect::<Result<Vec<_>, _>>()?;
        self.sign(&place, &certificate, &messages, pin, cancel, progress)
    }

    /// Signs messages with a token's key. Each signature is brought into the protocol's form and
    /// verified under the certificate's key before anything is returned.
    ///
    /// # Errors
    /// Any of the catalogue's token and PIN codes; `aborted` if `cancel` was called, unless that came too late
    /// for the login and a try of the PIN is gone, or may be.
    pub fn sign(
        &self,
        place: &Place,
        certificate: &SigningCertificate,
        messages: &[Message],
        pin: Option<Pin>,
        cancel: &Cancel,
        mut progress: impl FnMut(u32),
    ) -> Result<Signatures, Error> {
        if cancel.is_called() {
            return Err(Error::Aborted {});
        }
        let module = self.module_of(&place.token)?;
        let inputs = messages
            .iter()
            .map(|message| Input {
                digest: Base64(message.digest.to_vec()),
                message: message.bytes.clone().map(Base64),
            })
            .collect();
        let job = module.sign(SignTask {
            token: place.token.token.clone(),
            id: place.certificate.id.clone(),
            key: certificate.public_key(),
            pin,
            inputs,
        });
        cancel.arm(module, job.ticket);
        let mut signatures: Vec<Vec<u8>> = Vec::with_capacity(messages.len());
        let result = loop {
            match job.told.recv() {
                Ok(Told::Signed { index, output }) => {
                    let expected = messages.get(signatures.len());
                    let verified = match expected {
                        Some(message) if index as usize == signatures.len() => {
                            certificate.accept(&message.digest, &output.0)
                        }
                        _ => None,
                    };
                    let Some(signature) = verified else {
                        module.cancel(job.ticket);
                        break Err(Error::SignatureNotVerified {});
                    };
                    signatures.push(signature);
                    // Of the last the answer tells, which follows at once.
                    if signatures.len() < messages.len() {
                        progress(u32::try_from(signatures.len()).unwrap_or(u32::MAX));
                    }
                }
                Ok(Told::Finished { token_us }) => break Ok(token_us),
                Ok(Told::Failed(error)) => break Err(error),
                Ok(_) | Err(_) => {
                    break Err(Error::Internal {
                        detail: "signing".into(),
                    });
                }
            }
        };
        if cancel.is_called() && !result.as_ref().is_err_and(tells_of_the_login) {
            return Err(Error::Aborted {});
        }
        let token_us = result?;
        if signatures.len() != messages.len() {
            return Err(Error::SignatureNotVerified {});
        }
        Ok(Signatures {
            signatures,
            token_us,
        })
    }

    /// Writes a seal into its token. What it replaces is destroyed only after the new one was read back;
    /// whatever interrupts it, doing it again completes it. Gives the number of objects that were
    /// destroyed.
    ///
    /// # Errors
    /// Any of the catalogue's token and PIN codes; `seal-not-written` and `seal-no-room`, with the old seal
    /// untouched.
    pub fn write_seal(&self, new: &NewSeal, pin: Option<Pin>) -> Result<u32, Error> {
        let job = self.module_of(new.token())?.write_seal(new.task(pin));
        match job.told.recv() {
            Ok(Told::Written { replaced }) => Ok(replaced),
            Ok(Told::Failed(error)) => Err(error),
            Ok(_) | Err(_) => Err(Error::Internal {
                detail: "writing a seal".into(),
            }),
        }
    }

    /// Changes the PIN of a token. A cancel that comes too late changes nothing: what is true is told.
    ///
    /// # Errors
    /// Any of the catalogue's token and PIN codes, `pin-refused`, `pin-changed-elsewhere`, or `aborted`.
    pub fn change_pin(
        &self,
        token: &Token,
        pin: Option<Pin>,
        new_pin: Option<Pin>,
        cancel: &Cancel,
    ) -> Result<(), Error> {
        if cancel.is_called() {
            return Err(Error::Aborted {});
        }
        let module = self.module_of(token)?;
        let job = module.change_pin(ChangePinTask {
            token: token.token.clone(),
            pin,
            new_pin,
        });
        cancel.arm(module, job.ticket);
        match job.told.recv() {
            Ok(Told::Finished { .. }) => Ok(()),
            Ok(Told::Failed(error)) => Err(error),
            Ok(_) | Err(_) => Err(Error::Internal {
                detail: "changing a PIN".into(),
            }),
        }
    }

    /// Decrypts with a token's key.
    ///
    /// # Errors
    /// Any of the catalogue's token and PIN codes, `not-decrypted`, or `aborted`.
    pub fn decrypt(
        &self,
        place: &Place,
        key: PublicKey,
        ciphertext: &Ciphertext,
        pin: Option<Pin>,
        cancel: &Cancel,
    ) -> Result<Vec<u8>, Error> {
        if cancel.is_called() {
            return Err(Error::Aborted {});
        }
        let module = self.module_of(&place.token)?;
        let job = module.decrypt(DecryptTask {
            token: place.token.token.clone(),
            id: place.certificate.id.clone(),
            key,
            pin,
            ciphertext: Base64(ciphertext.der()),
        });
        cancel.arm(module, job.ticket);
        match job.told.recv() {
            Ok(Told::Decrypted(_)) if cancel.is_called() => Err(Error::Aborted {}),
            Ok(Told::Decrypted(plaintext)) if plaintext.len() == ciphertext.size() => Ok(plaintext),
            Ok(Told::Decrypted(_)) => Err(Error::NotDecrypted {}),
            Ok(Told::Failed(error)) => Err(error),
            Ok(_) | Err(_) => Err(Error::Internal {
                detail: "decrypting".into(),
            }),
        }
    }

    fn maker_of(&self, module: &Module) -> String {
        let name = &module.config.name;
        let mut modules = self.modules.iter().zip(&self.makers);
        let found = modules.find(|(known, _)| known.config.name == *name);
        found.map_or_else(|| name.clone(), |(_, maker)| maker.clone())
    }

    fn module_of(&self, token: &Token) -> Result<&Module, Error> {
        self.modules
            .iter()
            .find(|module| module.config.name == token.module)
            .ok_or(Error::TokenRemoved {})
    }

    /// Calls a [`Cancel`], and cancels what it is armed with.
    pub fn cancel(&self, cancel: &Cancel) {
        if let Some((name, ticket)) = cancel.call()
            && let Some(module) = self
                .modules
                .iter()
                .find(|module| module.config.name == name)
        {
            module.cancel(ticket);
        }
    }
}

/// A way to give up a signing that may or may not have reached its module.
#[derive(Default)]
pub struct Cancel(Mutex<CancelState>);

#[derive(Default)]
struct CancelState {
    called: bool,
    job: Option<(String, u64)>,
}

impl Cancel {
    /// Whether it was called.
    #[must_use]
    pub fn is_called(&self) -> bool {
        self.state().called
    }

    fn arm(&self, module: &Module, ticket: u64) {
        let mut state = self.state();
        state.job = Some((module.config.name.clone(), ticket));
        if state.called {
            module.cancel(ticket);
        }
    }

    /// Calls it; gives what is to be given up, if it is armed.
    pub fn call(&self) -> Option<(String, u64)> {
        let mut state = self.state();
        state.called = true;
        state.job.clone()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, CancelState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an error tells what came of a login that went on after its cancel: a wrong PIN, or a module
/// that did not say. A module's thread gives up everything else by itself.
fn tells_of_the_login(error: &Error) -> bool {
    matches!(
        error,
        Error::PinIncorrect { .. }
            | Error::PinLocked {}
            | Error::ModuleCrashed { .. }
            | Error::ModuleHung { .. }
    )
}

fn find_in(listed: &[Listed], token: &str, fingerprint: &str) -> Result<Place, Error> {
    let token = listed
        .iter()
        .map(|listed| &listed.token)
        .find(|known| known.token == token)
        .ok_or(Error::TokenRemoved {})?;
    let certificate = token
        .certificates
        .iter()
        .find(|held| crypto::fingerprint(&held.certificate.0) == fingerprint)
        .ok_or(Error::CertificateNotFound {})?;
    Ok(Place {
        token: token.clone(),
        certificate: certificate.clone(),
    })
}

/// Time that a listing waits for a slow module.
pub const LISTING_PATIENCE: Duration = Duration::from_millis(2_000);
/// Bytes of a message that is handed to the module for keys that hash by themselves. Longer
/// ones are signed by their digest only.
pub const MAX_MESSAGE_TO_MODULE_BYTES: usize = 64 * 1024;
