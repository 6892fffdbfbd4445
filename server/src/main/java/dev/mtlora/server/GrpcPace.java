package dev.mtlora.server;

import java.time.Duration;
import org.eclipse.jetty.http2.frames.PingFrame;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.io.WindowRateControl;

/**
 * How often a connection may send what costs the sender little: calls that are cancelled, settings,
 * and the like. Beyond, it is closed. Pings are reckoned apart: clients of gRPC measure the line
 * with one for nearly every message, which Jetty's own bound of 128 frames a second takes for an
 * attack.
 */
final class GrpcPace implements RateControl {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final RateControl pings = new WindowRateControl(10_000, SECOND);
  private final RateControl others = new WindowRateControl(1_000, SECOND);

  /** Of every connection its own. */
  static final class Factory implements RateControl.Factory {
    @Override
    public RateControl newRateControl(EndPoint connection) {
      return new GrpcPace();
    }
  }

  @Override
  public boolean onEvent(Object event) {
    return (event instanceof PingFrame ? pings : others).onEvent(event);
  }
}
