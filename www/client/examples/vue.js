// The script of vue.html: documents of the server, signed with one consent. It renders by functions, since templates that
// Vue compiles in the page need 'unsafe-eval' in its policy; with a build, write templates as ever.
import { sign, YinxinError } from '@yinxin/client';
import { createApp, h, onUnmounted, ref } from 'vue';
import { post } from './server.js';

const DOCUMENTS = [
  { id: '1', name: '投标函.txt' },
  { id: '2', name: '报价一览表.txt' },
];

const Signing = {
  setup() {
    const state = ref('');
    const problem = ref('');
    const busy = ref(false);
    const leaving = new AbortController();
    // A component that goes takes its call back: the window closes.
    onUnmounted(() => leaving.abort());

    async function start() {
      busy.value = true;
      problem.value = '';
      try {
        const documents = await Promise.all(
          DOCUMENTS.map(async ({ id, name }) => ({ name, content: await (await fetch(`/documents/${id}`)).blob() })),
        );
        const signed = await sign({
          documents,
          signal: leaving.signal,
          onProgress: ({ stage, done, total }) => {
            state.value = stage === 'signing' ? `正在签名 ${done}/${total}` : '请在印信窗口中确认。';
          },
        });
        const signatures = signed.map(({ cms }, at) => ({ document: DOCUMENTS[at].id, cms: base64(cms) }));
        await post('/api/signatures', { signatures });
        state.value = `已签署 ${signed.length} 份文件`;
      } catch (error) {
        state.value = '';
        if (!(error instanceof YinxinError && error.code === 'cancelled'))
          problem.value = `${error.message} ${error.remedy ?? ''}`;
      } finally {
        busy.value = false;
      }
    }

    return () => [
      h('h1', '签名'),
      h(
        'ul',
        DOCUMENTS.map(({ name }) => h('li', { key: name }, name)),
      ),
      h('p', h('button', { type: 'button', id: 'sign', disabled: busy.value, onClick: start }, '签署')),
      h('p', { id: 'state', role: 'status' }, state.value),
      h('p', { id: 'problem', role: 'alert' }, problem.value),
    ];
  },
};

function base64(bytes) {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

createApp(Signing).mount('#app');
