package dev.mtlora.weights;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Says in a few words what an opened file of weights is. */
public final class FileContents {
  private FileContents() {}

  /** Its format and whose names it has: {@code torch.save, names of timm Swin}. */
  public static String of(TensorSource source) {
    return source.format() + ", " + names(source);
  }

  private static String names(TensorSource source) {
    Set<String> names = source.entries().keySet();
    List<ModelInFile> models = ModelInFile.in(source);
    if (models.size() > 1) {
      return models.size() + " models: " + ModelInFile.listed(models);
    }
    Optional<OtherNetwork> other = OtherNetwork.in(names);
    if (other.isPresent()) {
      return other.get().title();
    }
    if (models.isEmpty()) {
      return names.stream().anyMatch(AddedNames::isAdded)
          ? "names of " + KeyMap.OURS.title(Families.all().get(0))
          : "no model that we know";
    }
    ModelInFile model = models.get(0);
    if (!KeyReader.arrays(source, model).isEmpty()) {
      return "names of " + model.title() + ", but not of tensors alone";
    }
    Map<String, long[]> shapes = KeyReader.shapes(source, model);
    String difference =
        model.names().equals(SwinShape.NAMES)
            ? DescribedShape.difference(source.file(), SwinShape.of(shapes))
            : "";
    return "names of "
        + model.title()
        + ", "
        + Families.described(model.names(), shapes)
        + difference;
  }
}
