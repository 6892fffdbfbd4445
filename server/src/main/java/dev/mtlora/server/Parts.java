package dev.mtlora.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.content.ByteBufferContentSource;
import org.eclipse.jetty.util.Promise;

/** Bodies of forms with files, {@code multipart/form-data}, that are in memory already. */
final class Parts {
  private static final int MOST_PARTS = 16;

  private Parts() {}

  /**
   * The bytes of the first part of a name.
   *
   * @param type the request's, which says what lies between parts
   */
  static byte[] first(byte[] body, String type, String name) {
    String boundary = MultiPart.extractBoundary(type);
    if (boundary == null || boundary.isEmpty()) {
      throw Refusal.bad("the Content-Type is multipart/form-data without a boundary");
    }
    MultiPartFormData.Parser parser = new MultiPartFormData.Parser(boundary);
    parser.setMaxParts(MOST_PARTS);
    parser.setMaxMemoryFileSize(-1); // all of it
    CompletableFuture<MultiPartFormData.Parts> all = new CompletableFuture<>();
    parser.parse(
        new ByteBufferContentSource(ByteBuffer.wrap(body)), Promise.Invocable.toPromise(all));
    try (MultiPartFormData.Parts parts = all.get()) {
      MultiPart.Part part = parts.getFirst(name);
      if (part == null) {
        throw Refusal.bad("the form has no field '%s' with the picture", name);
      }
      ByteBuffer content = Content.Source.asByteBuffer(part.createContentSource());
      byte[] bytes = new byte[content.remaining()];
      content.get(bytes);
      return bytes;
    } catch (ExecutionException | IOException e) {
      throw Refusal.bad("the form cannot be read: its parts do not begin or end as they should");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal(Refusal.Kind.NOT_READY, "the server is being stopped");
    }
  }
}
