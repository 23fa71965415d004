package yinxin.portal;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * What the portal remembers: challenges, sessions, accounts. In memory, in a file of SQLite, or in PostgreSQL, the
 * last two by the same statements, each of which decides alone. Sessions are named by their hashes; times are seconds
 * since 1970.
 */
interface Store {
  /** Opens {@code memory:}, {@code sqlite:FILE} or {@code postgres://…}. PostgreSQL may start later than the portal. */
  static Store open(String url) throws Unavailable {
    if (url.equals("memory:")) return new Memory();
    if (url.startsWith("sqlite:")) return Sql.sqlite(url);
    if (url.startsWith("postgres:")) return Sql.postgres(URI.create(url));
    throw new IllegalArgumentException("STORE: neither memory:, sqlite: nor postgres:");
  }

  /** The store does not answer: nothing counts then. */
  final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    Unavailable(Exception cause) {
      super(cause);
    }
  }

  /** An account, as it is bound: by SHA-256 of the certificate. */
  record Account(String name, String certificate) {}

  /** Keeps the challenge of a session, in the place of an earlier one. */
  void putChallenge(String session, String record, long ends) throws Unavailable;

  /**
   * Takes the challenge of a session: of any number who try, one gets it. It is gone afterwards, whatever comes of
   * the proof.
   */
  Optional<String> takeChallenge(String session) throws Unavailable;

  /** The certificate that a session logged in with. */
  Optional<String> certificate(String session, long now) throws Unavailable;

  /** Begins the session of somebody who has logged in. */
  void begin(String session, String account, String certificate, long ends) throws Unavailable;

  /** Ends a session, if it is one. */
  void end(String session) throws Unavailable;

  /** The account of an identity. */
  Optional<Account> account(String identity) throws Unavailable;

  /**
   * Binds a certificate, to a new account or in the place of an older one; the account's name. None, if a newer one
   * is bound.
   */
  Optional<String> bind(String identity, String name, String certificate, long since)
      throws Unavailable;

  /** Forgets what has ended. By any clock: what is forgotten is refused. */
  void clean(long now) throws Unavailable;

  /** In a database, with a connection for each thread. */
  final class Sql implements Store {
    private final String url;
    private final Properties settings;
    private final ThreadLocal<Connection> connection = new ThreadLocal<>();

    private Sql(String url, Properties settings) {
      this.url = url;
      this.settings = settings;
    }

    static Sql postgres(URI uri) {
      Properties settings = new Properties();
      String[] user = Optional.ofNullable(uri.getUserInfo()).orElse("").split(":", 2);
      settings.setProperty("user", user[0]);
      if (user.length > 1) settings.setProperty("password", user[1]);
      // Seconds that a request waits for the store.
      for (String patience : List.of("connectTimeout", "loginTimeout", "socketTimeout"))
        settings.setProperty(patience, "5");
      String query = uri.getQuery() == null ? "" : "?" + uri.getQuery();
      String host = uri.getAuthority().replaceFirst("^.*@", "");
      return new Sql("jdbc:postgresql://" + host + uri.getPath() + query, settings);
    }

    static Sql sqlite(String url) throws Unavailable {
      Properties settings = new Properties();
      // As the schema has it, for each connection.
      settings.putAll(
          Map.of("busy_timeout", "5000", "synchronous", "FULL", "max_page_count", "262144"));
      Sql store = new Sql("jdbc:" + url, settings);
      try (InputStream schema = Store.class.getResourceAsStream("/schema/sqlite.sql");
          Statement statement = store.connected().createStatement()) {
        String text = new String(schema.readAllBytes(), StandardCharsets.UTF_8);
        for (String one : text.replaceAll("(?m)^--.*$", "").split(";"))
          if (!one.isBlank()) statement.execute(one);
      } catch (IOException | SQLException error) {
        throw new Unavailable(error);
      }
      return store;
    }

    @Override
    public void putChallenge(String session, String record, long ends) throws Unavailable {
      row(
          """
          INSERT INTO challenges (session, record, ends) VALUES (?, ?, ?)
          ON CONFLICT (session) DO UPDATE SET record = excluded.record, ends = excluded.ends""",
          session,
          record,
          ends);
    }

    @Override
    public Optional<String> takeChallenge(String session) throws Unavailable {
      return row("DELETE FROM challenges WHERE session = ? RETURNING record", session)
          .map(row -> row.get(0));
    }

    @Override
    public Optional<String> certificate(String session, long now) throws Unavailable {
      return row("SELECT certificate FROM sessions WHERE id = ? AND ends > ?", session, now)
          .map(row -> row.get(0));
    }

    @Override
    public void begin(String session, String account, String certificate, long ends)
        throws Unavailable {
      row(
          "INSERT INTO sessions (id, account, certificate, ends) VALUES (?, ?, ?, ?)",
          session,
          account,
          certificate,
          ends);
    }

    @Override
    public void end(String session) throws Unavailable {
      row("DELETE FROM sessions WHERE id = ?", session);
    }

    @Override
    public Optional<Account> account(String identity) throws Unavailable {
      return row("SELECT name, certificate FROM accounts WHERE identity = ?", identity)
          .map(row -> new Account(row.get(0), row.get(1)));
    }

    @Override
    public Optional<String> bind(String identity, String name, String certificate, long since)
        throws Unavailable {
      return row(
              """
              INSERT INTO accounts (identity, name, certificate, since) VALUES (?, ?, ?, ?)
              ON CONFLICT (identity) DO UPDATE SET certificate = excluded.certificate, since = excluded.since
              WHERE accounts.since <= excluded.since RETURNING name""",
              identity,
              name,
              certificate,
              since)
          .map(row -> row.get(0));
    }

    @Override
    public void clean(long now) throws Unavailable {
      row("DELETE FROM challenges WHERE ends < ?", now);
      row("DELETE FROM sessions WHERE ends < ?", now);
    }

    /**
     * The first row that a statement gives, once all of it is done: a row comes before the commit. What fails is not
     * sent again, since it may have been done.
     */
    private Optional<List<String>> row(String sql, Object... values) throws Unavailable {
      try (PreparedStatement statement = connected().prepareStatement(sql)) {
        for (int at = 0; at < values.length; at++) statement.setObject(at + 1, values[at]);
        if (!statement.execute()) return Optional.empty();
        try (ResultSet rows = statement.getResultSet()) {
          List<String> first = null;
          while (rows.next()) {
            if (first != null) continue;
            first = new ArrayList<>();
            for (int at = 1; at <= rows.getMetaData().getColumnCount(); at++)
              first.add(rows.getString(at));
          }
          return Optional.ofNullable(first);
        }
      } catch (SQLException error) {
        throw new Unavailable(error);
      }
    }

    /** The connection of this thread; another one, where the last was lost. */
    private Connection connected() throws SQLException {
      Connection last = connection.get();
      if (last != null && last.isValid(5)) return last;
      connection.remove();
      if (last != null) last.close();
      connection.set(DriverManager.getConnection(url, settings));
      return connection.get();
    }
  }

  /** In this process: for one process, until it ends. */
  final class Memory implements Store {
    private record Challenge(String record, long ends) {}

    private record Session(String certificate, long ends) {}

    private record Bound(Account account, long since) {}

    private final Map<String, Challenge> challenges = bounded();
    private final Map<String, Session> sessions = bounded();
    private final Map<String, Bound> accounts = bounded();

    /** Beyond ten thousand the oldest goes, and is refused. */
    private static <V> Map<String, V> bounded() {
      return new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
          return size() > 10_000;
        }
      };
    }

    @Override
    public synchronized void putChallenge(String session, String record, long ends) {
      challenges.remove(session);
      challenges.put(session, new Challenge(record, ends));
    }

    @Override
    public synchronized Optional<String> takeChallenge(String session) {
      return Optional.ofNullable(challenges.remove(session)).map(Challenge::record);
    }

    @Override
    public synchronized Optional<String> certificate(String session, long now) {
      return Optional.ofNullable(sessions.get(session))
          .filter(one -> one.ends() > now)
          .map(Session::certificate);
    }

    @Override
    public synchronized void begin(String session, String account, String certificate, long ends) {
      sessions.put(session, new Session(certificate, ends));
    }

    @Override
    public synchronized void end(String session) {
      sessions.remove(session);
    }

    @Override
    public synchronized Optional<Account> account(String identity) {
      return Optional.ofNullable(accounts.get(identity)).map(Bound::account);
    }

    @Override
    public synchronized Optional<String> bind(
        String identity, String name, String certificate, long since) {
      Bound bound = accounts.get(identity);
      if (bound != null && bound.since() > since) return Optional.empty();
      String kept = bound == null ? name : bound.account().name();
      accounts.put(identity, new Bound(new Account(kept, certificate), since));
      return Optional.of(kept);
    }

    @Override
    public synchronized void clean(long now) {
      challenges.values().removeIf(one -> one.ends() < now);
      sessions.values().removeIf(one -> one.ends() < now);
    }
  }
}
