import type { Operation } from '../../schema/run/operations';
import type { KlingImageToVideoParameters } from '../../schema/run/parameters';
import type { BlobStore } from '../../src/blobs/port';
import type { Db } from '../../src/graphql/context';

/** Largest picture that a vendor takes, in bytes. */
const LARGEST_PICTURE = 10 * 1024 * 1024;

interface Person {
  tenant: string;
  userId: string;
}

/** The parameters as the vendor gets them, with the picture itself in place of its id; undefined when there is no such picture. */
export type PictureOf = (person: Person, operation: Operation, parameters: unknown) => Promise<unknown>;

/** Whether a picture is named by its address, and not by the id of an output. */
export const isAddress = (image: string): boolean => image.startsWith('https://');

/** Where the blob store keeps a picture that somebody's runs have made; undefined when it is not theirs. */
export async function placeOfPicture(db: Db, { tenant, userId }: Person, outputId: string): Promise<string | undefined> {
  const [row] = await db.query<{ blob: string | null }>(
    `select o.blob from views.run_outputs o join views.runs r on r.id = o.run_id and r.tenant_id = o.tenant_id
     where o.id = $1 and o.tenant_id = $2 and r.requested_by = $3 and o.kind = 'image'`,
    [outputId, tenant, userId],
  );
  return row?.blob ?? undefined;
}

/** @param db sees the rows of all tenants */
export function createPictures({ db, blobs }: { db: Db; blobs: Pick<BlobStore, 'get'> }): PictureOf {
  return async (person, operation, parameters) => {
    if (operation !== 'kling_image_to_video') return parameters;
    const given = parameters as KlingImageToVideoParameters;
    if (isAddress(given.image)) return given;
    const place = await placeOfPicture(db, person, given.image);
    const blob = place === undefined ? undefined : await blobs.get(place);
    if (!blob) return undefined;
    if (blob.size > LARGEST_PICTURE) {
      blob.body.destroy();
      return undefined;
    }
    const parts: Buffer[] = [];
    for await (const part of blob.body) parts.push(part as Buffer);
    return { ...given, image: Buffer.concat(parts).toString('base64') };
  };
}
