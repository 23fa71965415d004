import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Quote } from '@yinxin/fees';
import type { CertificateView, RenewalOrder, Token, TokenView } from '@yinxin/proto';
import { Renewals } from './renewals.js';

/** A key with certificates of one byte each, of which some are renewed, and seals with those that may use them. */
function key(
  bytes: number[],
  renewable: number[],
  seals: Record<string, number[]> = {},
): { token: Token; view: TokenView; names: string[] } {
  const names = bytes.map(byte => createHash('sha256').update(Uint8Array.of(byte)).digest('hex'));
  const certificates = bytes.map((byte, at) => ({
    id: String(at),
    label: '',
    certificate: Buffer.of(byte).toString('base64'),
  }));
  // Views come in another order than the key's.
  const views = names.map((certificate, at) => ({ certificate, renewable: renewable.includes(bytes[at] ?? -1) }));
  return {
    token: { certificates } as unknown as Token,
    view: {
      certificates: views.reverse() as CertificateView[],
      seals: Object.entries(seals).map(([seal, users]) => ({
        seal,
        certificates: users.map(byte => names[bytes.indexOf(byte)]),
      })),
    } as TokenView,
    names,
  };
}

/** Quotes that tell what they were asked for. */
const telling = async (certificate: string, order: RenewalOrder) => ({ certificate, ...order }) as unknown as Quote;

test('every certificate that is renewed gets one quote, wherever it lies', async () => {
  const one = key([1, 2, 2], [2]);
  const two = key([2, 3], [2, 3]);
  const renewals = await new Renewals(telling).of([one.token, two.token], [two.view, one.view]);
  assert.deepEqual(
    renewals.map(({ certificate }) => certificate),
    [one.names[1], two.names[1]],
  );
  assert.deepEqual(renewals[1]?.quote, { certificate: 'Aw==', years: 1, seals: 1 });
});

test('an order holds for its certificate until it is forgotten, and only for one that is shown', async () => {
  const { token, view, names } = key([1, 2], [1]);
  const renewals = new Renewals(telling);
  const order: RenewalOrder = { years: 2, seals: 0, role: 'agency' };
  const orders = async () => (await renewals.of([token], [view])).map(renewal => renewal.order);
  renewals.order(names[0] ?? '', order);
  assert.deepEqual(await orders(), [{ years: 1, seals: 1 }]);
  renewals.order(names[0] ?? '', order);
  renewals.order(names[1] ?? '', order);
  assert.deepEqual(await orders(), [order]);
  renewals.clear();
  assert.deepEqual(await orders(), [{ years: 1, seals: 1 }]);
});

test('a certificate without a price is shown without one', async () => {
  const { token, view, names } = key([1], [1]);
  const renewals = new Renewals(() => Promise.reject({ code: 'order-days-invalid', params: {} }));
  assert.deepEqual(await renewals.of([token], [view]), [
    { certificate: names[0], sealsRead: 0, order: { years: 1, seals: 1 } },
  ]);
});

test('a certificate is renewed with the seals that it may use, once each, and with one where none is read', async () => {
  const one = key([1, 2, 3], [1, 2, 3], { own: [1], other: [2], both: [1, 2] });
  const two = key([1], [1], { own: [1], further: [1] });
  const renewals = new Renewals(telling);
  const shown = async () =>
    (await renewals.of([one.token, two.token], [one.view, two.view])).map(({ sealsRead, order, quote }) => [
      sealsRead,
      order.seals,
      (quote as unknown as RenewalOrder).seals,
    ]);
  assert.deepEqual(await shown(), [
    [3, 3, 3],
    [2, 2, 2],
    [0, 1, 1],
  ]);
  renewals.order(one.names[0] ?? '', { years: 1, seals: 0 });
  assert.deepEqual((await shown())[0], [3, 0, 0]);
});
