package dev.mtlora.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one tensor, or its like in every stage and block, is called by us and by a family. In both
 * names {@code #} stands for a number, {@code #+1} for the same one, counted from 1 ({@code #+2}
 * from 2), and {@code *} for {@code weight} or {@code bias}; they follow each other in the same
 * order.
 */
public final class KeyRule {
  private static final Pattern TOKEN = Pattern.compile("#\\+[12]|#|\\*");

  private final Template ours;
  private final Template theirs;

  /**
   * One side.
   *
   * @param text with its tokens
   * @param pattern that names of this side match, one group per token
   */
  private record Template(String text, Pattern pattern) {
    static Template of(String text) {
      StringBuilder regex = new StringBuilder();
      Matcher token = TOKEN.matcher(text);
      int end = 0;
      while (token.find()) {
        regex.append(Pattern.quote(text.substring(end, token.start())));
        regex.append(token.group().equals("*") ? "(weight|bias)" : "(\\d{1,3})");
        end = token.end();
      }
      regex.append(Pattern.quote(text.substring(end)));
      return new Template(text, Pattern.compile(regex.toString()));
    }

    /** The values of the tokens in a name, numbers from 0. */
    Optional<List<String>> read(String name) {
      Matcher match = pattern.matcher(name);
      if (!match.matches()) {
        return Optional.empty();
      }
      List<String> values = new ArrayList<>();
      Matcher token = TOKEN.matcher(text);
      while (token.find()) {
        String value = match.group(values.size() + 1);
        values.add(moved(value, -first(token.group())));
      }
      return values.stream().anyMatch(value -> value.startsWith("-"))
          ? Optional.empty()
          : Optional.of(values);
    }

    String write(List<String> values) {
      List<String> left = new ArrayList<>(values);
      return TOKEN.matcher(text).replaceAll(token -> moved(left.remove(0), first(token.group())));
    }

    /** What a token's numbers are counted from. */
    private static int first(String token) {
      return token.length() == 1 ? 0 : token.charAt(token.length() - 1) - '0';
    }

    private static String moved(String value, int by) {
      return by == 0 ? value : Integer.toString(Integer.parseInt(value) + by);
    }
  }

  /** Two names of one tensor. */
  public KeyRule(String ours, String theirs) {
    this.ours = Template.of(ours);
    this.theirs = Template.of(theirs);
  }

  /** The numbers in our name of a tensor, from 0, if the rule is about it. */
  public Optional<List<Integer>> numbers(String name) {
    return ours.read(name)
        .map(
            values ->
                values.stream()
                    .filter(value -> Character.isDigit(value.charAt(0)))
                    .map(Integer::valueOf)
                    .toList());
  }

  /** Our name with these numbers, from 0; only if it has no {@code *}. */
  public String named(int... numbers) {
    return ours.write(Arrays.stream(numbers).mapToObj(Integer::toString).toList());
  }

  /** Our name of a tensor with this name of theirs, if the rule is about it. */
  public Optional<String> toOurs(String name) {
    return theirs.read(name).map(ours::write);
  }

  /** Their name of a tensor with this name of ours, if the rule is about it. */
  public Optional<String> fromOurs(String name) {
    return ours.read(name).map(theirs::write);
  }
}
