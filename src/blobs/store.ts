import path from 'node:path';
import { parseBlobUrl } from './blob-url';
import { createFolderBlobs } from './folder';
import type { BlobStore } from './port';
import { createS3Blobs } from './s3';

/**
 * The store that a server keeps what runs made in.
 * @param url as `KEYLEDGER_BLOB_URL`; undefined: the folder `blobs` in the data directory
 * @throws Error when the address is none
 */
export function createBlobStore(url: string | undefined, dataDir: string): BlobStore {
  if (url === undefined) return createFolderBlobs(path.join(dataDir, 'blobs'));
  const place = parseBlobUrl(url);
  return place.kind === 'folder' ? createFolderBlobs(place.folder) : createS3Blobs(place);
}
