package yinxin.verify;

/** What a login is for. */
public enum Purpose {
  /** Into an account that is bound to the certificate. */
  LOGIN("login"),
  /** Binds a certificate to an account for the first time, or anew after a renewal. */
  BIND("bind");

  private final String word;

  Purpose(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
