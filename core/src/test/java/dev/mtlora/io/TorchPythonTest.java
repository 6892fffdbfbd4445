package dev.mtlora.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.tensor.DType;
import dev.mtlora.testing.Skip;
import dev.mtlora.testing.TorchPython;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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

  @TempDir private Path folder;

  private static Map<String, SafeTensors.Source> tensors() {
    Map<String, SafeTensors.Source> tensors = new LinkedHashMap<>();
    for (DType dtype : DType.values()) {
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

  private String at(String name) {
    return folder.resolve(name).toString();
  }
}
