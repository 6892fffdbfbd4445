package dev.mtlora.cli;

import dev.mtlora.OpenOptions;
import dev.mtlora.TrainedModel;
import dev.mtlora.run.ConfigException;
import dev.mtlora.server.Batching;
import dev.mtlora.server.Limits;
import dev.mtlora.server.ModelServer;
import dev.mtlora.server.ModelStore;
import dev.mtlora.server.ServedModel;
import dev.mtlora.server.ServerOptions;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves models until it is asked to end. */
@Command(
    name = "serve",
    description = {
      "Serves models over HTTP: a page at /, pictures at /v1/predict, the Open Inference Protocol",
      "below /v2 and, if that has a port, over gRPC, metrics at /metrics. Prints a line of JSON for",
      "every answer. Ctrl-C, or SIGTERM, ends it once what has begun is answered."
    })
final class ServeCommand implements Callable<Integer> {
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty"); // held, or it is lost
  private static final int MEGA = 1_000_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "1..*",
      paramLabel = "[NAME=]RUN",
      description = {
        "Folders that train, merge or a program has filled, or adapter folders. A model is called",
        "as its folder, or NAME."
      })
  private List<String> runs = new ArrayList<>();

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "Where to listen; 0 for any that is free (${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--grpc-port",
      paramLabel = "N",
      description = "Where to listen for gRPC, too; 0 for any that is free (nowhere).")
  private @Nullable Integer grpc;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Where to listen; 0.0.0.0 for other machines, too (${DEFAULT-VALUE}).")
  private String host = "";

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "Keys, one in a line, one of which every request must have.")
  private @Nullable Path keys;

  @Option(
      names = "--cors",
      paramLabel = "ORIGIN",
      description = "Whose pages may use the server beside its own, as https://example.org.")
  private @Nullable String origin;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Most pictures that are computed at once, and of one request (8).")
  private int batch = Batching.USUAL.most();

  @Option(
      names = "--delay",
      paramLabel = "MS",
      description = "How long a request waits for others to be computed with (2).")
  private long delay = Batching.USUAL.delay().toMillis();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long a request may take before it is refused (30).")
  private long timeout = Batching.USUAL.deadline().toSeconds();

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "Most that are worked on or wait; others are told to come again (64).")
  private int requests = Limits.USUAL.requests();

  @Option(
      names = "--memory",
      paramLabel = "MB",
      description = "Most memory for bodies and pictures at once, by estimate (half of Java's).")
  private long memory = Limits.USUAL.memory() / MEGA;

  @Option(names = "--max-body", paramLabel = "MB", description = "Most of one request (64).")
  private int body = 64;

  @Option(
      names = "--max-pixels",
      paramLabel = "MILLIONS",
      description = "Most of one picture (16).")
  private int pixels = Limits.USUAL.pixels() / MEGA;

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description = {
        "What computes: torch, the models themselves, of which those over one base have its weights",
        "once; script, recordings of them; onnx, ONNX Runtime, with files that are kept in",
        "RUN/exports; auto, onnx where that is possible, else torch (${DEFAULT-VALUE})."
      },
      defaultValue = "torch")
  private OpenModel.Engine engine = OpenModel.Engine.TORCH;

  @Option(names = "--quiet", description = "Without a line for every answer.")
  private boolean quiet;

  @Override
  public Integer call() throws InterruptedException {
    JETTY.setLevel(Level.WARNING);
    PrintWriter err = spec.commandLine().getErr();
    ServerOptions options = options();
    try (ModelStore store = new ModelStore(this::open, batching())) {
      for (String run : runs) {
        add(store, run);
      }
      try (ModelServer server = ModelServer.start(options, store, access());
          Interruption interruption = new Interruption(server::close, 0)) {
        err.printf(
            Locale.ROOT,
            "serving %s at http://%s:%d/%n",
            String.join(", ", store.index().stream().map(ModelStore.Entry::name).toList()),
            options.host(),
            server.port());
        server
            .grpcPort()
            .ifPresent(own -> err.printf(Locale.ROOT, "gRPC at %s:%d%n", options.host(), own));
        err.flush();
        server.await();
        err.println("stopped");
        err.flush();
      }
    }
    return 0;
  }

  private ServerOptions options() {
    try {
      Limits limits =
          Limits.USUAL
              .body(Math.multiplyExact(body, MEGA))
              .pixels(Math.multiplyExact(pixels, MEGA))
              .atOnce(requests, Math.multiplyExact(memory, MEGA));
      return new ServerOptions(
          host,
          port,
          limits,
          Optional.ofNullable(keys),
          Optional.ofNullable(origin),
          grpc == null ? OptionalInt.empty() : OptionalInt.of(grpc));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private Batching batching() {
    try {
      return new Batching(batch, Duration.ofMillis(delay), Duration.ofSeconds(timeout));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private Consumer<String> access() {
    if (quiet) {
      return line -> {};
    }
    PrintWriter out = spec.commandLine().getOut();
    return line -> {
      out.println(line);
      out.flush();
    };
  }

  private ServedModel open(Path folder, List<TrainedModel> lenders) {
    OpenOptions options = OpenOptions.USUAL.sharing(lenders);
    OpenModel open =
        OpenModel.of(
            engine,
            folder,
            () -> TrainedModel.open(folder, options),
            true,
            line -> spec.commandLine().getErr().println("mtlora: " + line));
    return new ServedModel(open.predictor(), open.lender(), open.owner());
  }

  private static void add(ModelStore store, String run) {
    int sign = run.indexOf('=');
    boolean named = sign > 0 && !Files.exists(Path.of(run));
    Path folder = Path.of(named ? run.substring(sign + 1) : run);
    String name =
        named
            ? run.substring(0, sign)
            : String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    try {
      store.add(name, folder);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage() + "; NAME=RUN gives a folder another name", e);
    }
  }
}
