package yinxin.verify;

import java.util.Locale;

/** What findings come to for a person who asks whether to rely on something. */
public enum Outcome {
  /** Nothing speaks against it. */
  GOOD,
  /** Nothing speaks against it, and something could not be confirmed. */
  UNCONFIRMED,
  /** It is not as it claims to be. */
  WRONG;

  static Outcome of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
