/** For tests: answers the page library at once, as the extension does after consent. `data-silent` on the page holds it back. */
const state = () => document.documentElement.dataset;

window.addEventListener('message', event => {
  const { request, cancel } = event.data ?? {};
  if (cancel) state().cancelled = cancel;
  if (!request) return;
  const { id, call } = request;
  const reply = (outcome, bytes) => window.postMessage({ yinxin: 1, reply: { id, outcome }, bytes }, location.origin);
  const give = (result, bytes) => reply({ type: 'result', result }, bytes);
  reply({ type: 'acknowledged' });
  state().call = JSON.stringify(call);
  if (state().silent) return;
  if (call.type === 'status') give({ type: 'status', extension: '1.2.3', protocol: 1, host: '1.2.4' });
  if (call.type === 'login') {
    const proof = { format: 'yinxin', version: 1, algorithm: 'sm2-sm3', certificate: 'AA==', signature: 'AA==' };
    give({ type: 'login', proof });
  }
  if (call.type === 'sign') {
    const signatures = call.documents.map(({ name }) => ({ name, algorithm: 'sm2-sm3', digest: '00', size: 3 }));
    const bytes = signatures.map(() => new Uint8Array(3));
    give({ type: 'sign', signatures }, bytes);
  }
});
