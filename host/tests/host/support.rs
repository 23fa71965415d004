//! What the tests share: a host over pipes, a folder for its files, the software key, and small
//! libraries written in C.

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use serde_json::{Value, json};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use yinxin_proto::site::{DEVELOPMENT_EXTENSION_ID, RELEASED_EXTENSION_ID};

pub const PIN: &str = "246810";
/// Longer than anything that is not a failure.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A folder for the host's files, with a configuration in it.
pub struct Home {
    folder: TempDir,
}

/// The host that is tested.
pub fn program() -> PathBuf {
    std::path::absolute(env!("CARGO_BIN_EXE_yinxin-host")).unwrap()
}

impl Home {
    /// A folder with a configuration of these lines.
    pub fn new(configuration: &str) -> Self {
        let home = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        home.configure(configuration);
        home
    }

    pub fn configure(&self, configuration: &str) {
        let text = format!(
            "vendors = false\nextension_ids = [\"{DEVELOPMENT_EXTENSION_ID}\"]\n\
             development = true\n{configuration}"
        );
        fs::write(self.config(), text).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn config(&self) -> PathBuf {
        self.path().join("host.toml")
    }

    /// The host with this folder as its world.
    pub fn command(&self) -> Command {
        self.command_of(&program())
    }

    /// The same of a copy of it elsewhere.
    pub fn command_of(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("YINXIN_HOST_CONFIG", self.config())
            .env("HOME", self.path())
            .env("YINXIN_HOST_ROOT", self.path().join("system"))
            .env("XDG_CONFIG_HOME", self.path().join("config"))
            .env("XDG_STATE_HOME", self.path().join("state"))
            .env("APPDATA", self.path().join("config"))
            .env("LOCALAPPDATA", self.path().join("state"))
            .env("LC_ALL", "C");
        command
    }

    /// [`Self::command`], after lines of a shell, in this folder.
    #[cfg(unix)]
    pub fn after(&self, lines: &str) -> Command {
        let host = self.command();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("{lines}\nexec \"$0\" \"$@\"")])
            .arg(host.get_program())
            .current_dir(self.path());
        for (name, value) in host.get_envs() {
            shell.env(name, value.unwrap());
        }
        shell
    }

    /// A host that the development extension started and that has greeted.
    pub fn host(&self) -> Host {
        self.host_for(DEVELOPMENT_EXTENSION_ID)
    }

    pub fn released(&self) -> Host {
        self.host_for(RELEASED_EXTENSION_ID)
    }

    pub fn host_for(&self, caller: &str) -> Host {
        Self::greeted(self.command(), caller)
    }

    /// A host that a command starts for a caller.
    pub fn greeted(mut command: Command, caller: &str) -> Host {
        command.arg(format!("chrome-extension://{caller}/"));
        let mut host = Host::start(&mut command);
        let greeting = host.next();
        assert_eq!(greeting["type"], "greeting");
        host
    }

    /// Has a browser used this home, by the folder of its profiles; gives the place of its manifest.
    #[cfg(unix)]
    pub fn browser(&self, folder: &str) -> PathBuf {
        let folder = self.path().join("config").join(folder);
        fs::create_dir_all(folder.join("Default")).unwrap();
        folder.join("NativeMessagingHosts/yinxin.host.json")
    }

    /// Writes a file of the system's, by its path from the root.
    #[cfg(unix)]
    pub fn system_file(&self, path: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().join("system").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The first listing of a host. One that a busy machine had no time for is made anew by another host: faults count calls.
    pub fn first_listing(&self) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let reply = self.host().look();
            let unfinished = ["module-slow", "module-hung"].map(|code| has_problem(&reply, code));
            if unfinished == [false; 2] || Instant::now() > end {
                return reply;
            }
        }
    }

    pub fn doctor(&self) -> Value {
        self.run(&["doctor", "--json"]).json()
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, "")
    }

    /// Runs a command with something on its standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        self.run_in(Path::new("."), arguments, input)
    }

    /// Runs a command in a folder.
    pub fn run_in(&self, folder: &Path, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command();
        command.args(arguments).current_dir(folder);
        Self::finish(&mut command, input)
    }

    /// Runs a line of shell in this folder, with the host among the programs.
    #[cfg(unix)]
    pub fn shell(&self, line: &str) -> Output {
        Self::finish(self.in_shell("sh").args(["-c", line]), "")
    }

    /// Runs a line of shell on a terminal, and types a line when it asks for it.
    #[cfg(unix)]
    pub fn terminal(&self, line: &str, typed: Option<(&str, &str)>) -> Output {
        let mut child = self
            .in_shell("script")
            .args(["--quiet", "--return", "--command", line, "/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script, of bsdutils");
        let mut input = child.stdin.take().unwrap();
        let mut output = child.stdout.take().unwrap();
        let (mut said, mut piece, mut waits) = (Vec::new(), [0; 4096], typed);
        while let Ok(count @ 1..) = output.read(&mut piece) {
            said.extend_from_slice(&piece[..count]);
            if let Some((asked, answer)) = waits
                && String::from_utf8_lossy(&said).contains(asked)
            {
                input.write_all(format!("{answer}\n").as_bytes()).unwrap();
                waits = None;
            }
        }
        Output {
            status: child.wait().unwrap().code(),
            stdout: String::from_utf8_lossy(&said).replace("\r\n", "\n"),
            stderr: String::new(),
        }
    }

    /// A program of the system's with this folder as its world, where the host is found by its name.
    #[cfg(unix)]
    fn in_shell(&self, program: &str) -> Command {
        let host = Path::new(env!("CARGO_BIN_EXE_yinxin-host"));
        let ours = self.command();
        let mut command = Command::new(program);
        for (name, value) in ours.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let path = std::env::var("PATH").unwrap();
        let folder = host.parent().unwrap().display();
        command.env("PATH", format!("{folder}:{path}"));
        command.env("PIN", PIN).current_dir(self.path());
        command
    }

    pub fn finish(command: &mut Command, input: &str) -> Output {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that fails early does not read its input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Output {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// What a command did.
#[derive(Debug)]
pub struct Output {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// The code of a failure, which stands first on the one line.
    pub fn code(&self) -> &str {
        assert_eq!(self.status, Some(1), "{self:?}");
        assert_eq!(self.stderr.trim_end().lines().count(), 1, "{self:?}");
        self.stderr.split(':').next().unwrap()
    }

    /// What was printed. The doctor's report tells by its status whether something does not work.
    pub fn json(&self) -> Value {
        let value: Value = serde_json::from_str(&self.stdout).unwrap_or(Value::Null);
        let expected = if value["healthy"] == false { 3 } else { 0 };
        assert_eq!(self.status, Some(expected), "{self:?}");
        value
    }
}

/// A running host.
pub struct Host {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// Messages that came while another one was waited for.
    set_aside: Vec<Value>,
    last_id: u32,
}

impl Host {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut output = child.stdout.take().unwrap();
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || {
            loop {
                let mut length = [0; 4];
                if output.read_exact(&mut length).is_err() {
                    return;
                }
                let mut body = vec![0; u32::from_ne_bytes(length) as usize];
                output.read_exact(&mut body).unwrap();
                if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                    return;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            child,
            messages,
            set_aside: Vec::new(),
            last_id: 0,
        }
    }

    #[cfg(unix)]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next message.
    pub fn next(&mut self) -> Value {
        if !self.set_aside.is_empty() {
            return self.set_aside.remove(0);
        }
        self.messages.recv_timeout(PATIENCE).expect("a message")
    }

    /// Whether the host said nothing more and ended.
    pub fn ends(mut self) -> ExitStatus {
        self.input = None;
        let more = self.messages.recv_timeout(PATIENCE);
        assert_eq!(more, Err(mpsc::RecvTimeoutError::Disconnected));
        self.child.wait().unwrap()
    }

    /// Like [`Self::ends`], without closing the input first.
    pub fn ends_by_itself(mut self) -> ExitStatus {
        let more = self.messages.recv_timeout(PATIENCE);
        assert_eq!(more, Err(mpsc::RecvTimeoutError::Disconnected));
        self.child.wait().unwrap()
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.input.as_mut().unwrap().write_all(bytes).unwrap();
    }

    pub fn close(&mut self) {
        self.input = None;
    }

    /// How it ends.
    #[cfg(unix)]
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a frame around these bytes.
    pub fn frame(&mut self, body: &[u8]) {
        let length = u32::try_from(body.len()).unwrap();
        self.write(&length.to_ne_bytes());
        self.write(body);
    }

    /// Sends a command and gives its id.
    pub fn send(&mut self, command: Value) -> u32 {
        self.send_together(vec![command])
    }

    /// Sends commands in one piece and gives the id of the last.
    pub fn send_together(&mut self, commands: Vec<Value>) -> u32 {
        let mut frames = Vec::new();
        for command in commands {
            self.last_id += 1;
            let body = json!({"id": self.last_id, "command": command}).to_string();
            frames.extend(u32::try_from(body.len()).unwrap().to_ne_bytes());
            frames.extend(body.as_bytes());
        }
        self.write(&frames);
        self.last_id
    }

    /// The answer to a request; others are set aside.
    pub fn answer(&mut self, id: u32) -> Value {
        self.wait_for(|message| message["id"] == id)
    }

    /// The first message that fits; others are set aside.
    pub fn wait_for(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.set_aside.iter().position(&fits) {
            return self.set_aside.remove(index);
        }
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(left).expect("a message");
            if fits(&message) {
                return message;
            }
            self.set_aside.push(message);
        }
    }

    /// Sends a command and waits for its answer.
    pub fn call(&mut self, command: Value) -> Value {
        let id = self.send(command);
        self.answer(id)
    }

    /// Sends a command that must be answered, and gives the answer.
    pub fn ask(&mut self, command: Value) -> Value {
        let answer = self.settled(&command);
        assert_eq!(answer["type"], "reply", "{answer}");
        answer["reply"].clone()
    }

    /// Sends a command that must fail, and gives the error.
    pub fn fail(&mut self, command: Value) -> Value {
        let answer = self.call(command);
        assert_eq!(answer["type"], "failure", "{answer}");
        answer["error"].clone()
    }

    /// The answer to a command, which is given again as long as a busy machine has no time for the key.
    pub fn settled(&mut self, command: &Value) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let answer = self.call(command.clone());
            if answer["error"]["code"] != "token-busy" || Instant::now() > end {
                return answer;
            }
        }
    }

    /// A listing, in which modules can still be slow.
    pub fn look(&mut self) -> Value {
        self.ask(json!({"type": "tokens"}))
    }

    /// A listing in which no module is slow. A busy machine has time for it.
    pub fn tokens(&mut self) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let reply = self.look();
            if !has_problem(&reply, "module-slow") || Instant::now() > end {
                return reply;
            }
        }
    }

    /// The token of a label. A module that a busy machine had no time for is asked again.
    pub fn token(&mut self, label: &str) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let reply = self.tokens();
            let mut tokens = reply["tokens"].as_array().unwrap().iter();
            if let Some(token) = tokens.find(|token| token["label"] == label) {
                return token.clone();
            }
            let again = has_problem(&reply, "module-hung") && Instant::now() < end;
            assert!(again, "no {label} in {reply}");
        }
    }
}

/// Whether some module has this problem.
fn has_problem(reply: &Value, code: &str) -> bool {
    let mut modules = reply["modules"].as_array().unwrap().iter();
    modules.any(|module| module["problem"]["code"] == code)
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the doctor says of something.
pub fn check<'a>(report: &'a Value, kind: &str, subject: &str) -> &'a Value {
    report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["kind"] == kind && check["subject"] == subject)
        .unwrap_or_else(|| panic!("no {kind} {subject} in {report:#}"))
}

/// A piece of evidence; null where there is none.
pub fn evidence<'a>(check: &'a Value, name: &str) -> &'a Value {
    check["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .find(|evidence| evidence["name"] == name)
        .map_or(&Value::Null, |evidence| &evidence["value"])
}

/// The lines of a module in a configuration.
pub fn module(name: &str, path: &Path, env: &[(&str, &Path)]) -> String {
    let env: Vec<String> = env
        .iter()
        .map(|(name, value)| format!("{name} = '{}'", value.display()))
        .collect();
    format!(
        "\n[[modules]]\nname = \"{name}\"\npath = '{}'\nenv = {{ {} }}\n",
        path.display(),
        env.join(", ")
    )
}

/// A certificate of a token: its DER, and its fingerprint as requests name it.
pub fn certificate(token: &Value, id: &str) -> (Vec<u8>, String) {
    use base64ct::{Base64, Encoding};
    let held = token["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .find(|held| held["id"] == id)
        .unwrap_or_else(|| panic!("no {id} in {token}"));
    let der = Base64::decode_vec(held["certificate"].as_str().unwrap()).unwrap();
    let name = hex::encode(yinxin_pki::hash::sha256(&der));
    (der, name)
}

/// The software key with fault switches, and the program that makes demo tokens.
pub struct Softkey {
    pub library: PathBuf,
    pub demo_key: PathBuf,
}

/// Builds the software key. It is no dependency of the host, so cargo must be asked; that takes a
/// moment the first time only.
pub fn softkey() -> &'static Softkey {
    static BUILT: OnceLock<Softkey> = OnceLock::new();
    BUILT.get_or_init(|| {
        // A folder of its own: no other build, and no released one, has fault switches.
        let target = program().ancestors().nth(2).unwrap().join("faults");
        let folder = target.join(TARGET.unwrap_or("")).join("debug");
        fs::create_dir_all(&target).unwrap();
        // By its name in the folder, which is the same to cargo and to Wine.
        let mut arguments = vec!["build", "--quiet", "--offline", "--target-dir", "."];
        arguments.extend(["--features", "faults", "--manifest-path"]);
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/softkey/Cargo.toml");
        arguments.push(manifest);
        arguments.extend(TARGET.iter().flat_map(|target| ["--target", target]));
        make(&target, env!("CARGO"), &arguments);
        let prefix = std::env::consts::DLL_PREFIX;
        let suffix = std::env::consts::DLL_SUFFIX;
        Softkey {
            library: folder.join(format!("{prefix}yinxin_softkey{suffix}")),
            demo_key: folder.join(format!("yinxin-demo-key{}", std::env::consts::EXE_SUFFIX)),
        }
    })
}

/// A home with the software key and its demo tokens in the folder `keys`.
pub fn home_with_keys(configuration: &str) -> Home {
    // Making keys takes a second or two, so they are made once and copied.
    static KEYS: OnceLock<PathBuf> = OnceLock::new();
    let softkey = softkey();
    let made = KEYS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo-keys");
        let _ = fs::remove_dir_all(&folder);
        let made = Command::new(&softkey.demo_key)
            .arg("--dir")
            .arg(&folder)
            .args(["--pin", PIN])
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success());
        folder
    });
    let home = Home::new("");
    let keys = home.path().join("keys");
    copy(made, &keys);
    let lines = module(
        "softkey",
        &softkey.library,
        &[("YINXIN_SOFTKEY_DIR", &keys)],
    );
    home.configure(&format!("{configuration}\n{lines}"));
    home
}

/// Initialises the empty token of a module, and logs its user in.
pub fn fresh_token(module: &Pkcs11, label: &str) -> Session {
    let locking = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    module.initialize(locking).unwrap();
    let slot = module
        .get_slots_with_token()
        .unwrap()
        .into_iter()
        .find(|slot| !module.get_token_info(*slot).unwrap().token_initialized())
        .unwrap();
    let pin = |text: &str| AuthPin::new(text.to_owned().into());
    module.init_token(slot, &pin("12345678"), label).unwrap();
    let session = module.open_rw_session(slot).unwrap();
    session.login(UserType::So, Some(&pin("12345678"))).unwrap();
    session.init_pin(&pin(PIN)).unwrap();
    session.logout().unwrap();
    session.login(UserType::User, Some(&pin(PIN))).unwrap();
    session
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Switches faults of the software key on.
pub fn faults(home: &Home, switches: &Value) {
    let path = home.path().join("keys").join("faults.json");
    fs::write(path, switches.to_string()).unwrap();
}

/// A library from a few lines of C.
pub fn c_library(folder: &Path, name: &str, source: &str) -> PathBuf {
    let file = format!("{name}.c");
    fs::write(folder.join(&file), source).unwrap();
    c_library_of(folder, name, &[&file])
}

/// The same from files, with further arguments for the compiler.
pub fn c_library_of(folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let library = format!("{name}{}", std::env::consts::DLL_SUFFIX);
    let mut all = vec!["-shared", "-o", &library];
    // On Windows all code can lie anywhere, and a compiler's own libraries are not on other machines.
    all.push(if cfg!(windows) { "-static" } else { "-fPIC" });
    all.extend(arguments);
    make(folder, COMPILER, &all);
    folder.join(library)
}

/// The header of a library for 32 bit, without anything behind it.
pub fn library_for_32_bit() -> Vec<u8> {
    if cfg!(windows) {
        // MZ, and at 64 PE for I386 with an optional header of PE32.
        let mut header = vec![0; 320];
        header[..2].copy_from_slice(b"MZ");
        header[60] = 64;
        header[64..70].copy_from_slice(b"PE\0\0\x4C\x01");
        (header[84], header[88], header[89]) = (224, 0x0B, 0x01);
        return header;
    }
    // ELF: class 1 (32 bit), little endian, ET_DYN, EM_386, no tables.
    let mut header = vec![0; 52];
    header[..7].copy_from_slice(&[0x7F, b'E', b'L', b'F', 1, 1, 1]);
    (header[16], header[18], header[20], header[40]) = (3, 3, 1, 52);
    header
}

/// A path in a text in C.
pub fn in_c(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

/// The target that is tested, where cargo must be told.
const TARGET: Option<&str> = if cfg!(all(windows, target_arch = "x86_64")) {
    Some("x86_64-pc-windows-gnu")
} else if cfg!(all(windows, target_arch = "x86")) {
    Some("i686-pc-windows-gnu")
} else {
    None
};

/// The C compiler for it.
const COMPILER: &str = if cfg!(all(windows, target_arch = "x86_64")) {
    "x86_64-w64-mingw32-gcc"
} else if cfg!(all(windows, target_arch = "x86")) {
    "i686-w64-mingw32-gcc"
} else {
    "cc"
};

/// Runs a program of the system in a folder: a compiler, a judge. What both sides name lies in the folder, or is named
/// from the root.
pub fn outside(folder: &Path, program: &str, arguments: &[&str]) -> io::Result<process::Output> {
    if std::env::var_os("WINEPREFIX").is_none() {
        let mut command = Command::new(program);
        return command.args(arguments).current_dir(folder).output();
    }
    // Wine starts programs of the system below, but neither hears them nor waits for them.
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let call = format!("outside-{}", CALLS.fetch_add(1, Ordering::Relaxed));
    let line = format!(
        "\"$0\" \"$@\" > '{call}' 2> '{call}.err'; echo $? > '{call}.part'; mv '{call}.part' '{call}.end'"
    );
    Command::new("/bin/sh")
        .args(["-c", &line, program])
        .args(arguments)
        .current_dir(folder)
        .spawn()?;
    let [said, err, end] =
        ["", ".err", ".end"].map(|ending| folder.join(format!("{call}{ending}")));
    let last = Instant::now() + 10 * PATIENCE;
    while !end.exists() {
        assert!(Instant::now() < last, "{program}");
        thread::sleep(Duration::from_millis(20));
    }
    let status: u32 = fs::read_to_string(&end)?.trim().parse().unwrap();
    let output = process::Output {
        status: status_of(status),
        stdout: fs::read(&said)?,
        stderr: fs::read(&err)?,
    };
    for left in [said, err, end] {
        fs::remove_file(left)?;
    }
    // As POSIX has it for a program that is not there.
    if status == 127 {
        return Err(io::ErrorKind::NotFound.into());
    }
    Ok(output)
}

fn status_of(code: u32) -> ExitStatus {
    #[cfg(unix)]
    return std::os::unix::process::ExitStatusExt::from_raw((code << 8).cast_signed());
    #[cfg(windows)]
    return std::os::windows::process::ExitStatusExt::from_raw(code);
}

/// The same for one that makes something, which must succeed.
fn make(folder: &Path, program: &str, arguments: &[&str]) {
    let made =
        outside(folder, program, arguments).unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(made.status.success(), "{made:?}");
}

/// A key with one certificate and one private key, as a small module in C: for what no software key does.
/// What is left empty is done as a good module does it.
#[derive(Default)]
pub struct KeyInC<'a> {
    /// Its certificate, DER.
    pub certificate: &'a [u8],
    /// The PIN is typed at the key.
    pub pad: bool,
    /// What `C_Login` does with `pin` and its `length`.
    pub login: &'a str,
    /// What `C_FindObjects` does with `handles` (room for `limit`) and `count`.
    pub find: &'a str,
    /// What `C_GetTokenInfo` does before it answers.
    pub token_info: &'a str,
    /// What it does with its answer: `info`.
    pub described: &'a str,
    /// What `C_Initialize` does with `arguments` before it succeeds.
    pub initialize: &'a str,
}

impl KeyInC<'_> {
    /// Compiles it.
    pub fn library(&self, folder: &Path, name: &str) -> PathBuf {
        let bytes: Vec<String> = self.certificate.iter().map(u8::to_string).collect();
        let or = |given: &str, otherwise: &str| {
            if given.is_empty() { otherwise } else { given }.to_owned()
        };
        let find = "*count = !served && (wanted == 1 || wanted == 3); if (*count) handles[0] = wanted; \
                    served = 1; return 0;";
        // CKF_PROTECTED_AUTHENTICATION_PATH beside what every token has.
        let flags = if self.pad { "0x50d" } else { "0x40d" };
        let source = KEY_IN_C
            .replace("@CERTIFICATE@", &bytes.join(","))
            .replace("@FLAGS@", flags)
            .replace("@LOGIN@", &or(self.login, "return 0;"))
            .replace("@FIND@", &or(self.find, find))
            .replace("@TOKEN_INFO@", self.token_info)
            .replace("@DESCRIBED@", self.described)
            .replace("@INITIALIZE@", self.initialize);
        c_library(folder, name, &source)
    }
}

/// The places in the function list are those of PKCS #11 2.40, section 3.6; section 2.1 packs structures on Windows.
const KEY_IN_C: &str = r#"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef _WIN32
#pragma pack(1)
#endif
typedef unsigned long ulong;
struct attribute { ulong type; void *value; ulong length; };
static const unsigned char certificate[] = { @CERTIFICATE@ };
static ulong wanted, served;

static ulong ok(void) { return 0; }
static ulong slots(unsigned char present, ulong *list, ulong *count)
{ if (list) list[0] = 7; *count = 1; return 0; }
static ulong initialize(const unsigned char *arguments)
{
    @INITIALIZE@
    return 0;
}
static ulong token_info(ulong slot, unsigned char *info)
{
    ulong numbers[11] = { @FLAGS@, 0, 0, 0, 0, 16, 4, 0, 0, 0, 0 };
    @TOKEN_INFO@
    memset(info, ' ', 96);
    memcpy(info, "in C", 4);
    memcpy(info + 80, "1", 1);
    memcpy(info + 96, numbers, sizeof numbers);
    memset(info + 96 + sizeof numbers, 0, 20);
    @DESCRIBED@
    return 0;
}
static ulong open_session(ulong slot, ulong flags, void *a, void *n, ulong *session)
{ *session = 1; return 0; }
static ulong login(ulong session, ulong user, unsigned char *pin, ulong length) { @LOGIN@ }
static ulong find_init(ulong session, struct attribute *template, ulong count)
{ wanted = count ? *(ulong *)template[0].value : 0; served = 0; return 0; }
static ulong find(ulong session, ulong *handles, ulong limit, ulong *count) { @FIND@ }
static ulong give(struct attribute *to, const void *value, ulong length)
{
    if (to->value) memcpy(to->value, value, length);
    to->length = length;
    return 0;
}
static ulong attributes(ulong session, ulong object, struct attribute *list, ulong count)
{
    ulong result = 0, x509 = 0;
    for (ulong i = 0; i < count; i++) {
        if (list[i].type == 0x102) give(list + i, "", 1);
        else if (object == 1 && list[i].type == 0x11) give(list + i, certificate, sizeof certificate);
        else if (object == 1 && list[i].type == 0x80) give(list + i, &x509, sizeof x509);
        else { list[i].length = -1; result = 0x12; }
    }
    return result;
}
static struct { unsigned char version[2]; void *functions[68]; } list = { { 2, 40 }, {
    [0] = initialize, [1] = ok, [4] = slots, [6] = token_info, [12] = open_session, [13] = ok,
    [18] = login, [19] = ok, [24] = attributes, [26] = find_init, [27] = find, [28] = ok } };
ulong C_GetFunctionList(void **out) { *out = &list; return 0; }
"#;

/// Processes that a host started and that still run.
#[cfg(target_os = "linux")]
pub fn children(parent: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        if parent_of(pid) == Some(parent) {
            found.push(pid);
        }
    }
    found
}

/// Whether a process still runs (a dead one that nobody waited for does not).
#[cfg(target_os = "linux")]
pub fn is_alive(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .ok()
        .and_then(|stat| stat.rsplit(')').next().map(|rest| !rest.starts_with(" Z")))
        .unwrap_or(false)
}

#[cfg(target_os = "linux")]
fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(')')
        .next()?
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
}

/// Waits until something holds.
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}
