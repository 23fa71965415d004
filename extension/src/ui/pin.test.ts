import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_PIN_BYTES } from '@yinxin/proto';
import { pinBytes, pinLengthProblem, pinLimits } from './pin.js';

test('a PIN is measured in bytes', () => {
  assert.equal(pinBytes('123456'), 6);
  assert.equal(pinBytes('密码'), 6);
});

test('a length is what the key says, within what the protocol carries', () => {
  assert.deepEqual(pinLimits({ min: 0, max: 0 }), { min: 1, max: MAX_PIN_BYTES });
  assert.deepEqual(pinLimits({ min: 6, max: 1_000 }), { min: 6, max: MAX_PIN_BYTES });
  assert.equal(pinLengthProblem('123456', { min: 6, max: 16 }), undefined);
  for (const pin of ['', '12345', '密'.repeat(6)]) {
    assert.deepEqual(pinLengthProblem(pin, { min: 6, max: 16 }), { code: 'pin-length', params: { min: 6, max: 16 } });
  }
});
