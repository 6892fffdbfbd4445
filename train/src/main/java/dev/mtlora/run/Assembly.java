package dev.mtlora.run;

import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.Split;
import dev.mtlora.data.Transform;
import dev.mtlora.data.check.SplitCheck;
import dev.mtlora.data.check.SplitReport;
import dev.mtlora.data.transform.Pipeline;
import dev.mtlora.data.transform.Resize;
import dev.mtlora.data.transform.ResizeImage;
import dev.mtlora.image.Size;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Engine;
import dev.mtlora.train.EarlyStop;
import dev.mtlora.train.Evaluator;
import dev.mtlora.train.Selection;
import dev.mtlora.train.TrainSettings;
import dev.mtlora.train.Trainer;
import dev.mtlora.train.TrainingListener;
import dev.mtlora.weights.AdapterConfig;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.ModelFolder;
import dev.mtlora.weights.StartWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Builds everything that a configuration describes. */
public final class Assembly {
  /** A parameter's gradient and the two moments of AdamW. */
  private static final long TRAINING_BYTES = 3L * Float.BYTES;

  private final RunSpec config;

  private Assembly(RunSpec config) {
    this.config = config;
  }

  /** What is assembled. */
  public RunSpec config() {
    return config;
  }

  /** The assembly of a configuration; nothing is built yet. */
  public static Assembly of(RunSpec config) {
    return new Assembly(config);
  }

  /**
   * The model with random weights drawn from the configuration's seed, in the scope that is open;
   * in merged form if the configuration says so.
   *
   * @throws ConfigException if method and network don't fit
   */
  public MultiTaskModel untrainedModel() {
    return untrainedModel(0);
  }

  /** The same, if there is memory for it and so many bytes for every trained parameter besides. */
  private MultiTaskModel untrainedModel(long bytes) {
    return checked(
        () -> {
          TrainSpec train = config.train();
          MultiTaskModel model =
              ModelFolder.untrained(config.spec(), train.seed(), train.device(), bytes);
          model.backbone().recompute(train.recompute());
          return model;
        });
  }

  /**
   * The model with the weights that the configuration names, to be trained.
   *
   * @throws ConfigException if there are no such weights, or they don't fit, or if the model is
   *     merged or too large for this machine's memory
   */
  public MultiTaskModel model() {
    return model(line -> {});
  }

  /**
   * The same.
   *
   * @param say hears in one sentence what a file of weights gave, if one is named
   */
  public MultiTaskModel model(Consumer<String> say) {
    return loaded(config.train().device().equals(Device.CPU) ? TRAINING_BYTES : 0, say);
  }

  /** The same model, for what is not training: the base of an adapter. */
  public MultiTaskModel base() {
    return loaded(0, line -> {});
  }

  private MultiTaskModel loaded(long bytes, Consumer<String> say) {
    if (config.model().merged()) {
      throw new ConfigException(
          "model.merged is true, and a merged model cannot be trained: it has no adapters left;"
              + " train with the configuration of the run that it was merged from");
    }
    return checked(() -> StartWeights.load(config.model(), untrainedModel(bytes), say));
  }

  /**
   * What an adapter file says of the training that this configuration describes.
   *
   * @param metrics its scores, as JSON
   * @param version of the code
   */
  public AdapterConfig.Origin origin(String metrics, String version) {
    return new AdapterConfig.Origin(
        config.spec(), config.data().fit(), metrics, config.json(), version);
  }

  /**
   * Lets operations use as many CPU threads as the configuration says.
   *
   * @return what to tell the user where there are fewer cores than that
   */
  public Optional<String> useThreads() {
    int asked = config.train().threads();
    int used = asked == 0 ? 0 : Engine.threads(asked);
    return used == asked
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "train.threads is %d, but this machine has %d cores: %d threads are used, since more"
                    + " would be slower",
                asked,
                used,
                used));
  }

  /**
   * A check of the samples of a split, as they are before they are resized.
   *
   * @param examples how many findings of a kind to keep
   */
  public SplitReport check(Split split, int examples, SplitCheck.Progress progress) {
    DataSource data = config.data();
    SplitCheck.Settings settings =
        new SplitCheck.Settings(
            split.word(),
            config.tasks(),
            split == Split.TEST ? 0 : data.published(split == Split.TRAIN),
            split == Split.TRAIN ? config.train().batch() : 1,
            Math.max(1, config.train().workers()),
            examples);
    SplitCheck check = new SplitCheck(settings, tasks -> data.of(split, tasks, side()));
    return checked(() -> check.run(progress));
  }

  /** The splits that there are. */
  public List<Split> splits() {
    return config.data().hasTest() ? List.of(Split.values()) : List.of(Split.TRAIN, Split.VAL);
  }

  /** The samples of a split, before they are augmented or resized. */
  public Dataset samples(Split split) {
    return checked(() -> config.data().of(split, config.tasks(), side()));
  }

  /** All that happens to samples that train: they end as the model takes them. */
  public Transform augmentation() {
    return config.augmentation().training(resize());
  }

  /** Batches of augmented training samples in random order. */
  public DataLoader trainingLoader(MultiTaskModel model) {
    TrainSpec train = config.train();
    return checked(
        () -> {
          if (train.batch() < model.minimumTrainingBatch()) {
            throw new IllegalArgumentException(
                String.format(
                    Locale.ROOT,
                    "train.batch is %d, but the decoders %s need training batches of at least %d images",
                    train.batch(),
                    config.spec().decoderNames(),
                    model.minimumTrainingBatch()));
          }
          return loader(samples(Split.TRAIN).with(augmentation()), train.batch(), true);
        });
  }

  /** Batches of all validation samples. */
  public DataLoader validationLoader() {
    return evaluationLoader(Split.VAL);
  }

  /** Batches of all samples of a split, as the model is scored on them. */
  public DataLoader evaluationLoader(Split split) {
    int batch = config.data().fit().isFixed() ? config.train().batch() : 1; // each its own size
    Dataset resized = samples(split).with(Pipeline.evaluation(resize()));
    return checked(() -> loader(resized, batch, false));
  }

  /** The same one at a time, the image as the model takes it and labels as large as stored. */
  public DataLoader labelSizeLoader(Split split) {
    Transform image = Pipeline.evaluation(new ResizeImage(resize()));
    return checked(() -> loader(samples(split).storedLabels().with(image), 1, false));
  }

  private DataLoader loader(Dataset dataset, int batch, boolean training) {
    TrainSpec train = config.train();
    return new DataLoader(
        dataset,
        new DataLoader.Settings(
            batch, training, training, train.workers(), 2 * train.workers(), train.seed()));
  }

  private Size imageSize() {
    return config.model().backbone().input().size();
  }

  /** What pictures become for the model. */
  public Resize resize() {
    return new Resize(config.data().fit(), imageSize());
  }

  private int side() {
    return Math.max(imageSize().height(), imageSize().width());
  }

  /** Scores a model as training does. */
  public Evaluator evaluator() {
    return new Evaluator(config.train().device(), config.train().bf16(), config.data().fit());
  }

  /** How training is done, for those who make their own steps. */
  public TrainSettings trainSettings() {
    return checked(() -> config.train().settings());
  }

  /** Which evaluation is the best. */
  public Selection selection() {
    boolean complete = config.singleTask().keySet().containsAll(config.taskNames());
    return new Selection(complete ? config.singleTask() : Map.of());
  }

  /**
   * The training loop.
   *
   * @param training the batches that it will get
   * @param listeners besides the one that ends early where the configuration wants it
   */
  public Trainer trainer(DataLoader training, List<TrainingListener> listeners) {
    TrainSpec train = config.train();
    return checked(
        () -> {
          TrainSettings settings = train.settings();
          List<TrainingListener> all = new ArrayList<>(listeners);
          if (train.earlyStop() > 0) {
            all.add(new EarlyStop(train.earlyStop(), selection()));
          }
          int updates = settings.stepsPerEpoch(training.batches());
          return new Trainer(settings, train.schedule(updates), all);
        });
  }

  /**
   * The learning rate of a step of the training.
   *
   * @param training the batches of the training
   * @param step steps made before it
   */
  public double rate(DataLoader training, long step) {
    TrainSpec train = config.train();
    return checked(
        () -> train.schedule(train.settings().stepsPerEpoch(training.batches())).used(step));
  }

  private static <T> T checked(Supplier<T> build) {
    try {
      return build.get();
    } catch (IllegalArgumentException | CheckpointException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }
}
