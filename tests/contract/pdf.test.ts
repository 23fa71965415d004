// Signed PDFs through the packages that judge them, as a portal's server calls: signed by OpenSSL, written by the test.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { makeAuthority, makeCms, trustOf } from '../../www/demo/testing/pki.js';
import { ROOT } from '../stand/paths.js';
import { Pdf, timeStamp } from '../stand/pdf.js';
import { makeSeal, setSeal } from '../stand/seals.js';

type Documents = Pick<typeof import('../../wasm/pkg/node/yinxin.js'), 'verifyPdf'>;
const require = createRequire(import.meta.url);

const authority = makeAuthority('示例');
after(() => authority.remove());
const unit = authority.issue({ subject: '/C=CN/O=示例采购有限公司/CN=示例采购有限公司' });
const person = authority.issue({ subject: '/C=CN/CN=王示例' });
const trust = trustOf(authority);
const by = (holder: typeof unit) => (covered: Buffer) => makeCms(holder, covered);

for (const name of ['node', 'documents'])
  describe(`PDF in the package ${name}`, () => {
    const core = require(join(ROOT, 'wasm/pkg', name)) as Documents;
    const { issuers: _, crls: __, ...beginning } = trust;
    const judge = (pdf: Pdf, more = {}) => core.verifyPdf(pdf.bytes, { ...beginning, ...more });
    const codes = (verdict: ReturnType<Documents['verifyPdf']>, severity: string) =>
      verdict.findings.flatMap(one => (one.severity === severity ? `${one.code} ${one.place}` : []));

    test('a signature that holds is told with who, when and what it covers', () => {
      const pdf = new Pdf().sign(by(unit), { time: "D:20261120093000+08'00'", rectangle: [72, 72, 200, 130] });
      const { valid, outcome, pages, size, signatures, summary } = judge(pdf);
      assert.deepEqual([valid, outcome, pages, size], [true, 'good', 1, pdf.bytes.length]);
      assert.match(
        summary['zh-CN'],
        /^已核实：签名有效，由“示例采购有限公司”签署。(签署人声称的时间是 .+，没有时间戳证明。)?$/,
      );
      const [signature] = signatures;
      assert.equal(signature?.outcome, 'good');
      assert.equal(signature?.certificate?.holder, '示例采购有限公司');
      assert.equal(signature?.claimedTime, '2026-11-20T01:30:00Z');
      assert.equal(signature?.stampedTime, undefined);
      assert.equal(signature?.whole, true);
      assert.equal(signature?.ranges[1][1], pdf.bytes.length);
      assert.deepEqual(signature?.stamps, [{ page: 0, rectangle: [72, 72, 200, 130] }]);
      assert.deepEqual(signature?.changes, []);
    });

    test('a seal is valid only if its maker is listed', () => {
      const seal = makeSeal(unit, { name: '示例采购有限公司', users: [person] });
      const set = (covered: Buffer) => setSeal(person, seal, covered, { propertyInfo: '' });
      const pdf = new Pdf().sign(set, { kind: 'GM.sm2seal' });
      assert.deepEqual(codes(judge(pdf), 'fatal'), ['seal-maker-unknown signatures[0].seal.maker']);
      const { valid, signatures } = judge(pdf, { makers: [unit.certificate] });
      assert.equal(valid, true);
      assert.equal(signatures[0]?.seal?.name, '示例采购有限公司');
      // Its own time, where the dictionary has none.
      assert.equal(signatures[0]?.claimedTime, '2026-11-20T01:30:00Z');
    });

    test('a second signature leaves the first valid, and what is changed after it does not', () => {
      const pdf = new Pdf().sign(by(unit)).sign(by(person));
      const both = judge(pdf);
      assert.deepEqual(
        both.signatures.map(({ valid, whole }) => [valid, whole]),
        [
          [true, false],
          [true, true],
        ],
      );
      const changed = judge(new Pdf().sign(by(unit)).change('Another price'));
      assert.deepEqual(codes(changed, 'fatal'), ['pdf-changed signatures[0].changes']);
      assert.equal(changed.signatures[0]?.outcome, 'wrong');
      const [change] = changed.signatures[0]?.changes ?? [];
      assert.deepEqual(
        [change?.code, change?.severity, change?.path, change?.page],
        ['pdf-changed', 'fatal', 'pages[0]/Contents', 0],
      );
    });

    test('a time is attested by a time stamp that holds, and by no other', () => {
      const stamper = authority.issue({
        subject: '/C=CN/CN=示例时间戳',
        algorithm: 'rsa-sha256',
        purpose: 'timeStamping',
      });
      const stamped = (by: typeof unit) =>
        new Pdf()
          .sign(covered => makeCms(unit, covered))
          .sign(covered => timeStamp(by, covered), { kind: 'ETSI.RFC3161' });
      const { valid, signatures, summary } = judge(stamped(stamper));
      assert.deepEqual([valid, signatures.length], [true, 2]);
      // Whoever stamps a time has not signed.
      assert.match(summary['zh-CN'], /^已核实：签名有效，由“示例采购有限公司”签署。由后来的时间戳证明，不晚于 .+。$/);
      const alone = judge(new Pdf().sign(covered => timeStamp(stamper, covered), { kind: 'ETSI.RFC3161' }));
      assert.match(alone.summary['zh-CN'], /只有时间戳/);
      assert.ok(Math.abs(Date.now() - Date.parse(signatures[1]?.stampedTime ?? '')) < 600_000);
      // What a time stamp attests is not told of a signature that it merely covers.
      assert.equal(signatures[0]?.stampedTime, undefined);
      const elsewhere = judge(stamped(stamper), { anchors: [], intermediates: [] });
      assert.deepEqual([elsewhere.valid, elsewhere.signatures[1]?.stampedTime], [false, undefined]);
    });

    test('without anchors nobody is trusted, and each byte counts', () => {
      const pdf = new Pdf().sign(by(unit));
      const { valid, outcome, findings } = core.verifyPdf(pdf.bytes);
      assert.deepEqual([valid, outcome, findings[0]?.code], [false, 'unconfirmed', 'issuer-unknown']);
      const changed = Buffer.from(pdf.bytes);
      changed[changed.indexOf('Contract')] = 'K'.charCodeAt(0);
      const verdict = core.verifyPdf(changed, beginning);
      assert.deepEqual(codes(verdict, 'fatal'), ['content-changed signatures[0].signers[0]']);
    });

    test('one without a signature is not valid, and what is no PDF is an error with a code', () => {
      const { valid, signatures, findings } = judge(new Pdf());
      assert.deepEqual([valid, signatures.length, findings[0]?.code], [false, 0, 'pdf-not-signed']);
      for (const bytes of [new Uint8Array(), unit.certificate])
        assert.throws(() => core.verifyPdf(bytes), { name: 'YinxinError', code: 'pdf-unreadable' });
      assert.throws(() => core.verifyPdf(new Pdf().bytes, { crls: [new Uint8Array(3)] }), { code: 'request-invalid' });
    });
  });
