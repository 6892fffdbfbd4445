package dev.mtlora.train;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.image.Fit;
import dev.mtlora.model.Head;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Neck;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.PerStage;
import dev.mtlora.peft.Slot;
import dev.mtlora.peft.Variant;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Rng;
import dev.mtlora.train.balance.Balance;
import dev.mtlora.train.balance.FixedWeights;
import java.util.List;

/** Models, loaders and settings that are small enough for a test. */
final class Small {
  private static final List<Integer> NECK = List.of(8, 8);
  private static final AdamW.Settings ADAMW = new AdamW.Settings(0.9, 0.999, 1e-8, 0.05);

  private Small() {}

  /** MTLoRA on two stages, with dropout. */
  static MtLora mtlora(List<String> tasks) {
    return new MtLora(
        MtLora.Mode.MATRIX,
        MtLora.Ranks.of(4, 2),
        MtLora.Scales.of(4),
        PerStage.same(0.05),
        Slot.OF_BLOCKS,
        false,
        MtLora.Trained.PAPER,
        false,
        false,
        Variant.PAPER);
  }

  /** A Swin of two stages for 32 pixels. */
  static Backbone backbone(
      AdapterMethod method, int blocks, double dropPath, List<String> tasks, long seed) {
    SwinSettings settings =
        new SwinSettings(
            32,
            12,
            List.of(blocks, blocks),
            List.of(2, 2),
            4,
            2.0,
            dropPath,
            SwinSettings.Options.STANDARD);
    return Backbone.of(settings, method, tasks, new Rng(seed));
  }

  /** That backbone with a decoder per task. */
  static MultiTaskModel model(AdapterMethod method, String decoder, List<Task> tasks, long seed) {
    return model(backbone(method, 2, 0.1, names(tasks), seed), decoder, tasks, seed);
  }

  /** MTLoRA with one block per stage. */
  static MultiTaskModel shallow(List<Task> tasks) {
    return model(backbone(mtlora(names(tasks)), 1, 0.1, names(tasks), 1), "hrnet", tasks, 1);
  }

  /** A fully trained model without any randomness. */
  static MultiTaskModel still(List<Task> tasks) {
    return model(backbone(new FullFineTuning(), 2, 0, names(tasks), 1), "hrnet", tasks, 1);
  }

  private static MultiTaskModel model(
      Backbone backbone, String decoder, List<Task> tasks, long seed) {
    Rng rng = new Rng(seed + 1);
    List<Integer> channels = backbone.pyramid().stream().map(level -> level.channels()).toList();
    return new MultiTaskModel(
        backbone,
        tasks.stream()
            .map(
                task ->
                    new Head(
                        task,
                        new Neck(rng, channels, NECK),
                        Decoders.of(decoder).build(new DecoderSpec(NECK, task.outputs()), rng)))
            .toList());
  }

  /** MTLoRA with the default decoder. */
  static MultiTaskModel model(List<Task> tasks, long seed) {
    return model(mtlora(names(tasks)), "hrnet", tasks, seed);
  }

  private static List<String> names(List<Task> tasks) {
    return tasks.stream().map(Task::name).toList();
  }

  /** In f32 on the CPU, evaluated and kept every few epochs. */
  static TrainSettings settings(int epochs, int accumulation, int evaluateEvery) {
    return settings(epochs, accumulation, evaluateEvery, new FixedWeights());
  }

  /** The same with another balance of the losses. */
  static TrainSettings settings(int epochs, int accumulation, int evaluateEvery, Balance balance) {
    return new TrainSettings(
        epochs,
        0,
        accumulation,
        5.0,
        false,
        Device.CPU,
        11,
        ADAMW,
        evaluateEvery,
        evaluateEvery,
        balance);
  }

  /** The same rate in every step. */
  static Schedule constant(double rate) {
    return new Schedule.MultiStep(new Schedule.WarmUp(rate, 0, 0), List.of(), 1);
  }

  /** A loader that shuffles, with one worker. */
  static DataLoader training(Dataset dataset, int batch) {
    return new DataLoader(dataset, new DataLoader.Settings(batch, true, true, 1, 2, 5));
  }

  /** A loader in order. */
  static DataLoader evaluation(Dataset dataset, int batch) {
    return new DataLoader(dataset, new DataLoader.Settings(batch, false, false, 0, 0, 5));
  }

  /** Where checkpoints say that they come from. */
  static CheckpointListener.Provenance provenance(String config, String version) {
    return new CheckpointListener.Provenance(spec(), Fit.USUAL, config, version);
  }

  /** A model's specification; not that of the models above, whose backbone has no preset's size. */
  static ModelSpec spec() {
    return new ModelSpec(
        new Network(), new FullFineTuning(), List.of(new Depth(), new Saliency()), false);
  }
}
