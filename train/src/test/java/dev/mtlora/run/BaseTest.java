package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Encoding;
import dev.mtlora.decoder.SegFormerHead;
import dev.mtlora.image.Size;
import dev.mtlora.peft.Lora;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.PerStage;
import dev.mtlora.peft.Slot;
import dev.mtlora.train.balance.Dwa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file changes in its base. */
class BaseTest {
  @TempDir private Path folder;

  @BeforeEach
  void base() throws IOException {
    Files.writeString(
        folder.resolve("base.yaml"),
        """
        model: {backbone: swin-micro, image: 64, weights: "builtin:swin-micro"}
        method: {name: mtlora, rank: 8, taskRank: 2}
        tasks: {semseg: {classes: 16, weight: 3}, depth: {weight: 2}}
        data: {kind: scenes, train: 7, val: 3}
        train: {epochs: 9, warmupEpochs: 1, lr: 0.25, balance: {name: dwa, temperature: 3}}
        singleTask: {semseg: 0.5, depth: 1}
        """);
  }

  private RunSpec read(String own) throws IOException {
    Path file = Files.writeString(folder.resolve("own.yaml"), "base: base.yaml\n" + own);
    return RunSpec.read(file, List.of());
  }

  @Test
  void block_ofOwn_changesKeyByKey() throws IOException {
    RunSpec run = read("train: {epochs: 3}\nmethod: {rank: 4}\ndata: {val: 5}\n");
    assertThat(run.train().epochs()).isEqualTo(3);
    assertThat(run.train().rates().lr()).isEqualTo(0.25);
    assertThat(run.train().balance()).isEqualTo(new Dwa(3));
    assertThat(((MtLora) run.method()).ranks()).isEqualTo(MtLora.Ranks.of(4, 2));
    assertThat(run.data()).isEqualTo(new ScenesSource().with(7, 5));
    assertThat(read("train: {balance: {temperature: 1}}").train().balance()).isEqualTo(new Dwa(1));
    assertThat(read("train.lr: 1").train().rates().lr()).isEqualTo(1);
  }

  @Test
  void word_ofTheBase_isABlockWithThatName() throws IOException {
    Files.writeString(
        folder.resolve("base.yaml"),
        """
        model: {backbone: swin-micro, decoder: segformer}
        tasks: {semseg: {}, depth: {}}
        train: {balance: dwa}
        data: {kind: folder, train: t, val: v, labels: {semseg: {encoding: index, classes: {a: 1, b: 2}}}}
        """);
    assertThat(read("train: {balance: {temperature: 3}}").train().balance()).isEqualTo(new Dwa(3));
    assertThat(read("model: {decoder: {name: segformer, channels: 8}}").model().decoder("depth"))
        .isEqualTo(new SegFormerHead.Settings(8, 0.1));
    RunSpec byTask = read("model: {decoder: {semseg: aspp}}");
    assertThat(byTask.spec().decoderNames()).containsExactly("aspp", "hrnet");
    FolderSource data =
        (FolderSource) read("data: {labels: {semseg: {classes: {c: 3, d: 4}}}}").data();
    assertThat(((Encoding.Index) data.labels().get("semseg").encoding()).names())
        .containsExactly("c", "d");
  }

  @Test
  void block_ofAnotherName_startsAnew() throws IOException {
    assertThat(read("method: {name: lora, rank: 2}").method())
        .isEqualTo(new Lora(2, 4, Slot.OF_BLOCKS, false));
    assertThat(read("method: full").methodName()).isEqualTo("full");
    RunSpec tiny = read("model: {backbone: swin-tiny}");
    assertThat(tiny.model().weights().toString()).isEqualTo("none");
    assertThat(tiny.model().backbone().input().size()).isEqualTo(Size.square(224));
    assertThat(read("model: {backbone: swin-micro, dropPath: 0.5}").model().weights().toString())
        .isEqualTo("builtin:swin-micro");
  }

  @Test
  void tasks_ofOwn_areTheOnesThereAre() throws IOException {
    RunSpec run = read("tasks: {depth: {}, normals: {}}");
    assertThat(run.taskNames()).containsExactly("depth", "normals");
    assertThat(run.tasks().get(0).weight()).isEqualTo(2);
    assertThat(run.singleTask()).containsOnlyKeys("depth");
    assertThat(read("tasks: {depth: }").tasks().get(0).weight()).isEqualTo(2);
  }

  @Test
  void list_ofOwn_replaces() throws IOException {
    Files.writeString(
        folder.resolve("base.yaml"), "tasks: {sal: {}}\nmethod: {rank: [1, 2, 3, 4]}");
    assertThat(((MtLora) read("method: {rank: 5}").method()).ranks().rank())
        .isEqualTo(PerStage.same(5));
  }

  @Test
  void base_ofAShippedName_isTheShippedOne() throws IOException {
    Path file =
        Files.writeString(folder.resolve("mine.yaml"), "base: quickstart\ntrain: {epochs: 2}");
    RunSpec mine = RunSpec.read(file, List.of());
    RunSpec shipped =
        RunSpec.parse(
            new RunSpec.Source("quickstart", Path.of("")),
            Shipped.text("quickstart").orElseThrow(),
            List.of("train.epochs=2"));
    assertThat(mine).isEqualTo(shipped);
    Path wrong = Files.writeString(folder.resolve("wrong.yaml"), "base: quikstart\n");
    assertThatThrownBy(() -> RunSpec.read(wrong, List.of()))
        .hasMessageContaining(
            "quikstart does not exist, and no configuration of that name is shipped");
    Path block = Files.writeString(folder.resolve("block.yaml"), "base: {tasks: {sal: {}}}\n");
    assertThat(RunSpec.read(block, List.of()).taskNames()).containsExactly("sal");
    Path list = Files.writeString(folder.resolve("list.yaml"), "base: [a]\n");
    assertThatThrownBy(() -> RunSpec.read(list, List.of()))
        .hasMessageContaining(
            "base must be a file, the name of a shipped configuration or a block");
    Files.writeString(folder.resolve("broken.yaml"), "a: 1\nb: [");
    Path over = Files.writeString(folder.resolve("over.yaml"), "base: broken.yaml\n");
    assertThatThrownBy(() -> RunSpec.read(over, List.of()))
        .hasMessageContaining("base: ")
        .hasMessageContaining("broken.yaml: not valid YAML (line ");
  }
}
