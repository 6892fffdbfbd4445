package dev.mtlora.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.NativeLibrary;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Resampling;
import dev.mtlora.testing.Skip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What native libraries say of their threads in a program that nobody set variables for. */
class KernelThreadsTest {
  private static final String TIMEOUT = "OpenBLAS's timeout: ";

  /** A program as users write it: it loads one library or the other first. */
  static final class Program {
    private Program() {}

    public static void main(String[] first) {
      if (first[0].equals("picture")) {
        Resampling.LINEAR.resized(new Raster(1, 2, 2, new float[4]), 4, 4);
      }
      try (Scope scope = Scope.open()) {
        Tensor.zeros(2, 2).plus(1);
      }
      Engine.threads(1);
      String openblas = Loader.load(openblas_nolapack.class);
      Path library = Path.of(openblas).resolveSibling("libopenblas.so.0");
      int timeout =
          NativeLibrary.getInstance(library.toString())
              .getFunction("openblas_thread_timeout")
              .invokeInt(new Object[0]);
      System.out.println(TIMEOUT + timeout);
      System.out.println("threads: " + Engine.threads());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tensor", "picture"})
  void program_withoutVariables_hasThreadsThatSleep(String first) throws Exception {
    requireLinux();
    String said = run(first, Map.of());
    assertThat(said).contains("OMP_WAIT_POLICY = 'PASSIVE'").contains(TIMEOUT + "4\n");
    assertThat(said).contains("threads: 1\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tensor", "picture"})
  void program_withVariables_keepsThem(String first) throws Exception {
    requireLinux();
    String said = run(first, Map.of("OMP_WAIT_POLICY", "ACTIVE", "OPENBLAS_THREAD_TIMEOUT", "11"));
    assertThat(said).contains("OMP_WAIT_POLICY = 'ACTIVE'").contains(TIMEOUT + "11\n");
  }

  private static void requireLinux() {
    Skip.unless(
        System.getProperty("os.name").equals("Linux"),
        "KernelThreadsTest: only Linux has the symbols that are read");
  }

  private static String run(String first, Map<String, String> variables)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Program.class.getName(), first));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeAll(KernelThreads.SETTINGS.keySet());
    builder.environment().putAll(variables);
    builder.environment().put("OMP_DISPLAY_ENV", "TRUE");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
