package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.train.balance.Balance;
import dev.mtlora.train.balance.Balances;
import dev.mtlora.train.balance.Dwa;
import dev.mtlora.train.balance.Famo;
import dev.mtlora.train.balance.FixedWeights;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BalancesTest {
  private static Balance read(String... overrides) {
    RunSpec.Source source = new RunSpec.Source("some.yaml", Path.of(""));
    return RunSpec.parse(source, "tasks: {depth: {}}", List.of(overrides)).train().balance();
  }

  @Test
  void balance_absentWordOrBlock_isRead() {
    assertThat(read()).isEqualTo(new FixedWeights());
    assertThat(read("train.balance=dwa")).isEqualTo(new Dwa(2)).isEqualTo(Balances.of("dwa"));
    assertThat(read("train.balance={name: dwa, temperature: 0.5}")).isEqualTo(new Dwa(0.5));
    assertThat(read("train.balance={name: famo, rate: 0.1}")).isEqualTo(new Famo(0.01, 0.1));
  }

  @Test
  void balance_wrong_saysWhatAndWhere() {
    assertThatThrownBy(() -> read("train.balance=dwi"))
        .hasMessageContaining("train.balance")
        .hasMessageContaining("did you mean 'dwa'");
    assertThatThrownBy(() -> read("train.balance={name: dwa, rate: 1}"))
        .hasMessageContaining("unknown key 'rate'");
    assertThatThrownBy(() -> read("train.balance={name: dwa, temperature: 0}"))
        .hasMessageContaining("train.balance.temperature must be a positive number");
  }
}
