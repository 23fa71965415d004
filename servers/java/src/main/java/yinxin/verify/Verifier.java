package yinxin.verify;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * Judges by a portal's policy: whom it trusts, and what it accepts. One verifier serves all threads of a server.
 *
 * <p>What is wrong with something that can be read is a {@link Finding} of its verdict; what can't be read, and what the
 * policy does not let a call ask for, is a {@link YinxinException}. A policy with new revocation lists is loaded as another
 * verifier, and the old one closed.
 */
public final class Verifier implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Handle handle;
  private final Cleaner.Cleanable cleanable;

  private Verifier(Handle handle) {
    this.handle = handle;
    cleanable = CLEANER.register(this, handle::free);
  }

  /**
   * Loads a policy (JSON, as {@code policy.schema.json} describes it) with the files that it names.
   *
   * @throws YinxinException {@code policy-invalid} with the place, {@code file-failed}: nothing of it is used then
   */
  public static Verifier of(Path policy) {
    return new Verifier(new Handle(Native.openPolicy(policy)));
  }

  /**
   * Reads a policy whose certificates stand in it.
   *
   * @throws YinxinException {@code policy-invalid}, with the place
   */
  public static Verifier ofJson(String policy) {
    return new Verifier(new Handle(Native.parsePolicy(policy)));
  }

  // ── Logins ──────────────────────────────────────────────────────────────────────────────────

  /**
   * Issues a challenge for a browser's session. The portal keeps it until it is used, and hands
   * {@link Challenge#challenge()} to the page.
   *
   * @param session the browser's session at the portal, of a visitor who has not logged in yet
   */
  public Challenge newLoginChallenge(String session) {
    return newLoginChallenge(session, Purpose.LOGIN, Narrowing.NONE);
  }

  /** The same, for a purpose, and by less than the policy says. */
  public Challenge newLoginChallenge(String session, Purpose purpose, Narrowing narrowing) {
    JsonObject request = narrowing.json();
    request.addProperty("session", session);
    request.addProperty("purpose", purpose.word());
    return Challenge.ofJson(call("newLoginChallenge", request, Map.of()));
  }

  /**
   * Judges the proof of a login. Whatever a visitor sends for one gives a verdict.
   *
   * <p>Before a session is made, the portal marks {@link LoginVerdict#challengeId()} as used, atomically, and stops where it
   * was; and the browser gets a new session.
   *
   * @param proof what the page library gave the page: its JSON, as it arrived
   * @param challenge as the portal kept it
   * @param session the session of the browser that hands the proof in
   */
  public LoginVerdict verifyLogin(byte[] proof, Challenge challenge, String session) {
    return verifyLogin(proof, challenge, session, Purpose.LOGIN, Narrowing.NONE);
  }

  /** The same, for a purpose, and by less than the policy accepts. */
  public LoginVerdict verifyLogin(
      byte[] proof, Challenge challenge, String session, Purpose purpose, Narrowing narrowing) {
    JsonObject request = narrowing.json();
    request.add("challenge", challenge.tree());
    request.addProperty("session", session);
    request.addProperty("purpose", purpose.word());
    return LoginVerdict.read(call("verifyLogin", request, Map.of("proof", proof)));
  }

  // ── Signatures ──────────────────────────────────────────────────────────────────────────────

  /** Judges a CMS (SignedData) with its content inside. */
  public CmsVerdict verifyCms(byte[] cms) {
    return cms(Map.of("cms", cms), Narrowing.NONE);
  }

  /** Judges a CMS beside its content. */
  public CmsVerdict verifyCms(byte[] cms, byte[] content) {
    return verifyCms(cms, content, Narrowing.NONE);
  }

  /** The same, by less than the policy accepts. */
  public CmsVerdict verifyCms(byte[] cms, byte[] content, Narrowing narrowing) {
    return cms(Map.of("cms", cms, "content", content), narrowing);
  }

  /** Judges a CMS beside its content, a file of any size, which is never held. */
  public CmsVerdict verifyCms(byte[] cms, Path content) {
    return verifyCms(cms, content, Narrowing.NONE);
  }

  /** The same, by less than the policy accepts. */
  public CmsVerdict verifyCms(byte[] cms, Path content, Narrowing narrowing) {
    return cms(Map.of("cms", cms, "content", content), narrowing);
  }

  /**
   * Judges a CMS beside its content, which is hashed as it comes and never held. The stream is read to its end, and not
   * closed.
   *
   * @throws IOException of the stream
   */
  public CmsVerdict verifyCms(byte[] cms, InputStream content, Narrowing narrowing)
      throws IOException {
    JsonObject request = narrowing.json();
    request.add("content", Native.hashed(content));
    return CmsVerdict.read(call("verifyCms", request, Map.of("cms", cms)));
  }

  private CmsVerdict cms(Map<String, Object> parts, Narrowing narrowing) {
    return CmsVerdict.read(call("verifyCms", narrowing.json(), parts));
  }

  /** Judges a certificate by its path to an anchor. */
  public CertificateVerdict verifyCertificate(byte[] certificate) {
    return verifyCertificate(certificate, Narrowing.NONE);
  }

  /** The same, by less than the policy accepts. */
  public CertificateVerdict verifyCertificate(byte[] certificate, Narrowing narrowing) {
    return CertificateVerdict.read(
        call("verifyCertificate", narrowing.json(), Map.of("certificate", certificate)));
  }

  // ── Seals and documents ─────────────────────────────────────────────────────────────────────

  /** Judges an electronic seal (GM/T 0031, GB/T 38540). Only one of a maker that the policy lists is valid. */
  public SealVerdict verifySeal(byte[] seal) {
    return verifySeal(seal, Narrowing.NONE);
  }

  /** The same, by less than the policy accepts. */
  public SealVerdict verifySeal(byte[] seal, Narrowing narrowing) {
    return SealVerdict.read(call("verifySeal", narrowing.json(), Map.of("seal", seal)));
  }

  /** Judges a seal that was set on a content ({@code SES_Signature}). */
  public SealVerdict verifySealSignature(byte[] signature, byte[] content) {
    return verifySealSignature(signature, content, Narrowing.NONE);
  }

  /** The same, by less than the policy accepts. */
  public SealVerdict verifySealSignature(byte[] signature, byte[] content, Narrowing narrowing) {
    return SealVerdict.read(
        call(
            "verifySealSignature",
            narrowing.json(),
            Map.of("signature", signature, "content", content)));
  }

  /** Judges a signed OFD (GB/T 33190), which is read where it lies. Nobody may change the file meanwhile. */
  public DocumentVerdict verifyOfd(Path file) {
    return document("verifyOfd", file, Narrowing.NONE);
  }

  /** The same, of one that is held. */
  public DocumentVerdict verifyOfd(byte[] file) {
    return document("verifyOfd", file, Narrowing.NONE);
  }

  /** The same, by less than the policy accepts. */
  public DocumentVerdict verifyOfd(Path file, Narrowing narrowing) {
    return document("verifyOfd", file, narrowing);
  }

  /** Judges a signed PDF (ISO 32000), which is read where it lies. Nobody may change the file meanwhile. */
  public DocumentVerdict verifyPdf(Path file) {
    return document("verifyPdf", file, Narrowing.NONE);
  }

  /** The same, of one that is held. */
  public DocumentVerdict verifyPdf(byte[] file) {
    return document("verifyPdf", file, Narrowing.NONE);
  }

  /** The same, by less than the policy accepts. */
  public DocumentVerdict verifyPdf(Path file, Narrowing narrowing) {
    return document("verifyPdf", file, narrowing);
  }

  private DocumentVerdict document(String function, Object file, Narrowing narrowing) {
    return DocumentVerdict.read(call(function, narrowing.json(), Map.of("file", file)));
  }

  // ── Whatever else there is ──────────────────────────────────────────────────────────────────

  /**
   * Calls a function of the core by its name, with a request as JSON: for what this class has no method.
   *
   * @param parts what lies beside the request, by its field: {@code byte[]}, or a {@link Path}
   * @return the answer as JSON
   */
  public String call(String function, String request, Map<String, ?> parts) {
    return handle.use(
        policy -> Native.call(policy, function, request.getBytes(StandardCharsets.UTF_8), parts));
  }

  private String call(String function, JsonObject request, Map<String, ?> parts) {
    return call(function, request.toString(), parts);
  }

  /** The version of the library below. */
  public static String version() {
    return Native.version();
  }

  /** Message of an error or a finding: Chinese for Chinese, English otherwise. */
  static Text text(String code, JsonObject params, Locale locale) {
    JsonObject request = new JsonObject();
    request.addProperty("code", code);
    request.add("params", params);
    request.addProperty("locale", locale.getLanguage().equals("zh") ? "zh-CN" : "en");
    byte[] json = request.toString().getBytes(StandardCharsets.UTF_8);
    return Text.read(Native.call(null, "text", json, Map.of()));
  }

  /** Gives the policy back, after the calls that use it. Calls afterwards are refused. */
  @Override
  public void close() {
    cleanable.clean();
  }

  /** The policy of the library below, which must not be given back while a call uses it. */
  private static final class Handle {
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private com.sun.jna.Pointer policy;

    Handle(com.sun.jna.Pointer policy) {
      this.policy = policy;
    }

    <T> T use(Function<com.sun.jna.Pointer, T> with) {
      lock.readLock().lock();
      try {
        if (policy == null) throw new IllegalStateException("the verifier is closed");
        return with.apply(policy);
      } finally {
        lock.readLock().unlock();
      }
    }

    void free() {
      lock.writeLock().lock();
      try {
        if (policy != null) Native.freePolicy(policy);
        policy = null;
      } finally {
        lock.writeLock().unlock();
      }
    }
  }
}
