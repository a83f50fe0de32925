import { fileURLToPath } from 'node:url';

/** Where blobs are kept. */
export type BlobPlace =
  | { kind: 'folder'; folder: string }
  /** `prefix` is empty or ends with a slash; without an endpoint it is Amazon's own S3. */
  | { kind: 's3'; bucket: string; prefix: string; region: string; endpoint: string | undefined };

const DEFAULT_REGION = 'us-east-1';
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^([A-Za-z0-9_-][A-Za-z0-9._-]*\/)*$/;

/** @throws Error that says what is wrong with the address, without repeating it */
export function parseBlobUrl(text: string): BlobPlace {
  if (!URL.canParse(text)) throw new Error('must be an address such as s3://bucket/prefix?region=eu-central-1');
  const url = new URL(text);
  switch (url.protocol) {
    case 'file:':
      if (url.host !== '' || url.search !== '') throw new Error('must name a folder on this machine, such as file:///var/lib/blobs');
      return { kind: 'folder', folder: fileURLToPath(url) };
    case 's3:':
      return parseS3(url);
    default:
      throw new Error('must start with s3:// or file://');
  }
}

function parseS3(url: URL): BlobPlace {
  const { hostname: bucket, pathname, searchParams } = url;
  if (!BUCKET.test(bucket) || url.port !== '') throw new Error('must name a bucket behind s3://');
  // They come from the variables that the S3 client knows; an address is printed and logged.
  if (url.username || url.password) throw new Error('must not hold credentials');
  const unknown = [...searchParams.keys()].find((name) => name !== 'region' && name !== 'endpoint');
  if (unknown !== undefined) throw new Error('takes region and endpoint as parameters, and no others');
  const path = pathname.replace(/^\/+|\/+$/g, '');
  const prefix = path === '' ? '' : `${path}/`;
  if (!PREFIX.test(prefix)) throw new Error('has a prefix with characters that are not allowed');
  const endpoint = searchParams.get('endpoint') ?? undefined;
  if (endpoint !== undefined && !isHttp(endpoint)) throw new Error('has an endpoint that is no http:// or https:// address');
  return { kind: 's3', bucket, prefix, region: searchParams.get('region') || DEFAULT_REGION, endpoint };
}

const isHttp = (text: string): boolean => URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
