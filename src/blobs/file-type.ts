import { open } from 'node:fs/promises';

/** How much of a file tells what it is, in bytes. */
const HEAD = 4_096;
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
const JPEG = Buffer.from('ffd8ff', 'hex');
/** Begins Matroska files, of which WebM is a part. */
const EBML = Buffer.from('1a45dfa3', 'hex');
/** Names `webm` as the kind of the document: element 0x4282, four bytes long. */
const WEBM_DOCUMENT = Buffer.concat([Buffer.from('428284', 'hex'), Buffer.from('webm')]);
/** Brands of MP4 files with moving pictures, as ISO 14496-12 and its users name them. */
const MP4_BRANDS = /^(isom|iso[2-9]|mp4[12]|avc1|M4V |MSNV|dash|mmp4|3gp[4-7])$/;

/**
 * The media type of a file, found from what it is and not from what somebody says; undefined for all that runs do not make.
 */
export async function typeOfFile(path: string): Promise<string | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return typeOf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function typeOf(head: Buffer): string | undefined {
  const text = (from: number, to: number): string => head.subarray(from, to).toString('latin1');
  if (head.subarray(0, PNG.length).equals(PNG)) return 'image/png';
  if (head.subarray(0, JPEG.length).equals(JPEG)) return 'image/jpeg';
  if (['GIF87a', 'GIF89a'].includes(text(0, 6))) return 'image/gif';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp';
  if (text(4, 8) === 'ftyp' && MP4_BRANDS.test(text(8, 12))) return 'video/mp4';
  if (head.subarray(0, EBML.length).equals(EBML) && head.includes(WEBM_DOCUMENT)) return 'video/webm';
  return undefined;
}
