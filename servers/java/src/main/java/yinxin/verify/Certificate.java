package yinxin.verify;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * What a certificate says.
 *
 * @param holder the holder's name: common name, else organisation
 * @param kind {@code unit}, {@code person}, {@code expert}, or {@code unknown} where it does not say
 * @param creditCode unified social credit code
 * @param person what identifies the person
 * @param subject the whole subject (RFC 4514)
 * @param issuer the whole issuer (RFC 4514)
 * @param serial lower-case hex of the contents octets
 * @param notBefore start of validity
 * @param notAfter last moment of validity
 * @param sha256 of its DER, lower-case hex
 * @param json all facts, as the core gave them
 */
public record Certificate(
    String holder,
    String kind,
    Optional<String> creditCode,
    Optional<String> person,
    String subject,
    String issuer,
    String serial,
    Instant notBefore,
    Instant notAfter,
    String sha256,
    String json) {
  /**
   * Reads one: DER, PEM or Base64. Nothing is judged.
   *
   * @throws YinxinException {@code certificate-unreadable}
   */
  public static Certificate parse(byte[] bytes) {
    byte[] request = "{}".getBytes(StandardCharsets.UTF_8);
    return read(
        Native.tree(Native.call(null, "parseCertificate", request, Map.of("certificate", bytes))));
  }

  static Certificate read(JsonElement element) {
    JsonObject facts = element.getAsJsonObject();
    return new Certificate(
        facts.get("holder").getAsString(),
        facts.get("kind").getAsString(),
        Json.text(facts, "creditCode"),
        Json.text(facts, "person"),
        facts.get("subject").getAsString(),
        facts.get("issuer").getAsString(),
        facts.get("serial").getAsString(),
        Instant.parse(facts.get("notBefore").getAsString()),
        Instant.parse(facts.get("notAfter").getAsString()),
        facts.get("sha256").getAsString(),
        facts.toString());
  }

  static Optional<Certificate> in(JsonObject object) {
    return Json.optional(object, "certificate").map(Certificate::read);
  }

  /** Its DER. */
  public byte[] encoded() {
    return Base64.getDecoder().decode(Native.tree(json).get("certificate").getAsString());
  }
}
