import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify } from './sender.js';

const tab = { id: 1, windowId: 7 } as chrome.tabs.Tab;
const page = { origin: 'https://portal.example', frameId: 0, documentLifecycle: 'active' as const, tab };

function refusal(sender: chrome.runtime.MessageSender | undefined): string | undefined {
  const asker = identify(sender);
  return 'code' in asker ? asker.code : undefined;
}

test('an active page in a tab is known by the origin of the record', () => {
  assert.deepEqual(identify(page), { origin: 'https://portal.example', windowId: 7 });
  assert.equal(refusal({ ...page, origin: 'http://localhost:8080' }), undefined);
});

test('without a life cycle of the browser, an active page is the one that its tab shows', () => {
  const { documentLifecycle: _, ...firefox } = page;
  const url = 'https://portal.example/login?a#b';
  const shown = { ...firefox, url, tab: { ...tab, url } };
  assert.deepEqual(identify(shown), { origin: 'https://portal.example', windowId: 7 });
  // The page went on while its message was under way: the record's origin is the next one's already.
  assert.equal(refusal({ ...shown, origin: 'https://other.example' }), 'page-not-active');
  assert.equal(refusal({ ...shown, url: 'https://other.example/' }), 'page-not-active');
  assert.equal(refusal({ ...shown, tab: { ...tab, url: 'https://other.example/' } }), 'page-not-active');
  // What is not told, and what has no origin of its own, is nobody's.
  assert.equal(refusal(firefox), 'page-not-active');
  assert.equal(refusal({ ...shown, tab }), 'page-not-active');
  assert.equal(refusal({ ...shown, url: 'about:blank' }), 'page-not-active');
  assert.equal(refusal({ ...shown, url: 'blank' }), 'page-not-active');
});

test('whatever is no such page is refused with its own code', () => {
  const { origin: _, ...withoutOrigin } = page;
  const { tab: __, ...withoutTab } = page;
  assert.equal(refusal(undefined), 'origin-opaque');
  assert.equal(refusal(withoutOrigin), 'origin-opaque');
  assert.equal(refusal({ ...page, origin: 'null' }), 'origin-opaque');
  assert.equal(refusal(withoutTab), 'origin-opaque');
  assert.equal(refusal({ ...page, frameId: 3 }), 'frame-not-allowed');
  assert.equal(refusal({ ...page, documentLifecycle: 'prerender' }), 'page-not-active');
  assert.equal(refusal({ ...page, documentLifecycle: 'cached' }), 'page-not-active');
  assert.equal(refusal({ ...page, origin: 'http://portal.example' }), 'origin-insecure');
  assert.equal(refusal({ ...page, origin: 'http://localhost.portal.example' }), 'origin-insecure');
  assert.equal(refusal({ ...page, origin: 'file://' }), 'origin-insecure');
});
