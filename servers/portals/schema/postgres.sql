-- What a portal remembers, for PostgreSQL 12 or newer: run once by the owner of the database, not by the portal.

-- One row for each visitor who was given a challenge: the hash of his session, and the core's record. Whoever deletes
-- the row may judge its proof, and nobody else. Not logged: after a crash, and on a standby that takes over, the
-- table is empty, and what is forgotten is refused. A logged one could come back with a challenge that was taken
-- already.
CREATE UNLOGGED TABLE challenges (
  session text PRIMARY KEY,
  record text NOT NULL,
  ends bigint NOT NULL
);
CREATE INDEX challenges_ends ON challenges (ends);

-- Of those who are logged in: the hash of the session's id, so that a copy of the table lets nobody in.
CREATE TABLE sessions (
  id text PRIMARY KEY,
  account text NOT NULL,
  certificate text NOT NULL,
  ends bigint NOT NULL
);
CREATE INDEX sessions_ends ON sessions (ends);

-- By the hash of issuer, subject and person together. `since` is the beginning of the bound certificate; times are
-- seconds since 1970.
CREATE TABLE accounts (
  identity text PRIMARY KEY,
  name text NOT NULL,
  certificate text NOT NULL,
  since bigint NOT NULL
);
