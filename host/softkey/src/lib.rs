//! A software USB key: a PKCS #11 2.40 module with SM2, RSA and P-256, and an SKF library (GM/T
//! 0016-2012) over the same tokens.
//!
//! No free software token has SM2, so this one lets anyone try Yinxin without hardware and is the
//! token of its tests. It is **not** for real certificates.
//!
//! # What it protects, and what not
//! - A private key never leaves the module through SKF, nor through PKCS #11 (unless made
//!   extractable on purpose), and lies on the disk only under a random token key, which lies there
//!   only under the PINs (Argon2id, XChaCha20-Poly1305). Whoever can read the folder and write to
//!   it still can't sign, change or swap private objects unnoticed without a PIN.
//! - But **a copied folder resets the retry counter**, and then **a PIN of six digits falls
//!   offline** in hours: the counter and the lockout stop only those who go through the module.
//! - Public objects (certificates, public keys) are in the clear and can be replaced by whoever
//!   can write to the folder. The same person can remove objects, and put an older copy of an
//!   object or of the whole folder back.
//! - The security officer's PIN opens the token key too: who knows it can read private objects
//!   offline. The demo tokens use a published one.
//! - Another program of the same user can read the memory of the process that loaded the module.
//!
//! # Structure
//! `abi` is the C boundary of PKCS #11; the one of SKF lies in `skf`, with the table of what its
//! notions are here. They alone have unsafe code. [`module`] is PKCS #11 as a safe type, over
//! [`slot`], [`session`], [`token`], [`store`], [`seal`], [`object`] and [`mechanism`]; SKF stands
//! on the same from [`token`] on.
//! Nothing here knows the rest of Yinxin: the key must be able to disagree with it.
//!
//! `YINXIN_SOFTKEY_DIR`, read at C_Initialize and where SKF lists or connects devices, names the folder of tokens. Each folder in it (not
//! hidden, no link) is one token; an empty one is a token that waits for C_InitToken; files beside
//! the folders are ignored.

mod abi;
#[cfg(feature = "faults")]
mod faults;
pub mod mechanism;
pub mod module;
pub mod object;
pub mod rv;
pub mod seal;
pub mod session;
mod skf;
pub mod slot;
pub mod store;
pub mod token;

/// The environment variable that names the folder of tokens.
pub const DIR_VARIABLE: &str = "YINXIN_SOFTKEY_DIR";
