package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.nn.Inline;
import dev.mtlora.nn.Usual;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A record as a block: a key for every component, and for those that are {@link Inline} their own
 * keys. A component that is not given has the value that it has in another instance: that of the
 * catalogue, or what the public constructor without parameters makes.
 *
 * <p>A component {@code reference} is a key of the file alone, and the same in all its blocks.
 *
 * @param <R> the record
 */
final class RecordForm<R> implements Block<R> {
  /** See above. */
  static final String REFERENCE = "reference";

  /** In a schema, the record that a key is a component of, whose documentation says what it is. */
  static final String RECORD = "$comment";

  /** In a schema, what a value looks like. */
  static final String KIND = "title";

  private final Class<R> type;
  private final Forms forms;
  private final List<Part<?>> parts = new ArrayList<>();
  private final Constructor<R> canonical;
  private final @Nullable Constructor<R> usual;

  RecordForm(Class<R> type, Forms forms) {
    this.type = type;
    this.forms = forms;
    RecordComponent[] components = type.getRecordComponents();
    for (RecordComponent component : components) {
      String key = forms.key(component.getName());
      parts.add(new Part<>(component, key, forms.of(component.getGenericType())));
    }
    canonical =
        Objects.requireNonNull(
            constructor(
                type,
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new)));
    usual = components.length == 0 ? canonical : constructor(type);
  }

  private static <R> @Nullable Constructor<R> constructor(Class<R> type, Class<?>... parameters) {
    try {
      Constructor<R> found = type.getDeclaredConstructor(parameters);
      found.setAccessible(true);
      return found;
    } catch (NoSuchMethodException e) {
      return null;
    }
  }

  Class<R> type() {
    return type;
  }

  /** A component: what it is called, and how it is read. */
  private record Part<C>(RecordComponent component, String key, Form<C> form) {
    boolean isReference() {
      return key().equals(REFERENCE);
    }

    /** Its form, if its keys stand among those of the record. */
    @Nullable Block<C> inline() {
      return component.isAnnotationPresent(Inline.class) ? (Block<C>) form : null;
    }

    Set<String> keys(ObjectNode block) {
      Block<C> inline = inline();
      if (inline != null) {
        return inline.keys(block);
      }
      return isReference() ? Set.of() : Set.of(key());
    }

    boolean hasReference() {
      Block<C> inline = inline();
      return inline == null ? isReference() : inline.hasReference();
    }

    @SuppressWarnings("unchecked")
    @Nullable C of(@Nullable Object instance) {
      try {
        component.getAccessor().setAccessible(true);
        return instance == null ? usual() : (C) component.getAccessor().invoke(instance);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("a record that cannot be read: " + component, e);
      }
    }

    private @Nullable C usual() {
      Usual usual = component.getAnnotation(Usual.class);
      return usual == null
          ? form.usual()
          : form.read(tree(usual.value()), new Place(key(), false, Keys.NONE), null);
    }

    /** Lists and blocks are JSON, others a word or a number. */
    private static JsonNode tree(String text) {
      return text.startsWith("[") || text.startsWith("{") ? JsonText.read(text) : new Plain(text);
    }

    C read(ObjectNode block, Place place, @Nullable Object otherwise) {
      C usual = of(otherwise);
      Block<C> inline = inline();
      if (inline != null) {
        return inline.readKeys(block, place, usual);
      }
      JsonNode node = block.get(key());
      if (node != null && !node.isNull() && !(isReference() && !place.isTop())) {
        return form.read(node, place.at(key()), usual);
      }
      if (usual == null) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "%s is missing: give %s", place.at(key()).path(), form.kind()));
      }
      return usual;
    }

    /** An empty list that is the usual one needs no words, nor what says so of itself. */
    private boolean isUsual(JsonNode node, @Nullable Object usually) {
      Usual own = component.getAnnotation(Usual.class);
      if (own != null && own.silent()) {
        return node.equals(form.write(Objects.requireNonNull(usual())));
      }
      return node.isArray()
          && node.isEmpty()
          && of(usually) instanceof Collection<?> usual
          && usual.isEmpty();
    }

    void write(ObjectNode block, Object instance, @Nullable Object usually, boolean top) {
      C value = Objects.requireNonNull(of(instance));
      Block<C> inline = inline();
      if (inline != null) {
        inline.writeKeys(block, value, top);
      } else if (!isReference() || top) {
        JsonNode node = form.write(value);
        if (!node.isNull() && !isUsual(node, usually)) {
          block.set(key(), node);
        }
      }
    }

    void schema(ObjectNode properties, @Nullable Object instance) {
      C usual = of(instance);
      Block<C> inline = inline();
      if (inline != null) {
        inline.schema(properties, usual);
        if (properties.get(key) instanceof ObjectNode name) { // of a plug
          name.put(RECORD, component.getDeclaringRecord().getName());
        }
        return;
      }
      ObjectNode schema = (ObjectNode) form.schema();
      schema.put(RECORD, component.getDeclaringRecord().getName());
      schema.put(KIND, form.kind());
      JsonNode written = usual == null ? null : form.write(usual);
      if (written != null && !written.isNull()) {
        schema.set("default", written);
      }
      properties.set(key(), schema);
    }
  }

  @Override
  public Set<String> keys(ObjectNode block) {
    Set<String> keys = new LinkedHashSet<>();
    parts.forEach(part -> keys.addAll(part.keys(block)));
    return keys;
  }

  @Override
  public boolean isStrict() {
    return forms.isStrict();
  }

  @Override
  public boolean hasReference() {
    return parts.stream().anyMatch(Part::hasReference);
  }

  @Override
  public R readKeys(ObjectNode block, Place place, @Nullable R otherwise) {
    R instance = otherwise == null ? usual() : otherwise;
    Place here = withReference(block, place);
    Object[] values =
        parts.stream()
            .map(part -> part.isReference() ? here.reference() : part.read(block, here, instance))
            .toArray();
    return made(values, place, keys(block));
  }

  /** The file's {@code reference} is read before all else, since its blocks depend on it. */
  private static Place withReference(ObjectNode block, Place place) {
    JsonNode node = place.isTop() ? block.get(REFERENCE) : null;
    return node == null || node.isNull()
        ? place
        : place.with(Scalars.flag(node, place.at(REFERENCE)));
  }

  /** The record of these components. */
  R made(Object[] values, Place place) {
    return made(values, place, Set.of());
  }

  private R made(Object[] values, Place place, Set<String> keys) {
    try {
      return canonical.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw place.placed(refused, keys);
      }
      throw new IllegalStateException("a record that cannot be made: " + canonical, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record that cannot be made: " + canonical, e);
    }
  }

  @Override
  public void writeKeys(ObjectNode block, R value, boolean top) {
    R usually = usual();
    parts.forEach(part -> part.write(block, value, usually, top));
  }

  @Override
  public void schema(ObjectNode properties, @Nullable R usual) {
    R instance = usual == null ? usual() : usual;
    parts.forEach(part -> part.schema(properties, instance));
  }

  /** What the constructor without parameters makes; null if there is none. */
  @Override
  public @Nullable R usual() {
    try {
      return usual == null ? null : usual.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record that cannot be made: " + usual, e);
    }
  }
}
