import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { PictureFault } from '../../../src/images/picture-fault';
import { plainPng } from '../../../src/images/png';
import { png, pngChunk, pngHeader, pngPixels, PNG_SIGNATURE } from '../../support/png';

const picture = (...chunks: Buffer[]): Buffer => Buffer.concat([PNG_SIGNATURE, ...chunks]);
const END = pngChunk('IEND');

test('a picture stays what it is', async () => {
  expect(await plainPng(png(4, 3))).toEqual(png(4, 3));
  expect(await plainPng(await plainPng(png(2_000, 1)))).toEqual(png(2_000, 1));
});

test('nothing else stays: no metadata, nothing behind the end', async () => {
  const notes = [pngChunk('tEXt', Buffer.from('GPS\0secret')), pngChunk('eXIf', Buffer.from('secret')), pngChunk('iCCP', Buffer.from('secret')), pngChunk('tIME', Buffer.alloc(7))];
  const sent = Buffer.concat([picture(pngHeader(2, 2), ...notes, pngPixels(2, 2), notes[0]!, END), Buffer.from('<script>alert(1)</script>')]);
  expect(await plainPng(sent)).toEqual(png());
});

test('palettes and transparency belong to the picture, and so do pixels in parts', async () => {
  const packed = deflateSync(Buffer.from([0, 1, 0, 0]));
  const sent = picture(
    pngHeader(1, 2, { colour: 3 }), pngChunk('PLTE', Buffer.alloc(6)), pngChunk('tRNS', Buffer.from([0])),
    pngChunk('IDAT', packed.subarray(0, 3)), pngChunk('IDAT', packed.subarray(3)), END);
  expect(await plainPng(sent)).toEqual(sent);
});

test('an interlaced picture is one too', async () => {
  // 1 x 1 has one pass of one line.
  const sent = picture(pngHeader(1, 1, { interlace: 1 }), pngChunk('IDAT', deflateSync(Buffer.alloc(4))), END);
  expect(await plainPng(sent)).toEqual(sent);
});

const damaged = Buffer.from(png());
damaged[damaged.length - 20]! ^= 1;
const bomb = deflateSync(Buffer.alloc(50_000_000));

test.each([
  ['nothing', Buffer.alloc(0)],
  ['another picture', Buffer.from('GIF89a')],
  ['a page that says it is a picture', Buffer.from('<html><script>alert(1)</script>')],
  ['the signature alone', PNG_SIGNATURE],
  ['a picture without an end', png().subarray(0, -12)],
  ['a part that is longer than the file', picture(Buffer.from('ffffffff49484452', 'hex'), Buffer.alloc(20))],
  ['a damaged picture', damaged],
  ['a picture without a header', picture(pngPixels(2, 2), END)],
  ['a picture without pixels', picture(pngHeader(2, 2), END)],
  ['two headers', picture(pngHeader(2, 2), pngHeader(9, 9), pngPixels(2, 2), END)],
  ['a palette behind the pixels', picture(pngHeader(2, 2), pngPixels(2, 2), pngChunk('PLTE', Buffer.alloc(3)), END)],
  ['a critical part that nobody knows', picture(pngHeader(2, 2), pngChunk('EVIL'), pngPixels(2, 2), END)],
  ['a width of 2,001', picture(pngHeader(2_001, 1), pngPixels(2_001, 1), END)],
  ['a height of 2,001', picture(pngHeader(1, 2_001), pngPixels(1, 2_001), END)],
  ['a width of zero', picture(pngHeader(0, 1), pngPixels(0, 1), END)],
  ['a size beyond belief', picture(pngHeader(0xffff_ffff, 0xffff_ffff), pngPixels(1, 1), END)],
  ['a colour type that is none', picture(pngHeader(2, 2, { colour: 5 }), pngPixels(2, 2), END)],
  ['a depth that does not go with its colours', picture(pngHeader(2, 2, { depth: 4 }), pngPixels(2, 2), END)],
  ['more pixels than it says', picture(pngHeader(2, 2), pngPixels(2, 3), END)],
  ['fewer pixels than it says', picture(pngHeader(2, 3), pngPixels(2, 2), END)],
  ['a bomb', picture(pngHeader(2, 2), pngChunk('IDAT', bomb), END)],
  ['something behind its pixels', picture(pngHeader(2, 2), pngPixels(2, 2), pngChunk('IDAT', Buffer.from('secret')), END)],
  ['a second stream of pixels', picture(pngHeader(2, 2), pngPixels(2, 2), pngPixels(2, 2), END)],
  ['a palette of more colours than there are', picture(pngHeader(2, 2), pngChunk('PLTE', Buffer.alloc(771)), pngPixels(2, 2), END)],
  ['an end with something in it', picture(pngHeader(2, 2), pngPixels(2, 2), pngChunk('IEND', Buffer.from('secret')))],
  ['pixels that cannot be unpacked', picture(pngHeader(2, 2), pngChunk('IDAT', Buffer.from('not zlib')), END)],
])('%s is refused', async (_name, sent) => {
  await expect(plainPng(sent)).rejects.toThrow(PictureFault);
});

test('the event loop turns while a large picture is unpacked', async () => {
  const large = picture(pngHeader(2_000, 2_000), pngPixels(2_000, 2_000), END);
  let turns = 0;
  const clock = setInterval(() => turns++, 1);
  await plainPng(large);
  clearInterval(clock);
  expect(turns).toBeGreaterThan(0);
});

test('whatever is sent, it is a picture or refused', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.nat(png().length), async (bytes, place) => {
    const sent = Buffer.concat([png().subarray(0, place), bytes]);
    try {
      expect((await plainPng(sent)).subarray(0, 8)).toEqual(PNG_SIGNATURE);
    } catch (error) {
      if (!(error instanceof PictureFault)) throw error;
    }
  }));
});
