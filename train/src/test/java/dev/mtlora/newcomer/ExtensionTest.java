package dev.mtlora.newcomer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.TrainedModel;
import dev.mtlora.image.Rgb;
import dev.mtlora.model.Prediction;
import dev.mtlora.nn.Extension;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.run.Run;
import dev.mtlora.run.RunListener;
import dev.mtlora.run.RunSpec;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar with one line in META-INF/services brings a method, a decoder, a task and a backbone. */
class ExtensionTest {
  private static final String CONFIG =
      """
      model: {backbone: swin-nano, decoder: one-pixel, neckChannels: [4, 8]}
      method: {name: other-lora, rank: 2}
      tasks: {served: {weight: 7}, sal: {}}
      data: {kind: scenes, train: 4, val: 1}
      train: {epochs: 1, batch: 2, warmupEpochs: 0, workers: 1, threads: 1}
      """;

  @TempDir private Path folder;

  /** What runs in a program that has the other jar: it trains, and opens what it has trained. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      Path folder = Path.of(arguments[0]);
      RunSpec.Source here = new RunSpec.Source("here", folder);
      String trained = CONFIG.replace("served: {weight: 7}", "depth: {}"); // scenes have labels of
      RunSpec spec = RunSpec.parse(here, trained, List.of());
      Run run = Run.start(spec, folder.resolve("run"), RunListener.NONE);
      System.out.println("ended: " + run.ended() + ", " + spec.methodName());
      try (TrainedModel model =
          TrainedModel.create(RunSpec.parse(here, CONFIG, List.of()).spec())) {
        model.save(folder.resolve("made"));
      }
      for (String kept : List.of("run", "run/adapter", "made")) {
        try (TrainedModel model = TrainedModel.open(folder.resolve(kept))) {
          Prediction seen = model.predict(Rgb.white(30, 20).image());
          System.out.println(kept + " predicts " + seen.tasks() + " " + model.spec().method());
        }
      }
    }
  }

  private String run(String services) throws Exception {
    Path named = Files.createDirectories(folder.resolve("jar/META-INF/services"));
    Files.writeString(named.resolve(Extension.class.getName()), services);
    String path =
        folder.resolve("jar") + File.pathSeparator + System.getProperty("java.class.path");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                path,
                Program.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  @Test
  void members_ofAnotherJar_areTrainedKeptAndOpenedByName() throws Exception {
    String said = run(OtherJar.class.getName() + "\n");
    assertThat(said)
        .contains("ended: true, other-lora")
        .contains("run predicts [depth, sal] OtherLora[rank=2]")
        .contains("run/adapter predicts [depth, sal] OtherLora[rank=2]")
        .contains("made predicts [served, sal] OtherLora[rank=2]");
    assertThat(Files.readString(folder.resolve("run/config.yaml")))
        .contains("backbone: swin-nano")
        .contains("other-lora");
    assertThat(AdapterMethods.ids()).doesNotContain("other-lora");
    assertThatThrownBy(() -> TrainedModel.open(folder.resolve("run")))
        .hasMessageContaining("swin-nano");
  }

  /** Takes a name of the house. */
  public static final class Thief implements Extension {
    @Override
    public java.util.Map<String, ?> members(Class<?> plug) {
      return plug == dev.mtlora.peft.AdapterMethod.class
          ? java.util.Map.of("lora", new OtherJar.OtherLora(1))
          : java.util.Map.of();
    }
  }

  @Test
  void member_underANameThatIsTaken_isRefusedByName() throws Exception {
    assertThat(run(Thief.class.getName() + "\n"))
        .contains("the method 'lora' of " + Thief.class.getName() + " is there already");
  }
}
