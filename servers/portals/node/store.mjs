// What the portal remembers: challenges, sessions, accounts. In memory, in a file of SQLite, or in PostgreSQL, the
// last two by the same statements, each of which decides alone. Sessions are named by their hashes; times are seconds
// since 1970.
import { readFileSync } from 'node:fs';

/** Opens `memory:`, `sqlite:FILE` or `postgres://…`. PostgreSQL may start later than the portal. */
export async function openStore(url) {
  if (url === 'memory:') return new Memory();
  if (url.startsWith('postgres:')) return new Sql(await postgres(url));
  if (url.startsWith('sqlite:')) return new Sql(await sqlite(url.slice('sqlite:'.length)));
  throw new Error(`STORE: neither memory:, sqlite: nor postgres:, ${url.split(':', 1)}`);
}

/** The store does not answer: nothing counts then. */
export class Unavailable extends Error {}

/** In a database. */
class Sql {
  /** `rows(statement, values)` gives rows once they are committed, as lists of values. */
  constructor(rows) {
    this.rows = rows;
  }

  /** Keeps the challenge of a session, in the place of an earlier one. */
  async putChallenge(session, record, ends) {
    await this.rows(
      `INSERT INTO challenges (session, record, ends) VALUES ($1, $2, $3)
       ON CONFLICT (session) DO UPDATE SET record = excluded.record, ends = excluded.ends`,
      [session, record, ends],
    );
  }

  /** Takes the challenge of a session: of any number who try, one gets it, and it is gone, whatever comes of the proof. */
  async takeChallenge(session) {
    const [row] = await this.rows('DELETE FROM challenges WHERE session = $1 RETURNING record', [session]);
    return row?.[0];
  }

  /** The certificate that a session logged in with. */
  async certificate(session, now) {
    const [row] = await this.rows('SELECT certificate FROM sessions WHERE id = $1 AND ends > $2', [session, now]);
    return row?.[0];
  }

  /** Begins the session of somebody who has logged in. */
  async begin(session, account, certificate, ends) {
    await this.rows('INSERT INTO sessions (id, account, certificate, ends) VALUES ($1, $2, $3, $4)', [
      session,
      account,
      certificate,
      ends,
    ]);
  }

  /** Ends a session, if it is one. */
  async end(session) {
    await this.rows('DELETE FROM sessions WHERE id = $1', [session]);
  }

  /** The account of an identity. */
  async account(identity) {
    const [row] = await this.rows('SELECT name, certificate FROM accounts WHERE identity = $1', [identity]);
    return row && { name: row[0], certificate: row[1] };
  }

  /** Binds a certificate to a new account, or in the place of an older one: the account's name, if no newer one is bound. */
  async bind(identity, name, certificate, since) {
    const [row] = await this.rows(
      `INSERT INTO accounts (identity, name, certificate, since) VALUES ($1, $2, $3, $4)
       ON CONFLICT (identity) DO UPDATE SET certificate = excluded.certificate, since = excluded.since
       WHERE accounts.since <= excluded.since RETURNING name`,
      [identity, name, certificate, since],
    );
    return row?.[0];
  }

  /** Forgets what has ended. By any clock: what is forgotten is refused. */
  async clean(now) {
    await this.rows('DELETE FROM challenges WHERE ends < $1', [now]);
    await this.rows('DELETE FROM sessions WHERE ends < $1', [now]);
  }
}

/** Milliseconds that a request waits for the store. */
const PATIENCE = 5_000;

async function postgres(url) {
  const { Pool } = (await import('pg')).default;
  const pool = new Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: PATIENCE,
    query_timeout: PATIENCE,
  });
  // Of connections that nobody uses: the next request makes another one.
  pool.on('error', error => console.error(`store: ${error.message}`));
  return async (text, values) => {
    try {
      // With the whole answer, since a row comes before the commit. What fails is not sent again: it may have been
      // done.
      return (await pool.query({ text, values, rowMode: 'array' })).rows;
    } catch (error) {
      console.error(`store: ${error.message}`);
      throw new Unavailable();
    }
  };
}

/** From Node 22.13 on, which has SQLite within. */
async function sqlite(file) {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA busy_timeout = 5000');
  database.exec(readFileSync(new URL('../schema/sqlite.sql', import.meta.url), 'utf8'));
  return async (text, values) => {
    try {
      const rows = database.prepare(text.replace(/\$\d/g, '?')).all(...values);
      return rows.map(row => Object.values(row));
    } catch (error) {
      console.error(`store: ${error.message}`);
      throw new Unavailable();
    }
  };
}

/** In this process: for one process, until it ends. Node runs each step to its end before the next. */
class Memory {
  challenges = new Map();
  sessions = new Map();
  accounts = new Map();

  async putChallenge(session, record, ends) {
    this.challenges.delete(session);
    push(this.challenges, session, { record, ends });
  }

  async takeChallenge(session) {
    const found = this.challenges.get(session);
    this.challenges.delete(session);
    return found?.record;
  }

  async certificate(session, now) {
    const found = this.sessions.get(session);
    return found && found.ends > now ? found.certificate : undefined;
  }

  async begin(session, account, certificate, ends) {
    push(this.sessions, session, { account, certificate, ends });
  }

  async end(session) {
    this.sessions.delete(session);
  }

  async account(identity) {
    return this.accounts.get(identity);
  }

  async bind(identity, name, certificate, since) {
    const bound = this.accounts.get(identity) ?? { name, since };
    if (bound.since > since) return undefined;
    push(this.accounts, identity, { name: bound.name, certificate, since });
    return bound.name;
  }

  async clean(now) {
    for (const map of [this.challenges, this.sessions])
      for (const [key, { ends }] of map) if (ends < now) map.delete(key);
  }
}

/** Keeps one more; beyond ten thousand the oldest goes, and is refused. */
function push(map, key, value) {
  map.set(key, value);
  if (map.size > 10_000) map.delete(map.keys().next().value);
}
