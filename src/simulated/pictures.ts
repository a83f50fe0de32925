import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { webm, type Frame } from './webm';

/** Width to height. */
export type Ratio = readonly [number, number];

const PICTURE_SIDE = 768;
const FILM_SIDE = 480;
const FRAMES_PER_SECOND = 8;
/** A few of each are enough to tell results apart, and cost next to nothing to make again. */
const PICTURE_VARIANTS = 24;
const FILM_VARIANTS = 4;
const KEPT = 32;

const kept = new Map<string, Promise<Buffer>>();

/** A picture as a simulated vendor makes it: abstract, and the same for the same name. PNG. */
export function picture(name: string, ratio: Ratio): Promise<Buffer> {
  const variant = variantOf(name, PICTURE_VARIANTS);
  return once(`picture ${variant} ${ratio.join(':')}`, () => sharp(scene(variant, sizeOf(ratio, PICTURE_SIDE), 0)).png().toBuffer());
}

/** A film of as many seconds, without sound. WebM. */
export function film(name: string, ratio: Ratio, seconds: number): Promise<Buffer> {
  const variant = variantOf(name, FILM_VARIANTS);
  return once(`film ${variant} ${ratio.join(':')} ${seconds}`, () => makeFilm(variant, sizeOf(ratio, FILM_SIDE), seconds));
}

async function makeFilm(variant: number, [width, height]: Ratio, seconds: number): Promise<Buffer> {
  const frames: Frame[] = [];
  const count = seconds * FRAMES_PER_SECOND;
  for (let index = 0; index < count; index++) {
    const still = await sharp(scene(variant, [width, height], index / count)).flatten().webp({ quality: 60, effort: 0 }).toBuffer();
    frames.push({ data: vp8Of(still), at: Math.round(index * 1_000 / FRAMES_PER_SECOND) });
  }
  return webm({ width, height, durationMs: seconds * 1_000, frames });
}

/** A WebP picture that loses detail is one VP8 key frame in a RIFF file. */
function vp8Of(webp: Buffer): Buffer {
  for (let at = 12; at + 8 <= webp.length;) {
    const size = webp.readUInt32LE(at + 4);
    if (webp.toString('latin1', at, at + 4) === 'VP8 ') return webp.subarray(at + 8, at + 8 + size);
    at += 8 + size + size % 2;
  }
  throw new Error('A WebP picture has no VP8 frame');
}

function variantOf(name: string, variants: number): number {
  return createHash('sha256').update(name).digest().readUInt16BE() % variants;
}

/** Even numbers of pixels, as video wants them. */
function sizeOf([width, height]: Ratio, side: number): Ratio {
  const scale = side / Math.max(width, height);
  return [Math.round(width * scale / 2) * 2, Math.round(height * scale / 2) * 2];
}

/** @param moment of a film, from 0 to 1 */
function scene(variant: number, [width, height]: Ratio, moment: number): Buffer {
  const dice = createHash('sha256').update(String(variant)).digest();
  const hue = (shift: number): number => (variant * 47 + shift + Math.round(moment * 60)) % 360;
  const balls = Array.from({ length: 5 }, (_, index) => {
    const turn = (dice[index]! / 256 + moment) * 2 * Math.PI;
    const x = width / 2 + Math.cos(turn) * width * (0.1 + 0.07 * index);
    const y = height / 2 + Math.sin(turn + index) * height * (0.1 + 0.07 * index);
    const radius = Math.min(width, height) * (0.06 + dice[index + 8]! / 2_000);
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius.toFixed(1)}" fill="hsl(${hue(40 * index)}, 75%, 62%)" fill-opacity="0.75"/>`;
  });
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">` +
    `<stop offset="0" stop-color="hsl(${hue(200)}, 60%, 24%)"/><stop offset="1" stop-color="hsl(${hue(280)}, 65%, 48%)"/></linearGradient></defs>` +
    `<rect width="100%" height="100%" fill="url(#g)"/>${balls.join('')}</svg>`);
}

/** Two who ask at once get the same; the oldest is forgotten. */
function once(key: string, make: () => Promise<Buffer>): Promise<Buffer> {
  const known = kept.get(key);
  if (known) return known;
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value!);
  const made = make();
  kept.set(key, made);
  made.catch(() => kept.delete(key));
  return made;
}
