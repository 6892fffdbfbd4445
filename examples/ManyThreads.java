import dev.mtlora.TrainedModel;
import dev.mtlora.model.Prediction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** As in a servlet: one model, eight threads that ask it at once, and another one that closes it. */
public final class ManyThreads {
  private static final int THREADS = 8;

  public static void main(String[] arguments) throws Exception {
    byte[] picture = Files.readAllBytes(Path.of(arguments[1]));
    TrainedModel model = TrainedModel.open(Path.of(arguments[0])); // the bean
    ExecutorService requests = Executors.newFixedThreadPool(THREADS);
    try {
      Prediction alone = model.predict(picture);
      List<Future<Prediction>> asked = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        asked.add(requests.submit(() -> model.predict(picture)));
      }
      int same = 0;
      for (Future<Prediction> one : asked) {
        same += isSame(one.get(), alone) ? 1 : 0;
      }
      System.out.println(same + " of " + THREADS + " threads got what one thread alone gets");
    } finally {
      requests.shutdown();
      Thread container = new Thread(model::close); // neither opened it nor asked it
      container.start();
      container.join();
    }
  }

  private static boolean isSame(Prediction a, Prediction b) {
    return a.tasks().stream()
        .allMatch(task -> Arrays.equals(a.of(task).numbers(), b.of(task).numbers()));
  }
}
