import { crc32, inflate } from 'node:zlib';
import { PictureFault } from './picture-fault';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** Longest side. */
const MAX_SIDE = 2_000;
/** What a picture consists of; everything else says something about it, such as where it was taken. */
const KEPT = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'];
/** Bytes that these can need, with 256 colours at most; whatever is longer hides something. */
const MAX_LENGTHS: Readonly<Record<string, number>> = { PLTE: 768, tRNS: 256, IEND: 0 };

interface Chunk {
  type: string;
  data: Buffer;
  /** All of it, from length to checksum. */
  whole: Buffer;
}

/**
 * The picture alone: without metadata, and without anything behind its end.
 * @throws PictureFault when it is no PNG, or none that may be a logo
 */
export async function plainPng(sent: Buffer): Promise<Buffer> {
  if (!sent.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw fault('This is not a PNG picture.');
  const chunks = chunksOf(sent.subarray(SIGNATURE.length));
  const unknown = chunks.find(({ type }) => isCritical(type) && !KEPT.includes(type));
  if (unknown) throw fault('This PNG picture has parts that nobody knows.');
  const kept = chunks.filter(({ type }) => KEPT.includes(type));
  judgeOrder(kept.map(({ type }) => type));
  if (kept.some(({ type, data }) => data.length > (MAX_LENGTHS[type] ?? Infinity))) throw fault('This PNG picture is damaged.');
  const header = headerOf(kept[0]!.data);
  await judgePixels(header, Buffer.concat(kept.filter(({ type }) => type === 'IDAT').map(({ data }) => data)));
  return Buffer.concat([SIGNATURE, ...kept.map(({ whole }) => whole)]);
}

function fault(message: string): PictureFault {
  return new PictureFault('png', message);
}

/** Up to the end of the picture; what follows is not looked at. */
function chunksOf(body: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; chunks.at(-1)?.type !== 'IEND';) {
    if (at + 12 > body.length) throw fault('This PNG picture is cut off.');
    const end = at + 12 + body.readUInt32BE(at);
    if (end > body.length) throw fault('This PNG picture is cut off.');
    const whole = body.subarray(at, end);
    const typeAndData = whole.subarray(4, -4);
    if (crc32(typeAndData) !== whole.readUInt32BE(whole.length - 4)) throw fault('This PNG picture is damaged.');
    chunks.push({ type: typeAndData.toString('latin1', 0, 4), data: typeAndData.subarray(4), whole });
    at = end;
  }
  return chunks;
}

/** Whoever does not know a critical part cannot show the picture. */
function isCritical(type: string): boolean {
  return /^[A-Z]/.test(type);
}

function judgeOrder(types: readonly string[]): void {
  if (!/^IHDR( PLTE)?( tRNS)?( IDAT)+ IEND$/.test(types.join(' '))) throw fault('The parts of this PNG picture are not in order.');
}

interface Header {
  width: number;
  height: number;
  bitsPerPixel: number;
  interlaced: boolean;
}

/** Samples a pixel has, and the depths they may have, by colour type. */
const COLOURS: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

function headerOf(data: Buffer): Header {
  if (data.length !== 13) throw fault('This PNG picture is damaged.');
  const [width, height, depth, interlace] = [data.readUInt32BE(0), data.readUInt32BE(4), data[8]!, data[12]!];
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) throw fault(`A logo has at most ${MAX_SIDE} x ${MAX_SIDE} pixels.`);
  const colour = COLOURS[data[9]!];
  if (!colour?.depths.includes(depth) || data[10] !== 0 || data[11] !== 0 || interlace > 1) {
    throw fault('This PNG picture is of an unknown kind.');
  }
  return { width, height, bitsPerPixel: depth * colour.samples, interlaced: interlace === 1 };
}

/**
 * Inflates as much as the picture needs and no more: whoever opens it later meets no bomb, no half of a picture and
 * nothing hidden behind it. Up to 32 MB, so not in the thread of the event loop.
 */
async function judgePixels({ width, height, bitsPerPixel, interlaced }: Header, packed: Buffer): Promise<void> {
  const line = (pixels: number): number => 1 + Math.ceil((pixels * bitsPerPixel) / 8);
  // Interlaced, there are seven smaller pictures; each line of theirs has a byte more and is rounded up.
  const most = interlaced ? height * line(width) + 4 * (height + width) + 64 : height * line(width);
  const least = interlaced ? Math.ceil((width * height * bitsPerPixel) / 8) : most;
  const { pixels, read } = await unpack(packed, most);
  if (pixels < least) throw fault('This PNG picture is cut off.');
  if (read < packed.length) throw fault('This PNG picture hides something behind its pixels.');
}

/** @returns the bytes that came out, and those that were read for it: what follows the end of the stream is not */
function unpack(packed: Buffer, most: number): Promise<{ pixels: number; read: number }> {
  return new Promise((resolve, reject) => {
    // With `info` it answers more than its types say.
    const done = (error: Error | null, unpacked: unknown): void => {
      if (error) return reject(fault('This PNG picture is damaged.'));
      const { buffer, engine } = unpacked as { buffer: Buffer; engine: { bytesWritten: number } };
      resolve({ pixels: buffer.length, read: engine.bytesWritten });
    };
    inflate(packed, { maxOutputLength: most, info: true }, done);
  });
}
