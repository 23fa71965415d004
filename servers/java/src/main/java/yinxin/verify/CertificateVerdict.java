package yinxin.verify;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;

/**
 * Of a certificate.
 *
 * @param judgement what every verdict says
 * @param policies certificate policies that hold along the whole path; {@code 2.5.29.32.0} for every one
 */
public record CertificateVerdict(Judgement judgement, List<String> policies) implements Verdict {
  static CertificateVerdict read(String json) {
    JsonObject verdict = Native.tree(json);
    return new CertificateVerdict(
        Judgement.read(verdict, json), Json.list(verdict, "policies", JsonElement::getAsString));
  }
}
