// What a page waits for over the bridge, without its user: medians, and the host's memory. Nothing is asserted.
import { readFileSync } from 'node:fs';
import {
  bridgeOn,
  came,
  makeBridgedStand,
  makeLegacySite,
  openSession,
  pressLegacy,
  visitLegacy,
} from '../stand/bridge.js';
import { hostsOf } from '../stand/stand.js';

const ROUNDS = 200;

const site = await makeLegacySite();
const stand = await makeBridgedStand();
try {
  await bridgeOn(stand, site.url);
  const page = await visitLegacy(stand, site.url);
  const { containerId } = await openSession(stand, page);
  // In a session: nothing is asked, and the keys are known.
  await pressLegacy(
    page,
    (rs, { containerId, rounds }) => {
      const times: Record<string, number[]> = {};
      const certificate = rs('RS_GetCertBase64String', { certType: '1', containerId }).data?.certBase64 ?? '';
      const calls: [string, Record<string, string>][] = [
        ['RS_GetVersion', {}],
        ['RS_GetUserList', {}],
        ['RS_GetCertBase64String', { certType: '1', containerId }],
        ['RS_GetCertInfo', { certBase64: certificate, type: '49' }],
        ['RS_KeyStatus', { containerId }],
      ];
      for (const [name, fields] of calls) {
        const all: number[] = [];
        for (let round = 0; round < rounds; round += 1) {
          const start = performance.now();
          rs(name, fields);
          all.push(performance.now() - start);
        }
        times[name] = all;
      }
      return times;
    },
    { containerId, rounds: ROUNDS },
  );
  for (const [name, times] of Object.entries(await came<Record<string, number[]>>(page))) {
    const sorted = times.sort((a, b) => a - b);
    const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(2);
    console.log(`${name.padEnd(40)} median ${at(0.5)} ms, 95 % ${at(0.95)} ms`);
  }
  for (const pid of hostsOf(stand)) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    console.log(`host ${/VmRSS:\s+(.*)/.exec(status)?.[1]}, ${/Threads:\s+(.*)/.exec(status)?.[1]} threads`);
  }
} finally {
  await stand.close();
  await site.close();
}
