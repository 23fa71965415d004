//! What a call brings.

use zeroize::Zeroizing;

/// Fields in their order, each name once. Their values can be PINs.
pub type Fields = Vec<(String, Zeroizing<String>)>;
