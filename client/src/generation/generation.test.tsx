import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { fakeLive } from '../../test/fake-live';
import { refusal, type Answers } from '../../test/fake-server';
import { someViewer } from '../../test/viewer';
import { LiveProvider } from '../live/context';
import type { GenerationRow } from './generations';
import { aGeneration, anOutput, someConcurrency, someRuns } from './generation.fixture';
import type { Operation } from './gql/documents';
import { Results } from './results';

let mayAct = true;
jest.mock('../session', () => ({
  useSession: () => ({ viewer: someViewer({ features: ['RUNS', 'LEGNEXT', 'KLING'] }) }),
  useMay: (scope: string) => scope !== 'runs:write' || mayAct,
}));

const operations: readonly Operation[] = ['LEGNEXT_DIFFUSION'];

async function show(runs: readonly GenerationRow[], answers: Answers = {}) {
  const feeds = fakeLive();
  const results = <Results operations={operations} empty={null} />;
  const app = await renderApp(<LiveProvider value={feeds.live}>{results}</LiveProvider>, {
    answers: { Generations: () => someRuns(...runs), Concurrency: () => someConcurrency(), ...answers },
  });
  return { ...app, feeds };
}

const failed = aGeneration('a fox', {
  state: 'FAILED', failureCode: 'E5003', failure: 'insufficient quota', failureCategory: 'QUOTA', httpStatus: 402, retryable: true,
  diagnosis: {
    __typename: 'Diagnosis', category: 'QUOTA', summary: 'The account has no credit left.', likelyCauses: ['The plan is used up.'],
    recommendedFixes: ['Top up the account.'], nextChecks: ['Look at the balance.'], model: null,
  },
});

beforeEach(() => {
  mayAct = true;
});

describe('a result', () => {
  it('shows pictures under their prompt, and who made them', async () => {
    await show([aGeneration('a fox', { outputs: [anOutput('o1'), anOutput('o2', { url: null, thumbnailUrl: null })], simulated: true })]);
    const result = await screen.findByRole('article', { name: 'a fox' });
    expect(within(result).getByRole('button', { name: 'Open image 1 of 2: a fox' })).toBeInTheDocument();
    expect(within(result).getByRole('img', { name: 'a fox' })).toHaveAttribute('src', '/outputs/o1/thumbnail');
    expect(within(result).getByText('The file could not be fetched from the vendor.')).toBeInTheDocument();
    expect(within(result).getByText('by key main-1')).toBeInTheDocument();
    expect(within(result).getByText('SIMULATED')).toBeInTheDocument();
    expect(within(result).queryByRole('button', { name: 'Try once more' })).not.toBeInTheDocument();
  });

  it('plays a video in place, muted, and not by itself', async () => {
    const video = anOutput('v1', { kind: 'VIDEO', contentType: 'video/mp4', thumbnailUrl: null });
    await show([aGeneration('tea', { kind: 'VIDEO', operation: 'LEGNEXT_DIFFUSION', outputs: [video] })]);
    const element = (await screen.findByRole('article', { name: 'tea' })).querySelector('video')!;
    expect(element).toHaveAttribute('src', '/outputs/v1');
    expect(element.controls).toBe(true);
    expect(element.muted).toBe(true);
    expect(element.autoplay).toBe(false);
    expect(screen.getByRole('link', { name: /Download/ })).toHaveAttribute('href', '/outputs/v1?download');
  });

  it('says why it failed, what to do and what to check, and tries again', async () => {
    const { inputs } = await show([failed], {
      RetryRun: () => ({ retryRun: { position: '1', run: { ...failed, state: 'QUEUED', attempt: 2, revision: '6', retryable: false }, errors: [] } }),
    });
    const user = userEvent.setup();
    const result = await screen.findByRole('article', { name: 'a fox' });
    for (const words of [
      'The account with the vendor has no credit left', 'HTTP 402', 'The account has no credit left.', 'The plan is used up.', 'Top up the account.',
      'Look at the balance.',
    ]) {
      expect(within(result).getByText(words)).toBeInTheDocument();
    }
    await user.click(within(result).getByRole('button', { name: 'Try once more' }));
    expect(inputs('RetryRun')).toEqual([{ runId: failed.id }]);
    expect(await within(result).findByText('Queued')).toBeInTheDocument();
    expect(within(result).queryByText('The plan is used up.')).not.toBeInTheDocument();
  });

  it('TEST-51: goes on watching a run whose outcome did not come in time, without submitting it again', async () => {
    const late = aGeneration('slow', { state: 'TIMED_OUT', failureCode: 'E5041', failure: 'Timeout after 120s', watchable: true, retryable: true });
    const { inputs } = await show([late], {
      WatchRun: () => ({ watchRun: { position: '1', run: { ...late, state: 'POLLING', revision: '6', watchable: false, retryable: false }, errors: [] } }),
    });
    const user = userEvent.setup();
    expect(await screen.findByText('Timeout after 120s')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Keep watching' }));
    expect(inputs('WatchRun')).toEqual([{ runId: late.id }]);
    expect(inputs('RetryRun')).toEqual([]);
    expect(await screen.findByText('Running')).toBeInTheDocument();
  });

  it('TEST-51: looks for the outcome of a run that nobody watches', async () => {
    const alone = aGeneration('alone', { state: 'SUBMITTED', durationMs: null, watchable: true, cancellable: true });
    await show([alone]);
    expect(await screen.findByRole('button', { name: 'Look for the outcome' })).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Keep watching' })).not.toBeInTheDocument();
  });

  it('is cancelled only after its price was named, and shows what was refused', async () => {
    const running = aGeneration('a fox', { state: 'POLLING', durationMs: null, cancellable: true });
    const answers = [
      { cancelRun: { position: null, run: null, errors: [refusal('run_over', null, 'E4091')] } },
      { cancelRun: { position: '1', run: { ...running, state: 'CANCELLED', cancellable: false, revision: '6' }, errors: [] } },
    ];
    const { inputs } = await show([running], { CancelRun: () => answers.shift() });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Stop' }));
    const panel = await screen.findByRole('dialog', { name: 'Stop' });
    expect(panel).toHaveTextContent(/may finish, and charge for/);
    expect(inputs('CancelRun')).toEqual([]);
    await user.click(within(panel).getByRole('button', { name: 'Stop' }));
    expect(await within(panel).findByText('E4091')).toBeInTheDocument();
    await user.click(within(panel).getByRole('button', { name: 'Stop' }));
    expect(await screen.findByText('Cancelled')).toBeInTheDocument();
  });

  it('offers nothing to those who only read', async () => {
    mayAct = false;
    await show([failed]);
    expect(await screen.findByText('Top up the account.')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Try once more' })).not.toBeInTheDocument();
  });

  it('says how far it is and for how long, while it runs', async () => {
    await show([aGeneration('a fox', {
      state: 'POLLING', vendorStatus: 'processing', durationMs: null, createdAt: new Date(Date.now() - 65_000).toISOString(),
    })]);
    const step = (await screen.findByText('In the making')).closest('li')!;
    expect(step).toHaveAttribute('aria-current', 'step');
    expect(step).toHaveTextContent('processing');
    expect(screen.getByText('Key').closest('li')).toHaveTextContent('main-1');
    expect(screen.getByText(/^1m \d\ds so far$/)).toBeInTheDocument();
  });

  it('asks for the limits again when a run has ended', async () => {
    const running = aGeneration('a fox', { state: 'POLLING', durationMs: null });
    let mine = 1;
    const { feeds } = await show([running], { Concurrency: () => someConcurrency(mine) });
    expect(await screen.findByText('Under way: 1 of your 1, 1 of 4 in all')).toBeInTheDocument();
    mine = 0;
    await feeds.change('runChanged', { ...running, state: 'SUCCEEDED', revision: '6' });
    expect(await screen.findByText('Under way: 0 of your 1, 0 of 4 in all')).toBeInTheDocument();
  });
});
