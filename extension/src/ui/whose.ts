//! Whose something is, where a holder has several keys.

import type { TokenView } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';

/** What a key is called, as the core calls it. */
export function keyName({ label, model, serial }: TokenView): string {
  const name = label.trim() || model;
  const number = serial.trim();
  if (number === '') return visible(name);
  return visible(label.trim() === '' ? `${name} ${number}` : `${name}（${number}）`);
}

/** What the key of a certificate is called, where others hold certificates of the same holder. */
export function keyNamed(certificate: string, tokens: readonly TokenView[]): string | undefined {
  const key = tokens.find(token => token.certificates.some(known => known.certificate === certificate));
  const holder = key?.certificates.find(known => known.certificate === certificate)?.holder;
  const others = tokens.filter(token => token.certificates.some(known => known.holder === holder));
  return key && others.length > 1 ? keyName(key) : undefined;
}
