package dev.mtlora.nn;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value of a component of a settings record that a configuration does not give, for records
 * that have no instance with usual values, since some component must be given.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Usual {
  /** The value as a configuration would write it. */
  String value();

  /** True if it is not written where it is usual, as keys that came later than their block. */
  boolean silent() default false;
}
