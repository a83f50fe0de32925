import sharp from 'sharp';
import type { Api } from '../../support/api';
import { startS3, type S3StandIn } from '../../upstreams/s3';
import { createRunSetting, hasEnded, KLING_RUN, LEGNEXT_RUN, type RunSetting } from './run-setting';

const PROGRESS = `subscription ($id: ID!, $after: String) { runProgress(runId: $id, after: $after) {
  cursor step { stage attempt position reason keyName jobId vendorStatus } run { id state } } }`;
const OUTPUTS = `query ($id: ID!) { node(id: $id) { ... on Run { state
  outputs { id kind contentType bytes width height durationMs url thumbnailUrl } timeline { stage } diagnosis { category summary model } } } }`;

// The vendors take their time, and so does a busy machine.
jest.setTimeout(90_000);

let s3: S3StandIn;

beforeAll(async () => {
  s3 = await startS3();
});
afterAll(async () => {
  await s3.close();
});

/** Follows a run to its end over a socket. */
async function follow(api: Api, id: string, after?: string): Promise<any[]> {
  const client = api.socket();
  const items: any[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      client.subscribe({ query: PROGRESS, variables: { id, after } }, {
        next: ({ data, errors }: any) => (errors ? reject(new Error(JSON.stringify(errors))) : void items.push(data.runProgress)),
        error: reject,
        complete: resolve,
      });
    });
  } finally {
    await client.dispose();
  }
  return items;
}

describe.each([
  ['a folder', () => ({})],
  ['S3', () => ({ KEYLEDGER_BLOB_URL: `s3://${s3.bucket}/kept?region=${s3.region}&endpoint=${encodeURIComponent(s3.url)}` })],
] as const)('the files of runs in %s', (place, variables) => {
  let setting: RunSetting;
  beforeAll(async () => {
    setting = await createRunSetting(variables());
  }, 60_000);
  afterAll(() => setting.close());

  const get = (api: Api | undefined, address: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${setting.url}${address}`, { headers: { ...(api && { cookie: api.cookie()! }), ...headers } });
  const seen = async (api: Api, id: string): Promise<any> => (await api.ask(OUTPUTS, { id })).node;

  test('TEST-57, TEST-58: a run is followed from its start to its end, and its files are there to be seen', async () => {
    const { api } = await setting.person();
    const { run, errors } = await setting.start(api, LEGNEXT_RUN);
    expect(errors).toEqual([]);
    const items = await follow(api, run.id);
    const kept = items.map(({ step }) => step.stage).filter((stage) => !stage.startsWith('WAITING'));
    expect(kept.filter((stage, index) => stage !== kept[index - 1])).toEqual([
      'START', 'ACQUIRE_LEASE', 'LEASE_ACQUIRED', 'SUBMITTING', 'SUBMITTED', 'POLLING', 'COMPLETED',
    ]);
    expect(items.find(({ step }) => step.stage === 'LEASE_ACQUIRED').step.keyName).toBe('one');
    expect(items.at(-1).run).toEqual({ id: run.id, state: 'SUCCEEDED' });
    const again = await follow(api, run.id, items.find(({ step }) => step.stage === 'LEASE_ACQUIRED').cursor);
    expect(again.map(({ step }) => step.stage)).toEqual(kept.slice(kept.indexOf('LEASE_ACQUIRED') + 1));

    const { outputs, timeline } = await seen(api, run.id);
    expect(timeline.map(({ stage }: any) => stage)).toEqual(kept);
    expect(outputs.length).toBeGreaterThan(0);
    for (const { kind, contentType, bytes, width, height, url, thumbnailUrl } of outputs) {
      expect({ kind, contentType }).toEqual({ kind: 'IMAGE', contentType: 'image/png' });
      const file = Buffer.from(await (await get(api, url)).arrayBuffer());
      expect(file.length).toBe(bytes);
      expect(await sharp(file).metadata()).toMatchObject({ format: 'png', width, height });
      const small = Buffer.from(await (await get(api, thumbnailUrl)).arrayBuffer());
      expect(await sharp(small).metadata()).toMatchObject({ format: 'webp' });
      const part = await get(api, url, { range: 'bytes=1-3' });
      expect([part.status, Buffer.from(await part.arrayBuffer()).toString()]).toEqual([206, 'PNG']);
    }
    if (place === 'S3') expect([...s3.objects.keys()].filter((key) => key.startsWith('kept/'))).toHaveLength(outputs.length * 2);
  });

  test('TEST-58: a video can be played from anywhere, by whoever sees the run and nobody else', async () => {
    const [{ api }, neighbour] = await Promise.all([setting.person(), setting.person()]);
    const { run } = await setting.start(api, { ...KLING_RUN, operation: 'KLING_TEXT_TO_VIDEO' });
    await setting.runOnce(api, run.id, hasEnded);
    const { outputs: [video] } = await seen(api, run.id);
    expect(video).toMatchObject({ kind: 'VIDEO', contentType: 'video/webm', width: null, thumbnailUrl: null });
    for (const who of [api, setting.owner]) {
      const part = await get(who, video.url, { range: 'bytes=0-3' });
      const begin = Buffer.from(await part.arrayBuffer()).toString('hex');
      expect([part.status, part.headers.get('content-range'), begin]).toEqual([206, `bytes 0-3/${video.bytes}`, '1a45dfa3']);
    }
    expect((await get(neighbour.api, video.url)).status).toBe(404);
    expect((await get(undefined, video.url)).status).toBe(401);
    await expect(follow(neighbour.api, run.id)).rejects.toThrow('no such run');
  });
});
