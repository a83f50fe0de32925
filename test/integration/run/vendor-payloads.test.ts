import { createRunSetting, hasEnded, type RunSetting } from './run-setting';

/** What vendors are really sent when a run is started over the API, parameter by parameter. */

let setting: RunSetting;
beforeAll(async () => {
  setting = await createRunSetting({ USER_MAX_CONCURRENCY: '50', GLOBAL_MAX_CONCURRENCY: '50' });
}, 60_000);
afterAll(() => setting.close());

/** Runs it and leaves it with the vendor, so that only the submission counts. */
async function submitted(operation: string, parameters: object): Promise<void> {
  const { run, errors } = await setting.start(setting.owner, { operation, parameters, autoPoll: false });
  expect(errors).toEqual([]);
  await setting.runOnce(setting.owner, run.id, ({ state }) => !['REQUESTED', 'QUEUED', 'LEASED'].includes(state));
}

describe('TEST-50: LegNext gets exactly this text', () => {
  const ratios = ['1:1', '16:9', '9:16', '4:5', '2:3', '3:2', '21:9'];
  const versions = [['7', '--v 7'], ['6.1', '--v 6.1'], ['6.0', '--v 6.0'], ['5.2', '--v 5.2'], ['5.1', '--v 5.1'], ['niji 6', '--niji 6'], ['niji 5', '--niji 5']] as const;

  it.each<[what: string, options: object | null, sent: string]>([
    ['without the panel', null, ''],
    ['with the panel as it opens', {}, ' --ar 1:1 --v 7 --q 1 --s 250 --c 0'],
    ...ratios.map((aspectRatio) => [`with the ratio ${aspectRatio}`, { aspectRatio }, ` --ar ${aspectRatio} --v 7 --q 1 --s 250 --c 0`] as [string, object, string]),
    ...versions.map(([version, told]) => [`with the version ${version}`, { version }, ` --ar 1:1 ${told} --q 1 --s 250 --c 0`] as [string, object, string]),
    ...['.25', '.5', '1'].map((quality) => [`with the quality ${quality}`, { quality }, ` --ar 1:1 --v 7 --q ${quality} --s 250 --c 0`] as [string, object, string]),
    ...[0, 1_000].map((stylize) => [`with the style strength ${stylize}`, { stylize }, ` --ar 1:1 --v 7 --q 1 --s ${stylize} --c 0`] as [string, object, string]),
    ['with the chaos 100', { chaos: 100 }, ' --ar 1:1 --v 7 --q 1 --s 250 --c 100'],
    ['with weird 0, which is not sent', { weird: 0 }, ' --ar 1:1 --v 7 --q 1 --s 250 --c 0'],
    ['with weird 3000', { weird: 3_000 }, ' --ar 1:1 --v 7 --q 1 --s 250 --c 0 --w 3000'],
    ['with stop 100, which is not sent', { stop: 100 }, ' --ar 1:1 --v 7 --q 1 --s 250 --c 0'],
    ['with stop 10', { stop: 10 }, ' --ar 1:1 --v 7 --q 1 --s 250 --c 0 --stop 10'],
    ['as tiles', { tile: true }, ' --ar 1:1 --v 7 --q 1 --s 250 --c 0 --tile'],
    ['raw', { raw: true }, ' --ar 1:1 --v 7 --q 1 --s 250 --c 0 --style raw'],
    ['as a draft', { draft: true }, ' --ar 1:1 --v 7 --q 1 --s 250 --c 0 --draft'],
    ['with everything', { aspectRatio: '9:16', version: '6.1', quality: '.5', stylize: 1, chaos: 2, weird: 3, stop: 99, tile: true, raw: true, draft: true },
      ' --ar 9:16 --v 6.1 --q .5 --s 1 --c 2 --w 3 --stop 99 --tile --style raw --draft'],
  ])('%s', async (_what, options, sent) => {
    const before = setting.legnext.jobs.length;
    await submitted('LEGNEXT_DIFFUSION', { prompt: 'a fox, 狐 & "snow"', options });
    expect(setting.legnext.jobs.slice(before).map(({ text }) => text)).toEqual([`a fox, 狐 & "snow"${sent}`]);
  });

  it.each([
    ['a ratio there is not', { aspectRatio: '4:3' }], ['a version there is not', { version: '8' }], ['a quality there is not', { quality: '2' }],
    ['more style than there is', { stylize: 1_001 }], ['less than none', { stylize: -1 }], ['chaos beyond 100', { chaos: 101 }], ['weird beyond 3000', { weird: 3_001 }],
    ['a stop below 10', { stop: 9 }], ['a stop beyond 100', { stop: 101 }], ['half a step', { chaos: 0.5 }], ['a parameter of its own', { seed: 1 }],
  ])('and nothing at all for %s', async (_what, options) => {
    const before = setting.legnext.calls.length;
    const { run, errors } = await setting.start(setting.owner, { operation: 'LEGNEXT_DIFFUSION', parameters: { prompt: 'a fox', options } });
    expect([run, errors[0].code]).toEqual([null, expect.stringMatching(/^V100[14]$/)]);
    expect(setting.legnext.calls.length).toBe(before);
  });
});

describe('TEST-52: Kling gets exactly this', () => {
  it.each([
    ['KLING_IMAGE', '/images/generations', { prompt: 'tea' }, { model_name: 'kling-v1', prompt: 'tea', n: 1, aspect_ratio: '1:1' }],
    ...['16:9', '9:16', '4:3', '3:4'].map((aspectRatio) =>
      ['KLING_IMAGE', '/images/generations', { prompt: 'tea', aspectRatio }, { model_name: 'kling-v1', prompt: 'tea', n: 1, aspect_ratio: aspectRatio }] as const),
    ['KLING_IMAGE', '/images/generations', { prompt: '차', negativePrompt: 'milk', model: 'kling-v1-pro', count: 9, aspectRatio: '1:1' },
      { model_name: 'kling-v1-pro', prompt: '차', negative_prompt: 'milk', n: 9, aspect_ratio: '1:1' }],
    ['KLING_TEXT_TO_VIDEO', '/videos/text2video', { prompt: 'steam' },
      { model_name: 'kling-v1', prompt: 'steam', cfg_scale: 0.5, mode: 'std', duration: '5', aspect_ratio: '16:9' }],
    ['KLING_TEXT_TO_VIDEO', '/videos/text2video', { prompt: 'steam', negativePrompt: 'fire', model: 'kling-v1-pro', mode: 'pro', durationSeconds: '10', creativity: 0, aspectRatio: '9:16' },
      { model_name: 'kling-v1-pro', prompt: 'steam', negative_prompt: 'fire', cfg_scale: 1, mode: 'pro', duration: '10', aspect_ratio: '9:16' }],
    ['KLING_TEXT_TO_VIDEO', '/videos/text2video', { prompt: 'steam', creativity: 10, aspectRatio: '1:1' },
      { model_name: 'kling-v1', prompt: 'steam', cfg_scale: 0, mode: 'std', duration: '5', aspect_ratio: '1:1' }],
    ['KLING_IMAGE_TO_VIDEO', '/videos/image2video', { prompt: 'waves', image: 'https://pictures.example.test/sea.png', durationSeconds: '10', creativity: 3 },
      { model_name: 'kling-v1', prompt: 'waves', cfg_scale: 0.7, mode: 'std', duration: '10', image: 'https://pictures.example.test/sea.png' }],
  ] as const)('for %s at %s: %j', async (operation, endpoint, parameters, body) => {
    const before = setting.kling.tasks.length;
    await submitted(operation, parameters);
    expect(setting.kling.tasks.slice(before)).toMatchObject([{ endpoint }]);
    expect(setting.kling.tasks.at(-1)!.body).toEqual({ ...body, external_task_id: expect.any(String) });
  });
});

describe('TEST-53: Kling says code 0 and is asked for the outcome', () => {
  it.each([
    ['KLING_IMAGE', { prompt: 'tea' }, 'IMAGE', '/v1/images/generations'],
    ['KLING_TEXT_TO_VIDEO', { prompt: 'steam' }, 'VIDEO', '/v1/videos/text2video'],
    ['KLING_IMAGE_TO_VIDEO', { prompt: 'waves', image: 'https://pictures.example.test/sea.png' }, 'VIDEO', '/v1/videos/image2video'],
  ])('%s', async (operation, parameters, kind, path) => {
    setting.kling.script = { statuses: ['submitted', 'processing', 'succeed'], message: '' };
    const before = setting.kling.calls.length;
    const { run } = await setting.start(setting.owner, { operation, parameters, pollIntervalSeconds: 1 });
    const ended = await setting.runOnce(setting.owner, run.id, hasEnded);
    expect(ended).toMatchObject({ state: 'SUCCEEDED', vendorStatus: 'succeed', jobId: setting.kling.tasks.at(-1)!.taskId, outputs: [{ kind }] });
    const calls = setting.kling.calls.slice(before).map(({ method, path: at }) => `${method} ${at}`).filter((call) => !call.includes('/files/'));
    expect(calls).toEqual([`POST ${path}`, `GET ${path}/${ended.jobId}`, `GET ${path}/${ended.jobId}`]);
    // Every call has a token of its own account.
    expect(new Set(setting.kling.claims.map(({ iss }) => iss)).size).toBe(1);
  });
});

describe('TEST-51: how the outcome is asked for', () => {
  it('is every 2 s for 120 s when nothing is said, and as said within 1 to 10 s and 10 to 300 s', async () => {
    const asked: unknown[] = [];
    for (const given of [{}, { pollIntervalSeconds: 1, maxWaitSeconds: 10 }, { pollIntervalSeconds: 10, maxWaitSeconds: 300 }]) {
      const { run } = await setting.start(setting.owner, { operation: 'KLING_IMAGE', parameters: { prompt: 'tea' }, scenario: 'SUCCESS', ...given });
      const { generation } = (await setting.events(run.id))[0]!.data as { generation: { autoPoll: boolean; pollIntervalMs: number; maxWaitMs: number } };
      asked.push([generation.autoPoll, generation.pollIntervalMs, generation.maxWaitMs]);
    }
    expect(asked).toEqual([[true, 2_000, 120_000], [true, 1_000, 10_000], [true, 10_000, 300_000]]);
  });

  it.each([{ pollIntervalSeconds: 0 }, { pollIntervalSeconds: 11 }, { maxWaitSeconds: 9 }, { maxWaitSeconds: 301 }])('is never %j', async (given) => {
    const { run, errors } = await setting.start(setting.owner, { operation: 'KLING_IMAGE', parameters: { prompt: 'tea' }, scenario: 'SUCCESS', ...given });
    expect(run).toBeNull();
    expect(errors).toMatchObject([{ path: ['input', Object.keys(given)[0]] }]);
  });
});
