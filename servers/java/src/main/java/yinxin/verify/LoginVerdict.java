package yinxin.verify;

import com.google.gson.JsonObject;
import java.util.Optional;

/**
 * Of a login.
 *
 * @param judgement what every verdict says
 * @param challengeId to be inserted as used, atomically, before a session is made
 * @param certificate whose it is, where that can be told; of an invalid login it means nothing
 * @param binding what an account binds
 */
public record LoginVerdict(
    Judgement judgement,
    String challengeId,
    Optional<Certificate> certificate,
    Optional<Binding> binding)
    implements Verdict {
  /**
   * What an account binds: all of it, never a name or a credit code alone, which several persons of a unit share.
   *
   * @param issuer the issuer's whole name (RFC 4514)
   * @param subject the subject's whole name (RFC 4514)
   * @param person what identifies the person, where the certificate says so
   */
  public record Binding(String issuer, String subject, Optional<String> person) {}

  static LoginVerdict read(String json) {
    JsonObject verdict = Native.tree(json);
    return new LoginVerdict(
        Judgement.read(verdict, json),
        verdict.get("challengeId").getAsString(),
        Certificate.in(verdict),
        Json.optional(verdict, "binding").map(one -> binding(one.getAsJsonObject())));
  }

  private static Binding binding(JsonObject binding) {
    return new Binding(
        binding.get("issuer").getAsString(),
        binding.get("subject").getAsString(),
        Json.text(binding, "person"));
  }
}
