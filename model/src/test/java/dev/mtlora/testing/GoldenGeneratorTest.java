package dev.mtlora.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoldenGeneratorTest {
  @Test
  void fnv_ofEveryListedName_isTheListedHash() throws IOException {
    JsonNode hashes = json("golden/gen/case.json").get("fnv");
    assertThat(hashes).hasSize(5);
    hashes
        .properties()
        .forEach(
            entry ->
                assertThat(Long.toHexString(GoldenGenerator.fnv(entry.getKey())))
                    .isEqualTo(entry.getValue().asText()));
  }

  @Test
  void uniform_ofEveryStoredName_isTheStoredTensor() {
    GoldenFile file = GoldenFile.open(GoldenFile.resource("golden/gen/gen.safetensors"));
    assertThat(file.names()).hasSize(5);
    for (String name : file.names()) {
      float[] expected = file.floats(name);
      assertThat(GoldenGenerator.uniform(name, expected.length)).as(name).isEqualTo(expected);
    }
  }

  @Test
  void values_ofEveryListedWeight_haveTheListedSums() throws IOException {
    JsonNode listed =
        json("golden/decoders/case.json").get("cases").get("aspp_7").get("generated_state");
    listed
        .properties()
        .forEach(
            entry -> {
              String key = entry.getKey().substring("state.".length());
              if (!key.endsWith("num_batches_tracked")) {
                JsonNode sides = entry.getValue().get("shape");
                long[] shape = new long[sides.size()];
                for (int i = 0; i < shape.length; i++) {
                  shape[i] = sides.get(i).asLong();
                }
                double sum = 0;
                for (float value : GoldenGenerator.values("decoder.aspp.", key, shape)) {
                  sum += value;
                }
                assertThat(sum)
                    .as(key)
                    .isCloseTo(entry.getValue().get("sum").asDouble(), within(1e-9));
              }
            });
  }

  @Test
  void fill_state_makesEveryStoredWeightAndLeavesIndices() {
    GoldenFile file = GoldenFile.open(GoldenFile.resource("golden/decoders/hrnet_7.safetensors"));
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> state = new LinkedHashMap<>();
      for (String name : file.names()) {
        if (name.startsWith("state.")) {
          DType dtype = name.endsWith("num_batches_tracked") ? DType.I64 : DType.F32;
          state.put(name.substring("state.".length()), Tensor.zeros(dtype, file.shape(name)));
        }
      }
      state.put("relative_position_index", Tensor.of(new long[] {7, 8}, 2));
      GoldenGenerator.fill(state, "decoder.hrnet.");
      assertThat(state.remove("relative_position_index").toFloats()).containsExactly(7, 8);
      state.forEach(
          (key, tensor) ->
              assertThat(tensor.toFloats()).as(key).isEqualTo(file.floats("state." + key)));
    }
  }

  private static JsonNode json(String resource) throws IOException {
    return new ObjectMapper().readTree(GoldenFile.resource(resource).toFile());
  }
}
