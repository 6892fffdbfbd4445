package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher {@code mtlora} in a process of its own, over the classes of this test. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {
  /** As it is stored: the name of a test's file may not depend on the locale of the test. */
  private static final String MAKE_LIST =
      """
      mkdir -p list/images list/depth
      for i in 0 1 2 3; do
        cp image.png "list/images/straße$i.png"
        cp depth.png "list/depth/straße$i.png"
      done
      printf 'straße0\\nstraße1\\n' > list/t.txt
      printf 'straße2\\nstraße3\\n' > list/v.txt
      """;

  private static final String CONFIG =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      tasks: {depth: {}}
      data:
        kind: folder
        root: list
        train: t.txt
        val: v.txt
        labels: {depth: {encoding: depth_mm}}
      train: {batch: 2}
      """;

  @TempDir private Path folder;

  /**
   * What a command printed, with its exit code in the last line.
   *
   * @param locale the variables that say it; all others of this kind are absent
   */
  private String run(Map<String, String> locale, List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(key -> key.equals("LANG") || key.startsWith("LC_"));
    builder.environment().putAll(locale);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return text + process.waitFor();
  }

  private String launched(Map<String, String> locale, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", at("mtlora")));
    command.addAll(List.of(arguments));
    return run(locale, command);
  }

  @BeforeEach
  void launcher() throws IOException {
    LauncherProject.make(folder, "-Xmx1g\n--enable-native-access=ALL-UNNAMED\n");
  }

  private void umlauts() throws Exception {
    Png.write(folder.resolve("image.png"), new Raster(32, 32, 3));
    Png.write16(folder.resolve("depth.png"), metres());
    Files.writeString(folder.resolve("c.yaml"), CONFIG);
    Files.writeString(folder.resolve("make.sh"), MAKE_LIST);
    assertThat(run(Map.of(), List.of("sh", "make.sh"))).isEqualTo("0");
  }

  private static Raster metres() {
    Raster depth = new Raster(32, 32, 1);
    for (int i = 0; i < depth.values().length; i++) {
      depth.values()[i] = 1000 + i;
    }
    return depth;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "LC_ALL=C",
        "LANG=POSIX",
        "LC_ALL=xx_YY.UTF-8",
        "LANG=xx_YY.UTF-8",
        "LC_CTYPE=UTF-8"
      })
  void names_noLocaleSet_areFound(String locale) throws Exception {
    umlauts();
    String said = launched(variables(locale), "data", "check", "c.yaml");
    assertThat(said)
        .contains("train: 2 images", "val: 2 images")
        .doesNotContain("mtlora:", "cannot be opened")
        .endsWith("0");
  }

  @Test
  @EnabledOnOs(OS.LINUX) // elsewhere Java reads names without a locale
  void names_noLocaleInUtf8_causeIsSaidOnce() throws Exception {
    umlauts();
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path locale = Files.writeString(bin.resolve("locale"), "#!/bin/sh\necho ANSI_X3.4-1968\n");
    assertThat(locale.toFile().setExecutable(true)).isTrue();
    String path = bin + File.pathSeparator + System.getenv("PATH");
    String said = launched(Map.of("PATH", path), "data", "check", "c.yaml");
    assertThat(said).containsOnlyOnce("mtlora: no locale is set").contains("LC_ALL=C.UTF-8");
  }

  /** Languages with digits of their own, and one that writes a small i without its dot. */
  @ParameterizedTest
  @ValueSource(strings = {"fa", "bn", "tr"})
  void text_anyLanguage_isTheSame(String language) throws Exception {
    String shipped = "/dev/mtlora/weights/swin-micro.safetensors";
    try (InputStream stream = Main.class.getResourceAsStream(shipped)) {
      Files.copy(Objects.requireNonNull(stream), folder.resolve("w.safetensors"));
    }
    Map<String, String> options = Map.of("MTLORA_OPTS", "-Duser.language=" + language);
    String converted = launched(options, "convert", "w.safetensors", "timm.pth", "--to", "timm");
    assertThat(converted).endsWith("0");
    assertThat(said("convert", at("w.safetensors"), at("same.pth"), "--to", "timm"))
        .contains(converted.substring(converted.indexOf(':'), converted.length() - 1));
    assertThat(folder.resolve("timm.pth")).hasSameBinaryContentAs(folder.resolve("same.pth"));
    String[] params = {
      "params", "quickstart", "--set", "method={rank: 4, taskRank: 4, ranks: {'stage1.*.qkv': 2}}"
    };
    assertThat(launched(options, params)).isEqualTo(said(params) + "0");
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  /** What a command says in this process. */
  private static String said(String... arguments) {
    StringWriter out = new StringWriter();
    assertThat(Main.commandLine().setOut(new PrintWriter(out, true)).execute(arguments)).isZero();
    return out.toString();
  }

  private static Map<String, String> variables(String locale) {
    String[] parts = locale.split("=", -1);
    return parts.length == 2 ? Map.of(parts[0], parts[1]) : Map.of();
  }
}
