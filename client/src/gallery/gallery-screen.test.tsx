import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import type { Answers } from '../../test/fake-server';
import { someViewer } from '../../test/viewer';
import type { Feature } from '../lib/permissions';
import { legnextDraft } from '../generation';
import { defaultSettings, legnextDefaults } from '../generation/forms';
import { aGeneration, anOutput, someRuns } from '../generation/generation.fixture';
import GalleryScreen from './gallery-screen';

let features: Feature[] = [];
let may: (scope: string, reach?: string) => boolean = () => true;
jest.mock('../session', () => ({
  useSession: () => ({ viewer: someViewer({ features }) }),
  useMay: (scope: string, reach?: string) => may(scope, reach),
}));

const fox = aGeneration('a fox', { outputs: [anOutput('o1'), anOutput('o2')] });
const tea = aGeneration('tea', { kind: 'VIDEO', operation: 'KLING_TEXT_TO_VIDEO', outputs: [anOutput('v1', { kind: 'VIDEO', thumbnailUrl: null })] });

function open(path = '/gallery', answers: Answers = {}) {
  return renderApp(<GalleryScreen />, {
    path,
    answers: {
      Generations: ({ filter }) => someRuns(...(filter.state.includes('SUCCEEDED') ? [fox, tea] : [])),
      GenerationParameters: ({ id }) => ({ node: { __typename: 'Run', id, exchange: null } }),
      StartRun: () => ({ startRun: { position: '1', run: null, errors: [] } }),
      ...answers,
    },
  });
}

const listed = (calls: { name: string; variables: Record<string, any> }[]) =>
  calls.filter(({ name, variables }) => name === 'Generations' && variables.filter.state.includes('SUCCEEDED')).map(({ variables }) => variables.filter);

beforeEach(() => {
  features = ['RUNS', 'LEGNEXT', 'KLING', 'GALLERY'];
  may = () => true;
  legnextDraft.set({ form: { prompt: '', withOptions: true, options: { ...legnextDefaults, chaos: 7 } }, settings: { ...defaultSettings, scenario: 'SUCCESS' } });
});

describe('the gallery', () => {
  it('TEST-85: shows what was made, and walks through it with the arrow keys', async () => {
    await open();
    const user = userEvent.setup();
    const tiles = await screen.findAllByRole('button', { name: /^Open: / });
    expect(tiles.map((tile) => tile.getAttribute('aria-label'))).toEqual(['Open: a fox', 'Open: a fox', 'Open: tea']);
    await user.click(tiles[1]!);
    const box = await screen.findByRole('dialog');
    expect(within(box).getByRole('img')).toHaveAttribute('src', '/outputs/o2');
    await user.keyboard('{ArrowRight}');
    expect(box.querySelector('video')).toHaveAttribute('src', '/outputs/v1');
    await user.keyboard('{ArrowLeft}{ArrowLeft}');
    expect(within(box).getByRole('img')).toHaveAttribute('src', '/outputs/o1');
  });

  it('TEST-85: begins a picture from its own line, with the parameters of the LegNext page', async () => {
    const { inputs } = await open();
    const user = userEvent.setup();
    fireEvent.change(screen.getByRole('textbox', { name: 'Prompt' }), { target: { value: ' a heron ' } });
    expect(screen.getByText('--c 7')).toBeInTheDocument();
    await user.type(screen.getByRole('textbox', { name: 'Prompt' }), '{Enter}');
    await waitFor(() => expect(inputs('StartRun')).toHaveLength(1));
    expect(inputs('StartRun')[0]).toMatchObject({
      operation: 'LEGNEXT_DIFFUSION', scenario: 'SUCCESS', parameters: { prompt: 'a heron', options: { chaos: 7 } },
    });
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'Prompt' })).toHaveValue(''));
  });

  it('keeps the words when the run was refused', async () => {
    await open('/gallery', { StartRun: () => undefined });
    const user = userEvent.setup();
    fireEvent.change(screen.getByRole('textbox', { name: 'Prompt' }), { target: { value: 'a heron' } });
    await user.click(screen.getByRole('button', { name: 'Run' }));
    expect(await screen.findByText('OFFLINE')).toBeInTheDocument();
    expect(screen.getByRole('textbox', { name: 'Prompt' })).toHaveValue('a heron');
  });

  it('filters by kind, model and whose it is, and the address says so', async () => {
    const { calls, router } = await open();
    const user = userEvent.setup();
    await user.selectOptions(screen.getByRole('combobox', { name: 'Kind' }), 'VIDEO');
    await user.selectOptions(screen.getByRole('combobox', { name: 'Requested by' }), 'me');
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'kling' } });
    await waitFor(() => expect(listed(calls).at(-1)).toMatchObject({ kind: ['VIDEO'], requestedBy: 'user-1', search: 'kling' }));
    expect(router.state.location.search).toEqual({ kind: 'VIDEO', by: 'me', q: 'kling' });
    expect(listed(calls)[0]).toEqual({ kind: ['IMAGE', 'VIDEO'], state: ['SUCCEEDED'] });
  });

  it('takes every letter however fast it is typed, and a filter beside one that is still on its way', async () => {
    const { router } = await open();
    await userEvent.setup({ delay: null }).type(screen.getByRole('searchbox'), 'kling');
    expect(screen.getByRole('searchbox')).toHaveValue('kling');
    fireEvent.change(screen.getByRole('combobox', { name: 'Kind' }), { target: { value: 'VIDEO' } });
    fireEvent.change(screen.getByRole('combobox', { name: 'Requested by' }), { target: { value: 'me' } });
    await waitFor(() => expect(router.state.location.search).toEqual({ kind: 'VIDEO', by: 'me', q: 'kling' }));
  });

  it('shows to those who see only their own nothing but their own, and offers no line to those who may not begin anything', async () => {
    may = (scope, reach) => scope === 'runs:read' && reach === undefined;
    const { calls } = await open('/gallery', { Generations: () => someRuns() });
    expect(await screen.findByText('The gallery is empty')).toBeInTheDocument();
    expect(listed(calls)).toMatchObject([{ requestedBy: 'user-1' }]);
    expect(screen.queryByRole('textbox', { name: 'Prompt' })).not.toBeInTheDocument();
    expect(screen.queryByRole('combobox', { name: 'Requested by' })).not.toBeInTheDocument();
  });

  it('turns a picture that does not load into a card, and asks for it once more', async () => {
    await open();
    const user = userEvent.setup();
    const [picture] = await screen.findAllByRole('img', { name: 'a fox' });
    fireEvent.error(picture!);
    expect(screen.getAllByRole('button', { name: 'Open: a fox' })).toHaveLength(1);
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(screen.getAllByRole('img', { name: 'a fox' })[0]).toHaveAttribute('src', '/outputs/o1/thumbnail?again=1');
  });

  it('tells apart what is empty from what does not match', async () => {
    await open('/gallery?kind=VIDEO', { Generations: () => someRuns() });
    expect(await screen.findByText('Nothing matches')).toBeInTheDocument();
  });
});
