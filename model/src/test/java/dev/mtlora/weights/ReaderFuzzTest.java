package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.weights.torch.TorchFile;
import dev.mtlora.weights.torch.TorchFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * Damaged files of every format: the readers answer or complain in their own words, and never
 * allocate more than the file's size and 64 MB.
 */
class ReaderFuzzTest {
  private static final long ALLOWED = 64L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** One damage, at a part of the file's length from its start. */
  record Damage(Kind kind, double where, byte value) {
    enum Kind {
      SET,
      FLIP,
      INSERT,
      DELETE,
      CUT,
      REPEAT
    }

    byte[] on(byte[] bytes) {
      int at = (int) (where * bytes.length);
      if (at >= bytes.length) {
        return bytes;
      }
      byte[] tail = Arrays.copyOfRange(bytes, at, bytes.length);
      return switch (kind) {
        case SET -> with(bytes, at, value);
        case FLIP -> with(bytes, at, (byte) (bytes[at] ^ 1 << (value & 7)));
        case INSERT -> join(Arrays.copyOf(bytes, at), new byte[] {value}, tail);
        case DELETE ->
            join(Arrays.copyOf(bytes, at), new byte[0], Arrays.copyOfRange(tail, 1, tail.length));
        case CUT -> Arrays.copyOf(bytes, at);
        case REPEAT -> join(bytes, new byte[0], Arrays.copyOf(tail, Math.min(64, tail.length)));
      };
    }

    private static byte[] with(byte[] bytes, int at, byte value) {
      byte[] changed = bytes.clone();
      changed[at] = value;
      return changed;
    }

    private static byte[] join(byte[] a, byte[] b, byte[] c) {
      byte[] all = Arrays.copyOf(a, a.length + b.length + c.length);
      System.arraycopy(b, 0, all, a.length, b.length);
      System.arraycopy(c, 0, all, a.length + b.length, c.length);
      return all;
    }
  }

  @Provide
  Arbitrary<List<Damage>> damages() {
    return Combinators.combine(
            Arbitraries.of(Damage.Kind.class),
            Arbitraries.doubles().between(0, 1),
            Arbitraries.bytes())
        .as(Damage::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  private static byte[] damaged(byte[] bytes, List<Damage> damages) {
    byte[] result = bytes;
    for (Damage damage : damages) {
      result = damage.on(result);
    }
    return result;
  }

  private static byte[] golden(String name) throws IOException {
    return Files.readAllBytes(GoldenFile.resource("golden/pth/" + name));
  }

  @Property(tries = 400)
  void safetensors_damaged_areReadOrRefused(@ForAll("damages") List<Damage> damages)
      throws IOException {
    check(damaged(golden("odd.safetensors"), damages), SafeTensors::open);
  }

  @Property(tries = 400)
  void legacy_damaged_isReadOrRefused(@ForAll("damages") List<Damage> damages) throws IOException {
    check(damaged(golden("odd_legacy.pth"), damages), TorchFile::open);
  }

  @Property(tries = 400)
  void zip_damaged_isReadOrRefused(@ForAll("damages") List<Damage> damages) throws IOException {
    check(damaged(golden("odd_zip.pth"), damages), TorchFile::open);
  }

  @Property(tries = 400)
  void pickle_damagedInASoundArchive_isReadOrRefused(@ForAll("damages") List<Damage> damages)
      throws IOException {
    Map<String, byte[]> storages = new HashMap<>();
    byte[] pickle = new byte[0];
    try (ZipFile zip = new ZipFile(GoldenFile.resource("golden/pth/odd_zip.pth").toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        String name = entry.getName();
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        if (name.endsWith("data.pkl")) {
          pickle = bytes;
        } else if (name.contains("/data/")) {
          storages.put(name.substring(name.lastIndexOf('/') + 1), bytes);
        }
      }
    }
    Path file = Files.createTempFile("fuzz", ".bin");
    TorchFiles.zip(file, damaged(pickle, damages), storages);
    check(Files.readAllBytes(file), TorchFile::open);
    Files.delete(file);
  }

  private interface Opener {
    TensorSource open(Path file);
  }

  private static void check(byte[] bytes, Opener opener) throws IOException {
    Path file = Files.createTempFile("fuzz", ".bin");
    try {
      Files.write(file, bytes);
      TensorSource source = measured(bytes.length, () -> opener.open(file));
      if (source != null) {
        source.entries().keySet().forEach(name -> measured(bytes.length, () -> source.bytes(name)));
      }
    } finally {
      Files.delete(file);
    }
  }

  /** The result, or null if the reader refuses; whatever else is thrown fails the test. */
  private static <T> @Nullable T measured(long fileSize, Supplier<T> action) {
    long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    T result = null;
    try {
      result = action.get();
    } catch (CheckpointException e) {
      assertThat(e.getMessage()).contains("fuzz");
    }
    long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    assertThat(allocated).isLessThan(fileSize + ALLOWED);
    return result;
  }

  /** Files that ask for as many objects as they can with few bytes. */
  @Property(tries = 40)
  void pickle_ofOneInstructionRepeated_staysWithinTheAllowance(
      @ForAll("instructions") byte[] instruction) throws IOException {
    byte[] pickle = new byte[4_000_000];
    for (int i = 0; i < pickle.length; i++) {
      pickle[i] = instruction[i % instruction.length];
    }
    Path file = Files.createTempFile("fuzz", ".bin");
    TorchFiles.zip(file, pickle, Map.of());
    check(Files.readAllBytes(file), TorchFile::open);
    Files.delete(file);
  }

  @Provide
  Arbitrary<byte[]> instructions() {
    return Arbitraries.of(
            "(",
            "}",
            "]",
            ")",
            "N",
            "N\u0085",
            "]N\u0086",
            "K\u0001",
            "X\u0001\0\0\0a",
            "Nq\u0000",
            "N\u0094",
            "}NNs",
            "(N1",
            "ca\nb\n",
            "I7\n",
            "c" + "a".repeat(900) + "\n" + "b".repeat(900) + "\n",
            "N2",
            "(]e",
            "ccollections\nOrderedDict\n)R")
        .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
