package dev.mtlora.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.testing.GoldenFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every model case of a golden folder against the reference: {@code -Dmtlora.golden=DIR}, by
 * default the cases in the test resources (measured on PyTorch 1.13.1, CPU, f32; tolerances in each
 * case.json).
 */
class ParityTest {
  @TestFactory
  Stream<DynamicTest> everyModelCase_equalsTheReference() {
    List<ModelCase> cases = ModelCase.in(folder("mtlora.golden", "golden/models"));
    assertThat(cases).as("model cases").isNotEmpty();
    return cases.stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.name(), () -> System.out.println(new ParityCheck(one).run())));
  }

  /** The folder that a property names, or the one in the test resources. */
  static Path folder(String property, String resource) {
    String given = System.getProperty(property, "");
    if (given.isEmpty()) {
      return GoldenFile.resource(resource);
    }
    Path fromHere = Path.of(given);
    return Files.isDirectory(fromHere) ? fromHere : Path.of("..").resolve(given); // from the root
  }
}
