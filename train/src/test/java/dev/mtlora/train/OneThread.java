package dev.mtlora.train;

import dev.mtlora.tensor.Engine;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs the tests of a class on one CPU thread: operations as small as theirs gain none from two.
 */
final class OneThread implements BeforeAllCallback, AfterAllCallback {
  private int before;

  @Override
  public void beforeAll(ExtensionContext context) {
    before = Engine.threads();
    Engine.threads(1);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Engine.threads(before);
  }
}
