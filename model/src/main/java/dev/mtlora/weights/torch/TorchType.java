package dev.mtlora.weights.torch;

import dev.mtlora.tensor.DType;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The element types of torch, by the names that its files use: {@code torch.FloatStorage} for a
 * storage, {@code torch.float32} for a tensor. Those without a {@link DType} can be stepped over
 * but not read.
 */
enum TorchType {
  DOUBLE("Double", "float64", DType.F64),
  FLOAT("Float", "float32", DType.F32),
  HALF("Half", "float16", DType.F16),
  BFLOAT16("BFloat16", "bfloat16", DType.BF16),
  LONG("Long", "int64", DType.I64),
  INT("Int", "int32", DType.I32),
  SHORT("Short", "int16", DType.I16),
  CHAR("Char", "int8", DType.I8),
  BYTE("Byte", "uint8", DType.U8),
  BOOL("Bool", "bool", DType.BOOL),
  UINT16("", "uint16", DType.U16),
  UINT32("", "uint32", DType.U32),
  UINT64("", "uint64", DType.U64),
  UNTYPED("Untyped", "bytes", DType.U8),
  COMPLEX_DOUBLE("ComplexDouble", "complex128", 16),
  COMPLEX_FLOAT("ComplexFloat", "complex64", 8),
  QINT8("QInt8", "qint8", 1),
  QUINT8("QUInt8", "quint8", 1),
  QINT32("QInt32", "qint32", 4);

  private final String storage;
  private final String tensor;
  private final int bytes;
  private final @Nullable DType dtype;

  TorchType(String storage, String tensor, DType dtype) {
    this.storage = "torch." + storage + "Storage";
    this.tensor = "torch." + tensor;
    this.bytes = dtype.bytes();
    this.dtype = dtype;
  }

  TorchType(String storage, String tensor, int bytes) {
    this.storage = "torch." + storage + "Storage";
    this.tensor = "torch." + tensor;
    this.bytes = bytes;
    this.dtype = null;
  }

  /** Bytes per element. */
  int bytes() {
    return bytes;
  }

  /** What it is here; empty if we have no such type. */
  Optional<DType> dtype() {
    return Optional.ofNullable(dtype);
  }

  /** False for the types of later versions of torch, whose storages are {@link #UNTYPED}. */
  boolean hasStorages() {
    return !storage.equals("torch.Storage");
  }

  /** The class of its storages: {@code torch.FloatStorage}. */
  String storageClass() {
    return storage;
  }

  /** Its name as a tensor's type: {@code torch.float32}. */
  String tensorType() {
    return tensor;
  }

  static TorchType of(DType dtype) {
    return Arrays.stream(values()).filter(type -> type.dtype == dtype).findFirst().orElseThrow();
  }

  /** By the name of a storage class; those of a GPU are the same. */
  static Optional<TorchType> ofStorage(String name) {
    String plain = name.replace("torch.cuda.", "torch.").replace("torch.storage.", "torch.");
    return Arrays.stream(values())
        .filter(TorchType::hasStorages)
        .filter(type -> type.storage.equals(plain))
        .findFirst();
  }

  /** By the name of a tensor's type. */
  static Optional<TorchType> ofTensor(String name) {
    return Arrays.stream(values()).filter(type -> type.tensor.equals(name)).findFirst();
  }
}
