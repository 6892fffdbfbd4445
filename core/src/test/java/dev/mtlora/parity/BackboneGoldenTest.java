package dev.mtlora.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mtlora.testing.GoldenFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every backbone case of a golden folder against the code of its authors: {@code
 * -Dmtlora.backbones=DIR}, by default the cases in the test resources (measured on PyTorch 1.13.1,
 * CPU, f32; tolerances in each case.json).
 */
class BackboneGoldenTest {
  private static final String PROPERTY = "mtlora.backbones";
  private static final String RESOURCE = "golden/backbones";

  @TestFactory
  Stream<DynamicTest> everyBackboneCase_equalsTheOriginal() {
    assumeTrue(!System.getProperty(PROPERTY, "").isEmpty() || hasOwn(), "no cases of our own yet");
    Path folder = ParityTest.folder(PROPERTY, RESOURCE);
    List<BackboneCase> cases = BackboneCase.in(folder, System.out::println);
    assertThat(cases).as("backbone cases in %s", folder).isNotEmpty();
    return cases.stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.name(), () -> System.out.println(new BackboneCheck(one).run())));
  }

  private static boolean hasOwn() {
    return Files.isDirectory(GoldenFile.resource("golden").resolve("backbones"));
  }
}
