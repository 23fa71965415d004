package yinxin.verify;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/**
 * What a single call accepts less of than the policy. Nothing here can widen it: what the policy does not list is refused as
 * {@code request-invalid}. Immutable; each method gives another one.
 */
public final class Narrowing {
  /** All that the policy accepts. */
  public static final Narrowing NONE = new Narrowing(new JsonObject());

  private final JsonObject options;

  private Narrowing(JsonObject options) {
    this.options = options;
  }

  /** The portal's own origin, where the policy lists several. Of logins only. */
  public Narrowing origin(String origin) {
    return with("origin", new JsonPrimitive(origin));
  }

  /** Judges as of another time than now, where the policy allows that ({@code allowAt}). */
  public Narrowing at(Instant time) {
    return with("at", new JsonPrimitive(time.toString()));
  }

  /** Only holders of these kinds: {@code unit}, {@code person}, {@code expert}, {@code unknown}. */
  public Narrowing holders(List<String> kinds) {
    return with("holders", list(kinds));
  }

  /** Only these issuing CAs of the policy's: their certificates, as PEM or Base64, or names. */
  public Narrowing issuers(List<String> issuers) {
    return with("issuers", list(issuers));
  }

  /** Only under these certificate policies (object identifiers). */
  public Narrowing policies(List<String> policies) {
    return with("policies", list(policies));
  }

  /** Refuses where revocation lists are missing, stale or unusable. */
  public Narrowing requireRevocationLists() {
    return with("crlPolicy", new JsonPrimitive("require"));
  }

  /** Certificates that may lie between, trusted for nothing: DER or PEM. */
  public Narrowing intermediates(List<byte[]> certificates) {
    return with("intermediates", list(certificates.stream().map(Narrowing::written).toList()));
  }

  JsonObject json() {
    return options.deepCopy();
  }

  private static String written(byte[] certificate) {
    boolean isText = certificate.length > 0 && certificate[0] == '-';
    return isText
        ? new String(certificate, StandardCharsets.UTF_8)
        : Base64.getEncoder().encodeToString(certificate);
  }

  private static JsonArray list(List<String> words) {
    JsonArray list = new JsonArray();
    words.forEach(list::add);
    return list;
  }

  private Narrowing with(String name, JsonElement value) {
    JsonObject more = options.deepCopy();
    more.add(name, value);
    return new Narrowing(more);
  }
}
