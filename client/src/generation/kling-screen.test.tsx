import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import type { Answers } from '../../test/fake-server';
import { someViewer } from '../../test/viewer';
import { klingDraft } from './drafts';
import { defaultSettings, klingDefaults } from './forms';
import { aGeneration, anOutput, someConcurrency, someRuns } from './generation.fixture';
import KlingScreen from './kling-screen';

jest.mock('../session', () => ({ useSession: () => ({ viewer: someViewer({ features: ['RUNS', 'KLING'] }) }), useMay: () => true }));

const own = aGeneration('a fox', { outputs: [anOutput('o1'), anOutput('o2')] });

function open(path: string, answers: Answers = {}) {
  return renderApp(<KlingScreen />, {
    path,
    answers: {
      Generations: ({ filter }) => someRuns(...(filter.operation ? [] : [own])),
      Concurrency: () => someConcurrency(),
      StartRun: () => ({ startRun: { position: '1', run: null, errors: [] } }),
      ...answers,
    },
  });
}

const prompt = () => screen.getByLabelText(/^Prompt/, { selector: 'textarea' });
/** At once, not key by key. */
const write = (field: HTMLElement, text: string) => fireEvent.change(field, { target: { value: text } });
const run = () => screen.getByRole('button', { name: 'Run' });

beforeEach(() => {
  klingDraft.set({ form: { prompt: '', negativePrompt: '', options: klingDefaults, image: '', imageAddress: '' }, settings: defaultSettings });
});

describe('pictures and videos by Kling', () => {
  it('TEST-52: makes pictures', async () => {
    const { inputs } = await open('/create/kling');
    const user = userEvent.setup();
    write(prompt(), 'a cup of tea');
    write(screen.getByLabelText('Negative prompt'), 'text');
    await user.click(screen.getByLabelText('kling-v1-pro'));
    await user.click(screen.getByLabelText('4:3'));
    write(screen.getByLabelText('Number of images'), '3');
    expect(screen.queryByRole('slider', { name: 'Creativity' })).not.toBeInTheDocument();
    await user.click(run());
    await waitFor(() => expect(inputs('StartRun')).toHaveLength(1));
    expect(inputs('StartRun')[0]).toMatchObject({
      operation: 'KLING_IMAGE', parameters: { prompt: 'a cup of tea', negativePrompt: 'text', model: 'kling-v1-pro', aspectRatio: '4:3', count: 3 },
    });
  });

  it('TEST-52: makes videos from words, with what both ends of the creativity mean and what the vendor gets', async () => {
    const { inputs, router } = await open('/create/kling');
    const user = userEvent.setup();
    await user.click(screen.getByLabelText('Text to video'));
    await waitFor(() => expect(router.state.location.search).toEqual({ mode: 'text-to-video' }));
    const slider = await screen.findByRole('slider', { name: 'Creativity' });
    expect(slider).toHaveValue('5');
    expect(slider).toHaveAccessibleDescription(/close to the prompt.*free.*cfg_scale 0\.5/);
    write(prompt(), 'tea');
    for (const name of ['10 s', 'Pro', '9:16']) {
      await user.click(screen.getByLabelText(name));
    }
    await user.click(run());
    await waitFor(() => expect(inputs('StartRun')).toHaveLength(1));
    expect(inputs('StartRun')[0]).toMatchObject({
      operation: 'KLING_TEXT_TO_VIDEO',
      parameters: { prompt: 'tea', negativePrompt: '', model: 'kling-v1', mode: 'pro', durationSeconds: '10', creativity: 5, aspectRatio: '9:16' },
    });
  });

  it('TEST-52: makes a video from one\'s own picture, whose ratio it has', async () => {
    const { inputs } = await open('/create/kling?mode=image-to-video');
    const user = userEvent.setup();
    expect(screen.getByLabelText('16:9')).toBeDisabled();
    expect(screen.getByRole('group', { name: 'Aspect ratio' })).toHaveAccessibleDescription('The video has the ratio of the start image.');
    write(prompt(), 'it moves');
    await user.click((await screen.findAllByRole('radio', { name: 'a fox' }))[1]!);
    await user.click(run());
    await waitFor(() => expect(inputs('StartRun')).toHaveLength(1));
    expect(inputs('StartRun')[0]).toMatchObject({ operation: 'KLING_IMAGE_TO_VIDEO', parameters: { image: 'o2' } });
    expect(inputs('StartRun')[0]?.parameters).not.toHaveProperty('aspectRatio');

    write(screen.getByLabelText(/Or its address/), 'https://a.test/b.png');
    expect(screen.getAllByRole('radio', { name: 'a fox' }).filter((option) => (option as HTMLInputElement).checked)).toEqual([]);
    await waitFor(() => expect(run()).toBeEnabled());
    await user.click(run());
    await waitFor(() => expect(inputs('StartRun')).toHaveLength(2));
    expect(inputs('StartRun')[1]?.parameters).toMatchObject({ image: 'https://a.test/b.png' });
  });

  it('takes a picture that a link brought along, though it is older than those that are offered', async () => {
    const { inputs, router } = await open('/create/kling?mode=image-to-video&image=old');
    const user = userEvent.setup();
    expect(await screen.findByRole('radio', { name: 'The image you chose' })).toBeChecked();
    expect(router.state.location.search).toEqual({ mode: 'image-to-video' });
    write(prompt(), 'it moves');
    await user.click(run());
    await waitFor(() => expect(inputs('StartRun')[0]?.parameters).toMatchObject({ image: 'old' }));
  });

  it('TEST-58: keeps one\'s last runs of every kind of work in one list', async () => {
    const { calls } = await open('/create/kling');
    expect(calls.find(({ name }) => name === 'Generations')?.variables.filter).toMatchObject({
      operation: ['KLING_IMAGE', 'KLING_TEXT_TO_VIDEO', 'KLING_IMAGE_TO_VIDEO'], requestedBy: 'user-1',
    });
  });
});
