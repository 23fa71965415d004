package yinxin.verify;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Of a signed document: OFD or PDF. One without a signature is not valid.
 *
 * @param judgement what every verdict says
 * @param signatures in their order
 */
public record DocumentVerdict(Judgement judgement, List<Signature> signatures) implements Verdict {
  /**
   * A signature of a document.
   *
   * @param valid nothing fatal was found about it
   * @param outcome what the findings about it come to
   * @param seal the seal's name, where it is one
   * @param signers certificates of those who signed
   */
  public record Signature(
      boolean valid, Outcome outcome, Optional<String> seal, List<Certificate> signers) {
    static Signature read(JsonElement element) {
      JsonObject signature = element.getAsJsonObject();
      List<Certificate> signers = new ArrayList<>();
      // An OFD's signature may have several signers; a PDF's has its signer's certificate.
      Certificate.in(signature).ifPresent(signers::add);
      JsonArray listed = signature.getAsJsonArray("signers");
      if (listed != null)
        listed.forEach(one -> Certificate.in(one.getAsJsonObject()).ifPresent(signers::add));
      return new Signature(
          signature.get("valid").getAsBoolean(),
          Outcome.of(signature.get("outcome").getAsString()),
          Json.optional(signature, "seal").map(seal -> seal.getAsJsonObject().get("name").getAsString()),
          List.copyOf(signers));
    }
  }

  static DocumentVerdict read(String json) {
    JsonObject verdict = Native.tree(json);
    return new DocumentVerdict(
        Judgement.read(verdict, json), Json.list(verdict, "signatures", Signature::read));
  }
}
