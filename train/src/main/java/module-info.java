/**
 * Trains, scores and compares multi-task models.
 *
 * @since 0.1
 */
@SuppressWarnings({
  "module",
  "requires-automatic"
}) // mfl-core names its module in its manifest only
module dev.mtlora.train {
  requires transitive dev.mtlora.model;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires org.yaml.snakeyaml;
  requires us.hebi.matlab.mat.mfl.core;

  exports dev.mtlora.compare;
  exports dev.mtlora.data;
  exports dev.mtlora.data.check;
  exports dev.mtlora.data.multitask;
  exports dev.mtlora.data.scenes;
  exports dev.mtlora.data.transform;
  exports dev.mtlora.run;
  exports dev.mtlora.train;
  exports dev.mtlora.train.balance;

  provides dev.mtlora.weights.FolderReader with
      dev.mtlora.run.YamlFolders;

  // settings are bound to text by their components
  opens dev.mtlora.compare to
      dev.mtlora.model;
  opens dev.mtlora.data to
      dev.mtlora.model;
  opens dev.mtlora.data.multitask to
      dev.mtlora.model;
  opens dev.mtlora.data.scenes to
      dev.mtlora.model;
  opens dev.mtlora.run to
      dev.mtlora.model;
  opens dev.mtlora.train.balance to
      dev.mtlora.model;
}
