package dev.mtlora.spec;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.FeatureInfo;
import dev.mtlora.decoder.DecoderSettings;
import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.model.Head;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Neck;
import dev.mtlora.nn.Plug;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.spec.bind.Bind;
import dev.mtlora.spec.bind.JsonText;
import dev.mtlora.task.Task;
import dev.mtlora.task.Tasks;
import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a model is, but for the numbers in it: a model can be made of it, kept as files
 * and opened again, whether it was read or made by constructors.
 *
 * @param model the network
 * @param method how it is adapted
 * @param tasks what it predicts, in order, each name once
 * @param reference true for the reference implementation's behaviour where ours differs
 */
public record ModelSpec(Network model, AdapterMethod method, List<Task> tasks, boolean reference) {
  private static final int MOST_TASKS = 64;

  /** Binds what a model is made of; more plugs come with a run's. */
  public static final List<Plug<?>> PLUGS =
      List.of(
          Plug.of(BackboneSettings.class, "backbone", Backbones.ALL, Backbones.DEFAULT),
          Plug.of(DecoderSettings.class, "name", Decoders.ALL, "hrnet"),
          Plug.of(AdapterMethod.class, "name", AdapterMethods.ALL, AdapterMethods.DEFAULT),
          Plug.of(Task.class, "", Tasks.ALL, ""));

  private static final Bind BIND = new Bind(PLUGS);

  /** Checks that the method fits the network and that settings by task name the tasks. */
  public ModelSpec {
    tasks = List.copyOf(tasks);
    List<String> names = tasks.stream().map(Task::name).toList();
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException(
          "tasks must name at least one task, for instance tasks: {semseg: {classes: 21}};"
              + " known are "
              + String.join(", ", Tasks.ids()));
    }
    if (tasks.size() > MOST_TASKS) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the number of tasks must be at most %d but is %d",
              MOST_TASKS,
              tasks.size()));
    }
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException("tasks must differ in their names but are " + names);
    }
    model.decoder().requireTasks(names, "model.decoder");
    check(model.backbone(), method, names);
  }

  private static void check(BackboneSettings backbone, AdapterMethod method, List<String> tasks) {
    try {
      method.check(backbone.sites(), tasks);
    } catch (IllegalArgumentException e) {
      throw BIND.placed(method, "method", e);
    }
  }

  /** Names of the tasks, in order. */
  public List<String> taskNames() {
    return tasks.stream().map(Task::name).toList();
  }

  /** Name of the method, as in {@link AdapterMethods}. */
  public String methodName() {
    return BIND.name(AdapterMethod.class, method);
  }

  /** Names of the tasks' decoders, each once. */
  public List<String> decoderNames() {
    return tasks.stream()
        .map(task -> BIND.name(DecoderSettings.class, model.decoder(task.name())))
        .distinct()
        .sorted()
        .toList();
  }

  /** Name of the published shape that the backbone is, or differs least from. */
  public String preset() {
    return BIND.name(BackboneSettings.class, model.backbone());
  }

  /** The same with other tasks. */
  public ModelSpec with(List<Task> others) {
    return new ModelSpec(model, method, others, reference);
  }

  /** The same with another network. */
  public ModelSpec with(Network other) {
    return new ModelSpec(other, method, tasks, reference);
  }

  /** The model with random weights, in the scope that is open. */
  public MultiTaskModel build(Rng rng) {
    Backbone backbone = Backbone.of(model.backbone(), method, taskNames(), rng);
    return new MultiTaskModel(backbone, heads(backbone.pyramid(), rng));
  }

  private List<Head> heads(List<FeatureInfo> pyramid, Rng rng) {
    List<Integer> channels = pyramid.stream().map(FeatureInfo::channels).toList();
    List<Integer> decoded = model.neck() == Network.NeckKind.NONE ? channels : model.neckChannels();
    Neck shared = model.neck() == Network.NeckKind.SHARED ? neck(channels, rng) : null;
    List<Head> heads = new ArrayList<>();
    for (Task task : tasks) {
      Neck neck = model.neck() == Network.NeckKind.PER_TASK ? neck(channels, rng) : shared;
      heads.add(head(task, neck, new DecoderSpec(decoded, task.outputs()), rng));
    }
    return heads;
  }

  private Neck neck(List<Integer> channels, Rng rng) {
    return new Neck(rng, channels, model.neckChannels());
  }

  private Head head(Task task, @Nullable Neck neck, DecoderSpec spec, Rng rng) {
    return new Head(task, neck, model.decoder(task.name()).build(spec, rng));
  }

  /**
   * The spec that a text describes, as {@code model.json} has it.
   *
   * @param json at most 8 MB
   * @throws IllegalArgumentException if it is no JSON, a key is unknown or a value wrong; names its
   *     path
   */
  public static ModelSpec ofJson(String json) {
    return BIND.read(ModelSpec.class, JsonText.read(json));
  }

  /**
   * The text of which {@link #ofJson} makes an equal spec.
   *
   * @throws IllegalArgumentException if there is none: something is in no catalogue, or {@code
   *     reference} is not the same in the method, the tasks and here
   */
  public String json() {
    JsonNode tree = BIND.write(this);
    if (!BIND.read(ModelSpec.class, tree).equals(this)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a model cannot be written whose parts do not agree: reference is %s, but method and tasks"
                  + " are %s and %s; make it the same in all of them",
              reference,
              method,
              tasks));
    }
    return tree.toString();
  }
}
