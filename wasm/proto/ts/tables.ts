// Generated from wasm/proto by `npm run generate`. Change it there.
/* biome-ignore-all lint: generated */

/** What does not show, or not as what it is. */
export const INVISIBLE = /[\x00-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe-\uffff\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\u{f0000}-\u{10ffff}]+/gu;

/** Invisible characters in a row that are written out one by one. */
export const MAX_WRITTEN = 4;

export const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** Reasons of a revocation, in Chinese and English. */
export const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  unspecified: ["未说明", "no reason given"],
  keyCompromise: ["私钥泄露", "key compromised"],
  cACompromise: ["发证机构私钥泄露", "issuer's key compromised"],
  affiliationChanged: ["信息变更", "facts changed"],
  superseded: ["证书已更新", "superseded"],
  cessationOfOperation: ["停止使用", "no longer used"],
  certificateHold: ["暂时冻结", "suspended"],
  privilegeWithdrawn: ["权限撤销", "right withdrawn"],
  aACompromise: ["属性机构私钥泄露", "attribute authority's key compromised"],
};

/** What parts of a document are to a reader, in Chinese and English. */
export const ROLES: Readonly<Record<string, readonly [string, string]>> = {
  template: ["模板页", "template page"],
  annotation: ["批注", "annotation"],
  picture: ["图片", "picture"],
  document: ["文档结构", "structure of the document"],
  entry: ["文件入口", "entry of the file"],
  resource: ["资源", "resources"],
  font: ["字体", "font"],
  attachment: ["附件", "attachment"],
  data: ["数据", "data"],
  signature: ["签章", "signature"],
  other: ["其他部件", "another part"],
};
