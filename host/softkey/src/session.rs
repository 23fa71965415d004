//! Sessions and what runs in them.

use std::collections::VecDeque;

use cryptoki_sys::*;

use crate::mechanism::{Decrypting, Hasher, Signing, Verifying};
use crate::token::Role;

/// An open session.
pub struct Session {
    /// The token's slot.
    pub slot: CK_SLOT_ID,
    /// Which initialisation of the token the session was opened on.
    pub epoch: u64,
    /// CKF_RW_SESSION.
    pub read_write: bool,
    /// Whether the token went away: the next call says so and ends the session.
    pub removed: bool,
    /// C_FindObjects: what is still to be told.
    pub find: Option<VecDeque<CK_OBJECT_HANDLE>>,
    /// C_Sign.
    pub signing: Option<Signing>,
    /// C_Verify.
    pub verifying: Option<Verifying>,
    /// C_Decrypt.
    pub decrypting: Option<Decrypting>,
    /// C_Digest.
    pub digest: Option<Digesting>,
}

/// A running digest.
pub struct Digesting {
    /// The state.
    pub hasher: Hasher,
    /// Whether C_DigestUpdate was called.
    pub in_parts: bool,
}

impl Session {
    /// A session without operations.
    pub fn new(slot: CK_SLOT_ID, epoch: u64, read_write: bool) -> Self {
        Self {
            slot,
            epoch,
            read_write,
            removed: false,
            find: None,
            signing: None,
            verifying: None,
            decrypting: None,
            digest: None,
        }
    }

    /// Ends all operations, so that no key outlives a login in them.
    pub fn cancel_operations(&mut self) {
        self.find = None;
        self.signing = None;
        self.verifying = None;
        self.decrypting = None;
        self.digest = None;
    }

    /// CK_SESSION_INFO's state under a login.
    pub fn state(&self, role: Option<Role>) -> CK_STATE {
        match (role, self.read_write) {
            (None, false) => CKS_RO_PUBLIC_SESSION,
            (None, true) => CKS_RW_PUBLIC_SESSION,
            (Some(Role::User), false) => CKS_RO_USER_FUNCTIONS,
            (Some(Role::User), true) => CKS_RW_USER_FUNCTIONS,
            (Some(Role::So), _) => CKS_RW_SO_FUNCTIONS,
        }
    }
}
