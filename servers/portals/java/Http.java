package yinxin.portal;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import yinxin.verify.Finding;
import yinxin.verify.Text;
import yinxin.verify.Verifier;
import yinxin.verify.YinxinException;

/** What the portal needs of HTTP: whose request it is, answers and refusals, headers, the files of the page. */
final class Http {
  /** Bytes of a request. */
  private static final int MAX_BODY = 1_000_000;

  /** Levels of its JSON: Gson writes by recursion. */
  private static final int MAX_DEPTH = 32;

  /** Requests that are answered at the same time. */
  private static final int THREADS = 8;

  private static final SecureRandom RANDOM = new SecureRandom();

  /** Of every answer: nothing inline or from elsewhere, no framing, no caching. */
  private static final Map<String, String> HEADERS =
      Map.of(
          "Cache-Control", "no-store",
          "Content-Security-Policy",
              "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' blob:; "
                  + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
          "Referrer-Policy", "no-referrer",
          "X-Content-Type-Options", "nosniff");

  /** What a page of this origin asks: a JSON object, in the browser's session or a new one. */
  record Asked(String session, JsonObject body) {
    /** A field that is text. */
    Optional<String> text(String name) {
      return Http.text(body, name);
    }

    /** A field, as JSON. */
    String json(String name) {
      return body.has(name) ? body.get(name).toString() : "null";
    }
  }

  /** An answer in a session. */
  record Reply(String session, JsonObject body) {}

  /** A route of the portal. */
  interface Handler {
    Reply handle(Asked asked) throws Store.Unavailable;
  }

  /** A finding, or a code of the portal's own ({@code words.json}). */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final String code;
    private final transient Finding finding;

    Refusal(String code) {
      super(code);
      this.code = code;
      finding = null;
    }

    Refusal(Finding finding) {
      super(finding.code());
      code = finding.code();
      this.finding = finding;
    }
  }

  private record Content(String type, byte[] bytes) {}

  private final String origin;
  private final Verifier verifier;
  private final boolean isSecure;
  private final Map<String, Handler> routes = new HashMap<>();
  private final Map<String, Content> files = new HashMap<>();
  private final JsonObject words;

  /** The files of the page are read once: no request reaches the file system. */
  Http(String origin, Verifier verifier, Path page) throws IOException {
    this.origin = origin;
    this.verifier = verifier;
    isSecure = origin.startsWith("https:");
    try (InputStream file = Http.class.getResourceAsStream("/words.json")) {
      words = JsonParser.parseString(utf8(file.readAllBytes())).getAsJsonObject();
    }
    files.put("/documents/tender", new Content("text/plain; charset=utf-8", Portal.TENDER));
    file(page, "/", "index.html", "text/html; charset=utf-8");
    for (String script : new String[] {"page.js", "yinxin/index.js", "yinxin/guide.js"})
      file(page, "/" + script, script, "text/javascript");
  }

  private void file(Path page, String path, String name, String type) throws IOException {
    Path file = page.resolve(name);
    if (Files.exists(file)) files.put(path, new Content(type, Files.readAllBytes(file)));
  }

  void route(String path, Handler handler) {
    routes.put(path, handler);
  }

  /** Listens; gives its address. */
  String start(int port) throws IOException {
    // Head and body are sent apart: without it, each answer waits for the other side's acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    // Seconds for a request to arrive.
    System.setProperty("sun.net.httpserver.maxReqTime", "30");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
    server.setExecutor(Executors.newFixedThreadPool(THREADS));
    server.createContext("/", this::answer);
    server.start();
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  static Reply reply(String session, String name, Object value) {
    JsonObject body = new JsonObject();
    body.add(name, new Gson().toJsonTree(value));
    return new Reply(session, body);
  }

  /** A session's name that nobody guesses. */
  static String newSession() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** A field of an object that is text. */
  static Optional<String> text(String json, String name) {
    return text(JsonParser.parseString(json).getAsJsonObject(), name);
  }

  private static Optional<String> text(JsonObject object, String name) {
    return Optional.ofNullable(object.get(name))
        .filter(value -> value.isJsonPrimitive() && value.getAsJsonPrimitive().isString())
        .map(JsonElement::getAsString);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try {
      String path = exchange.getRequestURI().getPath();
      String method = exchange.getRequestMethod();
      Content file = method.equals("GET") ? files.get(path) : null;
      if (file != null) {
        send(exchange, 200, file);
        return;
      }
      Handler route = method.equals("POST") ? routes.get(path) : null;
      if (route == null) throw new Refusal("not-found");
      Reply reply = route.handle(read(exchange));
      String cookie = cookie() + "=" + reply.session() + "; Path=/; HttpOnly; SameSite=Strict";
      exchange.getResponseHeaders().set("Set-Cookie", isSecure ? cookie + "; Secure" : cookie);
      send(exchange, 200, json(reply.body()));
    } catch (Refusal refusal) {
      Optional<Finding> finding = Optional.ofNullable(refusal.finding);
      refuse(exchange, refusal.code, finding.map(one -> one.text(Locale.CHINA)));
    } catch (YinxinException unreadable) {
      refuse(exchange, unreadable.code(), Optional.of(unreadable.text(Locale.CHINA)));
    } catch (Store.Unavailable unavailable) {
      System.err.println("store: " + unavailable.getMessage());
      refuse(exchange, "store-unavailable", Optional.empty());
    } catch (RuntimeException error) {
      error.printStackTrace();
      refuse(exchange, "portal-internal", Optional.empty());
    } finally {
      exchange.close();
    }
  }

  private Asked read(HttpExchange exchange) throws IOException {
    Headers headers = exchange.getRequestHeaders();
    // Another site can make a browser send a POST, but neither with this origin nor, unasked, as JSON.
    if (!origin.equals(headers.getFirst("Origin"))) throw new Refusal("origin-refused");
    String type = Optional.ofNullable(headers.getFirst("Content-Type")).orElse("");
    if (!type.split(";")[0].equals("application/json")) throw new Refusal("request-malformed");
    byte[] bytes = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
    if (bytes.length > MAX_BODY) throw new Refusal("too-large");
    return new Asked(session(headers.getFirst("Cookie")), object(bytes));
  }

  private String session(String cookies) {
    if (cookies != null)
      for (String pair : cookies.split("; ")) {
        String[] parts = pair.split("=", 2);
        boolean isOurs = parts.length == 2 && parts[0].equals(cookie());
        if (isOurs && parts[1].matches("[A-Za-z0-9_-]{43}")) return parts[1];
      }
    return newSession();
  }

  /** With the prefix, no other host of the same domain can set it. */
  private String cookie() {
    return isSecure ? "__Host-session" : "session";
  }

  private static JsonObject object(byte[] bytes) {
    try {
      String text = utf8(bytes);
      checkDepth(text);
      // Strict, which `JsonParser` is not.
      return new Gson().getAdapter(JsonObject.class).fromJson(text);
    } catch (IOException | JsonParseException | IllegalStateException error) {
      throw new Refusal("request-malformed");
    }
  }

  /** Reads all of it, strictly, and holds nothing. */
  private static void checkDepth(String text) throws IOException {
    JsonReader reader = new JsonReader(new StringReader(text));
    int depth = 0;
    if (reader.peek() != JsonToken.BEGIN_OBJECT) throw new JsonParseException("no object");
    while (true) {
      switch (reader.peek()) {
        case BEGIN_OBJECT, BEGIN_ARRAY -> {
          if (++depth > MAX_DEPTH) throw new JsonParseException("too deep");
          if (reader.peek() == JsonToken.BEGIN_OBJECT) reader.beginObject();
          else reader.beginArray();
        }
        case END_OBJECT -> {
          depth--;
          reader.endObject();
        }
        case END_ARRAY -> {
          depth--;
          reader.endArray();
        }
        case NAME -> reader.nextName();
        case END_DOCUMENT -> {
          return;
        }
        default -> reader.skipValue();
      }
    }
  }

  private static String utf8(byte[] bytes) throws IOException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private static Content json(JsonObject body) {
    return new Content("application/json", body.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** In the form of the page library's errors; with the words of the catalogue, or of the portal. */
  private void refuse(HttpExchange exchange, String code, Optional<Text> text) throws IOException {
    JsonObject body = new JsonObject();
    body.addProperty("code", code);
    int status = 403;
    if (words.has(code)) {
      status = words.getAsJsonArray(code).get(0).getAsInt();
      body.add("message", words.getAsJsonArray(code).get(1));
      body.add("remedy", words.getAsJsonArray(code).get(2));
    } else if (text.isPresent()) {
      body.addProperty("message", text.get().message());
      body.addProperty("remedy", text.get().remedy());
    } else {
      String request = "{\"code\":\"" + code + "\",\"locale\":\"zh-CN\"}";
      String answer = verifier.call("text", request, Map.of());
      JsonObject said = JsonParser.parseString(answer).getAsJsonObject();
      said.entrySet().forEach(entry -> body.add(entry.getKey(), entry.getValue()));
    }
    send(exchange, status, json(body));
  }

  private static void send(HttpExchange exchange, int status, Content content) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    HEADERS.forEach(headers::set);
    headers.set("Content-Type", content.type());
    exchange.sendResponseHeaders(status, content.bytes().length);
    exchange.getResponseBody().write(content.bytes());
  }
}
