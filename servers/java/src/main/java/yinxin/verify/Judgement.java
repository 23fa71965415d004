package yinxin.verify;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;

/**
 * What every verdict says.
 *
 * @param valid nothing fatal was found
 * @param outcome what the findings come to
 * @param open codes of the fatal findings that only leave a question open
 * @param findings what was found, the gravest first
 * @param json all of the answer, as the core gave it
 */
public record Judgement(
    boolean valid, Outcome outcome, List<String> open, List<Finding> findings, String json) {
  static Judgement read(JsonObject verdict, String json) {
    return new Judgement(
        verdict.get("valid").getAsBoolean(),
        Outcome.of(verdict.get("outcome").getAsString()),
        Json.list(verdict, "open", JsonElement::getAsString),
        Json.list(verdict, "findings", one -> Finding.read(one.getAsJsonObject())),
        json);
  }

  /** What it comes to in a sentence or two: in Chinese for Chinese, in English otherwise. */
  public String summary(Locale locale) {
    JsonObject summary = Native.tree(json).getAsJsonObject("summary");
    return summary.get(locale.getLanguage().equals("zh") ? "zh-CN" : "en").getAsString();
  }
}
