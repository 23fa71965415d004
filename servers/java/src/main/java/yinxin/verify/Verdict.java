package yinxin.verify;

import java.util.List;
import java.util.Locale;

/** A verdict: whether something is valid, and what was found. */
public sealed interface Verdict
    permits CertificateVerdict, CmsVerdict, DocumentVerdict, LoginVerdict, SealVerdict {
  /** What every verdict says. */
  Judgement judgement();

  /** Whether nothing fatal was found. */
  default boolean valid() {
    return judgement().valid();
  }

  /** What the findings come to. */
  default Outcome outcome() {
    return judgement().outcome();
  }

  /** What was found, the gravest first. */
  default List<Finding> findings() {
    return judgement().findings();
  }

  /** What it comes to in a sentence or two: in Chinese for Chinese, in English otherwise. */
  default String summary(Locale locale) {
    return judgement().summary(locale);
  }

  /** All of it, as the core gave it: more than these records have. */
  default String json() {
    return judgement().json();
  }
}
