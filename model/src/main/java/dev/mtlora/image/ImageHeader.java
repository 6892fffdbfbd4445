package dev.mtlora.image;

import dev.mtlora.files.DataException;

/**
 * What a picture's file says about itself, read before anything is decoded.
 *
 * <p>Decoders fill what a truncated file lacks with grey and say nothing, and allocate whatever a
 * damaged header asks for. So the structure is walked first: a PNG must consist of whole chunks
 * with right checksums up to {@code IEND}, a JPEG of whole segments up to its end marker, a WebP of
 * whole chunks, the pixels of a BMP and every strip or tile of a TIFF must lie inside the file, and
 * none may claim more than {@link Images#MAX_PIXELS}, or than there is memory for. Bits that
 * flipped inside the compressed data of a JPEG or WebP, or the pixels of a BMP, cannot be seen: the
 * formats have no checksum.
 *
 * @param format which, by its first bytes, whatever its name says
 * @param size as it is stored, before it is turned
 * @param bits per sample
 * @param channels samples per pixel: a palette has 1, its indices
 * @param palette whether the samples are indices into a palette
 * @param orientation as EXIF numbers it, if the decoder leaves it to us; else 1
 */
record ImageHeader(
    Format format, Size size, int bits, int channels, boolean palette, int orientation) {
  private static final long PNG_SIGNATURE = 0x89504e470d0a1a0aL;

  /** The formats that are read. */
  enum Format {
    PNG("PNG"),
    JPEG("JPEG"),
    BMP("BMP"),
    TIFF("TIFF"),
    WEBP("WebP");

    private final String title;

    Format(String title) {
      this.title = title;
    }

    /** What messages call it. */
    String title() {
      return title;
    }
  }

  /** One that is turned by its decoder, or never. */
  ImageHeader(Format format, Size size, int bits, int channels, boolean palette) {
    this(format, size, bits, channels, palette, Orientation.UPRIGHT);
  }

  /** Whether it is a PNG. */
  boolean png() {
    return format == Format.PNG;
  }

  /**
   * Walks through the whole file.
   *
   * @param name what messages call the file
   * @throws DataException if it is of no format that is read, is damaged, or is too large
   */
  static ImageHeader check(byte[] bytes, String name) {
    PictureBytes file = new PictureBytes(bytes, name, false);
    if (bytes.length >= 8 && (file.u32(0) << 32 | file.u32(4)) == PNG_SIGNATURE) {
      return PngHeader.check(file);
    }
    if (bytes.length >= 2 && file.u16(0) == 0xffd8) {
      return JpegHeader.check(file);
    }
    if (file.says(0, "BM")) {
      return BmpHeader.check(file.littleEndian());
    }
    if (TiffTags.begin(file)) {
      return TiffHeader.of(file).header();
    }
    if (file.says(0, "RIFF") && file.says(8, "WEBP")) {
      return WebpHeader.check(file.littleEndian());
    }
    throw bytes.length == 0
        ? file.unread("is empty; " + PictureBytes.AGAIN)
        : file.unread(
            "is neither a JPEG nor a PNG, BMP, TIFF or WebP, whatever its name says; convert it to"
                + " PNG");
  }
}
