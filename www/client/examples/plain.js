// The script of plain.html. `@yinxin/client` stands in place of `../index.js` where a bundler or an import map knows it.
import { guide } from '../guide.js';
import { login, showWindow, status, YinxinError } from '../index.js';
import { post } from './server.js';

const element = id => document.getElementById(id);

element('login').addEventListener('click', async () => {
  element('login').disabled = true;
  element('problem').textContent = '';
  try {
    const { challenge } = await post('/api/challenge', { purpose: 'login' });
    const proof = await login({ challenge, purpose: 'login', onProgress: told });
    const { account } = await post('/api/login', { proof });
    element('state').textContent = `${account.name}，已登录`;
  } catch (error) {
    element('state').textContent = '';
    // The server's refusals have the same form: a message, and what to do.
    if (!(error instanceof YinxinError && error.code === 'cancelled'))
      element('problem').textContent = `${error.message} ${error.remedy ?? ''}`;
  } finally {
    element('login').disabled = false;
    element('show-window').hidden = true;
  }
});

// While Yinxin's window waits for the user, it may lie behind others.
function told({ stage }) {
  element('state').textContent = stage === 'waiting' ? '请先完成已打开的印信窗口。' : '请在印信窗口中确认。';
  element('show-window').hidden = stage !== 'consenting';
}
element('show-window').addEventListener('click', showWindow);

// Whoever has everything sees no guide.
const isReady = await status().then(
  ({ problem }) => !problem,
  () => false,
);
if (!isReady) {
  const close = guide(element('guide'), {
    extension: { chromium: '/downloads/yinxin-extension.html' },
    host: { windows: '/downloads/yinxin-setup.exe', 'deb-amd64': '/downloads/yinxin_amd64.deb' },
    onReady: () => close(),
  });
}
