package dev.mtlora.weights.torch;

import java.util.Set;

/** What pickles call, named like functions, and whose results no tensor needs. */
final class InertGlobals {
  /** Classes and functions by their full names. */
  static final Set<String> NAMES =
      Set.of(
          "_codecs.encode",
          "builtins.bytearray",
          "builtins.bytes",
          "builtins.complex",
          "builtins.frozenset",
          "builtins.object",
          "builtins.range",
          "builtins.set",
          "builtins.slice",
          "collections.deque",
          "__builtin__.bytearray",
          "__builtin__.complex",
          "__builtin__.frozenset",
          "__builtin__.object",
          "__builtin__.set",
          "__builtin__.slice",
          "__builtin__.xrange",
          "copy_reg._reconstructor",
          "copyreg._reconstructor",
          "datetime.date",
          "datetime.datetime",
          "datetime.time",
          "datetime.timedelta",
          "datetime.timezone",
          "functools.partial",
          "itertools.count",
          "itertools.cycle",
          "itertools.repeat",
          "numpy.core.multiarray._reconstruct",
          "numpy.core.multiarray.scalar",
          "numpy._core.multiarray._reconstruct",
          "numpy._core.multiarray.scalar",
          "numpy._core.numeric._frombuffer",
          "numpy.core.numeric._frombuffer",
          "numpy.dtype",
          "numpy.random._pickle.__bit_generator_ctor",
          "numpy.random._pickle.__generator_ctor",
          "numpy.random._pickle.__randomstate_ctor",
          "_operator.or_",
          "operator.attrgetter",
          "operator.itemgetter",
          "torch.device");

  private InertGlobals() {}
}
