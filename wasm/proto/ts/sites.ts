// Generated from wasm/proto by `npm run generate`. Change it there.
/* biome-ignore-all lint: generated */

export const HOST_NAME = "yinxin.host";
export const RELEASED_EXTENSION_KEY = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu8pCSfJxY69VguO6apm3bOjb7DOSVQ1+EJWZ07CNYM1c8NtuLQwdwY5lHpviiQDOd6dfRS7AB5ZC52GdbTNUI239oH5GsNNqXoQulFiVmuBRQ58nEWpbmfq2YNSNF1Hi14egcQv0YxrYafrr0g0x07aO++s0DIDc2t6AQr//N8eWo0306lSQMYJvtDPWzwBAxkHg/JDN4qdylMJ8vwnS4Of0uR8XeaWZ1l3AjeWPlIx9l8kOFXtIbFJHcwRLHM6TWv+K7SvoulX0dHTUlKqmRUHmFpTB05CAwFkbOjhZxPuITCuRrgSMejhDot8cqWlLYeqP4BXvC4ffVauWudGLrQIDAQAB";
export const RELEASED_EXTENSION_ID = "eidbmfamdcgjpedpmmahjhpepdjmpjml";
export const DEVELOPMENT_EXTENSION_KEY = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtWIQfBq3tdChq3THBjlavvwfCL5zHcpSTkK6EICmar6WVi1gXDSPRahdT2OKtpr5CI2mqTjjEp98UiQ60t3Qup+C0225iBQfWs2hs+UGhoK/pQ89UpO3gi0Dp0weH8pK60gTiV8Ny2OFU6UZDPf8nkBmUgf5gzxTdzgp0ipNHY+VtI1cW6d/ROD1GrBrOloGOZI+tn/C1MjHM2sac+IMY53W8XuOgNkwOrVil6r9kH8lJblGjdmcGsTLqw6e+7I8yURxb+9j/hew0pSPlEb0G9eHePjotlZCH6msf+N8HDVOC05eI0SHCLngJeeSaIxJfJ/jWzz8/Gn7OsALFUG4WwIDAQAB";
export const DEVELOPMENT_EXTENSION_ID = "dflkakdepmanhldiepilhgadjlnahblm";
export const RELEASED_ADDON_ID = "extension@yinxin";
export const DEVELOPMENT_ADDON_ID = "development@yinxin";
export const OLDEST_ENGINE = 106;
export const OLDEST_FIREFOX = 128;

import type { Skin, SiteKind } from './messages.js';

/** An origin that the product knows. */
export interface Site {
  readonly origin: string;
  readonly kind: SiteKind;
  readonly logondata: boolean;
  readonly skins: readonly Skin[];
  readonly name: string;
}

export const SITES: readonly Site[] = [
  { origin: "https://zfcg.scsczt.cn", kind: "portal", logondata: false, skins: ["rs"], name: "四川政府采购网" },
  { origin: "https://wt.scca.com.cn", kind: "hall", logondata: true, skins: ["itrus"], name: "四川CA网厅" },
  { origin: "https://bss.scca.com.cn:8088", kind: "hall", logondata: true, skins: ["itrus"], name: "四川CA一体化网厅" },
];

/** Programs whose calls are answered, by their own names. */
export const PROGRAMS: Readonly<Record<Skin, string>> = {
  "rs": "统一安全认证客户端",
  "itrus": "天威诚信 TopESA 客户端",
  "mtoken": "龙脉 mToken 客户端",
  "bjca": "北京CA 证书应用环境",
  "jit": "吉大正元 PNXClient 客户端",
};

/** An address of another program whose calls are answered. */
export interface BridgeAddress {
  readonly skin: Skin;
  readonly port: number;
  /** Pages call it by https. */
  readonly secure: boolean;
  /** How the fields come of functions that the path names. */
  readonly body?: 'form' | 'json';
  /** Of those, the ones whose calls bring something and no PIN. */
  readonly bare: readonly { readonly name: string; readonly fields: readonly string[] }[];
  /** A call that needs no key and no press: its path and its body. */
  readonly version: readonly [path: string, body: string];
}

/** All of them, on 127.0.0.1. */
export const BRIDGE_ADDRESSES: readonly BridgeAddress[] = [
  { skin: "rs", port: 11200, secure: false, body: "form", bare: [{ name: "RS_GetCertBase64String", fields: ["containerId", "certType"] }, { name: "RS_GetCertInfo", fields: ["certBase64", "type"] }, { name: "RS_VerifyIdentity", fields: ["certBase64"] }, { name: "RS_KeyStatus", fields: ["containerId"] }, { name: "RS_GetPinRetryCount", fields: ["containerId"] }, { name: "RS_KeyGetDeviceInfo", fields: ["containerId", "type"] }, { name: "RS_KeyGetKeySn", fields: ["containerId"] }, { name: "RS_KeySignByP1", fields: ["containerId", "asn1Msg", "msg"] }, { name: "RS_KeyDigitalSignByP1", fields: ["containerId", "asn1Msg"] }, { name: "RS_VerifySignByP1", fields: ["certBase64", "asn1Msg", "msg", "signdMsg"] }, { name: "RS_VerifyDigitalSignByP1", fields: ["certBase64", "asn1Msg", "signdMsg"] }, { name: "RS_KeySignByP7", fields: ["containerId", "msg", "flag"] }, { name: "RS_VerifySignByP7", fields: ["msg", "signdMsg", "flag"] }, { name: "RS_KeyEncryptData", fields: ["certBase64", "rsKey"] }, { name: "RS_KeyDecryptData", fields: ["containerId", "encRsKey"] }, { name: "RS_ConfigParameters", fields: ["cmd", "val"] }, { name: "RS_GetParameters", fields: ["cmd"] }], version: ["RS_GetVersion", ""] },
  { skin: "rs", port: 61200, secure: false, body: "form", bare: [], version: ["RS_GetVersion", ""] },
  { skin: "itrus", port: 7256, secure: true, body: "json", bare: [{ name: "SOF_SetSignMethod", fields: ["SignMethod"] }, { name: "SOF_SetEncryptMethod", fields: ["EncryptMethod"] }, { name: "SOF_ExportUserCert", fields: ["inCertId"] }, { name: "SOF_ExportExChangeUserCert", fields: ["inCertId"] }, { name: "SOF_GetCertInfo", fields: ["inCert", "inType"] }, { name: "SOF_GetCertInfoByOid", fields: ["inCert", "inOid"] }, { name: "SOF_GetUserInfo", fields: ["inCertId", "inType"] }, { name: "SOF_ValidateCert", fields: ["inCert"] }, { name: "SOF_SignData", fields: ["inCertId", "inData"] }, { name: "SOF_VerifySignedData", fields: ["inCert", "inData", "inSignData"] }, { name: "SOF_SignDataByP7", fields: ["inCertId", "inData"] }, { name: "SOF_VerifySignedDataByP7", fields: ["inP7Data"] }, { name: "SOF_GetP7SignDataInfo", fields: ["inP7Data", "inType"] }, { name: "SOF_PubKeyEncrypt", fields: ["inCert", "inData"] }, { name: "SOF_PriKeyDecrypt", fields: ["inCertId", "inData"] }, { name: "SOF_GenRandom", fields: ["len"] }], version: ["SOF_GetVersion", "{}"] },
  { skin: "mtoken", port: 51235, secure: false, bare: [], version: ["alpha", "json={\"function\":\"SOF_GetVersion\"}"] },
  { skin: "mtoken", port: 51245, secure: true, bare: [], version: ["alpha", "json={\"function\":\"SOF_GetVersion\"}"] },
  { skin: "bjca", port: 21051, secure: false, bare: [], version: ["synctl", "{\"func\":\"SOF_GetVersion\"}"] },
  { skin: "bjca", port: 21061, secure: true, bare: [], version: ["synctl", "{\"func\":\"SOF_GetVersion\"}"] },
  { skin: "jit", port: 45679, secure: false, bare: [], version: ["", "{\"name\":\"GetVersion\"}"] },
];

/** The header in which the browser's rule puts the secret of a tab. */
export const BRIDGE_SECRET_HEADER = "x-yinxin-bridge";

/** Hosts that development builds treat as a portal, at any port. */
export const DEVELOPMENT_HOSTS: readonly string[] = ["localhost", "127.0.0.1"];
