/** The login page: CA login by entrance, and binding where the certificate is new or renewed. */

import { type Account, type LoginFormat, login, type Purpose, status, YinxinError } from '@yinxin/client';
import { guide } from '@yinxin/client/guide';
import type { Role } from '../stores.js';
import { ROLE_NAMES } from '../texts.js';
import { element, get, locale, onProgress, post, Refused, run, t, tell } from './common.js';

const caLogin = element<HTMLButtonElement>('ca-login');
const bind = element<HTMLButtonElement>('bind');
const name = element<HTMLInputElement>('bind-name');
const role = element<HTMLSelectElement>('bind-role');
const buttons = [caLogin, bind];

caLogin.addEventListener('click', () => {
  element('binding').hidden = true;
  return run(
    buttons,
    async signal => {
      const entrance = chosenEntrance();
      try {
        const named = await namedAccount(signal);
        const account = named && { ...named.account, entrance: entranceName(entrance) };
        await prove('login', { entrance, ...(named && { account: named.id }) }, signal, account);
      } catch (error) {
        if (error instanceof Refused) offerBinding(error, entrance);
        throw error;
      }
      location.assign('/account');
    },
    'binding',
  );
});

element('bind-form').addEventListener('submit', event => {
  event.preventDefault();
  return run(buttons, async signal => {
    if (element('bind-fields').hidden) await prove('bind', {}, signal);
    else {
      const account = {
        name: name.value.trim(),
        role: ROLE_NAMES[locale][role.value as Role],
        entrance: entranceName(chosenEntrance()),
      };
      await prove('bind', { name: account.name, role: role.value }, signal, account);
    }
    location.assign('/account');
  });
});

void greet();

/** Challenge from the server, proof from the extension, proof to the server. */
async function prove(purpose: Purpose, more: object, signal: AbortSignal, account?: Account): Promise<void> {
  tell(t.askServer);
  const { challenge } = await post('/api/challenge', { purpose }, signal);
  tell(t.followWindow);
  const proof = await login({
    challenge: String(challenge),
    purpose,
    format: chosenFormat(),
    ...(account && { account }),
    signal,
    onProgress,
  });
  tell(t.verifying);
  await post(`/api/${purpose}`, { proof, challenge, ...more }, signal);
}

function offerBinding({ code, body }: Refused, entrance: string): void {
  const renewed = code === 'certificate-renewed';
  if (!renewed && code !== 'not-bound') return;
  const params = body.params as { holder?: string };
  element('bind-heading').textContent = renewed ? t.rebindHeading : t.bindHeading;
  element('bind-hint').textContent = renewed ? t.rebindHint : t.bindHint;
  element('bind-fields').hidden = renewed;
  name.required = !renewed;
  name.value = params.holder ?? '';
  role.value = entrance;
  element('binding').hidden = false;
}

/** The account that the user named, as the server tells of it. */
async function namedAccount(signal: AbortSignal): Promise<{ id: string; account: Account } | undefined> {
  const wanted = element<HTMLSelectElement>('account-named').value;
  if (wanted === '') return undefined;
  const accounts = (await get('/api/accounts', signal)).accounts as (Account & { id: string; staged?: string })[];
  const found = accounts.find(({ id }) => id === wanted);
  if (!found) return undefined;
  const { id, staged: _, ...account } = found;
  return { id, account };
}

function entranceName(entrance: string): string {
  return ROLE_NAMES[locale][entrance as Role];
}

function chosenEntrance(): string {
  return document.querySelector<HTMLInputElement>('input[name=entrance]:checked')?.value ?? '';
}

/** `?format=logondata` shows the login of the old kind, where the server takes it. */
function chosenFormat(): LoginFormat {
  const format = new URLSearchParams(location.search).get('format');
  return format === 'logondata' || format === 'logondata-detached' ? format : 'yinxin';
}

/** Says at once whether this browser can log in at all, and what is missing. */
async function greet(): Promise<void> {
  tell(t.looking);
  try {
    const { problem } = await status();
    if (problem) throw problem;
    if (!caLogin.disabled) tell(t.ready);
  } catch (error) {
    if (caLogin.disabled || (error instanceof YinxinError && error.code === 'page-gone')) return;
    tell('');
    const place = element('guide');
    // Where this portal's users get what they need.
    const addresses = JSON.parse(place.dataset.addresses ?? '{}');
    const close = guide(place, {
      ...addresses,
      onReady: () => {
        close();
        if (!caLogin.disabled) tell(t.ready);
      },
    });
  }
}
