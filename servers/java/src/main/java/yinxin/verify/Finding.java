package yinxin.verify;

import com.google.gson.JsonObject;
import java.util.Locale;
import java.util.Optional;

/**
 * Something found in a thing that can be read.
 *
 * @param code a code of the catalogue ({@code docs/errors.md})
 * @param severity how much it weighs
 * @param place where: {@code signers[0].path[0]}
 * @param params its parameters, as JSON
 */
public record Finding(String code, Severity severity, Optional<String> place, String params) {
  static Finding read(JsonObject json) {
    JsonObject params = json.getAsJsonObject("params");
    return new Finding(
        json.get("code").getAsString(),
        Severity.valueOf(json.get("severity").getAsString().toUpperCase(Locale.ROOT)),
        Json.text(json, "place"),
        params == null ? "{}" : params.toString());
  }

  /** What it says to a person. */
  public Text text(Locale locale) {
    return Verifier.text(code, Native.tree(params), locale);
  }
}
