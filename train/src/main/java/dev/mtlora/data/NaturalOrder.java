package dev.mtlora.data;

import java.io.Serializable;
import java.util.Comparator;

/** Names in the order of the numbers in them: {@code frame_2.png} before {@code frame_10.png}. */
final class NaturalOrder implements Comparator<String>, Serializable {
  private static final long serialVersionUID = 1L;

  @Override
  public int compare(String one, String other) {
    int i = 0;
    int j = 0;
    while (i < one.length() && j < other.length()) {
      if (isDigit(one, i) && isDigit(other, j)) {
        int from = firstOf(one, i);
        int otherFrom = firstOf(other, j);
        i = endOf(one, from);
        j = endOf(other, otherFrom);
        int order = Integer.compare(i - from, j - otherFrom);
        order =
            order != 0 ? order : one.substring(from, i).compareTo(other.substring(otherFrom, j));
        if (order != 0) {
          return order;
        }
      } else if (one.charAt(i) != other.charAt(j)) {
        return Character.compare(one.charAt(i), other.charAt(j));
      } else {
        i++;
        j++;
      }
    }
    int rest = Integer.compare(one.length() - i, other.length() - j);
    return rest != 0 ? rest : one.compareTo(other);
  }

  /** Where the number that begins there has its first digit that is not zero, or ends. */
  private static int firstOf(String name, int start) {
    int at = start;
    while (at < name.length() && name.charAt(at) == '0') {
      at++;
    }
    return at;
  }

  private static int endOf(String name, int start) {
    int at = start;
    while (at < name.length() && isDigit(name, at)) {
      at++;
    }
    return at;
  }

  private static boolean isDigit(String name, int at) {
    return name.charAt(at) >= '0' && name.charAt(at) <= '9';
  }
}
