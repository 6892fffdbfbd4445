package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.weights.torch.TorchFile;
import dev.mtlora.weights.torch.TorchFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.lifecycle.AfterTry;

/** Random tensors, views, module trees and backbones through every format. */
class FormatsPropertyTest {
  private final List<Path> files = new ArrayList<>();

  private Path file(String ending) {
    try {
      Path file = Files.createTempFile("formats", ending);
      files.add(file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterTry
  void deleteFiles() throws IOException {
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  private static SafeTensors.Source randomTensor(Random random) {
    DType dtype = DType.values()[random.nextInt(DType.values().length)];
    long[] shape = random.longs(random.nextInt(4), 0, 5).toArray();
    byte[] bytes = new byte[(int) SafeTensorsHeader.elements(shape) * dtype.bytes()];
    random.nextBytes(bytes);
    if (dtype == DType.BOOL) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] &= 1;
      }
    }
    return new SafeTensors.Source(
        new SafeTensors.Entry(dtype, shape), () -> ByteBuffer.wrap(bytes));
  }

  private static void assertSame(TensorSource read, Map<String, SafeTensors.Source> written) {
    assertThat(read.entries().keySet()).containsExactlyElementsOf(written.keySet());
    written.forEach(
        (name, source) -> {
          assertThat(read.entries().get(name)).as(name).hasToString(source.entry().toString());
          assertThat(read.bytes(name)).as(name).isEqualTo(source.bytes().get());
        });
  }

  @Property(tries = 100)
  void tensors_anyNamesTypesAndShapes_surviveEveryFormat(
      @ForAll @Size(max = 8) List<@StringLength(min = 1, max = 30) String> names,
      @ForAll long seed) {
    Map<String, SafeTensors.Source> tensors = new LinkedHashMap<>();
    Random random = new Random(seed);
    for (String name : names) {
      Assume.that(
          name.codePoints()
              .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
      tensors.put(name, randomTensor(random));
    }
    Path safetensors = file(".safetensors");
    Path torch = file(".pth");
    Path again = file(".safetensors");
    SafeTensors.write(safetensors, Map.of(), tensors);
    Conversion.keepingNames(TensorSource.open(safetensors)).write(torch);
    Conversion.keepingNames(TensorSource.open(torch)).write(again);
    assertSame(TensorSource.open(torch), tensors);
    assertSame(TensorSource.open(again), tensors);
  }

  @Property(tries = 300)
  void view_anyStrides_holdsTheElementsItNames(
      @ForAll @Size(max = 4) List<@IntRange(max = 4) Integer> sides,
      @ForAll long seed,
      @ForAll @IntRange(max = 5) int offset)
      throws IOException {
    Random random = new Random(seed);
    long[] shape = sides.stream().mapToLong(Integer::longValue).toArray();
    long[] strides = random.longs(shape.length, 0, 8).toArray();
    float[] storage = new float[128];
    for (int i = 0; i < storage.length; i++) {
      storage[i] = i;
    }
    byte[] pickle = TorchFiles.floatView(storage.length, offset, shape, strides);
    Path file = TorchFiles.zip(file(".pth"), pickle, Map.of("0", TorchFiles.floats(storage)));
    List<Float> expected = new ArrayList<>();
    elements(shape, strides, 0, offset, expected);
    assertThat(TorchFiles.floats(TorchFile.open(file), "x"))
        .containsExactly(expected.toArray(Float[]::new));
  }

  private static void elements(
      long[] shape, long[] strides, int side, long at, List<Float> elements) {
    if (side == shape.length) {
      elements.add((float) at);
      return;
    }
    for (int i = 0; i < shape[side]; i++) {
      elements(shape, strides, side + 1, at + i * strides[side], elements);
    }
  }

  /** Modules inside modules, with parameters and buffers. */
  private static final class Tree extends Module {
    Tree(Random random, int depth) {
      for (int i = 0; i < 1 + random.nextInt(3); i++) {
        float[] values = new float[random.nextInt(5)];
        for (int j = 0; j < values.length; j++) {
          values[j] = random.nextFloat();
        }
        parameter("p" + i, Tensor.of(values, values.length), Parameter.Role.WEIGHT);
        buffer("b" + i, Tensor.of(values, 1, values.length));
      }
      for (int i = 0; i < random.nextInt(3) && depth > 0; i++) {
        child("child" + i, new Tree(random, depth - 1));
      }
    }
  }

  @Property(tries = 30)
  void module_anyTree_survivesEveryFormat(@ForAll long seed) {
    Path safetensors = file(".safetensors");
    Path torch = file(".pth");
    try (Scope scope = Scope.inference()) {
      Module saved = new Tree(new Random(seed), 3);
      Weights.save(safetensors, saved, DType.F32);
      Conversion.keepingNames(TensorSource.open(safetensors)).write(torch);
      for (Path file : List.of(safetensors, torch)) {
        Module loaded = new Tree(new Random(seed), 3);
        loaded.state().values().forEach(Tensor::incrementInPlace);
        Weights.load(file, loaded);
        assertSameState(loaded, saved);
      }
    }
  }

  private static void assertSameState(Module actual, Module expected) {
    expected
        .state()
        .forEach(
            (name, tensor) ->
                assertThat(actual.state().get(name).toFloats())
                    .as(name)
                    .isEqualTo(tensor.toFloats()));
  }

  /** Where every stage has whole windows, which Hugging Face needs; timm has no positions. */
  private static Backbone swin(KeyMap map, int stages, int blocks, boolean bias, long seed) {
    SwinSettings.Options options =
        new SwinSettings.Options(bias, OptionalDouble.empty(), map != KeyMap.TIMM, true);
    SwinSettings settings =
        new SwinSettings(
            16 << (stages - 1),
            4,
            Collections.nCopies(stages, blocks),
            Collections.nCopies(stages, 2),
            4,
            2.0,
            0,
            options);
    return Backbone.of(settings, new FullFineTuning(), List.of("depth"), new Rng(seed));
  }

  @Property(tries = 8)
  void backbone_anyShape_survivesEveryFamily(
      @ForAll @IntRange(min = 1, max = 3) int stages,
      @ForAll @IntRange(min = 1, max = 2) int blocks,
      @ForAll boolean bias) {
    Path ours = file(".safetensors");
    try (Scope scope = Scope.inference()) {
      for (KeyMap map : KeyMap.values()) {
        Backbone saved = swin(map, stages, blocks, bias, 1);
        Weights.save(ours, saved, DType.F32);
        Path theirs = file(map == KeyMap.HUGGING_FACE ? ".safetensors" : ".pth");
        Conversion.to(map, TensorSource.open(ours)).write(theirs);
        Backbone loaded = swin(map, stages, blocks, bias, 2);
        Weights.loadBackbone(theirs, loaded);
        assertSameState(loaded, saved);
      }
    }
  }
}
