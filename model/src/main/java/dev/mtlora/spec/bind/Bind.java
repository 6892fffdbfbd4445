package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.nn.Plug;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Binds settings records to trees of text, and writes what it reads: the components of a record are
 * the keys of a block. A key that is not given has the value that the record has in its catalogue,
 * or that its constructor without parameters gives it; an unknown one is refused with the nearest,
 * or with the block that it belongs to; what a record refuses itself is reported with the path.
 *
 * <p>It is the only reflection there is: it replaces a reader, a writer, a page of documentation
 * and a schema for each of some forty records. Jackson reads and writes the trees; its own binding
 * knows neither settings that start from a catalogue's, nor what stood where a value was expected,
 * nor the text of a number.
 */
public final class Bind {
  private final Forms forms;
  private final Map<Class<?>, Keys> keys = new ConcurrentHashMap<>();

  /**
   * A binding that knows some plugs.
   *
   * @param plugs interfaces whose members a tree names
   */
  public Bind(List<Plug<?>> plugs) {
    forms = new Forms(plugs, component -> component, true);
  }

  private Bind(Forms forms) {
    this.forms = forms;
  }

  /**
   * A binding for files of ours in JSON, whose keys are in small letters, {@code base_sha256}, and
   * which may have more of them: others add theirs, and later versions, too.
   */
  public static Bind json() {
    return new Bind(
        new Forms(
            List.of(), name -> name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT), false));
  }

  /**
   * The record that a whole file describes.
   *
   * @throws IllegalArgumentException if a key is unknown or missing or a value wrong; names its
   *     path, what is there and what was expected
   */
  public <T> T read(Class<T> type, JsonNode tree) {
    Keys elsewhere = keys.computeIfAbsent(type, t -> Keys.of(schema(t)));
    return forms.<T>of(type).read(tree, new Place("", false, elsewhere), null);
  }

  /** The same of a block of a file. */
  public <T> T read(Class<T> type, JsonNode tree, String path) {
    return forms.<T>of(type).read(tree, new Place(path, false, Keys.NONE), null);
  }

  /** The tree of a record that is a whole file; {@link #read} makes an equal one of it. */
  @SuppressWarnings("unchecked")
  public <T> ObjectNode write(T value) {
    Block<T> form = (Block<T>) forms.<T>of(value.getClass());
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    form.writeKeys(tree, value, true);
    return tree;
  }

  /**
   * The name of the member of a plug's catalogue that a value is, or differs least from.
   *
   * @throws IllegalArgumentException if there is none of its class
   */
  public <T> String name(Class<T> plug, T value) {
    return ((PlugForm<T>) forms.<T>of(plug)).name(value);
  }

  /** What a settings record has refused itself, with the path of the record before it. */
  public IllegalArgumentException placed(Object settings, String path, IllegalArgumentException e) {
    if (!settings.getClass().isRecord()) {
      return e;
    }
    Block<Object> form = (Block<Object>) forms.<Object>of(settings.getClass());
    Place place = new Place(path, false, Keys.NONE);
    return place.placed(e, form.keys(JsonNodeFactory.instance.objectNode()));
  }

  /** A JSON schema of the files that a record is read from. */
  public ObjectNode schema(Class<?> type) {
    synchronized (forms) { // which remember where the walk has been
      return (ObjectNode) forms.of(type).schema();
    }
  }
}
