package dev.mtlora.weights.torch;

import dev.mtlora.tensor.DType;
import dev.mtlora.weights.Allowance;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.OpenFile;
import dev.mtlora.weights.SafeTensors;
import dev.mtlora.weights.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that {@code torch.save} has written ({@code .pth}, {@code .pt}, {@code .bin}), in the zip
 * format or the older one, read without Python and without running anything.
 *
 * <p>Such a file is a pickle, a program that could call any function, and blocks of numbers. Our
 * {@link PickleMachine} understands tensors, parameters and plain containers; objects of other
 * classes are kept as names only, and a call of anything but a short list of functions is refused.
 * A tensor's name is the path to it: {@code model.layers.0.weight}. Views of one storage come out
 * as tensors of their own.
 *
 * <p>Opening reads the pickle and checks it against the file, in at most 40 MB. Values are read
 * when asked for, one tensor at a time, so a file may be far larger than memory; it stays open
 * until {@link #close}, and nothing is mapped. Safe to use from several threads.
 */
public final class TorchFile implements TensorSource {
  /** How much larger than the file a tensor may be that repeats its values. */
  private static final long MAX_EXPANSION = 1 << 24;

  private final OpenFile file;
  private final Map<String, TorchView> views;
  private final Map<String, SafeTensors.Entry> entries = new LinkedHashMap<>();
  private final Map<String, TorchContents.Stored> storages;
  private final List<String> withoutTensors;
  private final List<String> arrays;
  private final Set<String> verified = ConcurrentHashMap.newKeySet();

  private TorchFile(OpenFile file, TorchContents contents, TorchTree tree) throws IOException {
    this.file = file;
    this.storages = contents.storages();
    this.withoutTensors = List.copyOf(tree.withoutTensors());
    this.arrays = List.copyOf(tree.arrays());
    this.views = new LinkedHashMap<>();
    long size = file.channel().size();
    tree.tensors().forEach((name, tensor) -> views.put(name, view(name, tensor, size)));
    views.forEach((name, view) -> entries.put(name, view.entry()));
  }

  /**
   * Opens a file, which the caller closes; reads and checks what it describes.
   *
   * @throws CheckpointException if the file cannot be read, is no sound file of torch.save, holds
   *     tensors we do not know (complex, quantised, sparse), or wants to call something
   */
  public static TorchFile open(Path file) {
    return OpenFile.open(file, TorchFile::read);
  }

  private static TorchFile read(OpenFile file) throws IOException {
    Allowance allowance = new Allowance(file.path());
    TorchContents contents =
        isZip(file.channel())
            ? TorchZip.read(file.path(), file.channel(), allowance)
            : TorchLegacy.read(file.path(), file.channel(), allowance);
    return new TorchFile(file, contents, new TorchTree(file.path(), allowance, contents.root()));
  }

  /**
   * Writes a file that {@code torch.load} opens, in the zip format: an {@code OrderedDict} from
   * name to tensor. Like {@link SafeTensors#write}, it appears complete or not at all.
   *
   * @param folder a key under which the OrderedDict lies in a dictionary of its own, as training
   *     scripts keep it under {@code model}; empty if it is all there is
   * @throws CheckpointException if it cannot be written or is larger than 4 GB
   */
  public static void write(Path file, String folder, Map<String, SafeTensors.Source> tensors) {
    TorchFileWriter.write(file, folder, tensors);
  }

  private static boolean isZip(FileChannel channel) throws IOException {
    ByteBuffer head = ByteBuffer.allocate((int) Math.min(2, channel.size()));
    OpenFile.fill(channel, head, 0);
    return head.limit() == 2 && head.get(0) == 'P' && head.get(1) == 'K';
  }

  private TorchView view(String name, TorchTensor tensor, long fileSize) {
    try {
      TorchView view = TorchView.of(tensor);
      if (view.bytes() > fileSize + MAX_EXPANSION) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "is %s, which repeats few values to more than the file holds",
                view.entry()));
      }
      requireStored(view, tensor.storage());
      return view;
    } catch (ArithmeticException e) {
      throw new CheckpointException(file.path(), name, "is larger than any file");
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file.path(), name, String.valueOf(e.getMessage()));
    }
  }

  private void requireStored(TorchView view, TorchStorage storage) {
    TorchContents.Stored stored = storages.get(view.key());
    if (stored == null) {
      if (view.elements() > 0) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "needs the storage '%s', which the file lacks", view.key()));
      }
      return;
    }
    DType dtype = view.entry().dtype();
    long available = stored.range().size() / dtype.bytes();
    if (Math.addExact(storage.first(), storage.elements()) > available) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "needs a storage of %d elements of %s, but '%s' has only %d bytes",
              storage.elements(),
              dtype,
              view.key(),
              stored.range().size()));
    }
  }

  @Override
  public String format() {
    return "torch.save";
  }

  @Override
  public Path file() {
    return file.path();
  }

  @Override
  public void close() {
    file.close();
  }

  @Override
  public Map<String, SafeTensors.Entry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  @Override
  public List<String> withoutTensors() {
    return withoutTensors;
  }

  @Override
  public List<String> arrays() {
    return arrays;
  }

  @Override
  public ByteBuffer bytes(String name) {
    TorchView view = views.get(name);
    if (view == null) {
      throw new CheckpointException(file.path(), name, "is not in the file");
    }
    if (view.bytes() > Integer.MAX_VALUE - 8) {
      throw new CheckpointException(
          file.path(), name, "is too large for one array: " + view.entry());
    }
    if (view.elements() == 0) {
      return ByteBuffer.allocate(0);
    }
    try {
      TorchContents.Stored stored = Objects.requireNonNull(storages.get(view.key()));
      verify(view.key(), stored);
      return StridedReader.read(file.channel(), view, stored.range());
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file.path(), name, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new CheckpointException(file.path(), "'" + name + "' cannot be read: " + e, e);
    }
  }

  /** Once per storage, before its first tensor. */
  private void verify(String key, TorchContents.Stored stored) throws IOException {
    if (stored.checked() && !verified.contains(key)) {
      ZipDirectory.verify(file.path(), file.channel(), "data/" + key, stored.entry());
      verified.add(key);
    }
  }
}
