//! Other programs whose calls of pages are answered here too: whether one runs. Both may, each for its own callers.

use super::Draft;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;
use yinxin_proto::bridge::ADDRESSES;
use yinxin_proto::doctor::{Check, CheckKind, EvidenceName};

/// A check for each address at which somebody listens.
pub fn look() -> Vec<Check> {
    let listens = |port: u16| {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        TcpStream::connect_timeout(&address, PATIENCE).is_ok()
    };
    let running = ADDRESSES.iter().filter(|address| listens(address.port));
    running
        .map(|address| {
            let mut draft = Draft::new(CheckKind::Bridge, address.skin.program());
            draft.tell(EvidenceName::Port, address.port);
            draft.done()
        })
        .collect()
}

/// Whoever listens on this machine answers at once.
const PATIENCE: Duration = Duration::from_millis(300);
