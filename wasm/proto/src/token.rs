//! Tokens, the certificates in them and the state of their PIN: what the host tells.

use crate::{Base64, Error};
use serde::{Deserialize, Serialize};

/// What is known of the user PIN's remaining tries. PKCS #11 has flags only (`CKF_USER_PIN_*`), SKF a number
/// (GM/T 0016-2012, `SKF_GetPINInfo`); a number is told only where the key tells one, and never guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct PinTries {
    /// The flags' word.
    pub state: PinState,
    /// Tries left, where it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub left: Option<u8>,
}

/// State of a PIN's retry counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum PinState {
    /// No wrong PIN since the last right one, as far as the token tells.
    Ok,
    /// At least one wrong PIN since the last right one (`CKF_USER_PIN_COUNT_LOW`).
    Low,
    /// The next wrong PIN locks it (`CKF_USER_PIN_FINAL_TRY`).
    Final,
    /// Locked (`CKF_USER_PIN_LOCKED`).
    Locked,
}

/// A token in a slot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Token {
    /// Reference for later requests. Made by the host, valid while the token stays inserted.
    pub token: String,
    /// Label, as the token gives it.
    pub label: String,
    /// Manufacturer, as the token gives it.
    pub manufacturer: String,
    /// Model, as the token gives it.
    pub model: String,
    /// Serial number, as the token gives it.
    pub serial: String,
    /// Name of the module that reads it.
    pub module: String,
    /// State of the user PIN.
    pub pin: PinTries,
    /// Shortest and longest PIN in bytes, as the token gives it.
    pub pin_length: PinLength,
    /// The PIN is typed on the token's own pad or dialog (`CKF_PROTECTED_AUTHENTICATION_PATH`).
    pub protected_path: bool,
    /// The initial PIN is still in use, where the token tells (`CKF_USER_PIN_TO_BE_CHANGED`).
    pub initial_pin: bool,
    /// The software key, which protects little.
    pub demo: bool,
    /// The X.509 certificates that can be read without a PIN.
    pub certificates: Vec<TokenCertificate>,
    /// The electronic seals that can be read without a PIN.
    #[serde(default)]
    pub seals: Vec<TokenSeal>,
    /// Why the token can't be used, if so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<Error>,
}

/// Length of a PIN in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PinLength {
    /// Shortest.
    pub min: u32,
    /// Longest.
    pub max: u32,
}

/// A certificate object in a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TokenCertificate {
    /// `CKA_ID`, or the name of the container in SKF, lower-case hex. Ties certificate and key together.
    pub id: String,
    /// `CKA_LABEL`, or the container's name.
    pub label: String,
    /// `CKA_VALUE`, or the container's certificate, without its padding: the certificate's DER, if the token tells the truth.
    pub certificate: Base64,
    /// Bytes that fill up `CKA_VALUE` behind the certificate, if there are any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub padding: Option<u32>,
}

/// A data object (PKCS #11) or file (SKF) in a token whose value reads as an electronic seal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TokenSeal {
    /// `CKA_LABEL`, or the file's name.
    pub label: String,
    /// `CKA_APPLICATION`, or the application's name in SKF.
    pub application: String,
    /// `CKA_VALUE`, without its padding; absent where `problem` says why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub der: Option<Base64>,
    /// Bytes that fill up `CKA_VALUE` behind the seal, if there are any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub padding: Option<u32>,
    /// Why the value is not told, if so. Whether it is a seal is then not known for sure.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<Error>,
}

/// A library of PKCS #11 or SKF that the host knows, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Module {
    /// Name in the vendor table or the configuration.
    pub name: String,
    /// Where it lies.
    pub path: String,
    /// Why it can't be used, if so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<Error>,
}
