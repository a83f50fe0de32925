import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { someViewer } from '../../test/viewer';
import type { GenerationRow } from './generations';
import { aGeneration, anOutput, someConcurrency, someRuns } from './generation.fixture';
import type { Operation } from './gql/documents';
import { Results } from './results';

jest.mock('../session', () => ({ useSession: () => ({ viewer: someViewer({ features: ['RUNS', 'LEGNEXT', 'KLING'] }) }), useMay: () => true }));

const operations: readonly Operation[] = ['LEGNEXT_DIFFUSION'];
const runs: readonly GenerationRow[] = [
  aGeneration('a fox', { outputs: [anOutput('o1'), anOutput('o2')], usage: { __typename: 'RunUsage', unit: 'points', amount: 80 } }),
  aGeneration('a heron', { outputs: [anOutput('o3'), anOutput('gone', { url: null, thumbnailUrl: null })] }),
];

async function open(name: string | RegExp) {
  const app = await renderApp(<Results operations={operations} empty={null} />, {
    answers: {
      Generations: () => someRuns(...runs),
      Concurrency: () => someConcurrency(),
      GenerationParameters: ({ id }) => ({
        node: { __typename: 'Run', id, exchange: { __typename: 'RunExchange', parameters: { prompt: 'words', options: { version: '7', chaos: 3 } } } },
      }),
    },
  });
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name }));
  return { app, user, box: await screen.findByRole('dialog') };
}

const shown = (box: HTMLElement) => within(box).getByRole('img').getAttribute('src');

describe('the lightbox', () => {
  it('goes on with the arrow keys, over the pictures of all runs, and no further than their ends', async () => {
    const { user, box } = await open('Open image 2 of 2: a fox');
    expect(shown(box)).toBe('/outputs/o2');
    expect(within(box).getByRole('img')).toHaveAccessibleName('a fox');
    await user.keyboard('{ArrowRight}');
    expect(shown(box)).toBe('/outputs/o3');
    expect(within(box).getByRole('img')).toHaveAccessibleName('a heron');
    expect(within(box).getByRole('button', { name: 'Next' })).toBeDisabled();
    await user.keyboard('{ArrowRight}');
    expect(shown(box)).toBe('/outputs/o3');
    await user.keyboard('{Home}');
    expect(shown(box)).toBe('/outputs/o1');
    await user.keyboard('{ArrowLeft}');
    expect(shown(box)).toBe('/outputs/o1');
    await user.keyboard('{End}{ArrowLeft}');
    expect(shown(box)).toBe('/outputs/o2');
    await user.keyboard('{Control>}{ArrowLeft}{/Control}');
    expect(shown(box)).toBe('/outputs/o2');
    await user.click(within(box).getByRole('button', { name: 'Previous' }));
    expect(shown(box)).toBe('/outputs/o1');
  });

  it('closes on Escape, and the focus is back where it was', async () => {
    const { user } = await open('Open image 1 of 2: a fox');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(screen.getByRole('button', { name: 'Open image 1 of 2: a fox' })).toHaveFocus();
  });

  it('keeps the focus inside', async () => {
    const { user, box } = await open('Open image 1 of 2: a fox');
    await waitFor(() => expect(box).toContainElement(document.activeElement as HTMLElement));
    for (let press = 0; press < 8; press += 1) {
      await user.tab();
      expect(box).toContainElement(document.activeElement as HTMLElement);
    }
  });

  it('says with what the picture was made, and where to get it', async () => {
    const { box } = await open('Open image 1 of 2: a fox');
    for (const [name, value] of [['Key', 'main-1'], ['Duration', '3.2 s'], ['Usage', '80 points'], ['Size', '512 × 512']] as const) {
      expect(within(box).getByText(name).nextElementSibling).toHaveTextContent(value);
    }
    expect((await within(box).findByText('Chaos')).nextElementSibling).toHaveTextContent('3');
    expect(within(box).getByText('Version').nextElementSibling).toHaveTextContent('7');
    expect(within(box).getByRole('link', { name: 'Download' })).toHaveAttribute('href', '/outputs/o1?download');
    expect(within(box).getByRole('link', { name: 'Make a video from it' }))
      .toHaveAttribute('href', '/create/kling?mode=image-to-video&image=o1');
  });
});
