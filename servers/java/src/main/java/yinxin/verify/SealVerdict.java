package yinxin.verify;

import com.google.gson.JsonObject;
import java.util.Optional;

/**
 * Of an electronic seal, or of one that was set.
 *
 * @param judgement what every verdict says
 * @param name the seal's name
 * @param certificate of whoever set it
 */
public record SealVerdict(Judgement judgement, String name, Optional<Certificate> certificate)
    implements Verdict {
  static SealVerdict read(String json) {
    JsonObject verdict = Native.tree(json);
    return new SealVerdict(
        Judgement.read(verdict, json),
        verdict.getAsJsonObject("seal").get("name").getAsString(),
        Certificate.in(verdict));
  }
}
