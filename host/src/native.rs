//! Native messaging: greets, checks the caller, then serves requests over standard input and
//! output until the browser closes them. Requests are served at the same time, each on a thread of
//! its own, so that a slow module never keeps a cancel or another module waiting.

use crate::bridge::{Bridge, Content, Login, Tries};
use crate::config::Config;
use crate::crypto::{self, SigningCertificate};
use crate::doctor::{self, repair};
use crate::frame::{self, Incoming, WriteError};
use crate::log::Log;
use crate::module::nobody;
use crate::registration::known_places;
use crate::service::{Asked, Cancel, LISTING_PATIENCE, Message, Service};
use serde::Deserialize;
use std::collections::HashMap;
use std::fs::File;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use yinxin_pki::sm2::Ciphertext;
use yinxin_proto::bridge::Operation;
use yinxin_proto::doctor::Repair;
use yinxin_proto::host::{HostCommand, HostEvent, HostMessage, HostReply, HostRequest, TextForm};
use yinxin_proto::limits::{MAX_FRAME_FROM_HOST_BYTES, MAX_FRAME_TO_HOST_BYTES};
use yinxin_proto::site::HOST_NAME;
use yinxin_proto::token::Token;
use yinxin_proto::{Base64, Error, PROTOCOL_VERSION, Pin};

/// Serves the caller that the browser named.
pub fn serve(caller: Option<&str>) -> ExitCode {
    let (Ok(mut input), Ok(output)) = (frame::unbuffered_stdin(), frame::unbuffered_stdout())
    else {
        return ExitCode::FAILURE;
    };
    let browser = Arc::new(Browser(Mutex::new(output)));
    browser.say(&HostMessage::Greeting {
        name: HOST_NAME.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        protocol: PROTOCOL_VERSION,
    });

    let config = Config::load();
    let accepted = match (&config, caller) {
        (Ok(config), Some(caller)) => config.accepts(caller),
        (Err(_), Some(caller)) => Config::default().accepts(caller),
        (_, None) => false,
    };
    if !accepted {
        // A configuration that can't be read may be the one that names this caller.
        let error = match (config, caller) {
            (Err(error), Some(_)) => error,
            (_, caller) => Error::CallerRefused {
                caller: shorten(caller.unwrap_or("-")),
            },
        };
        browser.fail(None, error);
        return ExitCode::FAILURE;
    }

    let caller = caller.unwrap_or_default();
    let log = Arc::new(Log::new(
        config.as_ref().map(|config| config.log).unwrap_or_default(),
    ));
    log.info("started");
    let teller = Arc::clone(&browser);
    let host = Arc::new(Host {
        bridge: Bridge::new(Arc::new(move |event| {
            teller.say(&HostMessage::Event { event });
        })),
        development: config
            .as_ref()
            .is_ok_and(|config| config.is_development(caller)),
        config,
        log,
        browser,
        service: OnceLock::new(),
        watching: Arc::new(AtomicBool::new(false)),
        running: Mutex::new(HashMap::new()),
    });
    loop {
        match frame::read(&mut input, MAX_FRAME_TO_HOST_BYTES) {
            Ok(Incoming::Message(text)) => host.dispatch(&text),
            Ok(Incoming::NotUtf8) => host.browser.fail(
                None,
                Error::MessageInvalid {
                    reason: "not UTF-8".into(),
                },
            ),
            Ok(Incoming::TooLarge { length, skipped }) => {
                host.browser.fail(
                    None,
                    Error::FrameTooLarge {
                        length,
                        limit: MAX_FRAME_TO_HOST_BYTES,
                    },
                );
                if !skipped {
                    return ExitCode::FAILURE;
                }
            }
            Ok(Incoming::Truncated) => {
                host.browser.fail(None, Error::FrameTruncated {});
                return ExitCode::FAILURE;
            }
            Ok(Incoming::End) => return ExitCode::SUCCESS,
            Err(_) => return ExitCode::FAILURE,
        }
    }
}

/// The pipe to the browser.
struct Browser(Mutex<File>);

impl Browser {
    /// Sends a message. A browser that does not listen any more ends the host, and with it the
    /// workers.
    fn say(&self, message: &HostMessage) {
        match self.write(message) {
            Ok(()) => {}
            Err(WriteError::TooLarge { length }) => {
                let id = match message {
                    HostMessage::Reply { id, .. } => Some(*id),
                    HostMessage::Failure { id, .. } => *id,
                    HostMessage::Greeting { .. } | HostMessage::Event { .. } => None,
                };
                let error = Error::FrameTooLarge {
                    length,
                    limit: MAX_FRAME_FROM_HOST_BYTES,
                };
                if self.write(&HostMessage::Failure { id, error }).is_err() {
                    std::process::exit(1);
                }
            }
            Err(WriteError::Broken) => std::process::exit(1),
        }
    }

    fn write(&self, message: &HostMessage) -> Result<(), WriteError> {
        let mut output = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        frame::write(&mut *output, message, MAX_FRAME_FROM_HOST_BYTES)
    }

    fn fail(&self, id: Option<u32>, error: Error) {
        self.say(&HostMessage::Failure { id, error });
    }
}

struct Host {
    config: Result<Config, Error>,
    development: bool,
    log: Arc<Log>,
    browser: Arc<Browser>,
    /// Started with the first request that needs it, so that the greeting is not delayed.
    service: OnceLock<Service>,
    /// Whether it is told when a token comes or goes.
    watching: Arc<AtomicBool>,
    bridge: Bridge,
    /// Requests under way, by id.
    running: Mutex<HashMap<u32, Arc<Cancel>>>,
}

impl Host {
    fn dispatch(self: &Arc<Self>, text: &str) {
        let request: HostRequest = match serde_json::from_str(text) {
            Ok(request) => request,
            Err(error) => {
                return self.browser.fail(
                    id_of(text),
                    Error::MessageInvalid {
                        reason: shorten(&frame::without_values(&error.to_string())),
                    },
                );
            }
        };
        let id = request.id;
        match request.command {
            HostCommand::Cancel { request } => {
                let cancel = self.running().get(&request).cloned();
                match (cancel, self.service.get()) {
                    (Some(cancel), Some(service)) => service.cancel(&cancel),
                    // Its request has not come as far as any module.
                    (Some(cancel), None) => drop(cancel.call()),
                    (None, _) => {}
                }
                self.answer(id, Ok(HostReply::Done {}));
            }
            HostCommand::BridgeStart { tab, origin } => {
                let started = self.bridge.start(tab, &origin, self.development);
                let outcome = started.as_ref().err().map_or("done", Error::code);
                self.log.info(&format!("bridge-start: {outcome}"));
                self.answer(
                    id,
                    started.map(|(port, secret)| HostReply::Bridge { port, secret }),
                );
            }
            HostCommand::BridgeStop { tab } => {
                self.bridge.stop(tab);
                self.answer(id, Ok(HostReply::Done {}));
            }
            HostCommand::BridgeLogout { tab } => {
                self.bridge.close_session(tab);
                self.answer(id, Ok(HostReply::Done {}));
            }
            HostCommand::BridgeLogin {
                call,
                token,
                certificate,
                pin,
            } => self.run(id, "bridge-login", move |host, _, cancel| {
                host.log_in(call, &token, &certificate, pin, &cancel)
            }),
            HostCommand::BridgeSign {
                call,
                token,
                certificate,
                pin,
                form,
            } => self.run(id, "bridge-sign", move |host, _, cancel| {
                host.sign_text(call, &token, &certificate, pin, &form, &cancel)
            }),
            HostCommand::BridgeChangePin {
                call,
                token,
                certificate,
                pin,
                new_pin,
            } => self.run(id, "bridge-change-pin", move |host, _, cancel| {
                host.change_pin(call, &token, &certificate, [pin, new_pin], &cancel)
            }),
            HostCommand::BridgeDecrypt {
                call,
                token,
                certificate,
                pin,
            } => self.run(id, "bridge-decrypt", move |host, _, cancel| {
                host.decrypt(call, &token, &certificate, pin, &cancel)
            }),
            HostCommand::BridgeAnswer { call, body } => {
                self.bridge.answer(call, body);
                self.answer(id, Ok(HostReply::Done {}));
            }
            HostCommand::Watch { on } => {
                self.watching.store(on, Ordering::Relaxed);
                let watched = self.service().map(|service| {
                    service.watch(on);
                    HostReply::Done {}
                });
                self.answer(id, watched);
            }
            HostCommand::Tokens {} => self.run(id, "tokens", move |host, _, _| {
                let (tokens, modules) = host.service()?.tokens(LISTING_PATIENCE);
                Ok(fitting(id, tokens, modules))
            }),
            HostCommand::Sign {
                origin,
                token,
                certificate,
                pin,
                items,
            } => self.run(id, "sign", move |host, id, cancel| {
                let asked = Asked {
                    origin: &origin,
                    token: &token,
                    certificate: &certificate,
                    items: &items,
                    development: host.development,
                };
                let mut told: Option<Instant> = None;
                let progress = |done| {
                    // A quick key does hundreds a second, for nobody's eye.
                    if told.is_some_and(|told| told.elapsed() < PROGRESS_EVERY) {
                        return;
                    }
                    told = Some(Instant::now());
                    host.browser.say(&HostMessage::Event {
                        event: HostEvent::Progress { id, done },
                    });
                };
                let signed = host.service()?.sign_items(&asked, pin, &cancel, progress)?;
                Ok(HostReply::Signed {
                    signatures: signed.signatures.into_iter().map(Base64).collect(),
                    token_us: signed.token_us,
                })
            }),
            HostCommand::Doctor {} => self.run(id, "doctor", move |host, _, _| {
                let places = known_places();
                let report = match host.service() {
                    Ok(service) => doctor::examine(&host.config, service, &places),
                    // The configuration can't be read; what is found without it is looked at.
                    Err(_) => {
                        let config = Config::default();
                        let modules = config.all_modules();
                        let service = Service::new(modules, &config, &host.log, &nobody());
                        doctor::examine(&host.config, &service, &places)
                    }
                };
                Ok(HostReply::Doctor {
                    report: doctor::fitting(report),
                })
            }),
            HostCommand::Repair {
                repair: Repair::Register { browser },
                dry_run,
                undo,
            } => self.run(id, "repair", move |host, _, _| {
                // A message names a browser, never a folder.
                let place = known_places()?
                    .into_iter()
                    .find(|place| place.browser == browser)
                    .ok_or_else(|| Error::MessageInvalid {
                        reason: format!("no browser “{}”", shorten(&browser)),
                    })?;
                let changes = if undo {
                    repair::undo(&place, dry_run)?
                } else {
                    let config = host.config.as_ref().map_err(Clone::clone)?;
                    repair::register(&place, config, dry_run)?
                };
                Ok(HostReply::Repaired { changes })
            }),
        }
    }

    /// Logs in for a page's call, and keeps the PIN for its tab.
    fn log_in(
        &self,
        call: u32,
        token: &str,
        certificate: &str,
        typed: Option<Pin>,
        cancel: &Cancel,
    ) -> Result<HostReply, Error> {
        let service = self.service()?;
        let place = if typed.is_some() {
            service.find(token, certificate, cancel)
        } else {
            // The page's PIN is tried only while no try is known to be gone.
            service.find_now(token, certificate, cancel)
        }?;
        let signer = SigningCertificate::for_signing(&place.certificate.certificate.0)?;
        let Login { tab, sent } = self.bridge.login(call)?;
        let tries = Tries::of(&place.token);
        let is_typed = typed.is_some() || place.token.protected_path;
        let pin = match typed {
            Some(pin) => Some(pin),
            None if place.token.protected_path => None,
            None => {
                let pin = sent.ok_or(Error::PinRequired {})?;
                // One of a wrong length costs no try of the key, and one of the page all the same.
                if !tries.take(&place.token) {
                    return Err(Error::PinRequired {});
                }
                Some(pin)
            }
        };
        let kept = pin.clone();
        let done = service.sign(&place, &signer, &[], pin, cancel, |_| {});
        match done {
            Ok(_) => {
                tries.give_back();
                if let Some(pin) = kept {
                    self.bridge.open_session(tab, token.to_owned(), pin);
                }
                // Given up in this moment: whoever did told to log out before there was anything to end.
                if cancel.is_called() {
                    self.bridge.close_session(tab);
                    return Err(Error::Aborted {});
                }
                Ok(HostReply::Done {})
            }
            Err(error) => {
                // What was given up before the key had the PIN was no try.
                if !is_typed && matches!(error, Error::Aborted {}) {
                    tries.give_back();
                }
                Err(error)
            }
        }
    }

    /// Signs the text of a page's call.
    fn sign_text(
        &self,
        call: u32,
        token: &str,
        certificate: &str,
        typed: Option<Pin>,
        form: &TextForm,
        cancel: &Cancel,
    ) -> Result<HostReply, Error> {
        let service = self.service()?;
        let place = service.find(token, certificate, cancel)?;
        let signer = SigningCertificate::for_signing(&place.certificate.certificate.0)?;
        let of = [
            Operation::SignData,
            Operation::SignMessage,
            Operation::SignDetachedMessage,
        ];
        let Content {
            text,
            operation,
            pin,
        } = self.bridge.content(call, token, &of)?;
        let bare = operation == Operation::SignData;
        let kept = typed.is_none() && pin.is_some();
        let signed = signer.text_message(&text, bare, form).and_then(|bytes| {
            let messages = [Message::new(&signer, bytes)];
            service.sign(&place, &signer, &messages, typed.or(pin), cancel, |_| {})
        });
        let signed = signed.inspect_err(|error| {
            self.nothing_came(call, text, token, kept, error);
        })?;
        Ok(HostReply::Signed {
            signatures: signed.signatures.into_iter().map(Base64).collect(),
            token_us: signed.token_us,
        })
    }

    /// Decrypts what a page's call brought.
    fn decrypt(
        &self,
        call: u32,
        token: &str,
        certificate: &str,
        typed: Option<Pin>,
        cancel: &Cancel,
    ) -> Result<HostReply, Error> {
        let service = self.service()?;
        let place = service.find(token, certificate, cancel)?;
        let key = crypto::decrypting_key(&place.certificate.certificate.0)?;
        let content = self.bridge.content(call, token, &[Operation::Decrypt])?;
        let kept = typed.is_none() && content.pin.is_some();
        let decrypted = Ciphertext::parse(&content.text)
            .ok_or(Error::NotDecrypted {})
            .and_then(|ciphertext| {
                service.decrypt(&place, key, &ciphertext, typed.or(content.pin), cancel)
            });
        let plaintext = match decrypted {
            // Once is once: of what fails nobody learns more by trying again.
            Err(error @ Error::NotDecrypted {}) => return Err(error),
            other => other.inspect_err(|error| {
                self.nothing_came(call, content.text, token, kept, error);
            })?,
        };
        Ok(HostReply::Decrypted {
            plaintext: Base64(plaintext),
        })
    }

    /// The key did not do what a call asked for: the user may try again. With a session's PIN that was not right every
    /// session of the token ends, since each would cost a try.
    fn nothing_came(&self, call: u32, text: String, token: &str, kept: bool, error: &Error) {
        self.bridge.give_back(call, text);
        if kept && matches!(error, Error::PinIncorrect { .. } | Error::PinLocked {}) {
            self.bridge.pin_changed(token, None);
        }
    }

    /// Changes the PIN for a page's call.
    fn change_pin(
        &self,
        call: u32,
        token: &str,
        certificate: &str,
        [pin, new]: [Option<Pin>; 2],
        cancel: &Cancel,
    ) -> Result<HostReply, Error> {
        let service = self.service()?;
        let place = service.find(token, certificate, cancel)?;
        self.bridge.changes_pin(call)?;
        let kept = new.clone();
        service.change_pin(&place.token, pin, new, cancel)?;
        Tries::of(&place.token).give_back();
        self.bridge.pin_changed(token, kept.as_ref());
        Ok(HostReply::Done {})
    }

    /// Serves a request on a thread of its own.
    fn run(
        self: &Arc<Self>,
        id: u32,
        kind: &'static str,
        work: impl FnOnce(&Arc<Self>, u32, Arc<Cancel>) -> Result<HostReply, Error> + Send + 'static,
    ) {
        let cancel = Arc::new(Cancel::default());
        {
            let mut running = self.running();
            if running.contains_key(&id) {
                drop(running);
                let reason = format!("the id {id} is in use");
                return self.browser.fail(None, Error::MessageInvalid { reason });
            }
            if running.len() >= MAX_RUNNING {
                drop(running);
                return self.browser.fail(Some(id), Error::QueueFull {});
            }
            running.insert(id, Arc::clone(&cancel));
        }
        let host = Arc::clone(self);
        thread::spawn(move || {
            let began = Instant::now();
            let result = work(&host, id, cancel);
            host.running().remove(&id);
            let outcome = match &result {
                Ok(_) => "done",
                Err(error) => error.code(),
            };
            let ms = began.elapsed().as_millis();
            host.log.info(&format!("{kind}: {outcome}, {ms} ms"));
            host.answer(id, result);
        });
    }

    fn answer(&self, id: u32, result: Result<HostReply, Error>) {
        self.browser.say(&match result {
            Ok(reply) => HostMessage::Reply { id, reply },
            Err(error) => HostMessage::Failure {
                id: Some(id),
                error,
            },
        });
    }

    fn service(&self) -> Result<&Service, Error> {
        let config = self.config.as_ref().map_err(Clone::clone)?;
        Ok(self.service.get_or_init(|| {
            let (browser, watching) = (Arc::clone(&self.browser), Arc::clone(&self.watching));
            let on_change: crate::module::OnChange = Arc::new(move || {
                if watching.load(Ordering::Relaxed) {
                    browser.say(&HostMessage::Event {
                        event: HostEvent::TokensChanged {},
                    });
                }
            });
            Service::new(config.all_modules(), config, &self.log, &on_change)
        }))
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<u32, Arc<Cancel>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reply, with seals, then certificates left out where they would not fit into a frame: a token stuffed
/// with garbage must not hide the others.
fn fitting(
    id: u32,
    mut tokens: Vec<Token>,
    modules: Vec<yinxin_proto::token::Module>,
) -> HostReply {
    loop {
        let reply = HostReply::Tokens {
            tokens: tokens.clone(),
            modules: modules.clone(),
        };
        let message = HostMessage::Reply { id, reply };
        let size = serde_json::to_vec(&message).map_or(0, |bytes| bytes.len());
        let HostMessage::Reply { reply, .. } = message else {
            unreachable!("it was made two lines above");
        };
        let fattest = tokens.iter_mut().max_by_key(|token| weight(token));
        match fattest {
            Some(token) if size > MAX_FRAME_FROM_HOST_BYTES as usize && weight(token) > 0 => {
                if has_seals_to_leave_out(token) {
                    leave_seals_out(token);
                    continue;
                }
                token.certificates.clear();
                token.problem = Some(Error::TokenUnreadable {
                    reason: "too many certificates".into(),
                });
            }
            _ => return reply,
        }
    }
}

/// Bytes of what can be left out.
fn weight(token: &Token) -> usize {
    let certificates = token.certificates.iter();
    let certificates: usize = certificates.map(|held| held.certificate.0.len()).sum();
    let seals = token.seals.iter().filter(|_| has_seals_to_leave_out(token));
    let seals = seals.map(|held| {
        let der = held.der.as_ref().map_or(0, |der| der.0.len());
        der + held.label.len() + held.application.len()
    });
    certificates + seals.sum::<usize>()
}

fn has_seals_to_leave_out(token: &Token) -> bool {
    token.seals.len() > 1 || token.seals.iter().any(|held| held.der.is_some())
}

/// Leaves seals out: the first stays, without its bytes, and stands for all.
fn leave_seals_out(token: &mut Token) {
    token.seals.truncate(1);
    for held in &mut token.seals {
        if let Some(der) = held.der.take() {
            held.problem = Some(Error::SealLeftOut {
                size: u32::try_from(der.0.len()).unwrap_or(u32::MAX),
            });
        }
    }
}

/// The id of a request that can't be read as a whole.
fn id_of(text: &str) -> Option<u32> {
    #[derive(Deserialize)]
    struct Named {
        id: u32,
    }
    serde_json::from_str::<Named>(text)
        .ok()
        .map(|named| named.id)
}

/// Words of others, cut to a length that fits any message.
fn shorten(text: &str) -> String {
    text.chars().take(200).collect()
}

/// Time between two messages about how far a request has come.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);
/// Requests served at the same time.
const MAX_RUNNING: usize = 64;
