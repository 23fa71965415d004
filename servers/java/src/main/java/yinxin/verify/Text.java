package yinxin.verify;

import com.google.gson.JsonObject;

/**
 * What a code says to a person.
 *
 * @param message what happened
 * @param remedy what to do next
 */
public record Text(String message, String remedy) {
  static Text read(String json) {
    JsonObject text = Native.tree(json);
    return new Text(text.get("message").getAsString(), text.get("remedy").getAsString());
  }
}
