//! The bridge: a listener on 127.0.0.1 that takes calls of pages which the browser's own rules brought here, hands each to
//! the background and gives its answer back. It listens only while a tab is named, decides nothing, and knows of a call
//! only what the table of [`yinxin_proto::bridge`] says: which fields are a PIN, which stay here, and which text may be
//! signed.

mod body;
mod fields;
mod form;
mod http;
mod json;
mod tries;

pub use tries::Tries;

use http::Request;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use yinxin_proto::bridge::{Address, Function, Operation, Role, Skin};
use yinxin_proto::host::HostEvent;
use yinxin_proto::limits::{BRIDGE_ANSWER_MS, MAX_BRIDGE_CALLS, MAX_BRIDGE_TABS};
use yinxin_proto::site::Origin;
use yinxin_proto::{Error, Pin};

/// Tells the background.
pub type Tell = Arc<dyn Fn(HostEvent) + Send + Sync>;

/// The bridge of one host.
pub struct Bridge {
    shared: Arc<Shared>,
    /// Listens while there is a tab.
    listener: Mutex<Option<Listener>>,
}

struct Shared {
    tell: Tell,
    /// By tab.
    tabs: Mutex<HashMap<u32, Tab>>,
    /// Calls that wait, by their number.
    waiting: Mutex<HashMap<u32, Waiting>>,
    next: AtomicU32,
    /// Connections that are served.
    connections: AtomicUsize,
}

struct Tab {
    /// Whose calls it may make.
    skins: &'static [Skin],
    secret: [u8; SECRET_BYTES],
    session: Option<Session>,
}

/// An open session: the PIN of a token, wiped when it ends.
struct Session {
    token: String,
    pin: Pin,
}

/// A call that waits for its answer.
struct Waiting {
    tab: u32,
    operation: Option<Operation>,
    /// The PIN that the page sent, until it is tried.
    pin: Option<Pin>,
    /// What the key is to work at, until it does.
    content: Option<String>,
    answer: Sender<Option<String>>,
}

/// A waiting call's login.
pub struct Login {
    /// Its tab.
    pub tab: u32,
    /// The PIN that the page sent with it.
    pub sent: Option<Pin>,
}

/// What a key is to work at now for a waiting call.
pub struct Content {
    /// A text to be signed, or a ciphertext.
    pub text: String,
    /// What is done with it.
    pub operation: Operation,
    /// The PIN of its tab's session with the token.
    pub pin: Option<Pin>,
}

struct Listener {
    port: u16,
    closed: Arc<AtomicBool>,
}

impl Bridge {
    /// One that does not listen yet.
    pub fn new(tell: Tell) -> Self {
        Self {
            shared: Arc::new(Shared {
                tell,
                tabs: Mutex::default(),
                waiting: Mutex::default(),
                next: AtomicU32::new(1),
                connections: AtomicUsize::new(0),
            }),
            listener: Mutex::new(None),
        }
    }

    /// Takes calls of a tab from now on: the port, and a new secret for it.
    ///
    /// # Errors
    /// `act-not-allowed` for an origin whose calls are not known, `queue-full`, `bridge-failed`.
    pub fn start(
        &self,
        tab: u32,
        origin: &Origin,
        development: bool,
    ) -> Result<(u16, String), Error> {
        let skins = origin.skins(development);
        if skins.is_empty() {
            return Err(Error::ActNotAllowed {
                origin: origin.as_str().into(),
                act: "bridge".into(),
            });
        }
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret).map_err(|_| Error::Internal {
            detail: "randomness".into(),
        })?;
        let mut listener = lock(&self.listener);
        let port = match &*listener {
            Some(listener) => listener.port,
            None => {
                let new = Listener::open(&self.shared).map_err(|error| Error::BridgeFailed {
                    reason: error.kind().to_string(),
                })?;
                listener.insert(new).port
            }
        };
        self.forget(tab);
        let mut tabs = lock(&self.shared.tabs);
        if tabs.len() >= MAX_BRIDGE_TABS as usize {
            return Err(Error::QueueFull {});
        }
        tabs.insert(
            tab,
            Tab {
                skins,
                secret,
                session: None,
            },
        );
        Ok((port, hex::encode(secret)))
    }

    /// Takes no more calls of a tab. Those that wait end unanswered.
    pub fn stop(&self, tab: u32) {
        let mut listener = lock(&self.listener);
        self.forget(tab);
        if lock(&self.shared.tabs).is_empty()
            && let Some(open) = listener.take()
        {
            open.close();
        }
    }

    /// Answers a call, if it still waits.
    pub fn answer(&self, call: u32, body: Option<String>) {
        if let Some(waiting) = lock(&self.shared.waiting).remove(&call) {
            // Its connection may be gone just now.
            let _ = waiting.answer.send(body);
        }
    }

    /// A waiting call's login. The PIN of its page is given once.
    ///
    /// # Errors
    /// `message-invalid` if no call of this number waits for a login.
    pub fn login(&self, call: u32) -> Result<Login, Error> {
        let mut waiting = lock(&self.shared.waiting);
        let known = waiting
            .get_mut(&call)
            .filter(|known| known.operation == Some(Operation::Login));
        let known = known.ok_or_else(no_such_call)?;
        Ok(Login {
            tab: known.tab,
            sent: known.pin.take(),
        })
    }

    /// Keeps the PIN of a token for a tab, as long as that is there.
    pub fn open_session(&self, tab: u32, token: String, pin: Pin) {
        if let Some(tab) = lock(&self.shared.tabs).get_mut(&tab) {
            tab.session = Some(Session { token, pin });
        }
    }

    /// Forgets it.
    pub fn close_session(&self, tab: u32) {
        if let Some(tab) = lock(&self.shared.tabs).get_mut(&tab) {
            tab.session = None;
        }
    }

    /// Sees to it that a call waits for another PIN.
    ///
    /// # Errors
    /// `message-invalid` if no call of this number does.
    pub fn changes_pin(&self, call: u32) -> Result<(), Error> {
        let waiting = lock(&self.shared.waiting);
        let known = waiting.get(&call);
        known
            .filter(|known| known.operation == Some(Operation::ChangePin))
            .map(|_| ())
            .ok_or_else(no_such_call)
    }

    /// A token has another PIN: sessions with it go on with that, or end.
    pub fn pin_changed(&self, token: &str, new: Option<&Pin>) {
        for tab in lock(&self.shared.tabs).values_mut() {
            let is_with = |session: &mut Session| session.token == token;
            if let Some(mut session) = tab.session.take_if(is_with)
                && let Some(new) = new
            {
                session.pin = new.clone();
                tab.session = Some(session);
            }
        }
    }

    /// What a waiting call brought for one of these operations, given once, with the PIN of its tab's session if that is
    /// with this token.
    ///
    /// # Errors
    /// `message-invalid` if no call of this number waits for that.
    pub fn content(&self, call: u32, token: &str, of: &[Operation]) -> Result<Content, Error> {
        let (tab, text, operation) = {
            let mut waiting = lock(&self.shared.waiting);
            let known = waiting.get_mut(&call).ok_or_else(no_such_call)?;
            let operation = known.operation.filter(|operation| of.contains(operation));
            let operation = operation.ok_or_else(no_such_call)?;
            let text = known.content.take().ok_or_else(no_such_call)?;
            (known.tab, text, operation)
        };
        let tabs = lock(&self.shared.tabs);
        let session = tabs.get(&tab).ok_or_else(no_such_call)?.session.as_ref();
        let pin = session
            .filter(|session| session.token == token)
            .map(|session| session.pin.clone());
        Ok(Content {
            text,
            operation,
            pin,
        })
    }

    /// Gives a content back of which nothing came: the user may try again, with another PIN or the key in its place.
    pub fn give_back(&self, call: u32, text: String) {
        if let Some(known) = lock(&self.shared.waiting).get_mut(&call) {
            known.content = Some(text);
        }
    }

    fn forget(&self, tab: u32) {
        lock(&self.shared.tabs).remove(&tab);
        lock(&self.shared.waiting).retain(|_, waiting| waiting.tab != tab);
    }
}

impl Listener {
    fn open(shared: &Arc<Shared>) -> io::Result<Self> {
        let socket = bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let port = socket.local_addr()?.port();
        let closed = Arc::new(AtomicBool::new(false));
        let (shared, ended) = (Arc::clone(shared), Arc::clone(&closed));
        thread::spawn(move || accept(&socket, port, &shared, &ended));
        Ok(Self { port, closed })
    }

    fn close(self) {
        self.closed.store(true, Ordering::Relaxed);
        // It sleeps until somebody comes.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
    }
}

/// A listener at an address that no other program can take over.
#[cfg(windows)]
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    use socket2::{Domain, Socket, Type};
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    yinxin_windows::socket::alone(&socket)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// A listener at an address, which is another program's only once nobody listens there.
#[cfg(not(windows))]
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address)
}

fn accept(socket: &TcpListener, port: u16, shared: &Arc<Shared>, closed: &AtomicBool) {
    for stream in socket.incoming() {
        if closed.load(Ordering::Relaxed) {
            return;
        }
        let Ok(stream) = stream else {
            // Out of descriptors: they come back as others end.
            thread::sleep(Duration::from_millis(100));
            continue;
        };
        // Those that only hold a connection open end by themselves; until then others find nobody.
        if shared.connections.fetch_add(1, Ordering::Relaxed) >= MAX_CONNECTIONS {
            shared.connections.fetch_sub(1, Ordering::Relaxed);
            continue;
        }
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            // A connection that fails concerns nobody else.
            let _ = serve(stream, port, &shared);
            shared.connections.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

fn serve(mut stream: TcpStream, port: u16, shared: &Shared) -> io::Result<()> {
    match http::read(&mut stream, port)? {
        None => http::refuse(&mut stream),
        Some(Request::Preflight) => http::answer_preflight(&mut stream),
        Some(Request::Post { path, secret, body }) => {
            let taken = shared.take(&secret, &path, &body);
            drop(body);
            let answer = match taken {
                Some((call, answer)) => wait(&mut stream, call, &answer, shared),
                None => None,
            };
            match answer {
                Some(body) => http::answer(&mut stream, &body),
                None => http::refuse(&mut stream),
            }
        }
    }
}

/// Waits for the answer of the background, while the page does.
fn wait(
    stream: &mut TcpStream,
    call: u32,
    answer: &Receiver<Option<String>>,
    shared: &Shared,
) -> Option<String> {
    let end = Instant::now() + Duration::from_millis(BRIDGE_ANSWER_MS.into());
    loop {
        match answer.recv_timeout(LOOK) {
            Ok(body) => return body,
            // The tab was stopped.
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {}
        }
        if Instant::now() >= end || is_gone(stream) {
            // An answer may come just now: then nobody is told that the page has gone.
            if lock(&shared.waiting).remove(&call).is_some() {
                (shared.tell)(HostEvent::BridgeGone { call });
            }
            return None;
        }
    }
}

/// Whether the other end has hung up.
fn is_gone(stream: &TcpStream) -> bool {
    let looked = stream
        .set_nonblocking(true)
        .and_then(|()| stream.peek(&mut [0]));
    let back = stream.set_nonblocking(false);
    match looked {
        Ok(read) => read == 0 || back.is_err(),
        Err(error) => error.kind() != io::ErrorKind::WouldBlock || back.is_err(),
    }
}

impl Shared {
    /// Takes a call, and tells the background of it. `None` for one that no page of the tab's site makes.
    fn take(
        &self,
        secret: &str,
        path: &str,
        body: &[u8],
    ) -> Option<(u32, Receiver<Option<String>>)> {
        // Nothing of a stranger's is read.
        owner(&lock(&self.tabs), secret)?;
        let (port, path) = path.strip_prefix('/')?.split_once('/')?;
        let address = Address::at(port.parse().ok()?)?;
        // Written as our rules write it: the background goes by the address of a call.
        if address.port.to_string() != port {
            return None;
        }
        let (name, read) = body::read(address.body, path, body)?;
        let function = address.function(&name);
        let mut fields = BTreeMap::new();
        let mut pins = Vec::new();
        let mut pin = None;
        // The present one is what a login takes, whatever else a page sends.
        let present = function.and_then(|function| function.fields(Role::Pin).next());
        for (field, value) in read {
            // What the table does not name is not told: who knows what it is.
            let Some(role) = function.and_then(|function| function.role(&field)) else {
                continue;
            };
            if role != Role::Pin {
                fields.insert(field, value.as_str().to_owned());
            } else if !value.is_empty() {
                if Some(field.as_str()) == present {
                    pin = Some(Pin::from(value));
                }
                pins.push(field);
            }
        }
        let content = function.and_then(|function| content_of(function, &fields));
        let operation = function.map(|function| function.operation);
        let (answer, answered) = channel();
        let (call, tab) = {
            // From the secret to the waiting call in one hold: a tab that begins anew meanwhile has another secret.
            let tabs = lock(&self.tabs);
            let (tab, known) = owner(&tabs, secret)?;
            let mut waiting = lock(&self.waiting);
            if !known.skins.contains(&address.skin) || waiting.len() >= MAX_BRIDGE_CALLS as usize {
                return None;
            }
            let call = self.next.fetch_add(1, Ordering::Relaxed);
            waiting.insert(
                call,
                Waiting {
                    tab,
                    operation,
                    // Of a change of the PIN there are two: the page's values are not used.
                    pin: pin.filter(|_| operation == Some(Operation::Login)),
                    content,
                    answer,
                },
            );
            (call, tab)
        };
        (self.tell)(HostEvent::BridgeCall {
            call,
            tab,
            port: address.port,
            path: path.to_owned(),
            name,
            fields,
            pins,
        });
        Some((call, answered))
    }
}

/// What a call brings for the key.
fn content_of(function: &Function, fields: &BTreeMap<String, String>) -> Option<String> {
    let works = function.operation.is_of_key();
    works.then(|| function.text(fields).ok()).flatten()
}

fn no_such_call() -> Error {
    Error::MessageInvalid {
        reason: "no such call waits".into(),
    }
}

/// Whose secret it is. Looks at every tab, and at every byte, whatever is right.
fn owner<'t>(tabs: &'t HashMap<u32, Tab>, secret: &str) -> Option<(u32, &'t Tab)> {
    let given: [u8; SECRET_BYTES] = hex::decode(secret).ok()?.try_into().ok()?;
    let mut found = None;
    for (tab, known) in tabs {
        let pairs = known.secret.iter().zip(&given);
        let differs = pairs.fold(0, |differs, (one, other)| differs | (one ^ other));
        if std::hint::black_box(differs) == 0 {
            found = Some((*tab, known));
        }
    }
    found
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const SECRET_BYTES: usize = 32;
/// Connections at once: calls that wait, and those that are read.
const MAX_CONNECTIONS: usize = 2 * MAX_BRIDGE_CALLS as usize;
/// Connections that wait to be taken; as many as the standard library has.
#[cfg(windows)]
const BACKLOG: i32 = 128;
/// How often a waiting call looks whether its page is still there.
const LOOK: Duration = Duration::from_millis(200);
