import { act, done } from '../../support/people';
import { createRunSetting, LEGNEXT_RUN, type RunSetting } from './run-setting';

let setting: RunSetting;
beforeAll(async () => {
  setting = await createRunSetting();
  setting.legnext.script = { statuses: ['processing'], images: 1, consume: 80 };
}, 60_000);
afterAll(() => setting.close());

/** As after a server that died before it could keep its answer: what it did is in the log. */
const forgetAnswers = () => setting.database.query('delete from idempotency_record');

it.each(['first', 'second'])('a retry that is sent again after a crash is one of the day\'s requests, as the %s retry', async (which) => {
  const { api, id } = await setting.person();
  const { run } = await setting.start(api, LEGNEXT_RUN);
  await done(api, 'cancelRun', { runId: run.id });
  const earlier = which === 'first' ? 0 : 1;
  if (earlier === 1) {
    await done(api, 'retryRun', { runId: run.id });
    await done(api, 'cancelRun', { runId: run.id });
  }
  await done(setting.owner, 'setDailyLimit', { userId: id, requests: 3 + earlier });
  const retry = () => act(api, 'retryRun', { runId: run.id, idempotencyKey: 'again' }, 'run { attempt }');
  expect(await retry()).toMatchObject({ errors: [], run: { attempt: 2 + earlier } });
  await forgetAnswers();
  expect(await retry()).toMatchObject({ errors: [], run: { attempt: 2 + earlier } });
  await done(api, 'cancelRun', { runId: run.id });
  // Another one counts.
  expect(await act(api, 'retryRun', { runId: run.id })).toMatchObject({ errors: [] });
  await done(api, 'cancelRun', { runId: run.id });
  expect((await act(api, 'retryRun', { runId: run.id })).errors).toMatchObject([{ code: 'E4291', rule: 'daily_limit' }]);
});
