package yinxin.portal;

import com.google.gson.JsonArray;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import yinxin.verify.Certificate;
import yinxin.verify.Challenge;
import yinxin.verify.CmsVerdict;
import yinxin.verify.LoginVerdict;
import yinxin.verify.Narrowing;
import yinxin.verify.Purpose;
import yinxin.verify.Verdict;
import yinxin.verify.Verifier;

/**
 * A reference portal: logs users in by certificate, binds certificates to accounts, takes signatures. Its processes
 * keep nothing, so that any number of them serve one origin where they share a store. Settings are variables of the
 * environment: PORT, ORIGIN, POLICY, STORE and PUBLIC, as the README above this folder has them.
 */
final class Portal {
  /** What is to be signed: the portal's own copy. */
  static final byte[] TENDER = "我单位承诺：按招标文件的要求履行合同。\n".getBytes(StandardCharsets.UTF_8);

  /** Seconds after which a user logs in again. */
  private static final long SESSION = 8 * 3600;

  /** Seconds for which the record of a challenge outlives it, so that a late proof is told what it is. */
  private static final long GRACE = 600;

  private final Verifier verifier;
  private final Narrowing own;
  private final Store store;

  private Portal(Verifier verifier, String origin, Store store) {
    this.verifier = verifier;
    this.own = Narrowing.NONE.origin(origin);
    this.store = store;
  }

  /** Starts it. */
  public static void main(String[] arguments) throws Exception {
    Map<String, String> settings = System.getenv();
    Verifier verifier = Verifier.of(Path.of(settings.get("POLICY")));
    String origin = settings.get("ORIGIN");
    Store store = Store.open(settings.getOrDefault("STORE", "memory:"));
    Portal portal = new Portal(verifier, origin, store);
    // That the policy lists the origin.
    verifier.newLoginChallenge("none", Purpose.LOGIN, portal.own);
    Http http = new Http(origin, verifier, Path.of(settings.getOrDefault("PUBLIC", "public")));
    http.route("/api/challenge", portal::challenge);
    http.route("/api/login", portal::login);
    http.route("/api/bind", portal::bind);
    http.route("/api/signature", portal::signature);
    // What is not forgotten now is forgotten later.
    Runnable clean =
        () -> {
          try {
            store.clean(Instant.now().getEpochSecond());
          } catch (Store.Unavailable unavailable) {
            System.err.println("store: " + unavailable.getMessage());
          }
        };
    Executors.newSingleThreadScheduledExecutor().scheduleAtFixedRate(clean, 0, 1, TimeUnit.MINUTES);
    System.out.println(http.start(Integer.parseInt(settings.getOrDefault("PORT", "8080"))));
  }

  private Http.Reply challenge(Http.Asked asked) throws Store.Unavailable {
    boolean isToBind = asked.text("purpose").equals(Optional.of("bind"));
    Purpose purpose = isToBind ? Purpose.BIND : Purpose.LOGIN;
    Challenge record = verifier.newLoginChallenge(asked.session(), purpose, own);
    long ends = Instant.parse(record.expiresAt()).getEpochSecond() + GRACE;
    store.putChallenge(hash(asked.session()), record.json(), ends);
    return Http.reply(asked.session(), "challenge", record.challenge());
  }

  private Http.Reply login(Http.Asked asked) throws Store.Unavailable {
    LoginVerdict verdict = proven(asked, Purpose.LOGIN);
    String identity = identity(verdict.binding().orElseThrow());
    Store.Account account =
        store.account(identity).orElseThrow(() -> new Http.Refusal("not-bound"));
    // A renewed certificate is bound anew, by its user's own act.
    if (!verdict.certificate().orElseThrow().sha256().equals(account.certificate()))
      throw new Http.Refusal("certificate-renewed");
    return enter(asked, identity, account.name(), account.certificate());
  }

  /** The first time, and after a renewal: here whoever comes gets an account; yours come from your registration. */
  private Http.Reply bind(Http.Asked asked) throws Store.Unavailable {
    LoginVerdict verdict = proven(asked, Purpose.BIND);
    String identity = identity(verdict.binding().orElseThrow());
    Certificate certificate = verdict.certificate().orElseThrow();
    String name = Http.text(certificate.json(), "organization").orElse(certificate.holder());
    long since = certificate.notBefore().getEpochSecond();
    String bound =
        store
            .bind(identity, name, certificate.sha256(), since)
            .orElseThrow(() -> new Http.Refusal("certificate-superseded"));
    return enter(asked, identity, bound, certificate.sha256());
  }

  private Http.Reply signature(Http.Asked asked) throws Store.Unavailable {
    String certificate =
        store
            .certificate(hash(asked.session()), Instant.now().getEpochSecond())
            .orElseThrow(() -> new Http.Refusal("not-logged-in"));
    byte[] cms = asked.text("cms").map(Portal::decoded).orElse(new byte[0]);
    if (cms.length == 0) throw new Http.Refusal("request-malformed");
    // Over the portal's own copy of the document, never one that comes back.
    CmsVerdict verdict = valid(verifier.verifyCms(cms, TENDER));
    // A valid signature of somebody else is valid, too.
    List<String> signers =
        verdict.signers().stream()
            .map(one -> one.certificate().map(Certificate::sha256).orElse(""))
            .toList();
    if (!signers.equals(List.of(certificate))) throw new Http.Refusal("signer-other");
    return Http.reply(asked.session(), "signed", true);
  }

  /** A certificate whose possession was proven to this portal, in this session, for this purpose, just now. */
  private LoginVerdict proven(Http.Asked asked, Purpose purpose) throws Store.Unavailable {
    // First of all, and by one statement: a proof counts once, whatever comes of it.
    Optional<String> record = store.takeChallenge(hash(asked.session()));
    Challenge challenge =
        Challenge.ofJson(record.orElseThrow(() -> new Http.Refusal("challenge-used")));
    byte[] proof = asked.json("proof").getBytes(StandardCharsets.UTF_8);
    return valid(verifier.verifyLogin(proof, challenge, asked.session(), purpose, own));
  }

  /** Logs in: with a new session, since the old one's id may be known to somebody. */
  private Http.Reply enter(Http.Asked asked, String account, String name, String certificate)
      throws Store.Unavailable {
    String session = Http.newSession();
    store.end(hash(asked.session()));
    long ends = Instant.now().getEpochSecond() + SESSION;
    store.begin(hash(session), account, certificate, ends);
    return Http.reply(session, "name", name);
  }

  /** A valid verdict, or its gravest finding. */
  private static <V extends Verdict> V valid(V verdict) {
    if (!verdict.valid()) throw new Http.Refusal(verdict.findings().get(0));
    return verdict;
  }

  /** Whom a certificate stands for: issuer, subject and person together, never a name or a credit code alone. */
  private static String identity(LoginVerdict.Binding binding) {
    JsonArray all = new JsonArray();
    all.add(binding.issuer());
    all.add(binding.subject());
    all.add(binding.person().orElse(null));
    return hash(all.toString());
  }

  private static String hash(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException error) {
      throw new IllegalStateException(error);
    }
  }

  /** Nothing, if it is no Base64: with its padding, which the decoder does not ask for. */
  private static byte[] decoded(String base64) {
    try {
      return base64.length() % 4 == 0 ? Base64.getDecoder().decode(base64) : new byte[0];
    } catch (IllegalArgumentException error) {
      return new byte[0];
    }
  }
}
