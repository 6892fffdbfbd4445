package dev.mtlora.weights.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of torch.save that were made to do harm. */
class TorchAttackTest {
  @TempDir private Path folder;

  private AbstractThrowableAssert<?, ?> opening(byte[] pickle) throws IOException {
    Path file = TorchFiles.zip(folder.resolve("a.pth"), pickle, Map.of("0", new byte[8]));
    return assertThatThrownBy(() -> TorchFile.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "builtins, eval",
    "builtins, __import__",
    "__builtin__, exec",
    "torch.storage, _load_from_bytes",
    "torch, load",
    "subprocess, Popen",
    "ctypes, CDLL",
    "multiprocessing.context, Process",
    "_pickle, Unpickler",
    "torch, _utils._Rebuild.x",
    "their.model, build",
    "torch._utils, _rebuild_sparse_tensor"
  })
  void call_ofAnythingElse_isRefusedByName(String module, String name) throws IOException {
    PickleWriter out = new PickleWriter().emptyDict().mark().text("x");
    out.global(module, name).mark().text("touch /tmp/x").tuple().call();
    opening(out.setItems().bytes())
        .hasMessageContaining("wants to call '" + module + "." + name + "'")
        .hasMessageContaining("nothing was run")
        .hasMessageContaining("state_dict()");
  }

  @Test
  void call_ofWhatACallHasMade_isRefused() throws IOException {
    PickleWriter out = new PickleWriter().global("functools", "partial").mark();
    out.global("os", "system").tuple().call().mark().text("touch /tmp/x").tuple().call();
    opening(out.bytes()).hasMessageContaining("a function is needed but there is an object");
  }

  @ParameterizedTest
  @CsvSource({
    "os, system, wants to call 'os.system'",
    "collections, OrderedDict, makes no tensor by",
    "their.enums, Mode, makes no tensor by",
    "torch._tensor, _rebuild_from_type_v2, in another one"
  })
  void tensorWithAttributes_madeByAnythingElse_isRefused(String module, String name, String message)
      throws IOException {
    PickleWriter out = new PickleWriter().global("torch._tensor", "_rebuild_from_type_v2").mark();
    out.global(module, name).global("torch", "Tensor").mark().tuple().emptyDict();
    opening(out.tuple().call().bytes()).hasMessageContaining(message);
  }

  @Test
  void call_ofAnAttribute_isRefusedByItsName() throws IOException {
    PickleWriter out = new PickleWriter().global("builtins", "getattr").mark();
    out.global("their.Model", "Helper").text("system").tuple().call();
    out.mark().text("touch /tmp/x").tuple().call();
    opening(out.bytes()).hasMessageContaining("wants to call 'their.Model.Helper.system'");
  }

  @Test
  void names_ofAttributesOfAttributes_areCharged() throws IOException {
    PickleWriter out = new PickleWriter().global("a", "B").raw('q', 1);
    for (int i = 0; i < 100; i++) {
      out.global("builtins", "getattr").mark().raw('h', 1).text("x".repeat(60_000));
      out.tuple().call().raw('q', 1);
    }
    opening(out.bytes()).hasMessageContaining("so many objects");
  }

  @Test
  void call_byAStackName_isRefusedToo() throws IOException {
    PickleWriter out = new PickleWriter().text("os").text("system").raw(0x93).raw(')').call();
    opening(out.bytes()).hasMessageContaining("wants to call 'os.system'");
  }

  @Test
  void call_byOldInstructions_isRefused() throws IOException {
    PickleWriter out = new PickleWriter().mark().text("x").raw('i', 'o', 's', '\n', 's', '\n');
    opening(out.bytes()).hasMessageContaining("instruction 0x69");
  }

  @Test
  void object_holdingAWholeModel_saysWhatToSaveInstead() throws IOException {
    PickleWriter out = new PickleWriter().global("their.model", "Net").raw(')').raw(0x81);
    opening(out.emptyDict().raw('b').bytes())
        .hasMessageContaining("an object of their.model.Net")
        .hasMessageContaining("state_dict()");
  }

  @ParameterizedTest
  @CsvSource({
    "2, 0, 3, 1, reaches element 3 of a storage of 2",
    "2, 1, 2, 1, reaches element 3 of a storage of 2",
    "2, 0, 2, 2, reaches element 3 of a storage of 2",
    "3, 0, 3, 1, 'needs a storage of 3 elements of F32, but ''0'' has only 8 bytes'",
    "2, -1, 1, 1, offset -1",
    "2, 0, -1, 1, has -1 as a side",
    "2, 0, 2, -1, has -1 as a side or stride",
    "2, 0, 4611686018427387904, 0, larger than any file",
    "2, 0, 9223372036854775807, 9223372036854775807, larger than any file",
    "2, 9223372036854775807, 1, 1, larger than any file",
    "9223372036854775807, 0, 1, 1, has only 8 bytes",
    "2, 0, 99999999, 0, repeats few values"
  })
  void view_outsideItsStorage_isRefused(
      long elements, long offset, long side, long stride, String message) throws IOException {
    byte[] pickle =
        TorchFiles.view(TorchType.FLOAT, elements, offset, new long[] {side}, new long[] {stride});
    opening(pickle).hasMessageContaining("'x' ").hasMessageContaining(message);
  }

  @Test
  void tensor_ofComplexNumbers_isRefusedByName() throws IOException {
    byte[] pickle = TorchFiles.view(TorchType.COMPLEX_FLOAT, 1, 0, new long[] {1}, new long[] {1});
    opening(pickle).hasMessageContaining("'x' holds torch.complex64 values");
  }

  @Test
  void tensor_withoutItsStorage_isRefusedByName() throws IOException {
    byte[] pickle = TorchFiles.view(TorchType.FLOAT, 1, 0, new long[] {1}, new long[] {1});
    Path file = TorchFiles.zip(folder.resolve("a.pth"), pickle, Map.of());
    assertThatThrownBy(() -> TorchFile.open(file))
        .hasMessageContaining("'x' needs the storage '0', which the file lacks");
  }

  @Test
  void containers_inACircle_areRefused() throws IOException {
    PickleWriter out = new PickleWriter().raw(']').raw('q', 0).raw('h', 0).raw('a');
    opening(out.bytes()).hasMessageContaining("64 deep, or in a circle");
  }

  @Test
  void containers_sharedExponentially_areRefused() throws IOException {
    PickleWriter out = new PickleWriter().raw(']');
    for (int i = 0; i < 60; i++) {
      out.raw('q', i, ']').raw('h', i, 'a').raw('h', i, 'a');
    }
    opening(out.bytes()).hasMessageContaining("so many objects");
  }

  @ParameterizedTest
  @CsvSource({"'(', mark", "'}', dictionary", "'N', none", "']', list"})
  void pickle_ofMillionsOfObjects_isRefused(char instruction, String what) throws IOException {
    byte[] pickle = new byte[3_000_000];
    Arrays.fill(pickle, (byte) instruction);
    opening(pickle).as(what).hasMessageContaining("so many objects");
  }

  @ParameterizedTest
  @CsvSource({
    "'58ffffffff', 'ends early: 4294967295 more bytes'",
    "'8dffffffffffffffff', 'ends early: 18446744073709551615 more bytes'",
    "'8bffffffff', 'ends early'",
    "'2e', 'stack is empty'",
    "'6806', 'uses item 6 before making it'",
    "'74', 'has no mark'",
    "'86', 'stack is too short'",
    "'7d4e732e', 'stack is empty'",
    "'7d284e752e', 'key without a value'",
    "'4e2952', 'a function is needed but there is NONE'",
    "'8009', 'has pickle protocol 9'",
    "'4e51', 'no storage'",
    "'4e', 'ends early'"
  })
  void pickle_unsound_isRefused(String hex, String message) throws IOException {
    opening(HexFormat.of().parseHex(hex)).hasMessageContaining(message);
  }

  @Test
  void text_longerThanAName_isNotKept() throws IOException {
    PickleWriter out = new PickleWriter().emptyDict().mark();
    out.text("note").text("x".repeat(3_000_000)).text("x");
    TorchFiles.tensor(out, TorchType.FLOAT, 2, 0, new long[] {2}, new long[] {1});
    Path file =
        TorchFiles.zip(folder.resolve("a.pth"), out.setItems().bytes(), Map.of("0", new byte[8]));
    assertThat(TorchFile.open(file).entries()).containsOnlyKeys("x");
  }
}
