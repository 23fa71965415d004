//! Return values (GM/T 0016-2012, annex A).

use std::fmt;

/// What a function returned, other than `SAR_OK`. Vendors have numbers of their own, which stay numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code(pub u32);

macro_rules! codes {
    ($($constant:ident $name:ident = $number:expr;)*) => {
        impl Code {
            $(
                #[doc = concat!("`", stringify!($name), "`.")]
                pub const $constant: Self = Self(0x0A00_0000 + $number);
            )*

            /// `SAR_…`; `None` for a number that the standard does not have.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$constant => Some(stringify!($name)),)*
                    _ => None,
                }
            }
        }

        #[cfg(test)]
        const NAMED: &[Code] = &[$(Code::$constant,)*];
    };
}

codes! {
    FAIL SAR_FAIL = 0x01;
    UNKNOWN SAR_UNKNOWNERR = 0x02;
    NOT_SUPPORTED SAR_NOTSUPPORTYETERR = 0x03;
    FILE SAR_FILEERR = 0x04;
    INVALID_HANDLE SAR_INVALIDHANDLEERR = 0x05;
    INVALID_PARAM SAR_INVALIDPARAMERR = 0x06;
    READ_FILE SAR_READFILEERR = 0x07;
    WRITE_FILE SAR_WRITEFILEERR = 0x08;
    NAME_LENGTH SAR_NAMELENERR = 0x09;
    KEY_USAGE SAR_KEYUSAGEERR = 0x0A;
    MODULUS_LENGTH SAR_MODULUSLENERR = 0x0B;
    NOT_INITIALIZED SAR_NOTINITIALIZEERR = 0x0C;
    OBJECT SAR_OBJERR = 0x0D;
    MEMORY SAR_MEMORYERR = 0x0E;
    TIMEOUT SAR_TIMEOUTERR = 0x0F;
    INPUT_LENGTH SAR_INDATALENERR = 0x10;
    INPUT SAR_INDATAERR = 0x11;
    RANDOM SAR_GENRANDERR = 0x12;
    HASH_OBJECT SAR_HASHOBJERR = 0x13;
    HASH SAR_HASHERR = 0x14;
    GENERATE_RSA SAR_GENRSAKEYERR = 0x15;
    RSA_MODULUS_LENGTH SAR_RSAMODULUSLENERR = 0x16;
    IMPORT_PUBLIC_KEY SAR_CSPIMPRTPUBKEYERR = 0x17;
    RSA_ENCRYPT SAR_RSAENCERR = 0x18;
    RSA_DECRYPT SAR_RSADECERR = 0x19;
    HASH_NOT_EQUAL SAR_HASHNOTEQUALERR = 0x1A;
    KEY_NOT_FOUND SAR_KEYNOTFOUNTERR = 0x1B;
    CERTIFICATE_NOT_FOUND SAR_CERTNOTFOUNTERR = 0x1C;
    NOT_EXPORTED SAR_NOTEXPORTERR = 0x1D;
    DECRYPT_PADDING SAR_DECRYPTPADERR = 0x1E;
    MAC_LENGTH SAR_MACLENERR = 0x1F;
    BUFFER_TOO_SMALL SAR_BUFFER_TOO_SMALL = 0x20;
    KEY_INFO_TYPE SAR_KEYINFOTYPEERR = 0x21;
    NO_EVENT SAR_NOT_EVENTERR = 0x22;
    DEVICE_REMOVED SAR_DEVICE_REMOVED = 0x23;
    PIN_INCORRECT SAR_PIN_INCORRECT = 0x24;
    PIN_LOCKED SAR_PIN_LOCKED = 0x25;
    PIN_INVALID SAR_PIN_INVALID = 0x26;
    PIN_LENGTH SAR_PIN_LEN_RANGE = 0x27;
    ALREADY_LOGGED_IN SAR_USER_ALREADY_LOGGED_IN = 0x28;
    PIN_NOT_INITIALIZED SAR_USER_PIN_NOT_INITIALIZED = 0x29;
    USER_TYPE SAR_USER_TYPE_INVALID = 0x2A;
    APPLICATION_NAME SAR_APPLICATION_NAME_INVALID = 0x2B;
    APPLICATION_EXISTS SAR_APPLICATION_EXISTS = 0x2C;
    NOT_LOGGED_IN SAR_USER_NOT_LOGGED_IN = 0x2D;
    APPLICATION_NOT_FOUND SAR_APPLICATION_NOT_EXISTS = 0x2E;
    FILE_EXISTS SAR_FILE_ALREADY_EXIST = 0x2F;
    NO_ROOM SAR_NO_ROOM = 0x30;
    FILE_NOT_FOUND SAR_FILE_NOT_EXIST = 0x31;
    TOO_MANY_CONTAINERS SAR_REACH_MAX_CONTAINER_COUNT = 0x32;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "{:#010x}", self.0),
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_numbers_are_without_a_gap_and_have_names() {
        let numbers: Vec<u32> = NAMED.iter().map(|code| code.0).collect();
        assert_eq!(numbers, (0x0A00_0001..=0x0A00_0032).collect::<Vec<_>>());
        assert_eq!(Code(0x0A00_0024).to_string(), "SAR_PIN_INCORRECT");
        assert_eq!(Code(0x0A00_002D), Code::NOT_LOGGED_IN);
    }

    #[test]
    fn a_vendors_number_stays_a_number() {
        for number in [1, 0x0A00_0033, 0x0A00_0101, 0x8800_0043] {
            assert_eq!(Code(number).name(), None);
        }
        assert_eq!(Code(0x8800_0043).to_string(), "0x88000043");
        assert_eq!(Code(1).to_string(), "0x00000001");
    }
}
