package dev.mtlora.spec.bind;

import dev.mtlora.image.Fit;
import dev.mtlora.image.Size;
import dev.mtlora.nn.PerTask;
import dev.mtlora.nn.Plug;
import dev.mtlora.peft.PerStage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The form of every type that a settings record may have, made when it is asked for. */
final class Forms {
  private final Map<Type, Form<?>> made = new HashMap<>();
  private final Set<Form<?>> entered = new HashSet<>();

  /** Forms of generic types by their class, given that of their last parameter. */
  private final Map<Class<?>, Function<Form<?>, Form<?>>> generic =
      Map.of(
          List.class, element -> list(element),
          Set.class, element -> new Containers.OfSet<>(element),
          Map.class, element -> new Containers.OfMap<>(element),
          Optional.class, element -> new Containers.OfOptional<>(element),
          PerStage.class, element -> new Varying.OfStages<>(element),
          PerTask.class, element -> new Varying.OfTasks<>(element));

  private final UnaryOperator<String> keys;
  private final boolean strict;

  /**
   * Forms.
   *
   * @param keys the key of a component in a block, by the component's name
   * @param strict true if unknown keys and infinite numbers are refused
   */
  Forms(List<Plug<?>> plugs, UnaryOperator<String> keys, boolean strict) {
    this.keys = keys;
    this.strict = strict;
    if (!strict) {
      made.put(Double.class, Scalars.ANY_DOUBLE);
      made.put(double.class, Scalars.ANY_DOUBLE);
    }
    plugs.forEach(plug -> made.put(plug.type(), new PlugForm<>(plug, this)));
    made.put(Size.class, new SizeForm(of(int.class)));
    made.put(Fit.class, new FitForm(of(int.class)));
    made.put(OptionalInt.class, Containers.ofInt(this));
    made.put(OptionalDouble.class, Containers.ofDouble(this));
  }

  private Form<?> list(Form<?> element) {
    return element instanceof PlugForm<?> plug && plug.plug().key().isEmpty()
        ? byId(plug)
        : new Containers.OfList<>(element);
  }

  private <T> Form<List<T>> byId(PlugForm<T> plug) {
    return new ById<>(plug, plug.plug().members(), this);
  }

  /** The form of a type. */
  @SuppressWarnings("unchecked")
  synchronized <T> Form<T> of(Type type) {
    Form<?> form = made.get(type);
    if (form == null) {
      form = make(type);
      made.put(type, form);
    }
    return (Form<T>) form;
  }

  /** True if unknown keys are refused. */
  boolean isStrict() {
    return strict;
  }

  /** The key of a component of a record. */
  String key(String component) {
    return keys.apply(component);
  }

  /** True if a walk over all forms is not yet within this one. */
  synchronized boolean enter(Form<?> form) {
    return entered.add(form);
  }

  synchronized void leave(Form<?> form) {
    entered.remove(form);
  }

  private Form<?> make(Type type) {
    if (type instanceof ParameterizedType parameters) {
      Type[] arguments = parameters.getActualTypeArguments();
      var maker = generic.get((Class<?>) parameters.getRawType());
      if (maker != null) {
        return maker.apply(of(arguments[arguments.length - 1]));
      }
    }
    if (type instanceof Class<?> simple) {
      Form<?> form = simple(simple);
      if (form != null) {
        return form;
      }
    }
    throw new IllegalStateException("settings have no such type: " + type);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private @Nullable Form<?> simple(Class<?> type) {
    Form<?> scalar = Scalars.of(type);
    if (scalar != null) {
      return scalar;
    }
    if (type.isEnum()) {
      return Scalars.ofEnum((Class) type);
    }
    Method parse = parse(type);
    if (parse != null) {
      return Scalars.parsed("a text", text -> parsed(parse, text));
    }
    if (type.isSealed()) {
      return new ShapeForm<>((Class) type, this);
    }
    return type.isRecord() ? new RecordForm<>((Class) type, this) : null;
  }

  private static @Nullable Method parse(Class<?> type) {
    try {
      Method parse = type.getMethod("parse", String.class);
      return Modifier.isStatic(parse.getModifiers()) && parse.getReturnType() == type
          ? parse
          : null;
    } catch (NoSuchMethodException e) {
      return null;
    }
  }

  private static Object parsed(Method parse, String text) {
    try {
      return parse.invoke(null, text);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new IllegalStateException("a text that cannot be parsed by " + parse, e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(String.format(Locale.ROOT, "%s is not public", parse), e);
    }
  }
}
