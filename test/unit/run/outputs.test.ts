import { keepOutputs, type Making } from '../../../commands/run/outputs';
import type { KeptFile } from '../../../src/blobs/port';
import type { VendorAsset } from '../../../src/upstreams/generation';
import { sealedText } from '../../support/sealed';

const asset = (url: string, durationMs: number | null = null): VendorAsset => ({ kind: durationMs === null ? 'image' : 'video', url, durationMs });
const file: KeptFile = { contentType: 'image/png', bytes: 9, width: 3, height: 2, blob: 'place', thumbnail: 'small', digest: 'aa' };

/** @param there addresses at which there is a file */
function making(there: readonly string[], fresh: readonly VendorAsset[] = []) {
  const asked: string[] = [];
  let freshAsked = 0;
  const services = {
    vault: { seal: async ({ subject, field }: { subject: string; field: string }, text: string) => sealedText(subject, field, text) },
    keeper: {
      keep: async ({ url, key }: { url: string; key: string }) => {
        asked.push(`${url} ${key.split('/').length}`);
        return there.includes(url) ? file : undefined;
      },
      remove: async () => {},
    },
  };
  const run: Making = {
    tenant: 't1', runId: 'r1', attempt: 2, vendor: 'legnext', signal: new AbortController().signal,
    fresh: async () => {
      freshAsked++;
      return fresh;
    },
  };
  return { keep: (assets: VendorAsset[]) => keepOutputs(services, run, assets), asked, freshAsked: () => freshAsked };
}

describe('outputs', () => {
  it('are kept under ids that doing it again finds again', async () => {
    const { keep, asked, freshAsked } = making(['a', 'b']);
    const outputs = await keep([asset('a'), asset('b')]);
    // Never to change: blobs and links have these names.
    expect(outputs.map(({ outputId }) => outputId)).toEqual(['6c94e7d7-1af0-5c77-b111-ff981df22cf6', '10f0cddd-6c83-543b-b7f0-8e115f4599e9']);
    expect(outputs[0]).toMatchObject({ kind: 'image', contentType: 'image/png', bytes: 9, blob: 'place', thumbnail: 'small', source: { subject: 'r1', ciphertext: 'a' } });
    expect(await keep([asset('a'), asset('b')])).toEqual(outputs);
    expect(asked.every((call) => call.endsWith(' 3'))).toBe(true);
    expect(freshAsked()).toBe(0);
  });

  it('come from fresh addresses, asked for once, when those that were told have ended', async () => {
    const { keep, freshAsked } = making(['new a', 'new b'], [asset('new a'), asset('new b')]);
    expect(await keep([asset('a'), asset('b')])).toMatchObject([{ blob: 'place' }, { blob: 'place' }]);
    expect(freshAsked()).toBe(1);
  });

  it('stand without a copy when there is no file to be had', async () => {
    const { keep } = making(['b'], [asset('a'), asset('b')]);
    expect(await keep([asset('a', 5_000.7), asset('b')])).toMatchObject([
      { kind: 'video', blob: null, thumbnail: null, digest: null, bytes: 0, durationMs: 5_000, source: { ciphertext: 'a' } }, { blob: 'place' },
    ]);
  });

  it('have numbers that fit, whatever the vendor says, and are not without end', async () => {
    const { keep } = making([]);
    const outputs = await keep([asset('a', 1e15), asset('b', -5), asset('c', NaN), ...Array.from({ length: 50 }, (_, at) => asset(String(at)))]);
    expect(outputs.slice(0, 3).map(({ durationMs }) => durationMs)).toEqual([2_147_483_647, 0, 0]);
    expect(outputs).toHaveLength(20);
  });
});
