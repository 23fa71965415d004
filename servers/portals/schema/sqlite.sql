-- The same for SQLite 3.35 or newer: run by the portal when it starts. With write-ahead logging and full
-- synchronisation, what was deleted stays deleted, whatever happens to the machine. A gigabyte is the limit, beyond
-- which logins are refused until rows have ended.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA max_page_count = 262144;

CREATE TABLE IF NOT EXISTS challenges (session TEXT PRIMARY KEY, record TEXT NOT NULL, ends INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS challenges_ends ON challenges (ends);
CREATE TABLE IF NOT EXISTS sessions (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, certificate TEXT NOT NULL, ends INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS sessions_ends ON sessions (ends);
CREATE TABLE IF NOT EXISTS accounts (
  identity TEXT PRIMARY KEY, name TEXT NOT NULL, certificate TEXT NOT NULL, since INTEGER NOT NULL
);
