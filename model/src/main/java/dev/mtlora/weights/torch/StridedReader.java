package dev.mtlora.weights.torch;

import dev.mtlora.weights.FileRange;
import dev.mtlora.weights.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Locale;

/**
 * Reads the values of a view into row-major order. A view whose values do not lie one after the
 * other is read in the order of the storage, through a window that only moves forward; where that
 * is impossible, because its windows overlap, the storage must be small.
 */
final class StridedReader {
  private static final int WINDOW = 1 << 20;
  private static final int MAX_OVERLAPPING = 1 << 24;

  private final FileChannel channel;
  private final TorchView view;
  private final int unit;
  private final long end;
  private final ByteBuffer window;
  private long windowBegin;

  private StridedReader(FileChannel channel, TorchView view, FileRange storage) {
    this.channel = channel;
    this.view = view;
    this.unit = view.entry().dtype().bytes();
    this.windowBegin = storage.begin() + view.first() * unit;
    this.end = windowBegin + view.extent() * unit;
    this.window = ByteBuffer.allocate((int) Math.min(windowSize(view), end - windowBegin)).limit(0);
  }

  /**
   * All values of a view.
   *
   * @param storage where the elements of its storage lie
   * @throws IllegalArgumentException if its windows overlap in a large storage
   */
  static ByteBuffer read(FileChannel channel, TorchView view, FileRange storage)
      throws IOException {
    ByteBuffer values =
        ByteBuffer.allocate(Math.toIntExact(view.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    if (view.isContiguous()) {
      OpenFile.fill(channel, values, storage.begin() + view.first() * view.entry().dtype().bytes());
    } else if (values.hasRemaining()) {
      new StridedReader(channel, view, storage).gather(values.array());
    }
    return values.rewind();
  }

  private static long windowSize(TorchView view) {
    if (goesForward(view)) {
      return WINDOW;
    }
    long size = view.extent() * view.entry().dtype().bytes();
    if (size > MAX_OVERLAPPING) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "is a view whose rows overlap in %d bytes; save a contiguous copy of it",
              size));
    }
    return size;
  }

  private static boolean goesForward(TorchView view) {
    long[] shape = view.entry().shape();
    List<Integer> sides = view.sidesByStride();
    long reach = 0;
    for (int i = sides.size() - 1; i >= 0; i--) {
      int side = sides.get(i);
      if (shape[side] > 1 && view.strides()[side] < reach) {
        return false;
      }
      reach += (shape[side] - 1) * view.strides()[side];
    }
    return true;
  }

  private void gather(byte[] values) throws IOException {
    long[] shape = view.entry().shape();
    int[] sides = view.sidesByStride().stream().mapToInt(Integer::intValue).toArray();
    long[] rowMajor = rowMajor(shape);
    long[] index = new long[shape.length];
    long from = view.first();
    long to = 0;
    long base = windowBegin - from * unit;
    for (long left = view.elements(); left > 0; left--) {
      copy(base + from * unit, values, (int) to * unit);
      for (int i = sides.length - 1; i >= 0; i--) {
        int side = sides[i];
        from += view.strides()[side];
        to += rowMajor[side];
        if (++index[side] < shape[side]) {
          break;
        }
        from -= shape[side] * view.strides()[side];
        to -= shape[side] * rowMajor[side];
        index[side] = 0;
      }
    }
  }

  private static long[] rowMajor(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }

  private void copy(long position, byte[] values, int at) throws IOException {
    if (position < windowBegin || position + unit > windowBegin + window.limit()) {
      boolean whole = window.capacity() >= end - windowBegin && window.limit() == 0;
      windowBegin = whole ? windowBegin : position;
      window.clear().limit((int) Math.min(window.capacity(), end - windowBegin));
      OpenFile.fill(channel, window, windowBegin);
    }
    window.get((int) (position - windowBegin), values, at, unit);
  }
}
