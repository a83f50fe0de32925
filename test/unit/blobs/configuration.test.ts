import { ConfigurationError, readConfiguration } from '../../../src/configuration';

const faultsOf = (url: string): readonly string[] => {
  try {
    readConfiguration({ KEYLEDGER_BLOB_URL: url });
    return [];
  } catch (error) {
    return (error as ConfigurationError).faults;
  }
};

test('where files are kept is read from KEYLEDGER_BLOB_URL', () => {
  expect(readConfiguration({}).blobUrl).toBeUndefined();
  expect(readConfiguration({ KEYLEDGER_BLOB_URL: 's3://runs/kept?region=eu-west-1' }).blobUrl).toBe('s3://runs/kept?region=eu-west-1');
});

test('an address that is none stops the start, and is not repeated', () => {
  expect(faultsOf('/var/lib/blobs')).toEqual(['KEYLEDGER_BLOB_URL: must be an address such as s3://bucket/prefix?region=eu-central-1']);
  expect(faultsOf('s3://name:word@runs')).toEqual(['KEYLEDGER_BLOB_URL: must not hold credentials']);
});
