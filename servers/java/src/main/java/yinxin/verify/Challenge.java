package yinxin.verify;

import com.google.gson.JsonObject;

/**
 * A login challenge, as the portal keeps it until it is used or ends.
 *
 * @param id what marks it as used
 * @param challenge for the page
 * @param origin the portal's own origin
 * @param purpose what it was issued for: {@code login} or {@code bind}
 * @param session SHA-256 of the browser's session at the portal, lower-case hex
 * @param issuedAt ISO 8601
 * @param expiresAt ISO 8601
 */
public record Challenge(
    String id,
    String challenge,
    String origin,
    String purpose,
    String session,
    String issuedAt,
    String expiresAt) {
  /** Reads what {@link #json()} wrote. */
  public static Challenge ofJson(String json) {
    JsonObject record = Native.tree(json);
    return new Challenge(
        record.get("id").getAsString(),
        record.get("challenge").getAsString(),
        record.get("origin").getAsString(),
        record.get("purpose").getAsString(),
        record.get("session").getAsString(),
        record.get("issuedAt").getAsString(),
        record.get("expiresAt").getAsString());
  }

  /** As JSON, to be kept. */
  public String json() {
    return tree().toString();
  }

  JsonObject tree() {
    JsonObject record = new JsonObject();
    record.addProperty("id", id);
    record.addProperty("challenge", challenge);
    record.addProperty("origin", origin);
    record.addProperty("purpose", purpose);
    record.addProperty("session", session);
    record.addProperty("issuedAt", issuedAt);
    record.addProperty("expiresAt", expiresAt);
    return record;
  }
}
