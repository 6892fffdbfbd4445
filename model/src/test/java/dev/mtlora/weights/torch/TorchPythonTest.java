package dev.mtlora.weights.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.tensor.DType;
import dev.mtlora.testing.Skip;
import dev.mtlora.testing.TorchPython;
import dev.mtlora.weights.SafeTensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our files in Python's torch, and back; where there is no Python with torch, says so. */
class TorchPythonTest {
  private static final String SCRIPT =
      """
      import sys, torch, collections
      saved = torch.load(sys.argv[1])
      assert type(saved) is collections.OrderedDict, type(saved)
      assert saved["F32"].dtype is torch.float32 and saved["F32"].tolist() == [[0.0, 1.0], [-2.5, 3.0]]
      assert saved["BF16"].dtype is torch.bfloat16 and saved["BOOL"].tolist() == [[False, True], [True, False]]
      assert saved["I64"].is_contiguous() and saved["scalar"].shape == () and saved["empty"].shape == (0, 4)
      inside = torch.load(sys.argv[2])
      assert list(inside) == ["model"] and list(inside["model"]) == list(saved)
      torch.save(saved, sys.argv[3])
      torch.save(inside, sys.argv[4], _use_new_zipfile_serialization=False)
      """;

  private static final String BESIDE =
      """
      import sys, torch, collections, functools, enum, argparse, types, random, http, operator
      import datetime, decimal, itertools, pathlib
      class Mode(enum.Enum): A = 1
      class Bits(enum.IntFlag): A = 1; B = 2
      tensor = torch.tensor([3.0]); tensor.note = 'mine'
      parameter = torch.nn.Parameter(torch.tensor([4.0])); parameter.note = 'mine'
      saved = dict(x=torch.tensor([1.0, 2.0]), attributes=tensor, parameter=parameter,
          partial=functools.partial(print, 1, sep=''), deque=collections.deque([1, 2], maxlen=3),
          enum=Mode.A, flag=Bits.A | Bits.B, status=http.HTTPStatus.OK,
          namespace=argparse.Namespace(a=1), simple=types.SimpleNamespace(a=1),
          random=random.Random(1), state=random.getstate(), method='abc'.upper, function=len,
          time=datetime.datetime.now(datetime.timezone.utc), decimal=decimal.Decimal('1.5'),
          count=itertools.count(1), item=operator.itemgetter(1), path=pathlib.PurePosixPath('a'),
          counter=collections.Counter('aab'), fault=ValueError('x'), numpy=None)
      try:
          import numpy as np
          saved['numpy'] = [np.random.RandomState(1), np.random.default_rng(1), np.zeros(3),
              np.float64(1), np.random.get_state()]
      except ImportError:
          pass
      torch.save(saved, sys.argv[1], pickle_protocol=int(sys.argv[2]))
      """;

  /** What every version of torch has. */
  static final List<DType> OLD_TYPES =
      Arrays.stream(DType.values()).filter(dtype -> TorchType.of(dtype).hasStorages()).toList();

  @TempDir private Path folder;

  private static Map<String, SafeTensors.Source> tensors() {
    Map<String, SafeTensors.Source> tensors = new LinkedHashMap<>();
    for (DType dtype : OLD_TYPES) {
      tensors.put(
          dtype.name(),
          dtype.isFloat()
              ? SafeTensors.Source.of(dtype, new float[] {0, 1, -2.5f, 3}, 2, 2)
              : SafeTensors.Source.of(dtype, new long[] {0, 1, 1, 0}, 2, 2));
    }
    tensors.put("scalar", SafeTensors.Source.of(DType.F32, new float[] {3}));
    tensors.put("empty", SafeTensors.Source.of(DType.F32, new float[0], 0, 4));
    return tensors;
  }

  @Test
  void write_loadedAndSavedByPython_comesBackToTheBit() throws Exception {
    Optional<TorchPython> python = TorchPython.find(folder);
    Skip.unless(python.isPresent(), "TorchPythonTest: no Python here can import torch");
    TorchFile.write(folder.resolve("a.pth"), "", tensors());
    TorchFile.write(folder.resolve("b.pth"), "model", tensors());
    String failure =
        python.orElseThrow().run(SCRIPT, at("a.pth"), at("b.pth"), at("zip.pth"), at("legacy.pth"));
    assertThat(failure).isEmpty();
    TorchFile zip = TorchFile.open(folder.resolve("zip.pth"));
    TorchFile legacy = TorchFile.open(folder.resolve("legacy.pth"));
    assertThat(zip.entries().keySet()).containsExactlyElementsOf(tensors().keySet());
    tensors()
        .forEach(
            (name, source) -> {
              assertThat(zip.bytes(name)).as(name).isEqualTo(source.bytes().get());
              assertThat(legacy.bytes("model." + name)).as(name).isEqualTo(source.bytes().get());
              assertThat(zip.entries().get(name)).hasToString(source.entry().toString());
            });
  }

  @Test
  void read_whatScriptsLeaveBesideTensors_isInert() throws Exception {
    Optional<TorchPython> python = TorchPython.find(folder);
    Skip.unless(python.isPresent(), "TorchPythonTest: no Python here can import torch");
    for (String protocol : List.of("2", "4")) {
      assertThat(python.orElseThrow().run(BESIDE, at("beside.pth"), protocol)).isEmpty();
      try (TorchFile read = TorchFile.open(folder.resolve("beside.pth"))) {
        assertThat(TorchFiles.floats(read, "x")).containsExactly(1, 2);
        assertThat(TorchFiles.floats(read, "attributes")).containsExactly(3);
        assertThat(TorchFiles.floats(read, "parameter")).containsExactly(4);
        assertThat(read.entries().keySet()).containsExactly("x", "attributes", "parameter");
        assertThat(read.withoutTensors()).contains("partial", "deque", "enum", "flag", "numpy");
      }
    }
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }
}
