package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.image.Size;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.testing.Skip;
import dev.mtlora.testing.TorchPython;
import dev.mtlora.weights.torch.TorchFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files for Microsoft, timm and Hugging Face beside those that these programs themselves have saved
 * of the same model: the same names, shapes and types, so that their strict loading takes ours.
 */
class PeerNamesTest {
  /**
   * Loads each of our files into modules that have the names, shapes and types of a file of theirs,
   * by torch's own {@code load_state_dict}: strict, or as Microsoft's code does.
   */
  private static final String SCRIPT =
      """
      import collections, json, struct, sys, torch

      def safetensors(path):
          data = open(path, "rb").read()
          size = struct.unpack("<Q", data[:8])[0]
          header = json.loads(data[8:8 + size])
          assert header.pop("__metadata__", {"format": "pt"})["format"] == "pt"
          types = {"F32": torch.float32, "I64": torch.int64}
          tensors = {}
          for name, entry in header.items():
              begin, end = entry["data_offsets"]
              values = bytearray(data[8 + size + begin:8 + size + end])
              tensors[name] = torch.frombuffer(values, dtype=types[entry["dtype"]]).view(entry["shape"])
          return tensors

      def read(path):
          tensors = safetensors(path) if path.endswith(".safetensors") else torch.load(path)
          return tensors["model"] if "model" in tensors else tensors

      def module(names):
          top = torch.nn.Module()
          for name, value in names.items():
              *path, last = name.split(".")
              node = top
              for part in path:
                  if part not in node._modules:
                      node.add_module(part, torch.nn.Module())
                  node = node._modules[part]
              if value.dtype.is_floating_point:
                  node.register_parameter(last, torch.nn.Parameter(torch.full_like(value, 7)))
              else:
                  node.register_buffer(last, torch.full_like(value, 7))
          return top

      def load(theirs, ours, strict=True):
          model, tensors = module(theirs), read(ours)
          for name, value in tensors.items():
              assert value.dtype == theirs[name].dtype, (ours, name, value.dtype)
          missing = model.load_state_dict(tensors, strict=strict).missing_keys
          for name, value in model.state_dict().items():
              assert name in missing or torch.equal(value, tensors[name]), (ours, name)
          return missing, model.state_dict()

      peers, folder = sys.argv[1:]
      headless = read(peers + "/timm_no_head/model.safetensors")
      classifier = read(peers + "/hf/model.safetensors")
      swin = {k[len("swin."):]: v for k, v in classifier.items() if k.startswith("swin.")}
      microsoft = read(peers + "/ms/model.pth")
      for kind in ("pth", "safetensors"):
          _, timm = load(headless, folder + "/timm." + kind)
          assert timm["norm.weight"].eq(1).all() and timm["norm.bias"].eq(0).all()
          _, hf = load(swin, folder + "/hf." + kind)
          assert hf["layernorm.weight"].eq(1).all() and hf["layernorm.bias"].eq(0).all()
          for name, value in swin.items():
              if name.endswith("relative_position_index"):
                  assert torch.equal(hf[name], value), name
          missing, _ = load(microsoft, folder + "/original." + kind, strict=False)
          computed = ("relative_position_index", "attn_mask")
          assert set(missing) == {k for k in microsoft
                                  if k.endswith(computed) or k.startswith(("norm.", "head."))}, missing
          load(read(peers + "/timm/model.safetensors"), folder + "/classifier-timm." + kind)
          load(classifier, folder + "/classifier-hf." + kind)
          assert not load(
              {k: v for k, v in microsoft.items() if not k.endswith(computed)},
              folder + "/classifier-original." + kind)[0]
      """;

  private static final List<KeyMap> PLAIN =
      List.of(KeyMap.ORIGINAL, KeyMap.TIMM, KeyMap.HUGGING_FACE);

  @TempDir private Path folder;

  private static Path peer(String name) {
    return GoldenFile.resource("golden/peers/" + name);
  }

  /** A pyramid of the shape of theirs. */
  private TensorSource pyramid() {
    SwinSettings settings =
        new SwinSettings(
            128,
            8,
            List.of(2, 2, 2, 2),
            List.of(1, 2, 4, 8),
            4,
            4.0,
            0,
            SwinSettings.Options.STANDARD);
    Path file = folder.resolve("ours.safetensors");
    try (Scope scope = Scope.inference()) {
      Backbone backbone = Backbone.of(settings, new FullFineTuning(), List.of("depth"), new Rng(7));
      Weights.save(file, backbone, DType.F32);
    }
    return TensorSource.open(file);
  }

  private static TensorSource classifier() {
    return TensorSource.open(peer("ms/model.pth"));
  }

  private static Map<String, String> described(TensorSource source) {
    Map<String, String> described = new TreeMap<>();
    source.entries().forEach((name, entry) -> described.put(name, entry.toString()));
    return described;
  }

  private static Map<String, String> of(KeyMap map, TensorSource source) {
    return described(Conversion.to(map, source).tensors());
  }

  @Test
  void pyramid_forTimm_hasTheTensorsOfAModelWithoutHead() {
    TensorSource ours = Conversion.to(KeyMap.TIMM, pyramid()).tensors();
    assertThat(described(ours))
        .isEqualTo(described(TensorSource.open(peer("timm_no_head/model.safetensors"))));
    assertThat(TorchFiles.floats(ours, "norm.weight")).containsOnly(1f);
    assertThat(TorchFiles.floats(ours, "norm.bias")).containsOnly(0f);
  }

  @Test
  void pyramid_forHuggingFace_hasTheTensorsOfSwinModel() {
    Map<String, String> expected = new TreeMap<>();
    described(TensorSource.open(peer("hf/model.safetensors")))
        .forEach(
            (name, entry) -> {
              if (name.startsWith("swin.")) {
                expected.put(name.substring("swin.".length()), entry);
              }
            });
    assertThat(of(KeyMap.HUGGING_FACE, pyramid())).isEqualTo(expected);
  }

  @Test
  void classifier_forTimmAndHuggingFace_hasTheTensorsOfTheirs() {
    TensorSource timm = TensorSource.open(peer("timm/model.safetensors"));
    assertThat(of(KeyMap.TIMM, classifier())).isEqualTo(described(timm));
    TensorSource theirs = TensorSource.open(peer("hf/model.safetensors"));
    TensorSource ours = Conversion.to(KeyMap.HUGGING_FACE, classifier()).tensors();
    assertThat(described(ours)).isEqualTo(described(theirs));
    theirs.entries().keySet().stream()
        .filter(name -> name.endsWith("relative_position_index"))
        .forEach(name -> assertThat(ours.bytes(name)).as(name).isEqualTo(theirs.bytes(name)));
  }

  @Test
  void pyramid_forMicrosoft_lacksOnlyWhatTheirCodeComputesOrStartsAnew() {
    Map<String, String> expected = described(classifier());
    expected
        .keySet()
        .removeIf(
            name ->
                name.matches("model\\.((norm|head)\\..*|.*(relative_position_index|attn_mask))"));
    Map<String, String> ours = new TreeMap<>();
    of(KeyMap.ORIGINAL, pyramid()).forEach((name, entry) -> ours.put("model." + name, entry));
    assertThat(ours).isEqualTo(expected);
  }

  @Test
  void config_besideAFileForHuggingFace_saysOfTheModelWhatTheirsSays() throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode theirs = json.readTree(peer("hf/config.json").toFile());
    Path file = Files.createDirectory(folder.resolve("hf")).resolve("model.safetensors");
    TensorSource tensors = Conversion.to(KeyMap.HUGGING_FACE, classifier()).tensors();
    assertThat(HuggingFaceConfig.beside(file, tensors, Optional.empty()))
        .endsWith("describes the model to transformers");
    JsonNode ours = json.readTree(file.resolveSibling("config.json").toFile());
    assertThat(ours.size()).isGreaterThan(12);
    ours.properties()
        .forEach(
            entry ->
                assertThat(entry.getValue())
                    .as(entry.getKey())
                    .isEqualTo(theirs.get(entry.getKey())));
  }

  @Test
  void config_thatIsThere_isLeftAsItIs() throws Exception {
    Path config = Files.writeString(folder.resolve("config.json"), "{}");
    TensorSource tensors = Conversion.to(KeyMap.HUGGING_FACE, pyramid()).tensors();
    assertThat(
            HuggingFaceConfig.beside(
                folder.resolve("pytorch_model.bin"), tensors, Optional.of(Size.square(256))))
        .endsWith("config.json was there and stays as it is");
    assertThat(config).hasContent("{}");
    Files.delete(config);
    assertThat(
            HuggingFaceConfig.beside(
                folder.resolve("swin.safetensors"), tensors, Optional.of(Size.square(256))))
        .contains("under the name model.safetensors");
    assertThat(config).doesNotExist();
    HuggingFaceConfig.beside(
        folder.resolve("pytorch_model.bin"), tensors, Optional.of(Size.square(256)));
    JsonNode written = new ObjectMapper().readTree(config.toFile());
    assertThat(written.get("image_size").asInt()).isEqualTo(256);
    assertThat(written.get("architectures").get(0).asText()).isEqualTo("SwinModel");
    assertThat(written.has("id2label")).isFalse();
  }

  @Test
  void files_loadedByTorch_areTakenStrictly() throws Exception {
    Optional<TorchPython> python = TorchPython.find(folder);
    Skip.unless(python.isPresent(), "PeerNamesTest: no Python here can import torch");
    for (KeyMap map : PLAIN) {
      for (String kind : List.of(".pth", ".safetensors")) {
        Conversion.to(map, pyramid()).write(folder.resolve(map.id() + kind));
        Conversion.to(map, classifier()).write(folder.resolve("classifier-" + map.id() + kind));
      }
    }
    Path peers = peer("hf/config.json").getParent().getParent();
    assertThat(python.orElseThrow().run(SCRIPT, peers.toString(), folder.toString())).isEmpty();
  }
}
