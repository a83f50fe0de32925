import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { refusal, type Answers } from '../../test/fake-server';
import { someViewer } from '../../test/viewer';
import { legnextDraft } from './drafts';
import { defaultSettings, legnextDefaults } from './forms';
import { aGeneration, anOutput, someConcurrency, someRuns } from './generation.fixture';
import LegnextScreen from './legnext-screen';

jest.mock('../session', () => ({ useSession: () => ({ viewer: someViewer({ features: ['RUNS', 'LEGNEXT'] }) }), useMay: () => true }));

const started = { startRun: { position: '1', run: null, errors: [] } };

function open(answers: Answers = {}, path = '/create/legnext') {
  return renderApp(<LegnextScreen />, {
    path, answers: { Generations: () => someRuns(), Concurrency: () => someConcurrency(), StartRun: () => started, ...answers },
  });
}

const prompt = () => screen.getByLabelText(/^Prompt/, { selector: 'textarea' });
const finalText = () => screen.getByTestId('final-text').textContent;
/** At once, not key by key. */
const write = (field: HTMLElement, text: string) => fireEvent.change(field, { target: { value: text } });
const run = () => screen.getByRole('button', { name: 'Run' });

beforeEach(() => {
  localStorage.clear();
  legnextDraft.set({ form: { prompt: '', withOptions: true, options: legnextDefaults }, settings: defaultSettings });
});

describe('pictures by LegNext', () => {
  it('TEST-50: shows the exact final text while it is written, with the parameters set apart', async () => {
    await open();
    const user = userEvent.setup();
    write(prompt(), 'a red fox ');
    expect(finalText()).toBe('a red fox --ar 1:1 --v 7 --q 1 --s 250 --c 0');
    await user.click(screen.getByLabelText('16:9'));
    await user.click(screen.getByLabelText('Niji 6'));
    await user.click(screen.getByLabelText('.25'));
    for (const [name, value] of [['Stylize', '900'], ['Chaos', '5'], ['Weird', '12'], ['Stop', '80']] as const) {
      write(screen.getByLabelText(name), value);
    }
    for (const name of ['Tile', 'Raw style', 'Draft']) {
      await user.click(screen.getByLabelText(name));
    }
    const text = 'a red fox --ar 16:9 --niji 6 --q .25 --s 900 --c 5 --w 12 --stop 80 --tile --style raw --draft';
    expect(finalText()).toBe(text);
    expect([...screen.getByTestId('final-text').querySelectorAll('code')].map(({ textContent }) => textContent))
      .toEqual(['--ar 16:9', '--niji 6', '--q .25', '--s 900', '--c 5', '--w 12', '--stop 80', '--tile', '--style raw', '--draft']);
    await user.click(screen.getByLabelText('Send parameters'));
    expect(finalText()).toBe('a red fox');
    await user.click(screen.getByLabelText('Send parameters'));
    expect(finalText()).toBe(text);
  });

  it('TEST-50: takes no number that is out of bounds, and says so', async () => {
    await open();
    const user = userEvent.setup();
    const chaos = screen.getByLabelText('Chaos');
    await user.clear(chaos);
    await user.type(chaos, '101');
    expect(chaos).toBeInvalid();
    expect(chaos).toHaveAccessibleDescription(/A whole number from 0 to 100\./);
    // The last number within bounds on the way there.
    expect(finalText()).toContain('--c 10');
    await user.tab();
    expect(chaos).toHaveValue(10);
    expect(chaos).toBeValid();
  });

  it('TEST-51: asks for the outcome by itself every 2 s for 120 s unless told otherwise', async () => {
    const { inputs } = await open();
    const user = userEvent.setup();
    write(prompt(), 'a fox');
    await user.click(run());
    await waitFor(() => expect(inputs('StartRun')).toHaveLength(1));
    expect(inputs('StartRun')[0]).toEqual({
      operation: 'LEGNEXT_DIFFUSION', parameters: { prompt: 'a fox', options: legnextDefaults }, scenario: null,
      autoPoll: true, pollIntervalSeconds: 2, maxWaitSeconds: 120,
    });
    for (const [name, value, outside] of [['Seconds between two questions', '10', '11'], ['Longest wait, seconds', '300', '301']] as const) {
      const field = screen.getByLabelText(name);
      write(field, outside);
      expect(field).toBeInvalid();
      write(field, value);
      expect(field).toBeValid();
    }
    await user.click(screen.getByLabelText('Ask for the outcome by itself'));
    expect(screen.queryByLabelText('Seconds between two questions')).not.toBeInTheDocument();
    expect(screen.getByText(/stays handed over until you look for its outcome/)).toBeInTheDocument();
    await waitFor(() => expect(run()).toBeEnabled());
    await user.click(run());
    await waitFor(() => expect(inputs('StartRun')).toHaveLength(2));
    expect(inputs('StartRun')[1]).toMatchObject({ autoPoll: false, pollIntervalSeconds: 10, maxWaitSeconds: 300 });
  });

  it('runs on Ctrl+Enter from any field, and not while a word is composed', async () => {
    const { inputs } = await open();
    const user = userEvent.setup();
    await user.type(prompt(), 'a fox{Control>}{Enter}{/Control}');
    await waitFor(() => expect(inputs('StartRun')).toHaveLength(1));
    await waitFor(() => expect(run()).toBeEnabled());
    screen.getByLabelText('Chaos').focus();
    await user.keyboard('{Meta>}{Enter}{/Meta}');
    await waitFor(() => expect(inputs('StartRun')).toHaveLength(2));
    await waitFor(() => expect(run()).toBeEnabled());
    prompt().dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true, cancelable: true }));
    await act(async () => Promise.resolve());
    expect(inputs('StartRun')).toHaveLength(2);
  });

  it('TEST-70: plays the vendor by a scenario, and says so all over the page while it does', async () => {
    const { inputs } = await open();
    const user = userEvent.setup();
    expect(screen.queryByText(/SIMULATED/)).not.toBeInTheDocument();
    await user.selectOptions(screen.getByRole('combobox', { name: /Who answers/ }), 'FAILED_402');
    expect(screen.getByText('SIMULATED: No credit left (402). The vendor is not asked.')).toBeInTheDocument();
    write(prompt(), 'a fox');
    await user.click(run());
    await waitFor(() => expect(inputs('StartRun')).toHaveLength(1));
    expect(inputs('StartRun')[0]).toMatchObject({ scenario: 'FAILED_402' });
    await user.selectOptions(screen.getByRole('combobox', { name: /Who answers/ }), '');
    expect(screen.queryByText(/SIMULATED/)).not.toBeInTheDocument();
  });

  it('TEST-84: names the limit of simultaneous runs, and gives one\'s own up right there', async () => {
    const tooMany = { ...refusal('user_concurrency', null, 'E4291'), details: { limit: 1, active: 1 } };
    const { inputs, calls } = await open({
      Concurrency: () => someConcurrency(1, 3),
      StartRun: () => ({ startRun: { position: '1', run: null, errors: [tooMany] } }),
      ClearConcurrencySlots: () => ({
        clearConcurrencySlots: { position: '2', runs: [aGeneration('old', { state: 'CANCELLED' })], concurrency: someConcurrency().concurrency, errors: [] },
      }),
    });
    const user = userEvent.setup();
    expect(await screen.findByText('Under way: 1 of your 1, 3 of 4 in all')).toBeInTheDocument();
    write(prompt(), 'a fox');
    await user.click(run());
    expect(await screen.findByText('You have 1 run under way; 1 may be at once.')).toBeInTheDocument();
    await user.click(await screen.findByRole('button', { name: 'Clear my runs' }));
    expect(inputs('ClearConcurrencySlots')).toEqual([]);
    await user.click(within(await screen.findByRole('dialog', { name: 'Clear my runs' })).getByRole('button', { name: 'Clear my runs' }));
    await waitFor(() => expect(screen.queryByText(/may be at once/)).not.toBeInTheDocument());
    expect(calls.filter(({ name }) => name === 'ClearConcurrencySlots')).toHaveLength(1);
  });

  it('puts what the server refuses on the field it is about', async () => {
    await open({ StartRun: () => ({ startRun: { position: null, run: null, errors: [refusal('max_length', ['input', 'parameters', 'prompt'])] } }) });
    const user = userEvent.setup();
    write(prompt(), 'a fox');
    await user.click(run());
    await waitFor(() => expect(prompt()).toHaveAccessibleDescription(/This is too long\./));
  });

  it('says where a key is added when the vendor has none, and how to do without', async () => {
    await open({ StartRun: () => ({ startRun: { position: null, run: null, errors: [refusal('no_provider_key', ['input', 'operation'], 'B2001')] } }) });
    write(prompt(), 'a fox');
    await userEvent.setup().click(run());
    expect(await screen.findByText(/Add one under Key pools, or choose a scenario/)).toBeInTheDocument();
  });

  it('begins with prompts to choose from', async () => {
    await open();
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: /small harbour/ }));
    expect(prompt()).toHaveValue('A small harbour at dawn, fog over the boats, watercolour');
    expect(prompt()).toHaveFocus();
  });

  it('TEST-58: has one\'s last 20 runs of this form from the server, also when the page is loaded anew', async () => {
    const runs = Array.from({ length: 20 }, (_, place) => aGeneration(`picture ${place}`, { outputs: [anOutput(`o${place}`)] }));
    const { calls } = await open({ Generations: () => someRuns(...runs) });
    expect(await screen.findAllByRole('article')).toHaveLength(20);
    expect(calls.find(({ name }) => name === 'Generations')?.variables).toMatchObject({
      first: 20, filter: { operation: ['LEGNEXT_DIFFUSION'], requestedBy: 'user-1' },
    });
    expect(screen.queryByRole('button', { name: /small harbour/ })).not.toBeInTheDocument();
  });

  it('TEST-58: keeps what stands in the form while one is elsewhere', async () => {
    await open();
    write(prompt(), 'half a thought');
    cleanup();
    await open();
    expect(prompt()).toHaveValue('half a thought');
  });
});

describe('presets', () => {
  const choose = (user: ReturnType<typeof userEvent.setup>, label: string) =>
    user.selectOptions(screen.getByRole('combobox', { name: 'Preset' }), label);

  it('are saved under a name, loaded, renamed and deleted, and come back after an undo', async () => {
    await open();
    const user = userEvent.setup();
    expect(screen.getByRole('combobox', { name: 'Preset' })).toHaveDisplayValue('Defaults');
    await user.click(screen.getByLabelText('21:9'));
    expect(screen.getByRole('combobox', { name: 'Preset' })).toHaveDisplayValue('Not saved');
    await user.click(screen.getByRole('button', { name: 'Save as preset' }));
    await user.type(screen.getByRole('textbox', { name: /Name of the preset/ }), 'Wide{Enter}');
    expect(screen.getByRole('combobox', { name: 'Preset' })).toHaveDisplayValue('Wide');
    expect(localStorage.getItem('keyledger-presets')).toContain('user-1/legnext');

    await choose(user, 'Defaults');
    expect(screen.getByLabelText('1:1')).toBeChecked();
    await choose(user, 'Wide');
    expect(screen.getByLabelText('21:9')).toBeChecked();

    await user.click(screen.getByRole('button', { name: 'Rename' }));
    await user.clear(screen.getByRole('textbox', { name: /Name of the preset/ }));
    await user.type(screen.getByRole('textbox', { name: /Name of the preset/ }), 'Banner{Enter}');
    expect(screen.getByRole('combobox', { name: 'Preset' })).toHaveDisplayValue('Banner');
    await user.click(screen.getByRole('button', { name: 'Delete' }));
    expect(screen.queryByRole('option', { name: 'Banner' })).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(screen.getByRole('combobox', { name: 'Preset' })).toHaveDisplayValue('Banner');
    expect(localStorage.getItem('keyledger-presets')).not.toContain('prompt');
  });
});
