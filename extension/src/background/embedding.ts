//! Documents in which the signature itself stands: what knows PDF and OFD, loaded when it is first needed, and what of
//! each document waits for its signature.

import type { PreparedFacts, Setting } from '@yinxin/proto';
import init, { PreparedDocument } from '../../../wasm/pkg/documents/yinxin_documents.js';
import { decode } from '../base64.js';
import type { Pixels } from '../relay.js';
import { failureOf } from './failure.js';

let loading: Promise<unknown> | undefined;

function ready(): Promise<unknown> {
  loading ??= init({ module_or_path: chrome.runtime.getURL('document/yinxin_documents_bg.wasm') });
  return loading;
}

/** Draws the picture of the seal that is chosen. */
export type Draw = () => Promise<Pixels | undefined>;

/** The documents of one call that are prepared, by their index. */
export class Embedding {
  readonly #prepared = new Map<number, PreparedDocument>();
  #over = false;

  /** Prepares a document. Without a signer in the setting it is only looked at. */
  async prepare(document: number, content: Blob, setting: Setting, draw: Draw): Promise<PreparedFacts> {
    const bytes = await bytesOf(content);
    await ready();
    const prepared = await prepare(bytes, setting, draw);
    // A call can end meanwhile.
    const isKept = setting.signer !== undefined && !this.#over;
    try {
      const facts = prepared.facts();
      if (isKept) this.#prepared.set(document, prepared);
      return facts;
    } finally {
      if (!isKept) prepared.free();
    }
  }

  /** The new document, with what was signed. */
  async embed(document: number, content: Blob, value: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await bytesOf(content);
    const prepared = this.#prepared.get(document);
    if (!prepared) throw new Error('not prepared');
    return prepared.embed(bytes, decode(value));
  }

  /** Gives its memory back. */
  clear(): void {
    this.#over = true;
    for (const prepared of this.#prepared.values()) prepared.free();
    this.#prepared.clear();
  }
}

/** A PDF holds PNG and JPEG; of what else browsers show, pixels are taken. */
async function prepare(bytes: Uint8Array<ArrayBuffer>, setting: Setting, draw: Draw): Promise<PreparedDocument> {
  try {
    return new PreparedDocument(bytes, setting);
  } catch (thrown) {
    const pixels = failureOf(thrown).code === 'picture-refused' ? await draw() : undefined;
    if (!pixels) throw thrown;
    const { data, width, height } = pixels;
    return new PreparedDocument(bytes, setting, data, { width, height });
  }
}

async function bytesOf(content: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await content.arrayBuffer());
}
