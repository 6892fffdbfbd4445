package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import dev.mtlora.files.Printable;
import dev.mtlora.run.ConfigException;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Messages that name what strangers named. */
class PrintableMessagesTest {
  private static final String NAME = "a\u001b[2J\nb";
  private static final String WRITTEN = "a\\u001b[2J\\nb";

  @Test
  void exceptions_ofAllKinds_haveMessagesThatCanBePrinted() {
    assertThat(new DataException(NAME + " is damaged")).hasMessage(WRITTEN + " is damaged");
    assertThat(new ConfigException(NAME, new DataException(NAME))).hasMessage(WRITTEN);
    assertThat(new CheckpointException(Path.of(NAME), NAME, "is missing"))
        .hasMessage(WRITTEN + ": '" + WRITTEN + "' is missing");
    assertThat(new CheckpointException(Path.of(NAME), "two\nlines\u001b"))
        .hasMessage(WRITTEN + ": two\nlines\\u001b");
  }

  @Test
  void report_ofTensorsThatDoNotFit_hasOneLineForEach() {
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> given = Map.of(NAME, Tensor.zeros(1));
      Map<String, Tensor> wanted = Map.of("c\rd", Tensor.zeros(1));
      assertThatThrownBy(() -> new StrictLoading(NAME, given).into(wanted))
          .isInstanceOf(CheckpointException.class)
          .hasMessageStartingWith(WRITTEN)
          .hasMessageContaining("\n  " + WRITTEN + "\n")
          .hasMessageContaining("\n  c\\u000dd\n");
    }
  }

  @Test
  void text_thatIsPrintable_staysAndNothingIsWrittenOutTwice() {
    assertThat(Printable.of("C:\\new ü \u200c 👩\u200d🎨"))
        .isEqualTo("C:\\new ü \u200c 👩\u200d🎨");
    assertThat(Printable.of(Printable.of(NAME))).isEqualTo(WRITTEN);
    assertThat(Printable.of("\u0085\u2028\u202e\ufeff\ud800"))
        .isEqualTo("\\u0085\\u2028\\u202e\\ufeff\\ud800");
  }
}
