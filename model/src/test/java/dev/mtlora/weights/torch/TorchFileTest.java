package dev.mtlora.weights.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.tensor.DType;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.SafeTensors;
import dev.mtlora.weights.TensorSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound files of torch.save, and files that are only unusual. */
class TorchFileTest {
  @TempDir private Path folder;

  private static Path golden(String name) {
    return GoldenFile.resource("golden/pth/" + name);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  @ParameterizedTest
  @CsvSource({
    "odd_zip.pth, odd, model., 18",
    "odd_legacy.pth, odd, model., 18",
    "swin_zip.pth, swin, model., 131",
    "swin_legacy.pth, swin, model., 131",
    "train_zip.pth, train, '', 1092",
    "train_legacy.pth, train, '', 1092"
  })
  void golden_everyTensor_equalsItsTwinToTheBit(
      String name, String twinName, String prefix, int count) {
    TensorSource read = TensorSource.open(golden(name));
    SafeTensors twin = SafeTensors.open(golden(twinName + ".safetensors"));
    assertThat(read).isInstanceOf(TorchFile.class);
    assertThat(read.entries()).hasSize(count);
    assertThat(twin.entries()).hasSize(count);
    twin.entries().forEach((key, entry) -> assertSame(read, prefix + key, twin, key));
  }

  /** The twins hold 16-bit floats as F32 and small integers as I64. */
  private static void assertSame(TensorSource read, String name, SafeTensors twin, String key) {
    SafeTensors.Entry entry = read.entries().get(name);
    SafeTensors.Entry expected = twin.entries().get(key);
    assertThat(entry.shape()).as(name).isEqualTo(expected.shape());
    assertThat(entry.dtype().isFloat()).as(name).isEqualTo(expected.dtype().isFloat());
    if (entry.dtype() == expected.dtype()) {
      assertThat(read.bytes(name)).as(name).isEqualTo(twin.bytes(key));
    } else if (entry.dtype().isFloat()) {
      assertThat(TorchFiles.floats(read, name)).as(name).isEqualTo(twin.floats(key));
    } else {
      assertThat(TorchFiles.longs(read, name)).as(name).isEqualTo(twin.longs(key));
    }
  }

  @Test
  void golden_odd_keepsEveryDtype() {
    Map<String, SafeTensors.Entry> entries = TorchFile.open(golden("odd_zip.pth")).entries();
    for (DType dtype : TorchPythonTest.OLD_TYPES) {
      String name = "model." + dtype.name().toLowerCase(java.util.Locale.ROOT);
      assertThat(entries.get(name).dtype()).isEqualTo(dtype);
    }
  }

  @Test
  void golden_train_namesWhatIsNoTensor() {
    assertThat(TorchFile.open(golden("train_zip.pth")).withoutTensors())
        .containsExactlyInAnyOrder("lr_scheduler", "max_accuracy", "scaler", "epoch", "config");
  }

  @Test
  void golden_truncated_saysSo() {
    assertThatThrownBy(() -> TensorSource.open(golden("truncated_zip.pth")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("truncated_zip.pth: is a zip archive without an end")
        .hasMessageContaining("truncated");
  }

  @Test
  void write_everyDtypeAndShape_readsBack() {
    Map<String, SafeTensors.Source> tensors = new LinkedHashMap<>();
    for (DType dtype : DType.values()) {
      tensors.put(
          "a." + dtype,
          dtype.isFloat()
              ? SafeTensors.Source.of(dtype, new float[] {0, 1, 1, 0, 0, 1}, 3, 1, 2)
              : SafeTensors.Source.of(dtype, new long[] {0, 1, 1, 0, 0, 1}, 3, 1, 2));
    }
    tensors.put("empty", SafeTensors.Source.of(DType.F32, new float[0], 0, Long.MAX_VALUE, 4));
    tensors.put("scalar \u00fc", SafeTensors.Source.of(DType.F32, new float[] {3}));
    TorchFile.write(file("a.pth"), "", tensors);
    TorchFile.write(file("b.pth"), "model", tensors);
    TorchFile plain = TorchFile.open(file("a.pth"));
    TorchFile wrapped = TorchFile.open(file("b.pth"));
    assertThat(plain.entries().keySet()).containsExactlyElementsOf(tensors.keySet());
    tensors.forEach(
        (name, source) -> {
          assertThat(plain.entries().get(name)).hasToString(source.entry().toString());
          assertThat(plain.bytes(name)).isEqualTo(source.bytes().get());
          assertThat(wrapped.bytes("model." + name)).isEqualTo(source.bytes().get());
        });
  }

  @Test
  void view_transposedAndLargerThanTheWindow_isReadRight() throws IOException {
    int side = 700;
    float[] values = new float[side * side];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    byte[] pickle =
        TorchFiles.view(
            TorchType.FLOAT, values.length, 0, new long[] {side, side}, new long[] {1, side});
    TorchFiles.zip(file("a.pth"), pickle, Map.of("0", TorchFiles.floats(values)));
    float[] read = TorchFiles.floats(TorchFile.open(file("a.pth")), "x");
    for (int i = 0; i < values.length; i++) {
      assertThat(read[i]).isEqualTo(i % side * side + i / side);
    }
  }

  @Test
  void view_overlappingRows_isReadRight() throws IOException {
    byte[] pickle = TorchFiles.view(TorchType.FLOAT, 6, 1, new long[] {3, 3}, new long[] {1, 1});
    TorchFiles.zip(file("a.pth"), pickle, Map.of("0", TorchFiles.floats(0, 1, 2, 3, 4, 5)));
    assertThat(TorchFiles.floats(TorchFile.open(file("a.pth")), "x"))
        .containsExactly(1, 2, 3, 2, 3, 4, 3, 4, 5);
  }

  @Test
  void legacy_partOfAStorage_isReadRight() throws IOException {
    PickleWriter out = new PickleWriter().emptyDict().mark().text("x");
    out.global("torch._utils", "_rebuild_tensor").mark();
    out.mark().text("storage").global("torch", "FloatStorage").text("0").text("cuda:0").integer(6);
    out.mark().text("0/part").integer(2).integer(3).tuple().tuple().raw('Q');
    out.integer(1).integers(2).integers(1).tuple().call();
    byte[] head = TorchFiles.legacyHead(out.setItems().bytes());
    try (RandomAccessFile write = new RandomAccessFile(file("a.pth").toFile(), "rw")) {
      write.write(head);
      write.writeLong(Long.reverseBytes(6));
      write.write(TorchFiles.floats(0, 1, 2, 3, 4, 5));
    }
    assertThat(TorchFiles.floats(TorchFile.open(file("a.pth")), "x")).containsExactly(3, 4);
  }

  @Test
  void legacy_over2Gb_readsATensorAtItsEnd() throws IOException {
    long elements = 800L << 20; // 3.1 GB, sparse: takes no space
    byte[] head =
        TorchFiles.legacyHead(
            TorchFiles.view(
                TorchType.FLOAT, elements, elements - 2, new long[] {2}, new long[] {1}));
    try (RandomAccessFile write = new RandomAccessFile(file("a.pth").toFile(), "rw")) {
      write.write(head);
      write.writeLong(Long.reverseBytes(elements));
      write.seek(write.getFilePointer() + 4 * (elements - 2));
      write.write(TorchFiles.floats(2.5f, 3.5f));
    }
    assertThat(TorchFiles.floats(TorchFile.open(file("a.pth")), "x")).containsExactly(2.5f, 3.5f);
  }

  @Test
  void typedTensor_overAnUntypedStorage_isReadRight() throws IOException {
    PickleWriter out = new PickleWriter().emptyDict().mark().text("x");
    out.global("torch._utils", "_rebuild_tensor_v3").mark();
    out.mark().text("storage").global("torch.storage", "UntypedStorage").text("0").text("cpu");
    out.integer(8).tuple().raw('Q').integer(1).integers(1).integers(1).no().emptyOrderedDict();
    byte[] pickle = out.global("torch", "float32").tuple().call().setItems().bytes();
    TorchFiles.zip(file("a.pth"), pickle, Map.of("0", TorchFiles.floats(1, 2)));
    assertThat(TorchFiles.floats(TorchFile.open(file("a.pth")), "x")).containsExactly(2);
  }

  @Test
  void objects_ofUnknownClasses_areInertButTheirItemsAreRead() throws IOException {
    PickleWriter out = new PickleWriter().emptyDict().mark();
    out.text("args").global("argparse", "Namespace").raw(')').raw(0x81); // NEWOBJ
    out.emptyDict().mark().text("lr").raw('G', 0, 0, 0, 0, 0, 0, 0, 0).setItems().raw('b');
    out.text("config").global("their.Config", "Node").raw(')').raw(0x81).mark().text("x");
    TorchFiles.tensor(out, TorchType.FLOAT, 1, 0, new long[] {1}, new long[] {1});
    byte[] pickle = out.setItems().setItems().bytes();
    TorchFiles.zip(file("a.pth"), pickle, Map.of("0", TorchFiles.floats(4)));
    TorchFile read = TorchFile.open(file("a.pth"));
    assertThat(read.entries()).containsOnlyKeys("config.x");
    assertThat(read.withoutTensors()).containsExactly("args");
  }

  @ParameterizedTest
  @CsvSource({
    "functools, partial",
    "collections, deque",
    "argparse, Namespace",
    "types, SimpleNamespace",
    "their.enums, Mode",
    "their.enums, Outer.Mode",
    "http, HTTPStatus",
    "random, Random",
    "numpy.random._pickle, __randomstate_ctor",
    "numpy.random._pickle, __generator_ctor",
    "torch, Generator",
    "their.config, _Node",
    "pathlib, PosixPath"
  })
  void calls_ofHarmlessThings_areInertBesideSoundTensors(String module, String name)
      throws IOException {
    PickleWriter out = new PickleWriter().emptyDict().mark().text("beside");
    out.global(module, name).mark().global("os", "system").text("value").tuple().call();
    out.emptyDict().mark().text("attribute").integer(1).setItems().raw('b'); // BUILD
    out.mark().integer(1).raw('e').text("x"); // APPENDS
    TorchFiles.tensor(out, TorchType.FLOAT, 1, 0, new long[] {1}, new long[] {1});
    byte[] pickle = out.setItems().bytes();
    TorchFiles.zip(file("a.pth"), pickle, Map.of("0", TorchFiles.floats(4)));
    TorchFile read = TorchFile.open(file("a.pth"));
    assertThat(TorchFiles.floats(read, "x")).containsExactly(4);
    assertThat(read.entries()).containsOnlyKeys("x");
    assertThat(read.withoutTensors()).containsExactly("beside");
  }

  @ParameterizedTest
  @ValueSource(strings = {"_rebuild_from_type", "_rebuild_from_type_v2"})
  void tensor_withPythonAttributes_isRead(String function) throws IOException {
    PickleWriter out = new PickleWriter().emptyDict().mark().text("x");
    out.global("torch._tensor", function).mark();
    out.global("torch._utils", "_rebuild_tensor_v2").global("torch", "Tensor");
    out.mark().storage("0", TorchType.FLOAT, 2).integer(0).integers(2).integers(1);
    out.no().emptyOrderedDict().tuple();
    out.emptyDict().mark().text("note").text("mine").setItems();
    byte[] pickle = out.tuple().call().setItems().bytes();
    TorchFiles.zip(file("a.pth"), pickle, Map.of("0", TorchFiles.floats(4, 5)));
    assertThat(TorchFiles.floats(TorchFile.open(file("a.pth")), "x")).containsExactly(4, 5);
  }

  @Test
  void storage_damaged_isNoticedByItsChecksum() throws IOException {
    byte[] pickle = TorchFiles.view(TorchType.FLOAT, 2, 0, new long[] {2}, new long[] {1});
    Path file = TorchFiles.zip(file("a.pth"), pickle, Map.of("0", TorchFiles.floats(1, 1234.5f)));
    byte[] all = Files.readAllBytes(file);
    String text = new String(all, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(new String(TorchFiles.floats(1234.5f), StandardCharsets.ISO_8859_1));
    all[at] ^= 1;
    Files.write(file, all);
    TorchFile read = TorchFile.open(file);
    assertThatThrownBy(() -> read.bytes("x"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("entry 'data/0' has the checksum");
  }

  @Test
  void zip_compressed_isRefusedWithACure() throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file("a.pth")))) {
      zip.putNextEntry(new ZipEntry("a/data.pkl"));
      zip.write(new byte[1000]);
    }
    assertThatThrownBy(() -> TorchFile.open(file("a.pth")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("'a/data.pkl' is compressed or encrypted")
        .hasMessageContaining("zip -0");
  }

  @Test
  void zip_ofOtherThings_isNamed() throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file("a.zip")))) {
      TorchFiles.put(zip, "readme.txt", new byte[3]);
    }
    assertThatThrownBy(() -> TensorSource.open(file("a.zip")))
        .hasMessageContaining("0 entries named data.pkl");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file("b.pt")))) {
      TorchFiles.put(zip, "b/data.pkl", new PickleWriter().emptyDict().bytes());
      TorchFiles.put(zip, "b/constants.pkl", new byte[3]);
    }
    assertThatThrownBy(() -> TensorSource.open(file("b.pt"))).hasMessageContaining("TorchScript");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 40, 300, 1000, 2000, 2570})
  void legacy_cutShort_isRefused(int length) throws IOException {
    byte[] all = Files.readAllBytes(golden("odd_legacy.pth"));
    Files.write(file("a.pth"), Arrays.copyOf(all, length));
    assertThatThrownBy(() -> TorchFile.open(file("a.pth")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("a.pth")
        .hasMessageContaining("truncated");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version https://git-lfs.github.com/spec/v1 | git lfs pull",
        "<!DOCTYPE html><html></html> | web page",
        "abc | only 3 bytes",
        "\u0089HDF-something-else | neither safetensors nor"
      })
  void open_otherFiles_saysWhatTheyAre(String content, String message) throws IOException {
    Files.write(file("a.pth"), content.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> TensorSource.open(file("a.pth")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(message);
  }

  @Test
  void open_safetensorsWhoseLengthLooksLikeAPickle_isStillSafetensors() throws IOException {
    boolean met = false;
    for (int padding = 0; padding < 256; padding += 8) {
      SafeTensors.write(file("a.safetensors"), Map.of("pad", "x".repeat(padding)), Map.of());
      met |= Files.readAllBytes(file("a.safetensors"))[0] == (byte) 0x80;
      assertThat(TensorSource.open(file("a.safetensors"))).isInstanceOf(SafeTensors.class);
    }
    assertThat(met).isTrue();
  }

  @Test
  void open_folderOrNothing_saysSo() {
    assertThatThrownBy(() -> TensorSource.open(folder)).hasMessageContaining("is a folder");
    assertThatThrownBy(() -> TensorSource.open(file("no.pth")))
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> TorchFile.open(file("no.pth"))).hasMessageContaining("does not exist");
  }
}
