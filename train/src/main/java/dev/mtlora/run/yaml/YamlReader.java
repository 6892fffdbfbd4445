package dev.mtlora.run.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mtlora.spec.bind.Plain;
import java.io.StringReader;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingEndEvent;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceEndEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;

/** Makes a tree of the events of one text. */
final class YamlReader {
  private static final int DEEPEST = 100;
  private static final Set<String> NOTHING = Set.of("", "~", "null", "Null", "NULL");
  private static final String STRING = "tag:yaml.org,2002:str";

  private final String text;

  YamlReader(String text) {
    this.text = text;
  }

  JsonNode document() {
    if (text.length() > YamlText.MOST) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "it has %,d characters, and a configuration has at most %,d; is it another file?",
              text.length(),
              YamlText.MOST));
    }
    try {
      return document(new Yaml(limits()).parse(new StringReader(text)).iterator());
    } catch (MarkedYAMLException e) {
      throw invalid(e.getProblemMark(), e.getProblem(), e);
    } catch (YAMLException e) {
      throw invalid(null, String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  private static LoaderOptions limits() {
    LoaderOptions limits = new LoaderOptions();
    limits.setCodePointLimit(YamlText.MOST);
    limits.setNestingDepthLimit(2 * DEEPEST);
    return limits;
  }

  private static JsonNode document(Iterator<Event> events) {
    JsonNode tree = null;
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof DocumentStartEvent && tree != null) {
        throw invalid(
            event.getStartMark(), "a second document begins (---), and a file has one", null);
      }
      if (event instanceof NodeEvent) {
        tree = node(event, events, 0);
      }
    }
    return tree == null ? JsonNodeFactory.instance.objectNode() : tree;
  }

  private static JsonNode node(Event event, Iterator<Event> events, int depth) {
    if (event instanceof AliasEvent || ((NodeEvent) event).getAnchor() != null) {
      throw invalid(
          event.getStartMark(),
          "anchors and aliases (&name, *name) are not read; write the value out, or use base:",
          null);
    }
    if (depth > DEEPEST) {
      throw invalid(
          event.getStartMark(),
          String.format(Locale.ROOT, "it is nested deeper than %d", DEEPEST),
          null);
    }
    if (event instanceof ScalarEvent scalar) {
      return scalar(scalar);
    }
    return event instanceof MappingStartEvent mapping
        ? mapping(mapping, events, depth)
        : sequence((SequenceStartEvent) event, events, depth);
  }

  private static JsonNode scalar(ScalarEvent scalar) {
    String tag = scalar.getTag();
    if (tag != null && !tag.equals("!") && !tag.equals(STRING)) {
      throw tagged(scalar, tag);
    }
    if (tag != null || scalar.getScalarStyle() != ScalarStyle.PLAIN) {
      return TextNode.valueOf(scalar.getValue());
    }
    return NOTHING.contains(scalar.getValue())
        ? NullNode.getInstance()
        : new Plain(scalar.getValue());
  }

  private static ObjectNode mapping(MappingStartEvent start, Iterator<Event> events, int depth) {
    requireNoTag(start, start.getTag());
    ObjectNode block = JsonNodeFactory.instance.objectNode();
    for (Event e = events.next(); !(e instanceof MappingEndEvent); e = events.next()) {
      if (!(e instanceof ScalarEvent)) {
        throw invalid(e.getStartMark(), "a key must be a word", null);
      }
      String key = ((ScalarEvent) e).getValue();
      if (block.has(key)) {
        throw invalid(
            e.getStartMark(),
            String.format(Locale.ROOT, "the key '%s' is there twice: remove one", key),
            null);
      }
      node(e, events, depth + 1); // refuses anchors and tags
      block.set(key, node(events.next(), events, depth + 1));
    }
    return block;
  }

  private static ArrayNode sequence(SequenceStartEvent start, Iterator<Event> events, int depth) {
    requireNoTag(start, start.getTag());
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Event e = events.next(); !(e instanceof SequenceEndEvent); e = events.next()) {
      list.add(node(e, events, depth + 1));
    }
    return list;
  }

  private static void requireNoTag(Event event, @Nullable String tag) {
    if (tag != null && !tag.equals("!")) {
      throw tagged(event, tag);
    }
  }

  private static IllegalArgumentException tagged(Event event, String tag) {
    return invalid(
        event.getStartMark(),
        String.format(Locale.ROOT, "the tag %s is not read; leave it out", tag),
        null);
  }

  private static IllegalArgumentException invalid(
      @Nullable Mark mark, String problem, @Nullable Exception cause) {
    String line = mark == null ? "" : String.format(Locale.ROOT, " (line %d)", mark.getLine() + 1);
    return new IllegalArgumentException("not valid YAML" + line + ": " + problem, cause);
  }
}
