//! What the portal remembers: challenges, sessions, accounts. In memory, in a file of SQLite, or in PostgreSQL, by
//! the same statements, each of which decides alone.

use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::{AnyPool, Row};
use std::time::Duration;

/// Seconds that a request waits for the store.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections of one process.
const CONNECTIONS: u32 = 8;

/// The store does not answer: nothing counts then.
#[derive(Debug)]
pub struct Unavailable;

/// An account, as it is bound.
pub struct Account {
    /// How the portal calls its holder.
    pub name: String,
    /// SHA-256 of the bound certificate.
    pub certificate: String,
}

/// All of it. Sessions are named by their hashes.
pub struct Store {
    pool: AnyPool,
}

impl Store {
    /// Opens `memory:`, `sqlite:FILE` or `postgres://…`. PostgreSQL may start later than the portal.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        sqlx::any::install_default_drivers();
        let is_sqlite = !url.starts_with("postgres:");
        let pool = AnyPoolOptions::new()
            // One writer; and in memory, one database for each connection.
            .max_connections(if is_sqlite { 1 } else { CONNECTIONS })
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(PATIENCE)
            .connect_lazy(&match url {
                "memory:" => "sqlite::memory:".into(),
                _ if is_sqlite => format!("{url}?mode=rwc"),
                _ => url.to_owned(),
            })?;
        if is_sqlite {
            let schema = include_str!("../../schema/sqlite.sql");
            sqlx::raw_sql(schema).execute(&pool).await?;
        }
        Ok(Self { pool })
    }

    /// Keeps the challenge of a session, in the place of an earlier one.
    pub async fn put_challenge(
        &self,
        session: &str,
        record: &str,
        ends: i64,
    ) -> Result<(), Unavailable> {
        let query = sqlx::query(
            "INSERT INTO challenges (session, record, ends) VALUES ($1, $2, $3)
             ON CONFLICT (session) DO UPDATE SET record = excluded.record, ends = excluded.ends",
        );
        let query = query.bind(session).bind(record).bind(ends);
        self.answered(query.fetch_all(&self.pool)).await.map(drop)
    }

    /// Takes the challenge of a session: of any number who try, one gets it. It is gone afterwards, whatever comes of
    /// the proof.
    pub async fn take_challenge(&self, session: &str) -> Result<Option<String>, Unavailable> {
        let query = sqlx::query("DELETE FROM challenges WHERE session = $1 RETURNING record");
        let row = self.row(query.bind(session).fetch_all(&self.pool)).await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// The certificate that a session logged in with.
    pub async fn certificate(
        &self,
        session: &str,
        now: i64,
    ) -> Result<Option<String>, Unavailable> {
        let query = sqlx::query("SELECT certificate FROM sessions WHERE id = $1 AND ends > $2");
        let query = query.bind(session).bind(now);
        let row = self.row(query.fetch_all(&self.pool)).await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// Begins the session of somebody who has logged in.
    pub async fn begin(
        &self,
        session: &str,
        account: &str,
        certificate: &str,
        ends: i64,
    ) -> Result<(), Unavailable> {
        let query = sqlx::query(
            "INSERT INTO sessions (id, account, certificate, ends) VALUES ($1, $2, $3, $4)",
        );
        let query = query.bind(session).bind(account).bind(certificate);
        let query = query.bind(ends).fetch_all(&self.pool);
        self.answered(query).await.map(drop)
    }

    /// Ends a session, if it is one.
    pub async fn end(&self, session: &str) -> Result<(), Unavailable> {
        let query = sqlx::query("DELETE FROM sessions WHERE id = $1").bind(session);
        self.answered(query.fetch_all(&self.pool)).await.map(drop)
    }

    /// The account of an identity.
    pub async fn account(&self, identity: &str) -> Result<Option<Account>, Unavailable> {
        let query = sqlx::query("SELECT name, certificate FROM accounts WHERE identity = $1");
        let row = self.row(query.bind(identity).fetch_all(&self.pool)).await?;
        Ok(row.map(|row| Account {
            name: row.get(0),
            certificate: row.get(1),
        }))
    }

    /// Binds a certificate, to a new account or in the place of an older one; the account's name. `None`, if a newer
    /// one is bound.
    pub async fn bind(
        &self,
        identity: &str,
        name: &str,
        certificate: &str,
        since: i64,
    ) -> Result<Option<String>, Unavailable> {
        let query = sqlx::query(
            "INSERT INTO accounts (identity, name, certificate, since) VALUES ($1, $2, $3, $4)
             ON CONFLICT (identity) DO UPDATE SET certificate = excluded.certificate, since = excluded.since
             WHERE accounts.since <= excluded.since RETURNING name",
        );
        let query = query.bind(identity).bind(name).bind(certificate);
        let row = self.row(query.bind(since).fetch_all(&self.pool)).await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// Forgets what has ended. By any clock: what is forgotten is refused.
    pub async fn clean(&self, now: i64) -> Result<(), Unavailable> {
        for statement in [
            "DELETE FROM challenges WHERE ends < $1",
            "DELETE FROM sessions WHERE ends < $1",
        ] {
            let query = sqlx::query(statement).bind(now);
            self.answered(query.fetch_all(&self.pool)).await?;
        }
        Ok(())
    }

    /// The one row, if there is one.
    async fn row(
        &self,
        asked: impl Future<Output = Result<Vec<AnyRow>, sqlx::Error>>,
    ) -> Result<Option<AnyRow>, Unavailable> {
        self.answered(asked).await.map(|mut rows| rows.pop())
    }

    /// Waits for the whole answer: a row comes before the commit. What fails or is late is not sent again, since it
    /// may have been done.
    async fn answered<T>(
        &self,
        asked: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, Unavailable> {
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => eprintln!("store: {error}"),
            Err(_) => eprintln!("store: no answer"),
        }
        Err(Unavailable)
    }
}
