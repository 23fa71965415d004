package yinxin.verify;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Fields of answers. */
final class Json {
  private Json() {}

  static Optional<String> text(JsonObject object, String name) {
    return optional(object, name).map(JsonElement::getAsString);
  }

  static Optional<JsonElement> optional(JsonObject object, String name) {
    return Optional.ofNullable(object.get(name)).filter(value -> !value.isJsonNull());
  }

  static <T> List<T> list(JsonObject object, String name, Function<JsonElement, T> read) {
    List<T> all = new ArrayList<>();
    optional(object, name)
        .ifPresent(list -> list.getAsJsonArray().forEach(one -> all.add(read.apply(one))));
    return List.copyOf(all);
  }
}
