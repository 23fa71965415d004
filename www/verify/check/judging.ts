//! What both workers do alike: what is offered to be accepted, and what of an exception is an answer.

import type { AnchorView, CatalogueError } from '@yinxin/proto';
import type { YinxinError } from '@yinxin/verify';
import type { Described, Finding, PathStep } from './report.js';

/** `describeAnchors` of whichever module. */
type DescribeAnchors = (file: Uint8Array | string, managed: boolean) => unknown;

/** The certificates of a file, and what belongs to that, by the module of a worker. */
export function describing(anchors: DescribeAnchors) {
  const describe = (bytes: Uint8Array | string) =>
    anchors(bytes, false) as { certificate: Uint8Array; view: AnchorView }[];

  /** A seal's maker. */
  const makerOf = (certificate: Uint8Array): Described | undefined => {
    const read = tried(() => describe(certificate));
    return 'value' in read ? read.value[0] : undefined;
  };

  /** The CA that would have to be accepted, where the path leads to one and no further. */
  const offerCa = (findings: readonly Finding[], path: readonly PathStep[]) => {
    if (!findings.some(({ code }) => code === 'issuer-unknown' || code === 'root-unavailable')) return undefined;
    const last = path[path.length - 1]?.certificate;
    const [first] = last ? describe(last) : [];
    if (!first || first.view.findings.some(({ code }) => code === 'issuer-not-ca')) return undefined;
    return { ...first, purpose: 'ca' as const };
  };

  return { describe, makerOf, offerCa };
}

/** The maker that would have to be accepted. */
export function offerMaker(findings: readonly Finding[], maker: Described | undefined) {
  if (!findings.some(({ code }) => code === 'seal-maker-unknown')) return undefined;
  return maker && { ...maker, purpose: 'maker' as const };
}

/** What some work gives, or the catalogue's error that it throws; anything else is a bug and goes on. */
export function tried<T>(work: () => T): { value: T } | { error: CatalogueError } {
  try {
    return { value: work() };
  } catch (thrown) {
    if (!(thrown instanceof Error) || thrown.name !== 'YinxinError') throw thrown;
    const { code, params } = thrown as YinxinError;
    return { error: { code, params } as CatalogueError };
  }
}

/** Lower-case. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
