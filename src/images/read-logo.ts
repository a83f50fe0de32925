import { createHash } from 'node:crypto';
import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import type { Logo } from './logos';
import { PictureFault } from './picture-fault';
import { plainPng } from './png';
import { createSvgThread } from './svg-thread';

export const MAX_LOGO_BYTES = 1_048_576;

export const logoSize: Refusal = {
  code: 'V1004', rule: 'logo_size', message: `A logo has at most ${MAX_LOGO_BYTES} bytes.`, details: { limit: MAX_LOGO_BYTES },
};

const harmlessSvg = createSvgThread();

/**
 * Makes a logo of what somebody sent: only the picture itself is left of it.
 * @throws RefusedError V1004 rule `logo_size`, V1001 rule `png` or `svg`, E4291 rule `logo_busy`
 */
export async function readLogo(contentType: Logo['contentType'], sent: Buffer): Promise<Logo> {
  if (sent.length > MAX_LOGO_BYTES) throw new RefusedError(logoSize);
  try {
    const bytes = contentType === 'image/png' ? await plainPng(sent) : await harmlessSvg(sent);
    // Text that was literal is written with entities, which are longer.
    if (bytes.length > MAX_LOGO_BYTES) throw new RefusedError(logoSize);
    return { digest: createHash('sha256').update(bytes).digest('hex'), contentType, bytes };
  } catch (error) {
    if (error instanceof PictureFault) throw new RefusedError({ code: 'V1001', rule: error.rule, message: error.message }, { cause: error });
    throw error;
  }
}
