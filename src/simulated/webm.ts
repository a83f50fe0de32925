/** One picture of a film. */
export interface Frame {
  /** A VP8 key frame. */
  data: Buffer;
  /** Milliseconds from the beginning. */
  at: number;
}

interface Film {
  width: number;
  height: number;
  durationMs: number;
  frames: readonly Frame[];
}

/** Milliseconds that a cluster holds at most: its frames count from its beginning in two bytes. */
const CLUSTER_MS = 5_000;
const TRACK = 1;
const KEY_FRAME = 0x80;

/** A WebM file (https://www.webmproject.org/docs/container) with one VP8 track. */
export function webm({ width, height, durationMs, frames }: Film): Buffer {
  const video = element(0xe0, unsigned(0xb0, width), unsigned(0xba, height));
  const track = element(0xae, unsigned(0xd7, TRACK), unsigned(0x73c5, TRACK), unsigned(0x9c, 0), text(0x86, 'V_VP8'), unsigned(0x83, 1), video);
  return Buffer.concat([
    element(0x1a45dfa3,
      unsigned(0x4286, 1), unsigned(0x42f7, 1), unsigned(0x42f2, 4), unsigned(0x42f3, 8), text(0x4282, 'webm'), unsigned(0x4287, 2), unsigned(0x4285, 2)),
    element(0x18538067,
      element(0x1549a966, unsigned(0x2ad7b1, 1_000_000), double(0x4489, durationMs), text(0x4d80, 'keyledger'), text(0x5741, 'keyledger')),
      element(0x1654ae6b, track),
      ...clusters(frames)),
  ]);
}

function clusters(frames: readonly Frame[]): Buffer[] {
  const starts = [...new Set(frames.map(clusterOf))];
  return starts.map((start) => {
    const blocks = frames.filter((frame) => clusterOf(frame) === start).map(({ data, at }) => {
      const head = Buffer.from([0x80 | TRACK, 0, 0, KEY_FRAME]);
      head.writeInt16BE(at - start, 1);
      return element(0xa3, head, data);
    });
    return element(0x1f43b675, unsigned(0xe7, start), ...blocks);
  });
}

/** When its cluster begins, in milliseconds. */
const clusterOf = ({ at }: Frame): number => at - at % CLUSTER_MS;

function element(id: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([shortest(id), sizeOf(body.length), body]);
}

/** A size says by its first bits in how many bytes it stands. */
function sizeOf(length: number): Buffer {
  let width = 1;
  while (length >= 2 ** (7 * width) - 1) width++;
  return shortest(length + 2 ** (7 * width));
}

const unsigned = (id: number, value: number): Buffer => element(id, shortest(value));
const text = (id: number, value: string): Buffer => element(id, Buffer.from(value, 'latin1'));

function double(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return element(id, bytes);
}

/** A number, or an element's name, in as few bytes as it needs. */
function shortest(value: number): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}
