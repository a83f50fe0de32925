import type { ReactElement } from 'react';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { fakeLive } from '../../test/fake-live';
import type { Answers } from '../../test/fake-server';
import { LiveProvider } from '../live/context';
import type { RunDetail } from './run-detail';
import RunScreen from './run-screen';
import { aRunDetail, aStep } from './run.fixture';

jest.mock('../session', () => ({ useMay: () => true }));
jest.mock('@tanstack/react-router', () => ({ ...jest.requireActual('@tanstack/react-router'), useParams: () => ({ runId: mockRunId }) }));

const mockRunId = aRunDetail('one').id;

async function show(first: RunDetail, { path = '/', answers = {} }: { path?: string; answers?: Answers } = {}) {
  let held = first;
  const feeds = fakeLive();
  const around = (element: ReactElement) => <LiveProvider value={feeds.live}>{element}</LiveProvider>;
  const app = await renderApp(around(<RunScreen />), { path, answers: { RunDetail: () => ({ node: held }), ...answers } });
  await screen.findByRole('heading', { level: 1, name: first.prompt ?? '' });
  return {
    ...app,
    feeds,
    becomes: (next: RunDetail) => {
      held = next;
    },
  };
}

const timeline = () => screen.getByRole('region', { name: 'Timeline' });

it('TEST-84: tells the stages with their times, the wait for a key apart', async () => {
  await show(aRunDetail('one'));
  expect(timeline()).toHaveTextContent(/Waited for a key 12\.0 s.*Handed over 1\.0 s.*Vendor at work/);
  const steps = within(timeline()).getAllByRole('listitem').filter((item) => item.dataset.stage);
  expect(steps.map((step) => step.dataset.stage)).toEqual(['START', 'ACQUIRE_LEASE', 'LEASE_ACQUIRED', 'SUBMITTING', 'SUBMITTED', 'POLLING']);
  expect(steps[2]).toHaveTextContent(/\+12\.0 s.*Key leased mock-1/);
  expect(steps[4]).toHaveTextContent('job job-7 · HTTP 200');
  expect(screen.getByRole('complementary', { name: 'Facts of the run' })).toHaveTextContent(/legnext-simulated.*Key.*mock-1/);
});

it('follows its run: its place in the queue, its outcome and a diagnosis afterwards', async () => {
  const waiting = aRunDetail('one', { revision: '2', state: 'QUEUED', keyName: null, timeline: [aStep('START', 0), aStep('ACQUIRE_LEASE', 0)] });
  const { feeds, becomes } = await show(waiting);
  const progress = { cursor: 'c', run: { id: mockRunId, revision: '2' } };
  await feeds.tell('runProgress', { ...progress, step: aStep('WAITING_KEY', 1, { position: 3, reason: 'CONCURRENCY', estimatedWaitMs: 40_000 }) });
  expect(timeline()).toHaveTextContent('Waits for a key place 3 · All keys taken · about 40.0 s more');

  becomes(aRunDetail('one', { revision: '6', state: 'FAILED', failureCode: 'E5002', failure: 'The vendor failed.', retryable: true, cancellable: false }));
  await feeds.tell('runProgress', { cursor: 'd', step: aStep('FAILED', 20), run: { id: mockRunId, revision: '6' } });
  expect(await screen.findByRole('button', { name: 'Try once more' })).toBeInTheDocument();
  expect(timeline()).not.toHaveTextContent('place 3');

  becomes(aRunDetail('one', { revision: '7', state: 'FAILED', timeline: [aStep('START', 0), aStep('DIAGNOSED', 30)] }));
  await feeds.change('runChanged', { id: mockRunId, revision: '7' });
  await waitFor(() => expect(timeline()).toHaveTextContent('Diagnosed'));
});

it('says nothing more of the queue once it knows of the end, whatever is told late', async () => {
  const waiting = aRunDetail('one', { revision: '2', state: 'QUEUED', keyName: null, timeline: [aStep('START', 0), aStep('ACQUIRE_LEASE', 0)] });
  const stopped = { ...waiting, revision: '3', state: 'CANCELLED' as const, cancellable: false, retryable: true };
  const { feeds } = await show(waiting, { answers: { CancelRun: () => ({ cancelRun: { position: '9', run: stopped, errors: [] } }) } });
  const late = { cursor: 'c', run: { id: mockRunId, revision: '2' }, step: aStep('WAITING_KEY', 1, { position: 3, reason: 'CONCURRENCY' }) };
  await feeds.tell('runProgress', late);
  expect(timeline()).toHaveTextContent('place 3');
  const user = userEvent.setup();
  await user.click(screen.getByRole('button', { name: 'Stop' }));
  await user.click(within(await screen.findByRole('dialog', { name: 'Stop' })).getByRole('button', { name: 'Stop' }));
  expect(await screen.findByRole('button', { name: 'Try once more' })).toBeInTheDocument();
  expect(timeline()).not.toHaveTextContent('place 3');
  await feeds.tell('runProgress', late);
  expect(timeline()).not.toHaveTextContent('place 3');
});

it('follows another attempt after the stages of the one before have ended', async () => {
  const failed = aRunDetail('one', { state: 'FAILED', retryable: true, cancellable: false });
  const again = aRunDetail('one', { revision: '7', state: 'QUEUED', timeline: [...failed.timeline, aStep('RETRY', 50), aStep('ACQUIRE_LEASE', 50)] });
  const { feeds } = await show(failed, { answers: { RetryRun: () => ({ retryRun: { position: '9', run: again, errors: [] } }) } });
  await feeds.end('runProgress');
  expect(feeds.listeners('runProgress')).toBe(0);
  await userEvent.setup().click(screen.getByRole('button', { name: 'Try once more' }));
  await waitFor(() => expect(feeds.listeners('runProgress')).toBe(1));
  await feeds.tell('runProgress', { cursor: 'e', step: aStep('WAITING_TURN', 51, { position: 2 }), run: { id: mockRunId, revision: '7' } });
  expect(timeline()).toHaveTextContent(/Begun anew.*Waits for its turn place 2/);
});

it('does not ask again for what it knows', async () => {
  const { feeds, calls } = await show(aRunDetail('one'));
  const asked = () => calls.filter(({ name }) => name === 'RunDetail').length;
  const before = asked();
  await feeds.change('runChanged', { id: mockRunId, revision: '5' });
  await feeds.change('runChanged', { id: 'another', revision: '9' });
  expect(asked()).toBe(before);
});

it('TEST-81: saves everything about the run in a file named after its id', async () => {
  const run = aRunDetail('one');
  await show(run);
  const saved: { name: string; blob: Blob }[] = [];
  let blob: Blob | undefined;
  Object.assign(URL, {
    createObjectURL: (given: Blob) => {
      blob = given;
      return 'blob:run';
    },
    revokeObjectURL: () => undefined,
  });
  const click = jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function save(this: HTMLAnchorElement) {
    saved.push({ name: this.download, blob: blob! });
  });
  await userEvent.setup().click(screen.getByRole('button', { name: 'Download JSON' }));
  click.mockRestore();
  expect(saved[0]?.name).toBe('one.json');
  const text = await saved[0]!.blob.text();
  expect(text).not.toContain('__typename');
  expect(JSON.parse(text)).toMatchObject({
    id: run.id, timeline: [{ stage: 'START' }, {}, {}, {}, {}, {}], exchange: { request: { text: 'a cat --ar 1:1' }, response: { job_id: 'job-7' } },
  });
});

it('is stopped only after saying what that means', async () => {
  const stopped = aRunDetail('one', { revision: '6', state: 'CANCELLED', cancellable: false, retryable: true });
  const { inputs } = await show(aRunDetail('one'), { answers: { CancelRun: () => ({ cancelRun: { position: '9', run: stopped, errors: [] } }) } });
  const user = userEvent.setup();
  await user.click(screen.getByRole('button', { name: 'Stop' }));
  const asked = await screen.findByRole('dialog', { name: 'Stop' });
  expect(asked).toHaveTextContent('What the vendor has begun it may finish, and charge for.');
  expect(inputs('CancelRun')).toEqual([]);
  await user.click(within(asked).getByRole('button', { name: 'Stop' }));
  expect(await screen.findByRole('button', { name: 'Try once more' })).toBeInTheDocument();
  expect(inputs('CancelRun')).toEqual([{ runId: mockRunId }]);
});

it('shows what was said to the vendor, and the diagnosis with its category', async () => {
  const run = aRunDetail('one', {
    diagnosis: {
      __typename: 'Diagnosis', category: 'QUOTA', summary: 'No credit is left.', likelyCauses: ['It was used up.'], recommendedFixes: ['Buy more.'],
      nextChecks: ['Look at the bill.'], model: null,
    },
  });
  const { router } = await show(run, { path: '/?tab=exchange' });
  expect(screen.getByRole('region', { name: 'Request · /diffusion' })).toHaveTextContent('"a cat --ar 1:1"');
  expect(screen.getByRole('region', { name: 'Response · HTTP 200' })).toHaveTextContent('"job-7"');
  await userEvent.setup().click(screen.getByRole('link', { name: 'Diagnosis' }));
  expect(await screen.findByText('No credit is left.')).toBeInTheDocument();
  expect(screen.getByText('Buy more.')).toBeInTheDocument();
  expect(screen.getByText('From the kind of failure alone.')).toBeInTheDocument();
  expect(router.state.location.searchStr).toBe('?tab=diagnosis');
});

it('says once why it failed, and begins with what to do', async () => {
  const summary = 'The account with the vendor has no credit left.';
  await show(aRunDetail('one', {
    state: 'FAILED', failureCategory: 'QUOTA', failureCode: 'E5003', failure: summary, outputs: [],
    diagnosis: { __typename: 'Diagnosis', category: 'QUOTA', summary, likelyCauses: [], recommendedFixes: ['Buy more.'], nextChecks: [], model: null },
  }));
  expect(screen.getByText('Buy more.')).toBeInTheDocument();
  expect(screen.getAllByText(/no credit left/)).toHaveLength(1);
  expect(screen.queryByText(/try again/i)).not.toBeInTheDocument();
});

it('says so when there is no such run for its reader', async () => {
  await renderApp(<RunScreen />, { answers: { RunDetail: () => ({ node: null }) } });
  expect(await screen.findByRole('alert')).toHaveTextContent('another tenant');
});
