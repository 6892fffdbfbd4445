package dev.mtlora.run;

import static dev.mtlora.run.SmallConfig.read;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunSpecErrorsTest {
  @TempDir private Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void override_keyBelowAValue_isRefused() {
    assertThatThrownBy(() -> read("train.batch=4", "train.batch.size=3"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("train.batch.size: 'batch' has the value 4, no keys below it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "modle.image=64             | unknown key 'modle': did you mean 'model'?",
        "model.imgae=64             | model: unknown key 'imgae': did you mean 'image'?",
        "model.backbone=swin-mirco  | unknown backbone 'swin-mirco': did you mean 'swin-micro'?",
        "model.image=20             | image size must be at least 32 in height and width",
        "model.image=64.5           | model.image must be a whole number but is: 64.5",
        "model.dropPath=1           | model.dropPath must be at least 0 and below 1 but is 1.0",
        "model.neckChannels=[1, 2]  | model.neckChannels needs one positive number per level (4)",
        "model.decoder=hrnte        | model.decoder: unknown name 'hrnte': did you mean 'hrnet'?",
        "model.decoder={edge: up}   | model.decoder: unknown key 'edge'",
        "method=mtlroa              | method: unknown name 'mtlroa': did you mean 'mtlora'?",
        "method.rnak=4              | method: unknown key 'rnak': did you mean 'rank'?",
        "method.rank=-1             | method.rank must be at least 0 but is -1",
        "method.rank=four           | method.rank must be a whole number but is: \"four\"",
        "method.rank=[1, 2, 3]      | list of 4, one per stage, but has 3: [1, 2, 3]",
        "method.taskRank={sal: 4}   | method.taskRank: unknown key 'sal'",
        "method.dropout=1.5         | method.dropout must be at least 0 and below 1 but is 1.5",
        "method.slots=[qvk]         | 'qvk' names no layer of this backbone, which has qkv, proj, fc1, fc2, reduction: did you mean 'qkv'?",
        "method.mode=matrx          | method: unknown mode 'matrx': did you mean 'matrix'?",
        "method.trained.norm=false  | method.trained: unknown key 'norm': did you mean 'norms'?",
        "tasks.semesg={}            | tasks: unknown key 'semesg': did you mean 'semseg'?",
        "tasks={}                   | tasks must name at least one task",
        "tasks.depth.classes=4      | tasks.depth: unknown key 'classes': it is a key of the block 'tasks.semseg'",
        "tasks.semseg.classes=1     | semseg.classes must be 2 to 255 but is 1",
        "data=scnes                 | data: unknown kind 'scnes': did you mean 'scenes'?",
        "data.version=3             | data.version: there is no version 3 of the scenes; choose one"
            + " of [1, 2]",
        "data.version=new           | data.version must be a whole number but is",
        "data.train=0               | data.train must be at least 1 but is 0",
        "data.domain=tagret         | data: unknown domain 'tagret': did you mean 'target'?",
        "train.epcohs=3             | train: unknown key 'epcohs': did you mean 'epochs'?",
        "train.batch=0              | train.batch must be at least 1 but is 0",
        "train.epochs=20            | train.warmupEpochs must be less than train.epochs (20)",
        "train.schedule=cosin       | train: unknown schedule 'cosin': did you mean 'cosine'?",
        "train.schedule=multistep   | needs train.milestones",
        "train.lr=-1                | train.lr must not be negative but is -1.0",
        "train.precision=fp16       | train: unknown precision 'fp16'",
        "train.device=gpu           | device must be cpu, cuda or cuda:N but is 'gpu'",
        "augmentation.flip=2        | augmentation: the probability of a flip must be 0..1",
        "augmentation={scale: [2, 1]} | must be [smallest, largest]",
        "augmentation.crop=[0.8, 0.5] | shares [smallest, largest] of the sides, above 0",
        "augmentation.crop=[0.2, 0.5, 1] | crop must be [smallest, largest] or {height: ..., width: ...}",
        "augmentation.crop={height: 16, width: 64} | augmentation.crop is 16 x 64",
        "augmentation.crop={height: 640, width: 640} | is larger than all pictures are after",
        "data.resize={short: 16}     | takes 32 or more: {short: 32}",
        "augmentation.crop=0         | augmentation.crop: a crop keeps shares",
        "augmentation.colour=0.4     | augmentation.colour must be a block",
        "augmentation.colour={bright: 1} | did you mean 'brightness'?",
        "augmentation.colour={hue: 0.6} | augmentation.colour: the largest change of hue must be 0..0.5",
        "augmentation.colour={contrast: -1} | change of contrast must be 0..1.0 but is -1.0",
        "singleTask.semseg=67.2     | singleTask.semseg must be a positive mIoU",
        "reference=yes please       | reference must be true or false but is: \"yes please\"",
        "batch                      | --set needs key.path=value but got 'batch'",
        "method.ranks={stage9.*:4}  | method.ranks has the key 'stage9.*:4' without a value where 'key: value' was expected: put a blank after the colon, 'stage9.*: 4'",
        "method.ranks={stage1.*.qvk: 4} | method.ranks: 'stage1.*.qvk' matches no matrices; there are stage1.block1.[qkv",
        "method.ranks={'*.*.proj/sal': 4} | '*.*.proj/sal' matches no matrices",
        "method={name: compacter, products: 5} | method.products must divide the width of every stage, but 5 does not divide 32 of stage 0",
        "method={name: full, rank:4} | method has the key 'rank:4' without a value",
      })
  void override_wrong_isNamedWithValueAndExpectation(String override, String message) {
    assertThatThrownBy(() -> read(override))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("small.yaml with --set ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tasks: {semseg: {}       | not valid YAML (line",
        "- a list                 | the file must be a block of keys and values",
        "a word                   | the file must be a block of keys and values",
        "tasks: [semseg]          | tasks must be a block of keys and values but is: [\"semseg\"]",
        "tasks: {sal: {}, sal: {}} | not valid YAML",
      })
  void file_notAConfiguration_isRefused(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("wrong.yaml"), text);
    assertThatThrownBy(() -> RunSpec.read(file, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void file_missing_isNamed() {
    Path file = folder.resolve("none.yaml");
    assertThatThrownBy(() -> RunSpec.read(file, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(file + " does not exist");
  }

  @Test
  void base_missingOrInACircle_isRefused() throws IOException {
    Path missing = file("a.yaml", "base: gone.yaml\n");
    assertThatThrownBy(() -> RunSpec.read(missing, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gone.yaml does not exist");
    Path circle = file("b.yaml", "base: c.yaml\n");
    file("c.yaml", "base: b.yaml\n");
    assertThatThrownBy(() -> RunSpec.read(circle, List.of()))
        .hasMessageContaining("do two files name each other?");
    Path wrong = file("d.yaml", "base: e.yaml\ntrain.epoch: 3\n");
    file("e.yaml", SmallConfig.TEXT);
    assertThatThrownBy(() -> RunSpec.read(wrong, List.of()))
        .hasMessageContaining("unknown key 'epoch'");
  }
}
