package dev.mtlora.server;

import dev.mtlora.server.Ticket.Phase;
import dev.mtlora.tensor.Memory;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** What {@code /metrics} says. Values of tags are ours or names of models, never a client's. */
final class Metrics {
  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final String MODEL = "model";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final DistributionSummary batches =
      DistributionSummary.builder("mtlora.batch.pictures")
          .description("Pictures that were computed at once")
          .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256)
          .register(registry);

  Metrics(Admission admission, ModelStore store) {
    gauge(
        "mtlora.requests.active",
        "Requests that are worked on or wait",
        admission,
        a -> a.requests());
    gauge(
        "mtlora.requests.memory.bytes",
        "Memory that they are given, by estimate",
        admission,
        a -> a.bytes());
    gauge(
        "mtlora.models.ready",
        "Models that are loaded",
        store,
        s -> s.index().stream().filter(ModelStore.Entry::ready).count());
    gauge(
        "mtlora.memory.process.bytes",
        "Physical memory of the process, native memory and heap",
        admission,
        a -> Memory.used());
    gauge(
        "mtlora.memory.heap.bytes",
        "Java's heap, as far as it is in use",
        Runtime.getRuntime(),
        r -> r.totalMemory() - r.freeMemory());
    gauge(
        "mtlora.memory.native.bytes",
        "Physical memory of the process beside what is in use of Java's heap",
        Runtime.getRuntime(),
        r -> Math.max(0, Memory.used() - (r.totalMemory() - r.freeMemory())));
  }

  private <T> void gauge(String name, String what, T of, ToDoubleFunction<T> value) {
    Gauge.builder(name, of, value).description(what).strongReference(true).register(registry);
  }

  void onBatch(int pictures, long nanos) {
    batches.record(pictures);
    registry.counter("mtlora.pictures").increment(pictures);
  }

  /**
   * A request was answered.
   *
   * @param route template of its path
   * @param model that it used; empty if none
   */
  void onAnswer(String route, String model, int status, Ticket ticket) {
    registry
        .counter(
            "mtlora.requests", "route", route, "status", Integer.toString(status), MODEL, model)
        .increment();
    timer("mtlora.request", "From arrival to answer", "route", route, MODEL, model)
        .record(ticket.age(), TimeUnit.NANOSECONDS);
    ticket
        .nanos()
        .forEach(
            (phase, nanos) ->
                timer("mtlora.phase", "Parts of that", "phase", text(phase), MODEL, model)
                    .record(nanos, TimeUnit.NANOSECONDS));
  }

  private Timer timer(String name, String what, String... tags) {
    return Timer.builder(name)
        .description(what)
        .tags(tags)
        .serviceLevelObjectives(
            Duration.ofMillis(5),
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30))
        .register(registry);
  }

  static String text(Phase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  void onError(Refusal.Kind kind) {
    registry.counter("mtlora.errors", "kind", kind.text()).increment();
  }

  Answer answer() {
    return Answer.of(TYPE, registry.scrape().getBytes(StandardCharsets.UTF_8));
  }
}
