package dev.mtlora.weights.torch;

import dev.mtlora.weights.Allowance;
import dev.mtlora.weights.FileBytes;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a pickle of torch.save may refer to and call: storages, the functions that make tensors and
 * parameters of them, and plain containers.
 *
 * <p>Training scripts leave more beside them: enums, settings, random generators. Nothing of it is
 * looked up or run, so calling a class only makes an object without a soul, whatever class it is,
 * and so do some functions that are known to make values. The call of any other function, and of a
 * class that exists to start or load something, is refused by name: no file of weights needs it,
 * and whoever gets such a file should know.
 */
final class TorchPickle implements PickleHost {
  private static final Set<String> DICTS =
      Set.of(
          "collections.OrderedDict",
          "collections.defaultdict",
          "collections.Counter",
          "builtins.dict",
          "__builtin__.dict");

  private static final Set<String> ARRAYS =
      Set.of(
          "numpy.core.multiarray._reconstruct",
          "numpy._core.multiarray._reconstruct",
          "numpy.core.numeric._frombuffer",
          "numpy._core.numeric._frombuffer");

  /** A class, by the rule that their names begin with a capital letter; also inside another one. */
  private static final Pattern CLASS = Pattern.compile("(\\w+\\.)+_*[A-Z]\\w*");

  /** Modules whose classes start programs, open connections, or load code. */
  private static final Set<String> NO_DATA =
      Set.of(
          "_pickle",
          "cloudpickle",
          "code",
          "ctypes",
          "dill",
          "importlib",
          "multiprocessing",
          "nt",
          "os",
          "pickle",
          "posix",
          "socket",
          "subprocess",
          "zipimport");

  private static final String WITH_ATTRIBUTES = "torch._tensor._rebuild_from_type";

  private final FileBytes in;
  private final Allowance allowance;
  private final Map<String, TorchType> storages = new HashMap<>();

  TorchPickle(FileBytes in, Allowance allowance) {
    this.in = in;
    this.allowance = allowance;
  }

  /** True for the dictionaries of Python, false for objects of any other class. */
  static boolean isDict(PickleDict dict) {
    return dict.type().equals("dict") || DICTS.contains(dict.type());
  }

  /** True for what stands for a NumPy array. */
  static boolean isArray(PickleDict object) {
    return ARRAYS.contains(object.type());
  }

  /** The types of the storages met so far, by key. */
  Map<String, TorchType> storages() {
    return storages;
  }

  /**
   * {@code ("storage", class, key, location, elements)}, in old files with a sixth item: None, or
   * {@code (key, first, elements)} of a part. {@code ("module", ...)} is the source code of a
   * class.
   */
  @Override
  public Object persistent(Object id) {
    List<?> items = id instanceof List<?> list ? list : List.of();
    if (items.size() >= 2 && items.get(0).equals("module")) {
      return items.get(1);
    }
    if (items.size() < 5 || items.size() > 6 || !items.get(0).equals("storage")) {
      throw in.fault("refers to something outside its pickle that is no storage");
    }
    String type = argument(items, 1, PickleGlobal.class).name();
    TorchStorage whole =
        new TorchStorage(
            argument(items, 2, String.class),
            TorchType.ofStorage(type)
                .orElseThrow(() -> in.fault("has a storage of the unknown type " + type)),
            0,
            argument(items, 4, Long.class));
    remember(whole);
    return items.size() == 6 && items.get(5) instanceof List<?> part ? part(whole, part) : whole;
  }

  private void remember(TorchStorage storage) {
    TorchType before = storages.put(storage.key(), storage.type());
    if (before != null && before != storage.type()) {
      throw in.fault(
          String.format(
              Locale.ROOT,
              "has the storage '%s' as %s and as %s",
              storage.key(),
              before.storageClass(),
              storage.type().storageClass()));
    }
  }

  private TorchStorage part(TorchStorage whole, List<?> part) {
    long first = argument(part, 1, Long.class);
    long elements = argument(part, 2, Long.class);
    if (first < 0 || elements < 0 || elements > whole.elements() - first) {
      throw in.fault(
          String.format(
              Locale.ROOT,
              "has a part of %d elements from %d of the storage '%s', which has %d",
              elements,
              first,
              whole.key(),
              whole.elements()));
    }
    return new TorchStorage(whole.key(), whole.type(), first, elements);
  }

  @Override
  public Object call(PickleGlobal function, List<Object> arguments) {
    String name = function.name();
    if (DICTS.contains(name)) {
      return dict(name, arguments);
    }
    return switch (name) {
      case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> tensor(arguments);
      case "torch._utils._rebuild_tensor_v3" -> typedTensor(arguments);
      case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" ->
          argument(arguments, 0, TorchTensor.class);
      case "builtins.getattr", "__builtin__.getattr" -> attribute(name, arguments);
      case WITH_ATTRIBUTES, WITH_ATTRIBUTES + "_v2" -> withAttributes(arguments);
      default -> {
        if (!isInert(name)) {
          throw in.fault(
              String.format(
                      Locale.ROOT,
                      "wants to call '%s', which no file of weights needs; nothing was run",
                      name)
                  + ". If you trust where it comes from, load it in Python and save only its"
                  + " tensors: torch.save(model.state_dict(), ...)");
        }
        yield new PickleDict(name);
      }
    };
  }

  private static boolean isInert(String name) {
    String module = name.substring(0, Math.max(0, name.indexOf('.')));
    return InertGlobals.NAMES.contains(name)
        || CLASS.matcher(name).matches() && !NO_DATA.contains(module);
  }

  /**
   * {@code (owner, name)}, as enums and methods are stored: of a class again a name, which may be
   * called as far as any other.
   */
  private Object attribute(String function, List<?> arguments) {
    if (arguments.size() == 2
        && arguments.get(0) instanceof PickleGlobal owner
        && arguments.get(1) instanceof String attribute) {
      String name = owner.name() + "." + attribute;
      allowance.chargeText(name.length());
      return new PickleGlobal(name);
    }
    return new PickleDict(function);
  }

  /** {@code (function, class, arguments of the function, attributes)}, the last not kept. */
  private TorchTensor withAttributes(List<?> arguments) {
    PickleGlobal function = argument(arguments, 0, PickleGlobal.class);
    if (function.name().startsWith(WITH_ATTRIBUTES)) {
      throw in.fault("wraps a tensor with attributes in another one, which torch does not");
    }
    List<?> its = argument(arguments, 2, List.class);
    if (call(function, List.copyOf(its)) instanceof TorchTensor tensor) {
      return tensor;
    }
    throw in.fault("makes no tensor by '" + function.name() + "' where one is needed");
  }

  /** Python 2 gives an ordered dictionary its items as a list of pairs. */
  private PickleDict dict(String type, List<Object> arguments) {
    PickleDict dict = new PickleDict(type);
    if (arguments.size() == 1 && arguments.get(0) instanceof List<?> pairs) {
      allowance.charge(2 * Allowance.SLOT * pairs.size());
      for (Object pair : pairs) {
        if (!(pair instanceof List<?> items) || items.size() != 2) {
          throw in.fault("is no sound pickle: an item of a dictionary is no pair");
        }
        dict.put(items.get(0), items.get(1));
      }
    }
    return dict;
  }

  /** {@code (storage, offset, shape, strides, requires_grad, hooks)}. */
  private TorchTensor tensor(List<?> arguments) {
    return tensor(arguments, argument(arguments, 0, TorchStorage.class));
  }

  /** The same with a seventh argument, the type; the storage then counts bytes. */
  private TorchTensor typedTensor(List<?> arguments) {
    TorchStorage bytes = argument(arguments, 0, TorchStorage.class);
    String name = argument(arguments, 6, PickleGlobal.class).name();
    TorchType type =
        TorchType.ofTensor(name)
            .orElseThrow(() -> in.fault("has a tensor of the type " + name + ", not used here"));
    if (bytes.type() != TorchType.UNTYPED) {
      throw in.fault("has a typed storage where one of bytes is needed");
    }
    return tensor(
        arguments, new TorchStorage(bytes.key(), type, 0, bytes.elements() / type.bytes()));
  }

  private TorchTensor tensor(List<?> arguments, TorchStorage storage) {
    return new TorchTensor(
        storage,
        argument(arguments, 1, Long.class),
        argument(arguments, 2, List.class),
        argument(arguments, 3, List.class));
  }

  private <T> T argument(List<?> arguments, int index, Class<T> type) {
    if (index >= arguments.size() || !type.isInstance(arguments.get(index))) {
      throw in.fault(
          String.format(
              Locale.ROOT,
              "gives %s as item %d where a %s is needed",
              index < arguments.size() ? PickleStack.describe(arguments.get(index)) : "nothing",
              index,
              type.getSimpleName()));
    }
    return type.cast(arguments.get(index));
  }
}
