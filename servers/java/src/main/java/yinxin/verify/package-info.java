/**
 * Verifies what users of Chinese PKI sign: logins, CMS, electronic seals, OFD, PDF and certificates, with SM2, RSA and
 * ECDSA. {@link yinxin.verify.Verifier} is where to begin.
 */
package yinxin.verify;
