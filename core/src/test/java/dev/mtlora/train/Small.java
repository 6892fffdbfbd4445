package dev.mtlora.train;

import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.backbone.swin.SwinTransformer;
import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.model.Head;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Neck;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.Slot;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Rng;
import java.util.List;
import java.util.Set;

/** Models, loaders and settings that are small enough for a test. */
final class Small {
  private static final List<Integer> NECK = List.of(8, 8);
  private static final AdamW.Settings ADAMW = new AdamW.Settings(0.9, 0.999, 1e-8, 0.05);

  private Small() {}

  /** MTLoRA on two stages, with dropout. */
  static MtLora mtlora(List<String> tasks) {
    return new MtLora(
        MtLora.Mode.MATRIX,
        MtLora.Ranks.uniform(2, 4, 2, tasks),
        MtLora.Scales.uniform(2, 4.0, tasks),
        List.of(0.05, 0.05),
        Set.of(Slot.QKV, Slot.PROJ, Slot.FC1, Slot.FC2),
        MtLora.Trained.PAPER,
        false,
        false);
  }

  /** A Swin of two stages for 32 pixels, with drop path. */
  static SwinTransformer backbone(AdapterMethod method, List<String> tasks, long seed) {
    SwinSettings settings =
        new SwinSettings(
            32, 12, List.of(2, 2), List.of(2, 2), 4, 2.0, 0.1, SwinSettings.Options.STANDARD);
    return new SwinTransformer(settings, method, tasks, new Rng(seed));
  }

  /** That backbone with a decoder per task. */
  static MultiTaskModel model(AdapterMethod method, String decoder, List<Task> tasks, long seed) {
    SwinTransformer backbone = backbone(method, tasks.stream().map(Task::name).toList(), seed);
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
    return model(mtlora(tasks.stream().map(Task::name).toList()), "hrnet", tasks, seed);
  }

  /** In f32 on the CPU, evaluated and kept every few epochs. */
  static TrainSettings settings(int epochs, int accumulation, int evaluateEvery) {
    return new TrainSettings(
        epochs, 0, accumulation, 5.0, false, Device.CPU, 11, ADAMW, evaluateEvery, evaluateEvery);
  }

  /** A loader that shuffles, with one worker. */
  static DataLoader training(Dataset dataset, int batch) {
    return new DataLoader(dataset, new DataLoader.Settings(batch, true, true, 1, 2, 5));
  }

  /** A loader in order. */
  static DataLoader evaluation(Dataset dataset, int batch) {
    return new DataLoader(dataset, new DataLoader.Settings(batch, false, false, 0, 0, 5));
  }
}
