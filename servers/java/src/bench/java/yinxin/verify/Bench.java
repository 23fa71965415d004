package yinxin.verify;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * How many CMS and logins a second this binding judges, beside BouncyCastle's bare SM2 verification: {@code Bench FOLDER}
 * prints JSON. Each judgement of ours takes two SM2 verifications (the signature's and the certificate's, whose issuer's key is
 * remembered) and everything else besides; BouncyCastle does its two alone.
 */
public final class Bench {
  private static final double SECONDS = 3;

  private Bench() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Narrowing then = Narrowing.NONE.at(Instant.parse(Files.readString(folder.resolve("now.txt"))));
    byte[] cms = Files.readAllBytes(folder.resolve("contract.p7s"));
    byte[] content = Files.readAllBytes(folder.resolve("contract.txt"));
    byte[] proof = Files.readAllBytes(folder.resolve("proof.json"));
    Challenge challenge = Challenge.ofJson(Files.readString(folder.resolve("challenge.json")));
    JsonObject told = new JsonObject();
    try (Verifier verifier = Verifier.of(folder.resolve("policy.json"))) {
      Callable<Boolean> judgeCms = () -> verifier.verifyCms(cms, content, then).valid();
      Callable<Boolean> judgeLogin =
          () -> verifier.verifyLogin(proof, challenge, "session-of-the-browser", Purpose.LOGIN, then).valid();
      JsonObject verdict = JsonParser.parseString(verifier.verifyCms(cms, content, then).json()).getAsJsonObject();
      JsonObject signer = verdict.getAsJsonArray("signers").get(0).getAsJsonObject();
      byte[] message = Base64.getDecoder().decode(signer.get("signedAttributes").getAsString());
      byte[] signature = Base64.getDecoder().decode(signer.get("signature").getAsString());
      byte[] spki = Base64.getDecoder().decode(signer.getAsJsonObject("certificate").get("publicKey").getAsString());
      Callable<Boolean> theirs = () -> bouncy(spki, message, signature) && bouncy(spki, message, signature);
      for (int threads : new int[] {1, 2}) {
        told.addProperty("cms" + threads, rate(judgeCms, threads));
        told.addProperty("login" + threads, rate(judgeLogin, threads));
        told.addProperty("bouncy" + threads, rate(theirs, threads));
      }
    }
    System.out.println(told);
  }

  private static boolean bouncy(byte[] spki, byte[] message, byte[] signature) throws Exception {
    ECPublicKeyParameters key =
        (ECPublicKeyParameters) PublicKeyFactory.createKey(SubjectPublicKeyInfo.getInstance(spki));
    SM2Signer signer = new SM2Signer();
    signer.init(false, new ParametersWithID(key, "1234567812345678".getBytes(StandardCharsets.US_ASCII)));
    signer.update(message, 0, message.length);
    return signer.verifySignature(signature);
  }

  /** Calls a second, by processor time, after a warm-up of the same length. */
  private static double rate(Callable<Boolean> call, int threads) throws Exception {
    run(call, threads);
    return run(call, threads);
  }

  private static double run(Callable<Boolean> call, int threads) throws Exception {
    List<Thread> all = new ArrayList<>();
    double[] rates = new double[threads];
    CountDownLatch start = new CountDownLatch(1);
    for (int index = 0; index < threads; index++) {
      int own = index;
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                  var clock = java.lang.management.ManagementFactory.getThreadMXBean();
                  long begin = clock.getCurrentThreadCpuTime();
                  long calls = 0;
                  double used = 0;
                  while (used < SECONDS) {
                    for (int at = 0; at < 20; at++, calls++)
                      if (!call.call()) throw new AssertionError("it is valid");
                    used = (clock.getCurrentThreadCpuTime() - begin) / 1e9;
                  }
                  rates[own] = calls / used;
                } catch (Exception failed) {
                  throw new IllegalStateException(failed);
                }
              });
      thread.start();
      all.add(thread);
    }
    start.countDown();
    double sum = 0;
    for (Thread thread : all) thread.join();
    for (double rate : rates) sum += rate;
    return sum;
  }
}
