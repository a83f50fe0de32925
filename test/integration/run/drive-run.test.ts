import { done } from '../../support/people';
import { createRunSetting, KLING_RUN, LEGNEXT_RUN, type RunSetting } from './run-setting';

let setting: RunSetting;
beforeAll(async () => {
  setting = await createRunSetting();
}, 60_000);
afterAll(() => setting.close());

const hasEnded = ({ state }: { state: string }): boolean => ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'REJECTED'].includes(state);
const stagesOf = (run: { timeline: { stage: string }[] }): string[] => run.timeline.map(({ stage }) => stage);

describe('a run', () => {
  it('TEST-54, TEST-57: of LegNext goes through all its stages and ends with what it made', async () => {
    const { api } = await setting.person();
    const { run, errors } = await setting.start(api, LEGNEXT_RUN);
    expect(errors).toEqual([]);
    const ended = await setting.runOnce(api, run.id, hasEnded);
    expect(ended).toMatchObject({
      state: 'SUCCEEDED', keyName: 'one', vendorStatus: 'completed', failure: null, usage: { amount: 80 }, cost: null, prompt: 'a harbour in the rain',
    });
    expect(ended.durationMs).toBeGreaterThan(0);
    expect(ended.outputs).toHaveLength(4);
    expect(ended.outputs[0]).toMatchObject({ kind: 'IMAGE', contentType: 'image/png', url: expect.stringContaining('/outputs/') });
    const order = ['START', 'ACQUIRE_LEASE', 'LEASE_ACQUIRED', 'SUBMITTING', 'SUBMITTED', 'POLLING', 'COMPLETED'];
    expect(stagesOf(ended).filter((stage, at, all) => stage !== all[at - 1])).toEqual(order);
    expect(setting.legnext.jobs.map(({ text }) => text)).toEqual(['a harbour in the rain']);
    expect(ended.exchange).toMatchObject({ endpoint: 'POST /diffusion', parameters: { prompt: 'a harbour in the rain' }, request: { text: 'a harbour in the rain' } });
  });

  it('TEST-53: of Kling is polled to its end', async () => {
    const { api } = await setting.person();
    const { run } = await setting.start(api, KLING_RUN);
    const ended = await setting.runOnce(api, run.id, hasEnded);
    expect(ended).toMatchObject({ state: 'SUCCEEDED', keyName: 'pair', vendorStatus: 'succeed' });
    expect(ended.outputs).toHaveLength(1);
    expect(setting.kling.tasks[0]!.body).toMatchObject({ prompt: 'a harbour in the rain', external_task_id: expect.stringMatching(/-1$/) });
  });
});
