package dev.mtlora.parity;

import static org.assertj.core.api.Assertions.assertThat;

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
  @TestFactory
  Stream<DynamicTest> everyBackboneCase_equalsTheOriginal() {
    Path folder = ParityTest.folder("mtlora.backbones", "golden/backbones");
    List<BackboneCase> cases = BackboneCase.in(folder, System.out::println);
    assertThat(cases).as("backbone cases in %s", folder).isNotEmpty();
    return cases.stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.name(), () -> System.out.println(new BackboneCheck(one).run())));
  }
}
