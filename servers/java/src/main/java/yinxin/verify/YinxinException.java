package yinxin.verify;

import com.google.gson.JsonObject;
import java.util.Locale;

/**
 * What could not be read, or may not be asked for: a code of the catalogue ({@code docs/errors.md}), with its parameters.
 */
public final class YinxinException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String code;
  private final String params;

  private YinxinException(String code, JsonObject params) {
    super(code + ": " + Verifier.text(code, params, Locale.ENGLISH).message());
    this.code = code;
    this.params = params.toString();
  }

  static YinxinException read(String json) {
    JsonObject error = Native.tree(json);
    return new YinxinException(
        error.get("code").getAsString(), error.getAsJsonObject("params"));
  }

  /** The code: {@code cms-unreadable}. */
  public String code() {
    return code;
  }

  /** Its parameters, as JSON. */
  public String params() {
    return params;
  }

  /** What happened and what to do next, for people. */
  public Text text(Locale locale) {
    return Verifier.text(code, Native.tree(params), locale);
  }
}
