/** For tests: answers the page library at once, as the extension does after consent. `data-silent` on the page: its window waits. */
const state = () => document.documentElement.dataset;

window.addEventListener('message', event => {
  const { request, cancel, showWindow } = event.data ?? {};
  if (cancel) state().cancelled = cancel;
  if (showWindow) state().shown = 'yes';
  if (!request) return;
  const { id, call } = request;
  const reply = (outcome, bytes) => window.postMessage({ yinxin: 1, reply: { id, outcome }, bytes }, location.origin);
  const give = (result, bytes) => reply({ type: 'result', result }, bytes);
  reply({ type: 'acknowledged' });
  state().call = JSON.stringify(call);
  if (state().silent) return reply({ type: 'progress', stage: 'consenting', done: 0, total: 1 });
  if (call.type === 'status') give({ type: 'status', extension: '1.2.3', protocol: 1, host: '1.2.4' });
  if (call.type === 'login') {
    const proof = { format: 'yinxin', version: 1, algorithm: 'sm2-sm3', certificate: 'AA==', signature: 'AA==' };
    give({ type: 'login', proof });
  }
  if (call.type === 'seals') {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="20mm" height="20mm" viewBox="0 0 20 20"><rect x="1" y="1" width="18" height="18" fill="none" stroke="#d7141a"/></svg>';
    const seal = { name: '李示例印（演示）', id: 'DEMO', version: 4, width: 20, height: 20, seal: 'AA==' };
    const dates = { validFrom: '2026-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z' };
    give({ type: 'seals', seals: [{ ...seal, ...dates, picture: { mediaType: 'image/svg+xml', data: btoa(svg) } }] });
  }
  if (call.type === 'sign') {
    const signatures = call.documents.map(({ name }) => ({ name, algorithm: 'sm2-sm3', digest: '00', size: 3 }));
    const bytes = signatures.map(() => new Uint8Array(3));
    give({ type: 'sign', signatures }, bytes);
  }
});
