//! `yinxin-verifier`: the service as a program. It reads its policy, listens, and says what happens as lines of JSON.

use clap::Parser;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use yinxin_verifier::{Limits, Listener, PolicyInUse, Service, serve};

/// Judges certificates, signatures, logins, seals, OFD and PDF over HTTP, under a portal's policy.
#[derive(Parser)]
#[command(name = "yinxin-verifier", version)]
struct Arguments {
    /// The policy, with the files that it names beside it; SIGHUP loads it again
    #[arg(long, env = "YINXIN_POLICY", value_name = "FILE")]
    policy: PathBuf,
    /// Address and port, or unix:PATH; a socket that systemd hands over comes before
    #[arg(
        long,
        env = "YINXIN_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8085"
    )]
    listen: Listen,
    /// Only says whether the policy is accepted
    #[arg(long)]
    check: bool,
    /// Requests that are judged at once; as many as there are processors, if absent
    #[arg(long, env = "YINXIN_JOBS", value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Largest document in MiB
    #[arg(long, env = "YINXIN_FILE_MIB", value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1024))]
    file_mib: u32,
    /// Memory in MiB for the bytes of all requests together
    #[arg(long, env = "YINXIN_MEMORY_MIB", value_name = "MIB", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    memory_mib: u32,
    /// Seconds from SIGTERM on in which /readyz says 503 and all else goes on
    #[arg(
        long,
        env = "YINXIN_STOP_DELAY",
        value_name = "SECONDS",
        default_value_t = 0
    )]
    stop_delay: u32,
}

#[derive(Clone)]
enum Listen {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

impl FromStr for Listen {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("unix:") {
            return Ok(Self::Unix(path.into()));
        }
        let address = text.parse().map(Self::Tcp);
        address.map_err(|_| "expected 127.0.0.1:8085, [::1]:8085 or unix:/run/…")
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_writer(io::stderr)
        .init();
    // What a panic says may be a part of what is judged.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            tracing::error!(reason, "it does not run");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), String> {
    let policy = PolicyInUse::open(arguments.policy).map_err(|error| error.to_string())?;
    if arguments.check {
        return Ok(());
    }
    // Without them there would be no challenges, and requests without an id.
    getrandom::u64().map_err(|error| format!("no random numbers: {error}"))?;
    let limits = Limits::default();
    let limits = Limits {
        jobs: arguments.jobs.map_or(limits.jobs, usize::from),
        file: arguments.file_mib << 20,
        memory: (arguments.memory_mib as usize) << 20,
        ..limits
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Threads that judge keep the tables of CAs' keys that they made.
        .thread_keep_alive(Duration::from_secs(600))
        .build()
        .map_err(|error| error.to_string())?;
    let delay = Duration::from_secs(arguments.stop_delay.into());
    let result = runtime.block_on(listen(policy, limits, &arguments.listen, delay));
    // What is still judged is not waited for.
    runtime.shutdown_background();
    result
}

async fn listen(
    policy: PolicyInUse,
    limits: Limits,
    listen: &Listen,
    delay: Duration,
) -> Result<(), String> {
    let of_signal = |kind| signal(kind).map_err(|error| error.to_string());
    let mut hangup = of_signal(SignalKind::hangup())?;
    let (term, int) = (
        of_signal(SignalKind::terminate())?,
        of_signal(SignalKind::interrupt())?,
    );
    let (listener, address) = bind(listen).await.map_err(|error| match listen {
        Listen::Tcp(address) => format!("{address}: {error}"),
        Listen::Unix(path) => format!("{}: {error}", path.display()),
    })?;
    let service = Arc::new(Service::new(policy, limits));
    tracing::info!(address, version = env!("CARGO_PKG_VERSION"), "listening");
    let reloading = service.clone();
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            let service = reloading.clone();
            // One after the other: the last file is the one in use.
            let _ = tokio::task::spawn_blocking(move || service.reload()).await;
        }
    });
    let stopping = service.clone();
    serve(listener, service, async move {
        stop(term, int).await;
        tracing::info!("stopping");
        stopping.stop();
        tokio::time::sleep(delay).await;
    })
    .await;
    if let Listen::Unix(path) = listen {
        let _ = std::fs::remove_file(path);
    }
    tracing::info!("stopped");
    Ok(())
}

async fn stop(mut term: Signal, mut int: Signal) {
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}

/// The socket of systemd, or one of ours; with its address, for the log.
async fn bind(listen: &Listen) -> io::Result<(Listener, String)> {
    let mut handed = listenfd::ListenFd::from_env();
    if handed.len() > 0 {
        if let Ok(Some(listener)) = handed.take_tcp_listener(0) {
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?.to_string();
            return Ok((Listener::Tcp(TcpListener::from_std(listener)?), address));
        }
        if let Some(listener) = handed.take_unix_listener(0)? {
            listener.set_nonblocking(true)?;
            let listener = UnixListener::from_std(listener)?;
            return Ok((Listener::Unix(listener), "unix".into()));
        }
    }
    match listen {
        Listen::Tcp(address) => {
            let listener = TcpListener::bind(address).await?;
            let address = listener.local_addr()?.to_string();
            Ok((Listener::Tcp(listener), address))
        }
        Listen::Unix(path) => {
            // What an earlier one left when it was killed, and nobody answers at.
            let bound = UnixListener::bind(path);
            let listener = match bound {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                    let answered = UnixStream::connect(path).await;
                    if !answered
                        .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
                    {
                        return Err(error);
                    }
                    std::fs::remove_file(path)?;
                    UnixListener::bind(path)?
                }
                other => other?,
            };
            Ok((Listener::Unix(listener), format!("unix:{}", path.display())))
        }
    }
}
