//! Certificates, SM2, CMS, login proofs and the signing state machine of Yinxin, without I/O.
