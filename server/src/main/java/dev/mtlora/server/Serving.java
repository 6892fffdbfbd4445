package dev.mtlora.server;

import dev.mtlora.TrainedModel;
import dev.mtlora.model.Predictor;
import java.util.Optional;

/**
 * A model that is loaded, and how many requests use it. It is closed when it is to go and the last
 * of them has left.
 */
final class Serving {
  private final ServedModel model;
  private final Batcher batcher;
  private int users; // guarded by this, as what follows
  private boolean retired;

  Serving(String name, ServedModel model, Batching batching, Batcher.Watcher watcher) {
    this.model = model;
    batcher = new Batcher(name, model.predictor().forward(), batching, watcher);
  }

  /** As it is, alone. */
  Predictor predictor() {
    return model.predictor();
  }

  /** Whose weights others may use. */
  Optional<TrainedModel> lender() {
    return model.lender();
  }

  /** Predicts for a request, together with others. */
  Predictor predictor(Ticket ticket) {
    return model.predictor().with(batcher.of(ticket));
  }

  /** False if it is going. */
  synchronized boolean enter() {
    if (!retired) {
      users++;
    }
    return !retired;
  }

  void leave() {
    boolean end;
    synchronized (this) {
      users--;
      end = retired && users == 0;
    }
    if (end) {
      close();
    }
  }

  /** Lets nobody use it any more; whoever does, may end. */
  void retire() {
    boolean end;
    synchronized (this) {
      end = !retired && users == 0;
      retired = true;
    }
    if (end) {
      close();
    }
  }

  private void close() {
    batcher.close();
    model.close();
  }
}
