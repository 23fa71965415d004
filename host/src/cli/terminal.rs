//! The terminal on which a PIN is typed.

/// The terminal without an echo, until it is dropped. `rpassword` turns the echo off only after the prompt,
/// when somebody quick has begun to type.
pub struct Hushed {
    #[cfg(unix)]
    before: Option<(std::fs::File, rustix::termios::Termios)>,
}

impl Hushed {
    /// Turns the echo off. Where there is no terminal, nothing is done.
    pub fn new() -> Self {
        #[cfg(unix)]
        {
            use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
            let hush = || {
                let terminal = std::fs::File::open("/dev/tty").ok()?;
                let before = tcgetattr(&terminal).ok()?;
                let mut hushed = before.clone();
                hushed
                    .local_modes
                    .remove(LocalModes::ECHO | LocalModes::ECHONL);
                tcsetattr(&terminal, OptionalActions::Now, &hushed).ok()?;
                Some((terminal, before))
            };
            Self { before: hush() }
        }
        #[cfg(not(unix))]
        Self {}
    }
}

impl Drop for Hushed {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some((terminal, before)) = &self.before {
            use rustix::termios::{OptionalActions, tcsetattr};
            let _ = tcsetattr(terminal, OptionalActions::Now, before);
        }
    }
}
