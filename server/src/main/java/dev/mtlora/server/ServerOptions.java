package dev.mtlora.server;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How models are served.
 *
 * @param host name or address that is listened at; 127.0.0.1 is heard on this machine only
 * @param port 1 to 65535, or 0 for any that is free ({@link ModelServer#port})
 * @param limits what is taken
 * @param keys a file with a key in every line, one of which each request must have; empty to let
 *     everyone in
 * @param origin of pages that may use the server from elsewhere, as {@code https://example.org};
 *     empty for none but its own
 * @param grpc port of the same host for gRPC, or 0 for any that is free ({@link
 *     ModelServer#grpcPort}); empty to leave it out
 */
public record ServerOptions(
    String host,
    int port,
    Limits limits,
    Optional<Path> keys,
    Optional<String> origin,
    OptionalInt grpc) {
  /** On this machine only, at port 8080, without a key, without gRPC. */
  public static final ServerOptions USUAL =
      new ServerOptions(
          "127.0.0.1", 8080, Limits.USUAL, Optional.empty(), Optional.empty(), OptionalInt.empty());

  /** Checks host, ports and origin. */
  public ServerOptions {
    if (host.isBlank()) {
      throw new IllegalArgumentException(
          "host is empty: say a name or address, 127.0.0.1 for this machine, 0.0.0.0 for all");
    }
    Limits.require("port", "(0 for any)", port, 0, 65_535);
    grpc.ifPresent(
        other -> {
          Limits.require("the port for gRPC", "(0 for any)", other, 0, 65_535);
          if (other == port && other != 0) {
            throw new IllegalArgumentException(
                String.format(
                    Locale.ROOT, "HTTP and gRPC cannot have one port, %d: give them two", port));
          }
        });
    origin.ifPresent(
        from -> {
          if (!from.matches("https?://[A-Za-z0-9.\\-\\[\\]:]+")) {
            throw new IllegalArgumentException(
                String.format(
                    Locale.ROOT,
                    "an origin is a scheme, a host and perhaps a port, as https://example.org, not"
                        + " '%s'",
                    from));
          }
        });
  }

  /** The same elsewhere. */
  public ServerOptions at(String otherHost, int otherPort) {
    return new ServerOptions(otherHost, otherPort, limits, keys, origin, grpc);
  }

  /** The same with other limits. */
  public ServerOptions with(Limits others) {
    return new ServerOptions(host, port, others, keys, origin, grpc);
  }

  /** The same for those who have a key. */
  public ServerOptions keys(Path file) {
    return new ServerOptions(host, port, limits, Optional.of(file), origin, grpc);
  }

  /** The same for pages of an origin, too. */
  public ServerOptions origin(String pages) {
    return new ServerOptions(host, port, limits, keys, Optional.of(pages), grpc);
  }

  /** The same with gRPC at a port. */
  public ServerOptions grpc(int other) {
    return new ServerOptions(host, port, limits, keys, origin, OptionalInt.of(other));
  }
}
