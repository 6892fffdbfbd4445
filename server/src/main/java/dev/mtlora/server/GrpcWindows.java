package dev.mtlora.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.eclipse.jetty.http2.BufferingFlowControlStrategy;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;

/**
 * How much may be sent to a client before it asks for more. Clients made of gRPC's C library, as
 * Python's, set larger windows while a large answer comes in, and hold the server to the old ones
 * until it has acknowledged the new. Jetty applies them first, so that an answer that waited for
 * room goes out before the acknowledgement, and is refused with all that shares its connection.
 * Here larger windows count once the acknowledgement has been written.
 *
 * <p>A stream is known from when it has its window: others' threads make streams while the thread
 * that writes makes windows larger.
 */
final class GrpcWindows extends BufferingFlowControlStrategy {
  private static final float USUAL_RATIO = 0.5f;

  private final Set<Stream> known = new HashSet<>(); // guarded by this, as what follows
  private final Deque<Settings> unacknowledged = new ArrayDeque<>();
  private int initial = getInitialStreamSendWindow();

  GrpcWindows() {
    super(USUAL_RATIO);
  }

  /** What a client has set at once. */
  private static final class Settings {
    int window = -1; // none
  }

  /** Of all connections. */
  static final class Watch implements HTTP2Session.FrameListener {
    @Override
    public void onIncomingFrame(Session session, Frame frame) {
      if (frame instanceof SettingsFrame settings && !settings.isReply()) {
        // The least that there may be is enough, and cannot come too early either.
        settings.getSettings().remove(SettingsFrame.MAX_FRAME_SIZE);
        of(session).onSettings();
      }
    }

    @Override
    public void onOutgoingFrame(Session session, Frame frame) {
      if (frame instanceof SettingsFrame settings && settings.isReply()) {
        of(session).onAcknowledged((HTTP2Session) session);
      }
    }

    private static GrpcWindows of(Session session) {
      return (GrpcWindows) ((HTTP2Session) session).getFlowControlStrategy();
    }
  }

  private synchronized void onSettings() {
    unacknowledged.add(new Settings());
  }

  private synchronized void onAcknowledged(HTTP2Session session) {
    Settings settings = unacknowledged.poll();
    if (settings != null && settings.window >= 0) {
      apply(session, settings.window);
    }
  }

  @Override
  public synchronized void onStreamCreated(Stream stream) {
    super.onStreamCreated(stream);
    updateSendWindow(stream, initial - super.getInitialStreamSendWindow());
    known.add(stream);
  }

  @Override
  public synchronized void onStreamDestroyed(Stream stream) {
    known.remove(stream);
    super.onStreamDestroyed(stream);
  }

  @Override
  public synchronized void updateInitialStreamWindow(Session session, int size, boolean local) {
    if (local) {
      super.updateInitialStreamWindow(session, size, true);
    } else if (size <= initial || known.isEmpty()) {
      apply((HTTP2Session) session, size);
    } else {
      unacknowledged.getLast().window = size;
    }
  }

  private void apply(HTTP2Session session, int size) {
    int more = size - initial;
    initial = size;
    if (more != 0) {
      for (Stream stream : known) {
        session.onWindowUpdate((HTTP2Stream) stream, new WindowUpdateFrame(stream.getId(), more));
      }
    }
  }
}
