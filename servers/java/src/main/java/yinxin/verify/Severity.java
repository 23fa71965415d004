package yinxin.verify;

/** How much a finding weighs. */
public enum Severity {
  /** Makes the thing invalid. */
  FATAL,
  /** Does not, and the user should know. */
  WARNING,
  /** An oddity, kept for support. */
  NOTE
}
