//! Whose something is, where a holder has several keys.

import type { TokenView } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';

/** What the key of a certificate is called, where others hold certificates of the same holder. As the core calls it. */
export function keyNamed(certificate: string, tokens: readonly TokenView[]): string | undefined {
  const key = tokens.find(token => token.certificates.some(known => known.certificate === certificate));
  const holder = key?.certificates.find(known => known.certificate === certificate)?.holder;
  const others = tokens.filter(token => token.certificates.some(known => known.holder === holder));
  if (!key || others.length < 2) return undefined;
  const [label, serial] = [key.label.trim(), key.serial.trim()];
  if (label === '') return visible(`${key.model} ${serial}`.trim());
  const alike = tokens.filter(other => other.label.trim() === label);
  return visible(alike.length > 1 && serial !== '' ? `${label}（${serial}）` : label);
}
