//! Connections: how many, how slow they may be, and how they end.

use crate::limits::Limits;
use crate::service::Service;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;

/// Where connections come from.
pub enum Listener {
    /// An address.
    Tcp(TcpListener),
    /// A socket in the file system.
    Unix(UnixListener),
}

/// The head of a request in bytes, and what is read of a body at once.
const MAX_READ: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;
/// Where no connection can be taken, for want of file descriptors mostly: until one may have ended.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` is ready, then ends: requests under way are answered, as far as they take no longer than the limit.
pub async fn serve(listener: Listener, service: Arc<Service>, stop: impl Future<Output = ()>) {
    let slots = Arc::new(Semaphore::new(service.limits().connections));
    let (closing, _) = watch::channel(false);
    let mut stop = pin!(stop);
    loop {
        let slot = |service: &Service| {
            let slot = slots.clone().try_acquire_owned().ok();
            if slot.is_none() {
                service.metrics.refused_connections.inc();
            }
            slot
        };
        // A connection that gets no slot is closed by being dropped.
        let failed = match &listener {
            Listener::Tcp(listener) => tokio::select! {
                () = &mut stop => break,
                accepted = listener.accept() => accepted.map(|(stream, _)| {
                    // An answer is written at once.
                    let _ = stream.set_nodelay(true);
                    if let Some(slot) = slot(&service) {
                        spawn(stream, &service, &closing, slot);
                    }
                }),
            },
            Listener::Unix(listener) => tokio::select! {
                () = &mut stop => break,
                accepted = listener.accept() => accepted.map(|(stream, _)| {
                    if let Some(slot) = slot(&service) {
                        spawn(stream, &service, &closing, slot);
                    }
                }),
            },
        };
        if let Err(error) = failed
            && !is_of_the_connection(&error)
        {
            tracing::warn!(reason = %error.kind(), "no connection can be taken");
            sleep(PAUSE).await;
        }
    }
    drop(listener);
    let _ = closing.send(true);
    if timeout(service.limits().drain, closing.closed())
        .await
        .is_err()
    {
        let cut = closing.receiver_count();
        tracing::warn!(connections = cut, "cut off, since their time is over");
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

fn spawn<S: AsyncRead + AsyncWrite + Send + 'static>(
    stream: S,
    service: &Arc<Service>,
    closing: &watch::Sender<bool>,
    slot: OwnedSemaphorePermit,
) {
    let (service, closing) = (service.clone(), closing.subscribe());
    tokio::spawn(async move {
        service.metrics.connections.inc();
        connection(stream, &service, closing).await;
        service.metrics.connections.dec();
        drop(slot);
    });
}

async fn connection<S: AsyncRead + AsyncWrite + Send + 'static>(
    stream: S,
    service: &Arc<Service>,
    mut closing: watch::Receiver<bool>,
) {
    let limits: &Limits = service.limits();
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.idle));
    let io = TokioIo::new(Box::pin(stream));
    let answer = service_fn(|request| async { Ok::<_, Infallible>(service.answer(request).await) });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(MAX_READ)
        .max_headers(MAX_HEADERS)
        .serve_connection(io, answer);
    let mut connection = pin!(connection);
    tokio::select! {
        // What is wrong with a connection is its client's affair: the request is logged.
        _ = connection.as_mut() => return,
        _ = closing.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
