import { checkedKey } from '../../../src/blobs/blob-key';
import { parseBlobUrl } from '../../../src/blobs/blob-url';

describe('the address of a blob store', () => {
  test.each([
    ['file:///var/lib/blobs', { kind: 'folder', folder: '/var/lib/blobs' }],
    ['s3://runs', { kind: 's3', bucket: 'runs', prefix: '', region: 'us-east-1', endpoint: undefined }],
    ['s3://runs/', { kind: 's3', bucket: 'runs', prefix: '', region: 'us-east-1', endpoint: undefined }],
    ['s3://my.runs/keyledger/blobs/?region=eu-central-1', { kind: 's3', bucket: 'my.runs', prefix: 'keyledger/blobs/', region: 'eu-central-1', endpoint: undefined }],
    ['s3://runs/a?endpoint=http%3A%2F%2Fminio%3A9000&region=x', { kind: 's3', bucket: 'runs', prefix: 'a/', region: 'x', endpoint: 'http://minio:9000' }],
    ['s3://runs?endpoint=https://s3.example.org', { kind: 's3', bucket: 'runs', prefix: '', region: 'us-east-1', endpoint: 'https://s3.example.org' }],
  ])('%s is understood', (url, place) => {
    expect(parseBlobUrl(url)).toEqual(place);
  });

  test.each([
    'blobs', '/var/lib/blobs', 'http://s3.example.org/runs', 'file://elsewhere/blobs', 'file:///blobs?x=1', 's3://', 's3://RUNS_', 's3://key:word@runs', 's3://runs:9000',
    's3://runs?bucket=other', 's3://runs?endpoint=minio:9000', 's3://runs?endpoint=ftp://x', 's3://runs/a%20b', 's3://runs/a//b',
  ])('%s is refused, and not repeated', (url) => {
    const refused = (): unknown => parseBlobUrl(url);
    expect(refused).toThrow(/^(must|takes|has)/);
    expect(refused).not.toThrow('word');
  });
});

describe('the key of a blob', () => {
  test.each(['t1/r1/o1', 'a', 'tenant-1/3f9b.5d0e/x_y-thumbnail', '-/_'])('%s is one', (key) => {
    expect(checkedKey(key)).toBe(key);
  });

  test.each([
    '', '/', '/etc/passwd', 'a/', 'a//b', '.', '..', '../a', 'a/../b', 'a/..', 'a/.hidden', './a', 'a\\b', 'a\0b', 'a\n', 'a%2fb', 'ä', 'c:a', `a/${'b'.repeat(500)}`,
  ])('%j is none', (key) => {
    expect(() => checkedKey(key)).toThrow('not the key of a blob');
  });
});
