// The policy file of the servers in Rust and Java, as options of `@yinxin/verify`. What this portal does not know is
// refused: passed over, a restriction of trust would be lost.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Trust for every verdict, and what logins are accepted. Read when the portal starts: start another for new lists. */
export function readPolicy(path) {
  const {
    $schema,
    description,
    login = {},
    anchors = [],
    intermediates = [],
    issuers,
    issuerNames,
    crls = [],
    ...rest
  } = JSON.parse(readFileSync(path, 'utf8'));
  const { holders, crlPolicy, policies, ...unknown } = rest;
  const { origins = [], formats = ['yinxin'], challengeSeconds, clockSkew = 0, ...more } = login;
  const [name] = [...Object.keys(unknown), ...Object.keys(more)];
  if (name) throw new Error(`${path}: ${name} is not known to this portal`);
  // PEM, the name of a file beside the policy, or of a folder of which every file counts.
  const read = entry => {
    if (entry.startsWith('-----')) return [entry];
    const at = join(dirname(path), entry);
    return entry.endsWith('/') ? readdirSync(at).map(name => readFileSync(join(at, name))) : [readFileSync(at)];
  };
  const given = { holders, crlPolicy, policies };
  return {
    origins,
    login: { formats, clockSkew },
    challenge: { ...(challengeSeconds && { seconds: challengeSeconds }) },
    trust: {
      anchors: anchors.flatMap(read),
      intermediates: intermediates.flatMap(read),
      crls: crls.flatMap(read),
      ...((issuers || issuerNames) && { issuers: [...(issuers ?? []).flatMap(read), ...(issuerNames ?? [])] }),
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    },
  };
}
