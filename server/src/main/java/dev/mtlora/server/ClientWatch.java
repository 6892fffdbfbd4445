package dev.mtlora.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;

/**
 * Sees whether the client of a request that has come in whole is still there. Nobody reads from its
 * connection until it is answered, so that its end would be seen too late; this looks, for a byte,
 * when asked. A byte that is there belongs to the client's next request: it is given back, and not
 * looked any more. One who has ended its own side counts as gone, since that cannot be told from
 * one who has left.
 */
final class ClientWatch implements BooleanSupplier {
  private final Connection connection;
  private boolean gone;
  private boolean busy;

  ClientWatch(Request request) {
    connection = request.getConnectionMetaData().getConnection();
  }

  /** To be asked by one thread at a time, after the body and before the answer. */
  @Override
  public boolean getAsBoolean() {
    if (gone || busy || !(connection instanceof Connection.UpgradeTo giveBack)) {
      return gone;
    }
    EndPoint end = connection.getEndPoint();
    ByteBuffer one = BufferUtil.allocate(1);
    try {
      int read = end.fill(one);
      gone = read < 0 || !end.isOpen();
      busy = read > 0;
    } catch (IOException e) { // the connection was reset
      gone = true;
    }
    if (busy) {
      giveBack.onUpgradeTo(one);
    }
    return gone;
  }
}
