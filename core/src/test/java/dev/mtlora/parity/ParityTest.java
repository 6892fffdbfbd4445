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
    List<ModelCase> cases = ModelCase.in(folder());
    assertThat(cases).as("model cases in %s", folder()).isNotEmpty();
    return cases.stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.name(), () -> System.out.println(new ParityCheck(one).run())));
  }

  private static Path folder() {
    String given = System.getProperty("mtlora.golden", "");
    if (given.isEmpty()) {
      return GoldenFile.resource("golden/models");
    }
    Path fromHere = Path.of(given);
    return Files.isDirectory(fromHere) ? fromHere : Path.of("..").resolve(given); // from the root
  }
}
