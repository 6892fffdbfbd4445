package dev.mtlora.cli;

import dev.mtlora.cli.ImageReport.Shown;
import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Split;
import dev.mtlora.model.Predictor;
import dev.mtlora.onnx.OnnxModel;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.Scoring;
import dev.mtlora.tensor.Device;
import dev.mtlora.train.Evaluator;
import dev.mtlora.train.Evaluator.WithImages;
import dev.mtlora.train.Scores;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Scores the best checkpoint of a run, or a merged model. */
@Command(
    name = "eval",
    description = {
      "Scores the best checkpoint of a run, or a merged model, on its validation set,",
      "or on its test set."
    })
final class EvalCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ModelOptions trained = new ModelOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = {
        "Also writes scores.json, scores.csv and, for tasks with classes, TASK_confusion.png;",
        "images.csv with the scores of every image, and worst_best_TASK.png with the images",
        "at both ends."
      })
  private @Nullable Path out;

  @Option(
      names = "--original-size",
      description = {
        "Also scores at the size of the labels as stored, image by image: predictions are resized,",
        "labels are not. The names of these scores end with @original."
      })
  private boolean originalSize;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      defaultValue = "val",
      description = "The images to score on: val or test, or even train (${DEFAULT-VALUE}).")
  private String split = Split.VAL.word();

  @Override
  public Integer call() {
    if (trained.isOnnx()) {
      return evaluateExport();
    }
    return trained.evaluate(images(), spec.commandLine().getOut()::println, this::report);
  }

  /** An exported file is scored at the size that it sees. */
  private int evaluateExport() {
    if (originalSize) {
      throw new ParameterException(
          spec.commandLine(), "--original-size is for models of ours, not for an ONNX file");
    }
    Split set = images();
    Assembly assembly = Assembly.of(trained.configOfExport());
    PrintWriter printer = spec.commandLine().getOut();
    assembly.useThreads().ifPresent(printer::println);
    Evaluator evaluator = // in f32, whatever the run was trained in
        new Evaluator(Device.CPU, false, assembly.evaluator().fit());
    try (OnnxModel model = trained.export()) {
      Predictor predictor = model.predictor();
      DataLoader loader = assembly.evaluationLoader(set);
      WithImages measured =
          out == null
              ? new WithImages(evaluator.evaluate(predictor, loader), List.of())
              : evaluator.evaluateImages(predictor, loader);
      printer.print(ScoreTable.all(measured.scores(), assembly.selection().singleTask()));
      printer.print(ScoreTable.classes(measured.scores()));
      if (out != null) {
        new ScoreFiles(out).write(measured.scores(), Scores.NONE);
        new ImageReport(out).write(measured.images(), Shown.of(assembly, set, predictor));
      }
    }
    printer.flush();
    return 0;
  }

  private int report(Scoring scoring) {
    WithImages measured = measure(scoring);
    Scores scores = measured.scores();
    PrintWriter printer = spec.commandLine().getOut();
    printer.print(ScoreTable.all(scores, scoring.assembly().selection().singleTask()));
    printer.print(ScoreTable.classes(scores));
    Scores atLabelSize = originalSize ? scoring.atLabelSize() : Scores.NONE;
    printer.print(ScoreTable.atLabelSize(atLabelSize));
    if (out != null) {
      new ScoreFiles(out).write(scores, atLabelSize);
      new ImageReport(out).write(measured.images(), Shown.of(scoring));
    }
    printer.flush();
    return 0;
  }

  private Split images() {
    for (Split one : Split.values()) {
      if (one.word().equals(split)) {
        return one;
      }
    }
    throw new ParameterException(
        spec.commandLine(), "--split must be val, test or train but is " + split);
  }

  /** Images are scored alone only where that is written. */
  private WithImages measure(Scoring scoring) {
    return out == null ? new WithImages(scoring.scores(), List.of()) : scoring.withImages();
  }
}
