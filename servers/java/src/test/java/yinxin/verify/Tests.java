package yinxin.verify;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * The binding's tests, by the folder that {@code servers/calls/examples/cases.rs} writes: {@code Tests FOLDER}. No test
 * framework: the build takes javac alone.
 */
public final class Tests {
  private static final String SESSION = "session-of-the-browser";

  private final Path folder;
  private final JsonArray cases;
  private final Narrowing then;

  private Tests(Path folder) throws Exception {
    this.folder = folder;
    cases = JsonParser.parseString(Files.readString(folder.resolve("cases.json"))).getAsJsonArray();
    then = Narrowing.NONE.at(Instant.parse(Files.readString(folder.resolve("now.txt"))));
  }

  public static void main(String[] arguments) throws Exception {
    Tests tests = new Tests(Path.of(arguments[0]));
    tests.everyCaseIsAnsweredAsInRust();
    tests.whatIsJudgedReadsAsRecords();
    tests.aContentIsTheSameFromBytesFileAndStream();
    tests.whatIsWrongIsToldWithItsCode();
    tests.eightThreadsShareAVerifier();
    tests.aClosedVerifierRefusesAndCallsEndBeforeIt();
    tests.whateverBytesComeGiveAVerdictOrACode();
    tests.bouncyCastleSaysTheSameOfSignatures();
    tests.aLargeFileStaysWhereItIs();
  }

  private void everyCaseIsAnsweredAsInRust() throws Exception {
    for (JsonElement element : cases) {
      JsonObject one = element.getAsJsonObject();
      boolean isAnswer = one.has("answer");
      String answer;
      try {
        answer = answer(one);
        check(isAnswer, one.get("name") + ": no error");
      } catch (YinxinException thrown) {
        JsonObject error = new JsonObject();
        error.addProperty("code", thrown.code());
        error.add("params", JsonParser.parseString(thrown.params()));
        answer = error.toString();
        check(!isAnswer, one.get("name") + ": " + answer);
        equal(JsonParser.parseString(one.get("error").getAsString()), JsonParser.parseString(answer));
        continue;
      }
      equal(one.get("answer").getAsString(), answer);
    }
    check(cases.size() > 100, "cases");
    System.out.println(cases.size() + " cases");
  }

  private String answer(JsonObject one) throws Exception {
    byte[] request = one.get("request").toString().getBytes(StandardCharsets.UTF_8);
    return Native.call(null, one.get("function").getAsString(), request, parts(one));
  }

  private Map<String, Object> parts(JsonObject one) throws Exception {
    Map<String, Object> parts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> part : one.getAsJsonObject("parts").entrySet())
      parts.put(part.getKey(), bytes(part.getValue().getAsString()));
    return parts;
  }

  private void whatIsJudgedReadsAsRecords() throws Exception {
    try (Verifier verifier = verifier()) {
      Challenge challenge = Challenge.ofJson(Files.readString(folder.resolve("challenge.json")));
      equal(challenge, Challenge.ofJson(challenge.json()));
      LoginVerdict login = login(verifier, bytes("proof.json"));
      check(login.valid() && login.outcome() != Outcome.WRONG, login.json());
      equal(challenge.id(), login.challengeId());
      Certificate certificate = login.certificate().orElseThrow();
      equal(certificate.sha256(), Certificate.parse(certificate.encoded()).sha256());
      equal("unit", certificate.kind());
      equal(certificate.subject(), login.binding().orElseThrow().subject());
      check(login.summary(Locale.CHINA).contains(certificate.holder()), login.summary(Locale.CHINA));
      check(login.summary(Locale.ENGLISH).startsWith("Verified"), login.summary(Locale.ENGLISH));

      LoginVerdict junk = login(verifier, "no JSON".getBytes(StandardCharsets.UTF_8));
      check(!junk.valid() && junk.certificate().isEmpty(), junk.json());
      Finding finding = junk.findings().get(0);
      equal("proof-unreadable", finding.code());
      equal(Severity.FATAL, finding.severity());
      check(!finding.text(Locale.CHINESE).message().equals(finding.text(Locale.GERMAN).message()), "languages");

      CmsVerdict cms = verifier.verifyCms(bytes("contract.p7s"), bytes("contract.txt"), then);
      check(cms.valid() && cms.signers().size() == 1 && cms.signers().get(0).valid(), cms.json());
      check(!verifier.verifyCms(bytes("contract.p7s"), "other".getBytes(StandardCharsets.UTF_8), then).valid(), "changed");
      CertificateVerdict path = verifier.verifyCertificate(bytes("unit.pem"), then);
      check(path.valid(), path.json());
      CertificateVerdict person = verifier.verifyCertificate(bytes("unit.pem"), then.holders(List.of("person")));
      equal("holder-not-accepted", person.findings().get(0).code());

      DocumentVerdict pdf = verifier.verifyPdf(folder.resolve("contract.pdf"), then);
      check(pdf.valid() && pdf.signatures().get(0).signers().size() == 1, pdf.json());
      DocumentVerdict ofd = verifier.verifyOfd(folder.resolve("contract.ofd"), then);
      check(ofd.valid() && ofd.signatures().get(0).seal().isPresent(), ofd.json());
      check(verifier.newLoginChallenge(SESSION).origin().equals("https://portal.example"), "origin");
    }
  }

  private void aContentIsTheSameFromBytesFileAndStream() throws Exception {
    try (Verifier verifier = verifier()) {
      byte[] cms = bytes("contract.p7s");
      byte[] content = bytes("contract.txt");
      String first = verifier.verifyCms(cms, content, then).json();
      equal(first, verifier.verifyCms(cms, folder.resolve("contract.txt"), then).json());
      equal(first, verifier.verifyCms(cms, new ByteArrayInputStream(content), then).json());
      check(first.startsWith("{\"valid\":true"), first);
    }
  }

  private void whatIsWrongIsToldWithItsCode() throws Exception {
    equal("file-failed", code(() -> Verifier.of(folder.resolve("no policy"))));
    equal("policy-invalid", code(() -> Verifier.ofJson("{}")));
    try (Verifier verifier = verifier()) {
      equal("cms-unreadable", code(() -> verifier.verifyCms(new byte[] {1, 2, 3})));
      equal("pdf-unreadable", code(() -> verifier.verifyPdf(folder.resolve("contract.txt"))));
      equal("file-failed", code(() -> verifier.verifyPdf(folder.resolve("no file"))));
      equal("file-failed", code(() -> verifier.verifyOfd(folder)));
      equal("request-invalid", code(() -> verifier.call("verify", "{}", Map.of())));
      equal("request-invalid", code(() -> verifier.call("verifyCms", "", Map.of())));
      equal("request-invalid", code(() -> verifier.verifyCms(new byte[0], new byte[0], then.issuers(List.of("CN=Other")))));
      YinxinException thrown = thrown(() -> verifier.verifyCms(new byte[] {1, 2, 3}));
      check(thrown.getMessage().startsWith("cms-unreadable: "), thrown.getMessage());
      check(!thrown.text(Locale.CHINA).remedy().isEmpty(), "remedy");
    }
  }

  private void eightThreadsShareAVerifier() throws Exception {
    try (Verifier verifier = verifier()) {
      Callable<List<String>> judge =
          () ->
              List.of(
                  login(verifier, bytes("proof.json")).json(),
                  verifier.verifyCms(bytes("contract.p7s"), bytes("contract.txt"), then).json(),
                  verifier.verifyOfd(bytes("contract.ofd")).json().substring(0, 10),
                  verifier.verifyPdf(folder.resolve("contract.pdf"), then).json());
      List<String> first = judge.call();
      ExecutorService threads = Executors.newFixedThreadPool(8);
      List<Future<List<String>>> all = new ArrayList<>();
      for (int at = 0; at < 32; at++) all.add(threads.submit(judge));
      for (Future<List<String>> one : all) equal(first, one.get());
      threads.shutdown();
    }
  }

  private void aClosedVerifierRefusesAndCallsEndBeforeIt() throws Exception {
    Verifier verifier = verifier();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<Boolean>> all = new ArrayList<>();
    for (int at = 0; at < 200; at++)
      all.add(
          threads.submit(
              () -> {
                try {
                  return verifier.verifyCms(bytes("contract.p7s"), bytes("contract.txt"), then).valid();
                } catch (IllegalStateException closed) {
                  return true;
                }
              }));
    all.get(0).get();
    verifier.close();
    verifier.close();
    for (Future<Boolean> one : all) check(one.get(), "a verdict, or that it is closed");
    threads.shutdown();
    try {
      verifier.verifyCms(new byte[0]);
      throw new AssertionError("it is closed");
    } catch (IllegalStateException closed) {
      // As it should be.
    }
  }

  private void whateverBytesComeGiveAVerdictOrACode() throws Exception {
    Random random = new Random(1);
    String[] names = {"contract.p7s", "contract.pdf", "contract.ofd", "unit.pem", "proof.json"};
    try (Verifier verifier = verifier()) {
      for (int round = 0; round < 240; round++) {
        byte[] whole = bytes(names[random.nextInt(names.length)]);
        byte[] bytes = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
        if (bytes.length > 0) bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        List<Callable<Verdict>> calls =
            List.of(
                () -> verifier.verifyCms(bytes, bytes, then),
                () -> verifier.verifyPdf(bytes),
                () -> verifier.verifyOfd(bytes),
                () -> verifier.verifySeal(bytes, then),
                () -> verifier.verifyCertificate(bytes, then),
                () -> login(verifier, bytes));
        try {
          Verdict verdict = calls.get(round % calls.size()).call();
          check(!verdict.valid() || Arrays.equals(bytes, whole) || round % calls.size() > 2, verdict.json());
        } catch (YinxinException told) {
          check(!told.code().equals("internal"), told.getMessage());
        }
      }
    }
  }

  /** Every signature with SM2 that a case judges, over its signed attributes. */
  private void bouncyCastleSaysTheSameOfSignatures() throws Exception {
    int seen = 0;
    for (JsonElement element : cases) {
      JsonObject one = element.getAsJsonObject();
      if (!one.get("function").getAsString().equals("verifyCms") || !one.has("answer")) continue;
      JsonObject verdict = JsonParser.parseString(one.get("answer").getAsString()).getAsJsonObject();
      for (JsonElement signer : verdict.getAsJsonArray("signers")) {
        JsonObject told = signer.getAsJsonObject();
        if (!told.has("certificate") || !told.has("signedAttributes")) continue;
        JsonObject certificate = told.getAsJsonObject("certificate");
        if (!"sm2-sm3".equals(Json.text(certificate, "algorithm").orElse(""))) continue;
        byte[] signature = Base64.getDecoder().decode(told.get("signature").getAsString());
        byte[] attributes = Base64.getDecoder().decode(told.get("signedAttributes").getAsString());
        byte[] key = Base64.getDecoder().decode(certificate.get("publicKey").getAsString());
        boolean holds = sm2(key).verify(attributes, signature);
        List<String> codes =
            Json.list(verdict, "findings", finding -> finding.getAsJsonObject().get("code").getAsString());
        // Numbers in another form than DER's are read by us, with a note, and by nobody else.
        if (codes.contains("integer-odd") || signature.length == 0 || signature[0] != 0x30) continue;
        // A digest of the content that has Z is no matter of this signature.
        List<String> variants =
            Json.list(
                verdict,
                "findings",
                finding -> Json.text(finding.getAsJsonObject().getAsJsonObject("params"), "variant").orElse(""));
        boolean isVariant = variants.contains("empty-id") || variants.contains("without-z");
        boolean isFound = codes.contains("signature-invalid") || isVariant;
        check(holds != isFound, one.get("name") + ": BouncyCastle says " + holds);
        attributes[attributes.length - 1] ^= 1;
        check(!sm2(key).verify(attributes, signature), "changed");
        seen++;
      }
    }
    check(seen > 5, "signatures: " + seen);
    // A certificate that BouncyCastle's provider reads and verifies, too.
    CertificateFactory factory = CertificateFactory.getInstance("X.509", new BouncyCastleProvider());
    X509Certificate unit = read(factory, "unit.pem");
    unit.verify(read(factory, "issuing.pem").getPublicKey(), new BouncyCastleProvider());
    equal(Certificate.parse(unit.getEncoded()).notAfter(), unit.getNotAfter().toInstant());
  }

  private X509Certificate read(CertificateFactory factory, String name) throws Exception {
    return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes(name)));
  }

  /** Verifies with BouncyCastle. */
  private record Sm2(SM2Signer signer) {
    boolean verify(byte[] message, byte[] signature) {
      signer.update(message, 0, message.length);
      return signer.verifySignature(signature);
    }
  }

  private static Sm2 sm2(byte[] spki) throws Exception {
    ECPublicKeyParameters key =
        (ECPublicKeyParameters) PublicKeyFactory.createKey(SubjectPublicKeyInfo.getInstance(spki));
    SM2Signer signer = new SM2Signer();
    signer.init(false, new ParametersWithID(key, "1234567812345678".getBytes(StandardCharsets.US_ASCII)));
    return new Sm2(signer);
  }

  /** A content and documents of 200 MB are judged in memory that is far smaller. */
  private void aLargeFileStaysWhereItIs() throws Exception {
    Path large = folder.resolve("large.bin");
    try (var file = new java.io.RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(200L << 20);
    }
    long before = mostMemory();
    try (Verifier verifier = verifier()) {
      CmsVerdict other = verifier.verifyCms(bytes("contract.p7s"), large, then);
      check(!other.valid(), other.json());
      equal("pdf-unreadable", code(() -> verifier.verifyPdf(large)));
      equal("ofd-unreadable", code(() -> verifier.verifyOfd(large)));
      // Java's own heap is among it, and may grow meanwhile.
      check(mostMemory() - before < 120 << 10, (mostMemory() - before) + " kB more");
    } finally {
      Files.delete(large);
    }
  }

  /** The most memory that the process had so far, in kB, where the system tells. */
  private static long mostMemory() throws Exception {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) return 0;
    for (String line : Files.readAllLines(status))
      if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("[^0-9]", ""));
    return 0;
  }

  private Verifier verifier() {
    return Verifier.of(folder.resolve("policy.json"));
  }

  private LoginVerdict login(Verifier verifier, byte[] proof) throws Exception {
    Challenge challenge = Challenge.ofJson(Files.readString(folder.resolve("challenge.json")));
    return verifier.verifyLogin(proof, challenge, SESSION, Purpose.LOGIN, then);
  }

  private byte[] bytes(String name) throws Exception {
    return Files.readAllBytes(folder.resolve(name));
  }

  private static String code(Callable<?> call) {
    return thrown(call).code();
  }

  private static YinxinException thrown(Callable<?> call) {
    try {
      call.call();
    } catch (YinxinException thrown) {
      return thrown;
    } catch (Exception other) {
      throw new AssertionError(other);
    }
    throw new AssertionError("nothing was thrown");
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) throw new AssertionError(otherwise);
  }

  private static void equal(Object expected, Object found) {
    if (!expected.equals(found)) throw new AssertionError("expected " + expected + "\ngot " + found);
  }
}
