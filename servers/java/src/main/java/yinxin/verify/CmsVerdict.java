package yinxin.verify;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * Of a CMS.
 *
 * @param judgement what every verdict says
 * @param signers in the order of the signatures
 */
public record CmsVerdict(Judgement judgement, List<Signer> signers) implements Verdict {
  /**
   * Somebody who signed.
   *
   * @param valid nothing fatal was found about this signer
   * @param certificate absent where it is missing or can't be read
   * @param claimedTime claimed by the signer, ISO 8601; proves nothing
   */
  public record Signer(
      boolean valid, Optional<Certificate> certificate, Optional<String> claimedTime) {
    static Signer read(JsonObject signer) {
      return new Signer(
          signer.get("valid").getAsBoolean(),
          Certificate.in(signer),
          Json.text(signer, "claimedTime"));
    }
  }

  static CmsVerdict read(String json) {
    JsonObject verdict = Native.tree(json);
    return new CmsVerdict(
        Judgement.read(verdict, json),
        Json.list(verdict, "signers", one -> Signer.read(one.getAsJsonObject())));
  }
}
