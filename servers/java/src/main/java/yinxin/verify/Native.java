package yinxin.verify;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The C ABI (yinxin_verify.h). Nothing of JNA leaves this class but a policy's pointer.
 *
 * <p>The library is found where JNA looks: in the jar, in {@code jna.library.path}, or at the path that the system property
 * {@code yinxin.library} names.
 */
final class Native {
  private static final int ABI_VERSION = 1;
  private static final int OK = 0;
  private static final int PART_BYTES = 0;
  private static final int PART_PATH = 1;
  private static final int WORD = com.sun.jna.Native.POINTER_SIZE;

  static {
    String library = System.getProperty("yinxin.library", "yinxin_verify");
    com.sun.jna.Native.register(library);
    int found = yinxin_abi_version();
    if (found != ABI_VERSION)
      throw new UnsatisfiedLinkError(library + " has interface " + found + ", not " + ABI_VERSION);
  }

  private Native() {}

  private static native int yinxin_abi_version();

  private static native String yinxin_version();

  private static native int yinxin_policy_open(byte[] path, Pointer policy, Pointer answer);

  private static native int yinxin_policy_parse(
      byte[] json, Size length, Pointer policy, Pointer answer);

  private static native void yinxin_policy_free(Pointer policy);

  private static native int yinxin_call(
      Pointer policy,
      byte[] function,
      byte[] request,
      Size requestLength,
      Pointer parts,
      Size partsCount,
      Pointer answer);

  private static native void yinxin_text_free(Pointer text);

  private static native Pointer yinxin_hasher_new();

  private static native int yinxin_hasher_update(Pointer hasher, byte[] bytes, Size length);

  private static native int yinxin_hasher_content(Pointer hasher, Pointer answer);

  private static native void yinxin_hasher_free(Pointer hasher);

  /** {@code size_t}. */
  public static final class Size extends com.sun.jna.IntegerType {
    private static final long serialVersionUID = 1;

    /** For JNA. */
    public Size() {
      this(0);
    }

    Size(long value) {
      super(com.sun.jna.Native.SIZE_T_SIZE, value, true);
    }
  }

  static String version() {
    return yinxin_version();
  }

  static Pointer openPolicy(Path path) {
    return policy((policy, answer) -> yinxin_policy_open(terminated(path.toString()), policy, answer));
  }

  static Pointer parsePolicy(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return policy(
        (policy, answer) -> yinxin_policy_parse(bytes, new Size(bytes.length), policy, answer));
  }

  static void freePolicy(Pointer policy) {
    yinxin_policy_free(policy);
  }

  /** Calls a function with what lies beside its request: bytes or paths. */
  static String call(Pointer policy, String function, byte[] request, Map<String, ?> parts) {
    List<Memory> held = new ArrayList<>();
    try {
      Memory table = parts.isEmpty() ? null : memory(held, 4L * WORD * parts.size());
      long at = 0;
      for (Map.Entry<String, ?> part : parts.entrySet()) {
        boolean isPath = part.getValue() instanceof Path;
        byte[] bytes =
            isPath
                ? part.getValue().toString().getBytes(StandardCharsets.UTF_8)
                : (byte[]) part.getValue();
        table.setPointer(at, copy(held, terminated(part.getKey())));
        table.setInt(at + WORD, isPath ? PART_PATH : PART_BYTES);
        table.setPointer(at + 2L * WORD, bytes.length == 0 ? Pointer.NULL : copy(held, bytes));
        setSize(table, at + 3L * WORD, bytes.length);
        at += 4L * WORD;
      }
      return answer(
          answer ->
              yinxin_call(
                  policy,
                  terminated(function),
                  request,
                  new Size(request.length),
                  table,
                  new Size(parts.size()),
                  answer));
    } finally {
      held.forEach(Memory::close);
    }
  }

  /** What {@code content} of a request is, of a stream. */
  static JsonObject hashed(InputStream content) throws IOException {
    Pointer hasher = yinxin_hasher_new();
    try {
      byte[] piece = new byte[1 << 16];
      for (int count = content.read(piece); count >= 0; count = content.read(piece))
        if (yinxin_hasher_update(hasher, piece, new Size(count)) != OK)
          throw new IllegalStateException("the hasher takes no bytes");
      return tree(answer(answer -> yinxin_hasher_content(hasher, answer)));
    } finally {
      yinxin_hasher_free(hasher);
    }
  }

  static JsonObject tree(String json) {
    return JsonParser.parseString(json).getAsJsonObject();
  }

  private interface Answering {
    int call(Pointer answer);
  }

  private interface Loading {
    int call(Pointer policy, Pointer answer);
  }

  /** What a call answers; its error is thrown. */
  private static String answer(Answering call) {
    try (Memory answer = new Memory(2L * WORD)) {
      answer.clear();
      int status = call.call(answer);
      String text = taken(answer);
      if (status != OK) throw YinxinException.read(text);
      return text;
    }
  }

  private static Pointer policy(Loading load) {
    try (Memory policy = new Memory(WORD)) {
      policy.clear();
      answer(answer -> load.call(policy, answer));
      return policy.getPointer(0);
    }
  }

  private static String taken(Memory answer) {
    try {
      Pointer text = answer.getPointer(0);
      if (text == null) return "";
      long length = WORD == 8 ? answer.getLong(WORD) : Integer.toUnsignedLong(answer.getInt(WORD));
      return new String(text.getByteArray(0, Math.toIntExact(length)), StandardCharsets.UTF_8);
    } finally {
      yinxin_text_free(answer);
    }
  }

  private static Memory memory(List<Memory> held, long size) {
    Memory memory = new Memory(size);
    held.add(memory);
    memory.clear();
    return memory;
  }

  private static Memory copy(List<Memory> held, byte[] bytes) {
    Memory memory = new Memory(bytes.length);
    held.add(memory);
    memory.write(0, bytes, 0, bytes.length);
    return memory;
  }

  private static void setSize(Memory table, long at, long size) {
    if (WORD == 8) table.setLong(at, size);
    else table.setInt(at, (int) size);
  }

  private static byte[] terminated(String text) {
    if (text.indexOf('\0') >= 0) throw new IllegalArgumentException("a null character");
    return (text + '\0').getBytes(StandardCharsets.UTF_8);
  }
}
