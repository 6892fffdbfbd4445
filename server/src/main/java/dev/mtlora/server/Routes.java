package dev.mtlora.server;

import dev.mtlora.server.Refusal.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which address does what. */
final class Routes {
  private final List<Route> all = new ArrayList<>();

  /** Who may ask, and what it costs. */
  enum Access {
    /** Everyone, at once. */
    OPEN,
    /** Those with a key, at once. */
    KEY,
    /** Those with a key, if there is room. */
    WORK
  }

  /** Answers a request. */
  @FunctionalInterface
  interface Endpoint {
    Answer answer(Call call);
  }

  /**
   * An address.
   *
   * @param template its path, with names in braces for parts that are left open
   */
  record Route(String method, String template, Access access, Endpoint endpoint) {
    /** The parts that are left open, if it is this path. */
    @Nullable Map<String, String> match(String path) {
      String[] wanted = template.split("/", -1);
      String[] parts = path.split("/", -1);
      if (wanted.length != parts.length) {
        return null;
      }
      Map<String, String> open = new HashMap<>();
      for (int i = 0; i < parts.length; i++) {
        if (wanted[i].startsWith("{") && !parts[i].isEmpty()) {
          open.put(wanted[i].substring(1, wanted[i].length() - 1), parts[i]);
        } else if (!wanted[i].equals(parts[i])) {
          return null;
        }
      }
      return open;
    }
  }

  /** A route and what its open parts are. */
  record Match(Route route, Map<String, String> parts) {}

  Routes add(String method, String template, Access access, Endpoint endpoint) {
    all.add(new Route(method, template, access, endpoint));
    return this;
  }

  /** The same with and without a version of a model. */
  Routes model(String method, String end, Access access, Endpoint endpoint) {
    add(method, "/v2/models/{model}" + end, access, endpoint);
    return add(method, "/v2/models/{model}/versions/{version}" + end, access, endpoint);
  }

  /**
   * What a request asks for.
   *
   * @throws Refusal if there is no such path, or not with this method
   */
  Match find(String method, String path) {
    Set<String> methods = new TreeSet<>();
    for (Route route : all) {
      Map<String, String> parts = route.match(path);
      if (parts != null) {
        if (route.method().equals(method.equals("HEAD") ? "GET" : method)) {
          return new Match(route, parts);
        }
        methods.add(route.method());
      }
    }
    if (methods.isEmpty()) {
      throw new Refusal(Kind.NOT_FOUND, "there is nothing at this address");
    }
    throw new Refusal(Kind.METHOD, "this address takes %s only", String.join(", ", methods));
  }
}
