import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Downloads, checks and unpacks the Maven named in maven-wrapper.properties. The wrapper scripts run
 * this file with plain {@code java}, so that a machine needs a JDK and nothing else.
 *
 * <p>Arguments: the properties file, and the folder that shall hold bin, lib, ... of Maven.
 */
final class InstallMaven {
  private static final int TIMEOUT_MS = 20_000;

  public static void main(String[] args) {
    try {
      Properties properties = new Properties();
      try (InputStream in = Files.newInputStream(Path.of(args[0]))) {
        properties.load(in);
      }
      install(properties, Path.of(args[1]).toAbsolutePath());
    } catch (IOException | GeneralSecurityException e) {
      System.err.println("mvnw: Maven could not be installed: " + e);
      System.exit(1);
    }
  }

  private static void install(Properties properties, Path home)
      throws IOException, GeneralSecurityException {
    String url = url(properties);
    System.err.println("mvnw: downloading " + url);
    Files.createDirectories(home.getParent());
    Path work = Files.createTempDirectory(home.getParent(), ".install");
    try {
      Path zip = work.resolve("maven.zip");
      download(url, zip);
      check(zip, properties.getProperty("distributionSha512Sum"));
      // A rename, so that nobody ever sees half an installation.
      Files.move(unzip(zip, work.resolve("unpacked")), home, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(work);
    }
  }

  private static void download(String url, Path file) throws IOException {
    URLConnection connection = URI.create(url).toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MS);
    connection.setReadTimeout(TIMEOUT_MS);
    try (InputStream in = connection.getInputStream()) {
      Files.copy(in, file);
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static String url(Properties properties) {
    String repository = System.getenv("MVNW_REPOURL");
    if (repository == null || repository.isEmpty()) {
      return properties.getProperty("distributionUrl");
    }
    String version = properties.getProperty("mavenVersion");
    return "%s/org/apache/maven/apache-maven/%s/apache-maven-%s-bin.zip"
        .formatted(repository.replaceAll("/+$", ""), version, version);
  }

  private static void check(Path zip, String expected)
      throws IOException, GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(zip));
    String actual = HexFormat.of().formatHex(digest);
    if (!actual.equals(expected)) {
      throw new IOException("its SHA-512 is " + actual + " but must be " + expected);
    }
  }

  /** Unpacks the archive and returns the one folder at its top. */
  private static Path unzip(Path zip, Path target) throws IOException {
    Path top = target;
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path file = target.resolve(entry.getName()).normalize();
        if (!file.startsWith(target)) {
          throw new IOException("an entry leaves its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(in, file);
        }
        top = target.resolve(target.relativize(file).getName(0));
      }
    }
    top.resolve("bin").resolve("mvn").toFile().setExecutable(true, false);
    return top;
  }
}
