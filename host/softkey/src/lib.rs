//! A software USB key: a PKCS 11 module with SM2, RSA and P-256.
