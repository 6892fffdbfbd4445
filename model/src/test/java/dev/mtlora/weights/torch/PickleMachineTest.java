package dev.mtlora.weights.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.weights.Allowance;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.FileBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every instruction that a pickle may have, each as Python's pickletools describes it. */
class PickleMachineTest {
  private static final int TUPLE1 = 0x85;
  private static final int FROZEN = 0x91;

  @TempDir private Path folder;

  /** Characters stand for their codes; what follows the stop is left alone. */
  private static byte[] program(Object... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object part : parts) {
      if (part instanceof String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      } else {
        out.write((Integer) part);
      }
    }
    return out.toByteArray();
  }

  private Object run(Object... parts) throws IOException {
    return run(new Allowance(folder), parts);
  }

  private Object run(Allowance allowance, Object... parts) throws IOException {
    Path file = Files.write(folder.resolve("a.pkl"), program(parts));
    try (FileChannel channel = FileChannel.open(file)) {
      FileBytes in = new FileBytes(file, channel, 0, channel.size());
      Object result = new PickleMachine(in, allowance, new Echo()).run();
      assertThat(in.remaining()).as("read to its stop").isZero();
      return result;
    }
  }

  /** Says what it was asked. */
  private static final class Echo implements PickleHost {
    @Override
    public Object persistent(Object id) {
      return "outside " + id;
    }

    @Override
    public Object call(PickleGlobal function, List<Object> arguments) {
      return function.name() + arguments;
    }
  }

  @Test
  void numbers_everyForm_areRead() throws IOException {
    assertThat(run("K", 200, ".")).isEqualTo(200L);
    assertThat(run("M", 0x34, 0x92, ".")).isEqualTo(0x9234L);
    assertThat(run("J", 0xfe, 0xff, 0xff, 0xff, ".")).isEqualTo(-2L);
    assertThat(run("I-17\n.")).isEqualTo(-17L);
    assertThat(run("I1.5\n.")).isEqualTo(PickleObject.NUMBER);
    assertThat(run(0x8a, 0, ".")).isEqualTo(0L);
    assertThat(run(0x8a, 1, 0xff, ".")).isEqualTo(-1L);
    assertThat(run(0x8a, 2, 0x00, 0x80, ".")).isEqualTo(-32768L);
    assertThat(run(0x8a, 8, 1, 0, 0, 0, 0, 0, 0, 0, ".")).isEqualTo(1L);
    assertThat(run(0x8a, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0, ".")).isEqualTo(PickleObject.NUMBER);
    assertThat(run(0x8b, 2, 0, 0, 0, 1, 2, ".")).isEqualTo(0x201L);
    assertThat(run("G", 1, 2, 3, 4, 5, 6, 7, 8, ".")).isEqualTo(PickleObject.NUMBER);
    assertThat(run(0x88, ".")).isEqualTo(true);
    assertThat(run(0x89, ".")).isEqualTo(false);
    assertThat(run("N.")).isEqualTo(PickleObject.NONE);
  }

  @Test
  void texts_everyForm_areReadAndBytesAreNot() throws IOException {
    assertThat(run("X", 2, 0, 0, 0, "é.")).isEqualTo("é");
    assertThat(run("T", 3, 0, 0, 0, "abc.")).isEqualTo("abc");
    assertThat(run(0x8c, 3, "abc.")).isEqualTo("abc");
    assertThat(run("U", 0, ".")).isEqualTo("");
    assertThat(run(0x8d, 1, 0, 0, 0, 0, 0, 0, 0, "x.")).isEqualTo("x");
    assertThat(run("B", 2, 0, 0, 0, 0xff, 0xfe, ".")).isEqualTo(PickleObject.BYTES);
    assertThat(run("C", 1, 0xff, ".")).isEqualTo(PickleObject.BYTES);
    assertThat(run(0x8e, 1, 0, 0, 0, 0, 0, 0, 0, 9, ".")).isEqualTo(PickleObject.BYTES);
    assertThat(run(0x96, 1, 0, 0, 0, 0, 0, 0, 0, 9, ".")).isEqualTo(PickleObject.BYTES);
  }

  /** Up to 65536 bytes: no name is longer. */
  @Test
  void texts_longerThanANameIs_areSkipped() throws IOException {
    String longest = "a".repeat(1 << 16);
    assertThat(run("X", 0, 0, 1, 0, longest + ".")).isEqualTo(longest);
    assertThat(run("X", 1, 0, 1, 0, longest + "b.")).isEqualTo(PickleObject.LONG_TEXT);
  }

  @Test
  void stack_everyInstruction_movesWhatItSays() throws IOException {
    assertThat(run("K", 1, "K", 2, "0.")).as("pop").isEqualTo(1L);
    assertThat(run("K", 1, "(K", 2, "K", 3, "1.")).as("pop to the mark").isEqualTo(1L);
    assertThat(run("K", 1, "2", 0x86, ".")).as("twice").isEqualTo(List.of(1L, 1L));
    assertThat(run(").")).isEqualTo(List.of());
    assertThat(run("(K", 1, "K", 2, "t.")).isEqualTo(List.of(1L, 2L));
    assertThat(run("K", 1, TUPLE1, ".")).isEqualTo(List.of(1L));
    assertThat(run("K", 1, "K", 2, "K", 3, 0x87, ".")).isEqualTo(List.of(1L, 2L, 3L));
    assertThat(run("(K", 1, "(K", 2, "tt."))
        .as("in each other")
        .isEqualTo(List.of(1L, List.of(2L)));
  }

  @Test
  void containers_everyInstruction_areFilled() throws IOException {
    assertThat(run("]K", 1, "aK", 2, "a.")).isEqualTo(List.of(1L, 2L));
    assertThat(run("](K", 1, "K", 2, "e.")).isEqualTo(List.of(1L, 2L));
    assertThat(run("(K", 1, "l.")).isEqualTo(List.of(1L));
    assertThat(items(run("}K", 1, "K", 2, "s."))).isEqualTo("dict 1=2 ");
    assertThat(items(run("}(K", 1, "K", 2, "K", 3, "K", 4, "u."))).isEqualTo("dict 1=2 3=4 ");
    assertThat(items(run("(K", 1, "K", 2, "d."))).isEqualTo("dict 1=2 ");
    assertThat(run(0x8f, "(K", 1, 0x90, ".")).isEqualTo(PickleObject.SET);
    assertThat(run("(K", 1, FROZEN, ".")).isEqualTo(PickleObject.SET);
  }

  private static String items(Object made) {
    PickleDict dict = (PickleDict) made;
    StringBuilder items = new StringBuilder(dict.type() + " ");
    for (int i = 0; i < dict.size(); i++) {
      items.append(dict.key(i)).append('=').append(dict.value(i)).append(' ');
    }
    return items.toString();
  }

  @Test
  void memory_everyForm_givesBackWhatWasKept() throws IOException {
    assertThat(run("K", 7, "q", 3, "0h", 3, ".")).isEqualTo(7L);
    assertThat(run("K", 7, "r", 0, 1, 0, 0, "0j", 0, 1, 0, 0, ".")).isEqualTo(7L);
    assertThat(run("K", 7, 0x94, "K", 8, 0x94, "00h", 1, ".")).as("numbered").isEqualTo(8L);
    assertThatThrownBy(() -> run("h", 5, "."))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("uses item 5 before making it");
  }

  @Test
  void objects_everyForm_areNamesAndWhatTheHostSays() throws IOException {
    assertThat(run("cos\nsystem\n.")).isEqualTo(new PickleGlobal("os.system"));
    assertThat(run(0x8c, 2, "os", 0x8c, 6, "system", 0x93, "."))
        .isEqualTo(new PickleGlobal("os.system"));
    assertThat(run("K", 4, "Q.")).isEqualTo("outside 4");
    assertThat(run("cos\nsystem\n(K", 1, "K", 2, "tR.")).isEqualTo("os.system[1, 2]");
    assertThat(items(run("ca\nB\n)", 0x81, "."))).isEqualTo("a.B ");
    assertThat(items(run("ca\nB\n)}", 0x92, "."))).as("with keywords").isEqualTo("a.B ");
    assertThat(items(run("ca\nB\n)", 0x81, "}b."))).as("attributes are not kept").isEqualTo("a.B ");
    assertThat(items(run("ca\nB\n)", 0x81, "K", 1, "K", 2, "s."))).isEqualTo("a.B 1=2 ");
    assertThat(items(run("ca\nB\n)", 0x81, "K", 1, "a."))).as("a list of theirs").isEqualTo("a.B ");
  }

  @Test
  void frames_andProtocols_areHeardOf() throws IOException {
    assertThat(run(0x80, 5, 0x95, 9, 0, 0, 0, 0, 0, 0, 0, "K", 1, ".")).isEqualTo(1L);
    assertThatThrownBy(() -> run(0x80, 6, "K", 1, "."))
        .hasMessageContaining("has pickle protocol 6; 2 to 5 are known");
    assertThatThrownBy(() -> run(0x97, "."))
        .hasMessageContaining("pickle instruction 0x97, which torch.save does not write");
  }

  @Test
  void programs_thatAreNotSound_areRefused() {
    assertThatThrownBy(() -> run(".")).hasMessageContaining("its stack is empty");
    assertThatThrownBy(() -> run("K", 1, "(0.")).hasMessageContaining("its stack is empty");
    assertThatThrownBy(() -> run("K", 1, "t.")).hasMessageContaining("it has no mark");
    assertThatThrownBy(() -> run("K", 1, 0x86, ".")).hasMessageContaining("stack is too short");
    assertThatThrownBy(() -> run("K", 1, "(", TUPLE1, ".")).hasMessageContaining("too short");
    assertThatThrownBy(() -> run("}(K", 1, "u.")).hasMessageContaining("a key without a value");
    assertThatThrownBy(() -> run("K", 1, ")R."))
        .hasMessageContaining("a function is needed but there is 1");
    assertThatThrownBy(() -> run("cos\nsystem\nK", 1, "R."))
        .hasMessageContaining("a tuple of arguments is needed but there is 1");
    assertThatThrownBy(() -> run("(K", 1, "K", 2, "t)", 0x81, "."))
        .hasMessageContaining("a class is needed but there is a list of 2");
    assertThatThrownBy(() -> run("K", 1)).isInstanceOf(CheckpointException.class);
  }

  /** Whatever is made over and over again is paid for, or a small file could fill the memory. */
  @Test
  void instructions_repeated_areChargedFor() {
    String[] growing = {
      "N",
      "]",
      "}",
      ")",
      "(",
      "(t",
      "2",
      "h\0",
      "](NNNNNNNNe0",
      "}(NNNNNNNNu0",
      "(NNl0",
      "(NNd0",
      "NQ",
      "cm\nf\n",
      "cm\nf\n)R",
      "cm\nf\n)\u0081",
      "N\u0085",
      "U\u0004abcd",
      "I12\n",
    };
    for (String part : growing) {
      byte[] one = part.getBytes(StandardCharsets.ISO_8859_1);
      int times = (40 << 20) / 32 / Math.max(1, part.length() / 8) + 1;
      assertThatThrownBy(() -> repeat(one, times))
          .as(part)
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("more than 40 MB");
    }
  }

  private void repeat(byte[] part, int times) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(program("Nq", 0)); // to be taken again, and copied
    for (int i = 0; i < times; i++) {
      out.writeBytes(part);
    }
    out.write('.');
    Path file = Files.write(folder.resolve("many.pkl"), out.toByteArray());
    try (FileChannel channel = FileChannel.open(file)) {
      FileBytes in = new FileBytes(file, channel, 0, channel.size());
      new PickleMachine(in, new Allowance(file), new Echo()).run();
    }
  }

  /** An attack need not leave anything on the stack: what was made and dropped is charged, too. */
  @Test
  void memory_filledInOnePlace_isChargedFor() {
    assertThatThrownBy(() -> repeat(program("q", 1), (40 << 20) / 128 + 1))
        .hasMessageContaining("more than 40 MB");
  }
}
