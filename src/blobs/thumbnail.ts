import type { Metadata, Sharp, SharpOptions } from 'sharp';

/** Longest side of a small picture, in pixels. */
const SIDE = 320;
const QUALITY = 78;
/** A larger picture would take more memory than it is worth. */
const MOST_PIXELS = 100_000_000;
const LONGEST_SECONDS = 20;

export interface Picture {
  width: number;
  height: number;
}

/** How large a picture is, as it is shown; undefined when it is damaged or larger than 100 million pixels. */
export async function sizeOfPicture(path: string): Promise<Picture | undefined> {
  const metadata = await (await picture(path)).metadata().catch(nothing<Metadata>);
  if (!metadata) return undefined;
  const { width, height } = metadata.autoOrient;
  return width * height <= MOST_PIXELS ? { width, height } : undefined;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Makes a WebP of at most 320 by 320 pixels of the first frame. One after the other: a picture may open into hundreds of
 * megabytes, and the threads that do this also read files and look up names.
 * @returns whether it could be made
 */
export function makeThumbnail(path: string, to: string): Promise<boolean> {
  const made = last.then(() => shrink(path, to));
  last = made.catch(nothing);
  return made;
}

async function shrink(path: string, to: string): Promise<boolean> {
  const small = (await picture(path))
    .autoOrient()
    .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: QUALITY })
    .timeout({ seconds: LONGEST_SECONDS });
  return (await small.toFile(to).catch(nothing)) !== undefined;
}

/** The library is loaded when the first picture comes: a server that makes none does without it. */
async function picture(path: string): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  // Each file is looked at once.
  sharp.cache(false);
  return sharp(path, { limitInputPixels: MOST_PIXELS, pages: 1, failOn: 'error' } satisfies SharpOptions);
}

const nothing = <Value>(): Value | undefined => undefined;
