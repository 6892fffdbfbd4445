package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.nn.PerTask;
import dev.mtlora.peft.PerStage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The forms of settings that may differ by stage or by task. */
final class Varying {
  private Varying() {}

  /** One value for all stages, or a list with one for each. */
  record OfStages<T>(Form<T> element) implements Form<PerStage<T>> {
    @Override
    public PerStage<T> read(JsonNode node, Place place, @Nullable PerStage<T> otherwise) {
      if (!node.isArray()) {
        return PerStage.same(element.read(node, place, null));
      }
      if (node.isEmpty()) {
        throw place.wrong(kind(), node);
      }
      return PerStage.of(Containers.elements(node, place, element));
    }

    @Override
    public JsonNode write(PerStage<T> value) {
      return value.same() ? element.write(value.at(0)) : Containers.array(value.values(), element);
    }

    @Override
    public String kind() {
      return element.kind() + ", or a list with one per stage";
    }

    @Override
    public JsonNode schema() {
      return Containers.anyOf(element.schema(), Containers.array(element.schema()));
    }
  }

  /**
   * One value for all tasks, or a block with those of single ones, and under {@code *} that of the
   * others.
   */
  record OfTasks<T>(Form<T> element) implements Form<PerTask<T>> {
    private static final String OTHERS = "*";

    @Override
    public PerTask<T> read(JsonNode node, Place place, @Nullable PerTask<T> otherwise) {
      Optional<T> usual = otherwise == null ? Optional.empty() : otherwise.others();
      if (!node.isObject()
          || (element instanceof PlugForm<?> plug && node.has(plug.plug().key()))) {
        return PerTask.all(element.read(node, place, null));
      }
      if (element instanceof PlugForm<?> plug && plug.hasSetting(node)) {
        throw new IllegalArgumentException(
            place.at(plug.plug().key()).path() + " is missing: give " + plug.kind());
      }
      Map<String, T> byTask =
          new LinkedHashMap<>(Containers.entries(Block.block(node, place), place, element, true));
      T others = byTask.remove(OTHERS);
      return new PerTask<>(others == null ? usual : Optional.of(others), byTask);
    }

    @Override
    public JsonNode write(PerTask<T> value) {
      if (value.byTask().isEmpty()) {
        return value.others().map(element::write).orElse(NullNode.getInstance());
      }
      ObjectNode block = JsonNodeFactory.instance.objectNode();
      value.others().ifPresent(others -> block.set(OTHERS, element.write(others)));
      value.byTask().forEach((task, own) -> block.set(task, element.write(own)));
      return block;
    }

    @Override
    public PerTask<T> usual() {
      return PerTask.usual();
    }

    @Override
    public String kind() {
      return element.kind() + ", or a block with that of each task";
    }

    @Override
    public JsonNode schema() {
      return Containers.anyOf(element.schema(), Containers.anyKey(element.schema()));
    }
  }
}
