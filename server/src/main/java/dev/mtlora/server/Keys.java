package dev.mtlora.server;

import dev.mtlora.files.Sha256;
import dev.mtlora.files.SmallFile;
import dev.mtlora.server.Refusal.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Keys that requests must have one of, in {@code Authorization: Bearer KEY} or {@code X-API-Key:
 * KEY}. Their hashes are compared, all of them and to the end, so the time says nothing.
 */
final class Keys {
  private static final int LEAST = 16;
  private static final int MOST_BYTES = 1 << 20;
  private static final String BEARER = "bearer ";

  private final List<byte[]> hashes;

  private Keys(List<byte[]> hashes) {
    this.hashes = hashes;
  }

  /**
   * Those of a file, one in a line; empty lines and what begins with # is left out.
   *
   * @throws dev.mtlora.files.DataException if it cannot be read
   * @throws IllegalArgumentException if it has none, or one that is too short
   */
  static Keys read(Path file) {
    String text =
        new String(SmallFile.bytes(file, MOST_BYTES, "a file of keys"), StandardCharsets.UTF_8);
    List<String> keys =
        text.lines().map(String::strip).filter(k -> !k.isEmpty() && !k.startsWith("#")).toList();
    if (keys.isEmpty() || keys.stream().anyMatch(key -> key.length() < LEAST)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the file of keys %s must have a key of %d letters or more in every line, and %s;"
                  + " openssl rand -hex 32 makes one",
              file,
              LEAST,
              keys.isEmpty() ? "has none" : "has a shorter one"));
    }
    return new Keys(keys.stream().map(Keys::hash).toList());
  }

  private static byte[] hash(String key) {
    return Sha256.digest().digest(key.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Fails if a request has none of them.
   *
   * @param headers by name
   */
  void require(Function<String, Optional<String>> headers) {
    Optional<String> bearer =
        headers
            .apply("Authorization")
            .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
            .map(value -> value.substring(BEARER.length()).strip());
    byte[] given = hash(bearer.or(() -> headers.apply("X-API-Key")).orElse(""));
    boolean known = false;
    for (byte[] hash : hashes) {
      known |= MessageDigest.isEqual(hash, given);
    }
    if (!known) {
      throw new Refusal(
          Kind.NO_KEY,
          "this server wants a key that it knows: Authorization: Bearer KEY, or X-API-Key: KEY");
    }
  }
}
