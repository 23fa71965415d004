//! `--time-stamper`: a program of the user's that asks an authority for a time stamp (RFC 3161). It gets the request on its
//! standard input and gives the answer on its standard output; the host itself talks to no network.

use crate::crypto::{self, SigningCertificate};
use crate::process;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};
use yinxin_pki::cms::time_stamp::Request;
use yinxin_pki::trust::{Crls, PathPolicy};
use yinxin_proto::Error;

/// The program.
#[derive(Clone, Debug)]
pub struct TimeStamper(PathBuf);

impl From<OsString> for TimeStamper {
    fn from(program: OsString) -> Self {
        Self(program.into())
    }
}

impl TimeStamper {
    /// A time stamp over a certificate's signature, where a program was named: one that was asked for here, and holds.
    ///
    /// # Errors
    /// `time-stamp-failed`.
    pub fn over(
        this: Option<&Self>,
        certificate: &SigningCertificate,
        signature: &[u8],
    ) -> Result<Option<Vec<u8>>, Error> {
        let Some(this) = this else { return Ok(None) };
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| Error::Internal {
            detail: error.to_string(),
        })?;
        let request = Request::new(certificate.algorithm(), signature, &random);
        let answer = this.ask(&request.der());
        let answer = answer.map_err(|error| failed(error.to_string()))?;
        let crls = Crls::default();
        // Clocks differ by a little.
        let at = crypto::now().plus(CLOCK_SECONDS);
        let token = request.token(&answer, &PathPolicy::new(&[], &[], &crls, at));
        let token = token.map_err(|error| match error {
            Error::TimeStampInvalid { reason } => failed(reason),
            other => failed(other.code().into()),
        })?;
        if token.len() > MAX_TOKEN_BYTES {
            return Err(failed("the time stamp is too large".into()));
        }
        Ok(Some(token))
    }

    /// What the program answers.
    fn ask(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let mut child = process::command(&self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let last = Instant::now() + PATIENCE;
        let answer = Self::exchange(&mut child, request, last);
        let answer = answer.and_then(|answer| {
            // It may have closed its output and go on all the same.
            while child.try_wait()?.is_none() {
                if Instant::now() > last {
                    return Err(too_late());
                }
                thread::sleep(MOMENT);
            }
            Ok(answer)
        });
        if answer.is_err() {
            let _ = child.kill();
        }
        let status = child.wait()?;
        let answer = answer?;
        if !status.success() {
            return Err(io::Error::other("the program failed"));
        }
        Ok(answer)
    }

    fn exchange(child: &mut Child, request: &[u8], last: Instant) -> io::Result<Vec<u8>> {
        let closed = || io::Error::from(io::ErrorKind::BrokenPipe);
        let mut to = child.stdin.take().ok_or_else(closed)?;
        let from = child.stdout.take().ok_or_else(closed)?;
        // A request is smaller than any pipe. A program that does not read it says in its status why.
        let _ = to.write_all(request);
        drop(to);
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut answer = Vec::new();
            let read = from.take(MAX_ANSWER_BYTES + 1).read_to_end(&mut answer);
            // Nobody waits for it any more where it came too late.
            let _ = sender.send(read.map(|_| answer));
        });
        match receiver.recv_timeout(last.saturating_duration_since(Instant::now())) {
            Ok(Ok(answer)) if answer.len() as u64 > MAX_ANSWER_BYTES => {
                Err(io::Error::other("the answer is too large"))
            }
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(too_late()),
        }
    }
}

fn too_late() -> io::Error {
    io::Error::other("no answer in time")
}

fn failed(reason: String) -> Error {
    Error::TimeStampFailed { reason }
}

/// Bytes of a time stamp for which a document has room: with its authority's certificates most have 3 to 8 KiB.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

const MAX_ANSWER_BYTES: u64 = 256 * 1024;
/// How long the program may take: services on the network take a second or two.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between looks at whether it has ended, which follows its answer.
const MOMENT: Duration = Duration::from_millis(2);
/// How far the authority's clock may be ahead.
const CLOCK_SECONDS: i64 = 300;
