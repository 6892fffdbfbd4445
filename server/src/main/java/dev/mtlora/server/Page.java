package dev.mtlora.server;

import dev.mtlora.files.Sha256;
import dev.mtlora.server.Refusal.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/**
 * The one page, and what a browser may do for it: run its own script and show its own style, known
 * by their hashes, and ask this server. Nothing comes from elsewhere.
 */
final class Page {
  private static final String NAME = "page/index.html";

  private Page() {}

  /** Read when it is first asked for. */
  private static final class Loaded {
    static final Answer ANSWER = load();
  }

  static Answer answer() {
    return Loaded.ANSWER;
  }

  private static Answer load() {
    try (InputStream in = Page.class.getResourceAsStream(NAME)) {
      if (in == null) {
        throw new Refusal(Kind.NOT_FOUND, "this server has no page");
      }
      byte[] bytes = in.readAllBytes();
      String text = new String(bytes, StandardCharsets.UTF_8);
      return Answer.of("text/html; charset=utf-8", bytes)
          .with("Content-Security-Policy", policy(text))
          .with("Permissions-Policy", "camera=(self)")
          .with("Referrer-Policy", "no-referrer")
          .with("Cache-Control", "no-cache");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String policy(String page) {
    return String.format(
        Locale.ROOT,
        "default-src 'none'; script-src 'sha256-%s'; style-src 'sha256-%s'; img-src 'self' data: blob:;"
            + " media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'none'",
        hash(page, "script"),
        hash(page, "style"));
  }

  /** Of what stands between the tags. */
  private static String hash(String page, String tag) {
    int from = page.indexOf("<" + tag + ">") + tag.length() + 2;
    String own = page.substring(from, page.indexOf("</" + tag + ">", from));
    byte[] digest = Sha256.digest().digest(own.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(digest);
  }
}
