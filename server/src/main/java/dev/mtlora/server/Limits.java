package dev.mtlora.server;

import java.time.Duration;
import java.util.Locale;

/**
 * What a server takes; what goes beyond is refused with the reason, and costs little.
 *
 * @param body most bytes of a request's body, also once it is inflated; 1 KiB to 1 GiB
 * @param pixels most pixels of a picture, read from its header before it is decoded; 1 to 64
 *     million
 * @param header most bytes of a request's first line and headers; 1 KiB to 1 MiB
 * @param connections most that are open at once; further ones wait to be accepted; from 1
 * @param requests most that are worked on or wait at once; beyond, clients are told to come again;
 *     1 to 1024, each with a thread
 * @param memory most bytes of bodies, decoded pictures and what is made of them, at once, by
 *     estimate; beyond, clients are told to come again
 * @param idle how long a connection may say nothing
 * @param arrival how long a request may take to come in
 */
public record Limits(
    int body,
    int pixels,
    int header,
    int connections,
    int requests,
    long memory,
    Duration idle,
    Duration arrival) {
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;
  private static final int MOST_PIXELS = 64_000_000;

  /** For one machine behind no other: half of the Java heap, 64 requests. */
  public static final Limits USUAL =
      new Limits(
          64 * MIB,
          16_000_000,
          16 * KIB,
          512,
          64,
          Runtime.getRuntime().maxMemory() / 2,
          Duration.ofSeconds(30),
          Duration.ofSeconds(60));

  /** Checks all. */
  public Limits {
    require("body", "bytes", body, KIB, 1 << 30);
    require("pixels", "pixels", pixels, 1, MOST_PIXELS);
    require("header", "bytes", header, KIB, MIB);
    require("connections", "connections", connections, 1, 1 << 16);
    require("requests", "requests", requests, 1, KIB);
    require("memory", "bytes", memory, KIB, Long.MAX_VALUE);
    requirePositive("idle", idle);
    requirePositive("arrival", arrival);
  }

  static void require(String name, String unit, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s must be %,d to %,d %s but is %,d", name, least, most, unit, value));
    }
  }

  static void requirePositive(String name, Duration value) {
    if (value.toMillis() < 1 || value.toDays() > 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s must be 1 ms to a day but is %s ms", name, value.toMillis()));
    }
  }

  /** The same with bodies of other sizes. */
  public Limits body(int bytes) {
    return new Limits(bytes, pixels, header, connections, requests, memory, idle, arrival);
  }

  /** The same with pictures of other sizes. */
  public Limits pixels(int most) {
    return new Limits(body, most, header, connections, requests, memory, idle, arrival);
  }

  /** The same with other numbers of requests and bytes at once. */
  public Limits atOnce(int most, long bytes) {
    return new Limits(body, pixels, header, connections, most, bytes, idle, arrival);
  }

  /** The same with other times. */
  public Limits times(Duration silent, Duration whole) {
    return new Limits(body, pixels, header, connections, requests, memory, silent, whole);
  }
}
