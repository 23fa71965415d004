//! Keys behind a PKCS #11 module.

pub mod failure;
pub mod library;
pub mod login;
pub mod objects;
mod seals;
pub mod sign;
pub mod tokens;
pub mod write_seal;
