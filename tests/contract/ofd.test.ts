// Signed OFD through the packages that judge it: samples of makers, as a portal's server calls.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { DATA as data, noData as skip } from '../stand/data.js';
import { ROOT } from '../stand/paths.js';

type Documents = Pick<typeof import('../../wasm/pkg/node/yinxin.js'), 'verifyOfd' | 'parseSeal'>;
const require = createRequire(import.meta.url);

/** In the validity of the samples' certificates. */
const at = '2020-10-01T00:00:00Z';

for (const name of ['node', 'documents'])
  describe(`OFD in the package ${name}`, { skip }, () => {
    const core = require(join(ROOT, 'wasm/pkg', name)) as Documents;
    const read = (path: string) => Uint8Array.from(readFileSync(join(data, path)));

    /** Whoever made the seals of a file is accepted. */
    const judge = (path: string) => {
      const bytes = read(path);
      const makers = core.verifyOfd(bytes, { at }).signatures.flatMap(({ seal }) => seal?.makerCertificate ?? []);
      return core.verifyOfd(bytes, { at, makers });
    };

    test('a seal that holds is told with what it covers, and where it stands', () => {
      const { valid, outcome, documents, signatures } = judge('seals/SESV4SignDoc.ofd');
      // Who issued the certificate was not asked.
      assert.deepEqual([valid, outcome, signatures.length], [true, 'unconfirmed', 1]);
      assert.deepEqual(documents, [{ path: '/Doc_0/Document.xml', pages: ['/Doc_0/Pages/Page_0/Content.xml'] }]);
      const [signature] = signatures;
      assert.equal(signature?.form, 'seal-signature');
      assert.equal(signature?.seal?.version, 4);
      assert.deepEqual(signature?.open, []);
      assert.deepEqual(signature?.covered[2], {
        path: '/Doc_0/Pages/Page_0/Content.xml',
        role: 'page',
        page: 1,
        state: 'same',
      });
      assert.deepEqual(signature?.written?.stamps, [
        { id: '2', page: 1, pageId: '1', boundary: { x: 50, y: 50, width: 40, height: 40 } },
      ]);
    });

    test('of two seals, the one that the other broke is told as such', () => {
      const { valid, findings, signatures, summary } = judge('ofd/h.ofd');
      assert.deepEqual([valid, ...signatures.map(one => one.valid)], [false, false, true]);
      const fatal = findings.filter(({ severity }) => severity === 'fatal');
      assert.deepEqual(
        fatal.map(({ code, place }) => `${code} ${place}`),
        ['ofd-list-extended signatures[0].covered[6]'],
      );
      assert.match(summary['zh-CN'], /第 1 个/);
      assert.equal(signatures[0]?.written?.stamps[4]?.clip?.x, 32);
    });

    test('a signature without a certificate takes one of the caller’s', () => {
      const bytes = read('seals/DigitalSign.ofd');
      const codes = (verdict: ReturnType<Documents['verifyOfd']>) => verdict.findings.map(({ code }) => code);
      assert.deepEqual(codes(core.verifyOfd(bytes)), ['signer-certificate-missing']);
      const [signer] = judge('seals/SESV4SignDoc.ofd').signatures[0]?.signers ?? [];
      assert.ok(signer?.certificate);
    });

    test('what is no OFD is an error with a code', () => {
      for (const bytes of [new Uint8Array(), read('seals/UserV4.esl')])
        assert.throws(() => core.verifyOfd(bytes), { name: 'YinxinError', code: 'ofd-unreadable' });
      assert.throws(() => core.verifyOfd(read('ofd/h.ofd'), { crls: [new Uint8Array(3)] }), {
        code: 'request-invalid',
      });
    });
  });
