//! What the host does for a caller, whether a browser or the command line: lists tokens, signs with one
//! of them, and writes a seal into one.

use crate::config::{Config, ModuleConfig};
use crate::crypto::SigningCertificate;
use crate::log::Log;
use crate::module::{Module, OnChange, Told};
use crate::new_seal::NewSeal;
use crate::worker::message::{Input, SignTask};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use yinxin_proto::token::{Token, TokenCertificate};
use yinxin_proto::{Base64, Error, Pin, token};

/// The modules of a configuration.
pub struct Service {
    modules: Vec<Module>,
}

/// A certificate in a token, found.
pub struct Place {
    /// The token.
    pub token: Token,
    /// The certificate.
    pub certificate: TokenCertificate,
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
            modules: modules
                .into_iter()
                .map(|module| Module::start(module, config, Arc::clone(log), Arc::clone(on_change)))
                .collect(),
        }
    }

    /// Starts or stops telling changes of the slots.
    pub fn watch(&self, on: bool) {
        for module in &self.modules {
            module.watch(on);
        }
    }

    /// Looks for tokens in all modules at once. A module that takes longer than `patience`, or that
    /// is at work, is told as slow, with the tokens of its last look, and the others are not kept
    /// waiting; its own news come as a change.
    #[must_use]
    pub fn tokens(&self, patience: Duration) -> (Vec<Token>, Vec<token::Module>) {
        let deadline = Instant::now() + patience;
        let jobs: Vec<_> = self
            .modules
            .iter()
            .map(|module| (!module.is_busy()).then(|| module.list()))
            .collect();
        let mut tokens = Vec::new();
        let mut modules = Vec::new();
        for (module, job) in self.modules.iter().zip(jobs) {
            let left = deadline.saturating_duration_since(Instant::now());
            let told = match job {
                Some(job) => job.told.recv_timeout(left),
                None => Err(RecvTimeoutError::Timeout),
            };
            let problem = match told {
                Ok(Told::Tokens(found)) => {
                    tokens.extend(found);
                    None
                }
                Ok(Told::Failed(error)) => Some(error),
                Err(RecvTimeoutError::Timeout) => {
                    tokens.extend(module.last_tokens());
                    Some(Error::ModuleSlow {
                        module: module.config.name.clone(),
                    })
                }
                Ok(Told::Signed { .. } | Told::Finished { .. } | Told::Written { .. })
                | Err(RecvTimeoutError::Disconnected) => Some(Error::Internal {
                    detail: "listing".into(),
                }),
            };
            modules.push(token::Module {
                name: module.config.name.clone(),
                path: module.config.path.display().to_string(),
                problem,
            });
        }
        (tokens, modules)
    }

    /// Finds a certificate of a token by its fingerprint: first in what the last look saw, then by
    /// another look.
    ///
    /// # Errors
    /// `token-removed` or `certificate-not-found`.
    pub fn find(&self, token: &str, fingerprint: &str, patience: Duration) -> Result<Place, Error> {
        let known: Vec<Token> = self.modules.iter().flat_map(Module::last_tokens).collect();
        if let Ok(place) = find_in(&known, token, fingerprint) {
            return Ok(place);
        }
        find_in(&self.tokens(patience).0, token, fingerprint)
    }

    /// Signs messages with a token's key. Each signature is brought into the protocol's form and
    /// verified under the certificate's key before anything is returned.
    ///
    /// # Errors
    /// Any of the catalogue's token and PIN codes; `aborted` if `cancel` was called.
    pub fn sign(
        &self,
        place: &Place,
        certificate: &SigningCertificate,
        messages: &[Vec<u8>],
        pin: Option<Pin>,
        cancel: &Cancel,
        mut progress: impl FnMut(u32),
    ) -> Result<Signatures, Error> {
        let module = self.module_of(&place.token)?;
        let digests: Vec<[u8; 32]> = messages
            .iter()
            .map(|message| certificate.digest(message))
            .collect();
        let inputs = digests
            .iter()
            .zip(messages)
            .map(|(digest, message)| Input {
                digest: Base64(digest.to_vec()),
                message: (message.len() <= MAX_MESSAGE_TO_MODULE_BYTES)
                    .then(|| Base64(message.clone())),
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
                    let expected = digests.get(signatures.len());
                    let verified = match expected {
                        Some(digest) if index as usize == signatures.len() => {
                            certificate.accept(digest, &output.0)
                        }
                        _ => None,
                    };
                    let Some(signature) = verified else {
                        module.cancel(job.ticket);
                        break Err(Error::SignatureNotVerified {});
                    };
                    signatures.push(signature);
                    progress(u32::try_from(signatures.len()).unwrap_or(u32::MAX));
                }
                Ok(Told::Finished { token_us }) => break Ok(token_us),
                Ok(Told::Failed(error)) => break Err(error),
                Ok(Told::Tokens(_) | Told::Written { .. }) | Err(_) => {
                    break Err(Error::Internal {
                        detail: "signing".into(),
                    });
                }
            }
        };
        if cancel.is_called() {
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
    /// Any of the catalogue's token and PIN codes; `seal-not-written`, with the old seal untouched.
    pub fn write_seal(&self, new: &NewSeal, pin: Option<Pin>) -> Result<u32, Error> {
        let job = self.module_of(new.token())?.write_seal(new.task(pin));
        match job.told.recv() {
            Ok(Told::Written { replaced }) => Ok(replaced),
            Ok(Told::Failed(error)) => Err(error),
            Ok(Told::Tokens(_) | Told::Signed { .. } | Told::Finished { .. }) | Err(_) => {
                Err(Error::Internal {
                    detail: "writing a seal".into(),
                })
            }
        }
    }

    fn module_of(&self, token: &Token) -> Result<&Module, Error> {
        self.modules
            .iter()
            .find(|module| module.config.name == token.module)
            .ok_or(Error::TokenRemoved {})
    }

    /// Cancels what a [`Cancel`] is armed with.
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

    fn call(&self) -> Option<(String, u64)> {
        let mut state = self.state();
        state.called = true;
        state.job.clone()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, CancelState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn find_in(tokens: &[Token], token: &str, fingerprint: &str) -> Result<Place, Error> {
    let token = tokens
        .iter()
        .find(|known| known.token == token)
        .ok_or(Error::TokenRemoved {})?;
    let certificate = token
        .certificates
        .iter()
        .find(|held| crate::crypto::fingerprint(&held.certificate.0) == fingerprint)
        .ok_or(Error::CertificateNotFound {})?;
    Ok(Place {
        token: token.clone(),
        certificate: certificate.clone(),
    })
}

/// Bytes of a message that is handed to the module for mechanisms that hash by themselves. Longer
/// ones are signed by their digest only.
const MAX_MESSAGE_TO_MODULE_BYTES: usize = 64 * 1024;
