package dev.mtlora.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The element types this library uses. */
public enum DType {
  /** 64-bit float. */
  F64(8, ScalarType.Double),
  /** 32-bit float, the default of every parameter and activation. */
  F32(4, ScalarType.Float),
  /** IEEE half precision: storage only. */
  F16(2, ScalarType.Half),
  /** bfloat16: products under {@link Autocast}. */
  BF16(2, ScalarType.BFloat16),
  /** 64-bit integer: indices and counters. */
  I64(8, ScalarType.Long),
  /** 32-bit integer. */
  I32(4, ScalarType.Int),
  /** 16-bit integer. */
  I16(2, ScalarType.Short),
  /** 8-bit signed integer. */
  I8(1, ScalarType.Char),
  /** 8-bit unsigned integer. */
  U8(1, ScalarType.Byte),
  /** 16-bit unsigned integer: storage only. */
  U16(2, ScalarType.UInt16),
  /** 32-bit unsigned integer: storage only. */
  U32(4, ScalarType.UInt32),
  /** 64-bit unsigned integer: storage only. */
  U64(8, ScalarType.UInt64),
  /** Truth values, one byte each. */
  BOOL(1, ScalarType.Bool);

  private static final DType[] ALL = values(); // which copies them at every call

  private final int bytes;
  private final ScalarType scalarType;

  DType(int bytes, ScalarType scalarType) {
    this.bytes = bytes;
    this.scalarType = scalarType;
  }

  /** Bytes per element. */
  public int bytes() {
    return bytes;
  }

  /** True for the four floating-point types. */
  public boolean isFloat() {
    return switch (this) {
      case F64, F32, F16, BF16 -> true;
      case I64, I32, I16, I8, U8, U16, U32, U64, BOOL -> false;
    };
  }

  /** What sums of this type are made in: F64 stays, all else becomes F32. */
  public DType atLeastF32() {
    return this == F64 ? F64 : F32;
  }

  ScalarType scalarType() {
    return scalarType;
  }

  static DType of(ScalarType type) {
    for (DType candidate : ALL) {
      if (candidate.scalarType.value == type.value) {
        return candidate;
      }
    }
    throw new IllegalStateException(
        "libtorch returned a tensor of type " + type + ", not used here");
  }
}
