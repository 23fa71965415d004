/**
 * The demo portal's command: reads its configuration, listens on this machine only, and prints one line of
 * JSON with its address when it is ready.
 */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadAssets } from './assets.js';
import { createPortal } from './portal.js';
import type { BareVerifier, Verifier } from './verifier.js';

const USAGE = `usage: server.mjs [--port N] --anchors PEM… --issuers PEM… [--intermediates PEM…] [--crl PEM…]
                  [--makers PEM…] [--allow-logondata] [--legacy] [--guide JSON]
                  [--verifier DIR]

  --port N           port on localhost; 0, the default, takes any that is free
  --anchors PEM      certificates that are trusted (repeatable)
  --intermediates PEM  certificates between them and the users' (repeatable)
  --issuers PEM      issuing CAs whose certificates may log in and sign (repeatable)
  --crl PEM          revocation lists (repeatable)
  --makers PEM       makers whose electronic seals count (repeatable)
  --allow-logondata  take login proofs of the old format too, which carry no address
  --legacy           have a page as today's portals are written (/legacy), whose logins carry no address either
  --guide JSON       where users get extension and host program (extension, host, support of its options)
  --verifier DIR     the Wasm package; as built by default
`;

const { values } = parseArguments();
const read = (paths: readonly string[] = []) => paths.map(path => new Uint8Array(readFileSync(path)));
const files = fileURLToPath(new URL('./public/', import.meta.url));
const server = createServer({ headersTimeout: 10_000, requestTimeout: 60_000, maxHeaderSize: 16 * 1024 });
server.maxConnections = 256;
// Loopback by number: a name could be pointed elsewhere.
const verifier = loadVerifier(
  values.verifier ?? fileURLToPath(new URL('../../../wasm/pkg/documents', import.meta.url)),
);
server.listen(Number(values.port), '127.0.0.1', () => {
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  server.on(
    'request',
    createPortal({
      verifier,
      ...(values.legacy && { bare: verifier }),
      origin,
      trust: {
        anchors: read(values.anchors),
        intermediates: read(values.intermediates),
        issuers: read(values.issuers),
        crls: read(values.crl),
      },
      makers: read(values.makers),
      ...(values.guide && { guide: JSON.parse(readFileSync(values.guide, 'utf8')) }),
      allowLogondata: values['allow-logondata'],
      assets: loadAssets(files),
    }),
  );
  process.stdout.write(`${JSON.stringify({ url: origin })}\n`);
});
server.on('error', error => fail(1, `${error.message}\n`));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));

function parseArguments() {
  const list = { type: 'string', multiple: true } as const;
  try {
    const parsed = parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        anchors: list,
        intermediates: list,
        issuers: list,
        crl: list,
        makers: list,
        'allow-logondata': { type: 'boolean', default: false },
        legacy: { type: 'boolean', default: false },
        guide: { type: 'string' },
        verifier: { type: 'string' },
      },
    });
    const port = Number(parsed.values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) fail(2, 'port\n');
    return parsed;
  } catch (error) {
    return fail(2, `${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

/** The package's own manifest names its entry, a CommonJS module. */
function loadVerifier(directory: string): Verifier & BareVerifier {
  const core: typeof import('@yinxin/documents') = createRequire(import.meta.url)(directory);
  // `parseCertificate` is generic (of its fields), which no cast compares.
  return core as unknown as Verifier & BareVerifier;
}

function fail(status: number, message: string): never {
  process.stderr.write(message);
  process.exit(status);
}
