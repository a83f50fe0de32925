import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { fakeServer } from '../../test/fake-server';
import { renderIn } from '../../test/render';
import { EntitlementPanel } from './entitlement-panel';

let mayGrant = true;

jest.mock('../session', () => ({ useMay: () => mayGrant }));

const nothing = { __typename: 'Entitlements', models: null, services: null, features: null };

const held = () => ({
  entitlements: {
    __typename: 'TenantEntitlements',
    tenant: { ...nothing, models: ['all-team-models'] },
    tiers: [{ __typename: 'TierEntitlements', tier: 'free', entitlements: { ...nothing, models: ['gpt-4o-mini'], features: ['CHAT'] } }],
  },
});

const server = (tenantEntitlements: () => object | undefined = held) => fakeServer({
  TenantEntitlements: tenantEntitlements,
  SetEntitlements: () => ({ setEntitlements: { position: '1', entitlements: nothing, errors: [] } }),
});

beforeEach(() => {
  mayGrant = true;
});

it('tells nothing set, everything and an empty list apart, and sends only what was changed', async () => {
  const { around, inputs } = server();
  const user = userEvent.setup();
  const onGranted = jest.fn();
  await renderIn(around(<EntitlementPanel onGranted={onGranted} />));
  expect(await screen.findByRole('combobox', { name: 'Models' })).toHaveValue('all');
  await user.selectOptions(screen.getByRole('combobox', { name: 'Services' }), 'named');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(inputs('SetEntitlements')).toEqual([{ subjectKind: 'TENANT', services: [] }]);
  await waitFor(() => expect(onGranted).toHaveBeenCalledTimes(1));

  await user.selectOptions(screen.getByRole('combobox', { name: 'For whom' }), 'free');
  expect(screen.getByRole('combobox', { name: 'Models' })).toHaveValue('named');
  await user.selectOptions(screen.getByRole('combobox', { name: 'Models' }), 'unset');
  await user.click(screen.getByRole('checkbox', { name: 'Runs' }));
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(inputs('SetEntitlements')[1]).toEqual({ subjectKind: 'TIER', tier: 'free', models: null, features: ['CHAT', 'RUNS'] });
});

it('starts another tier with nothing set', async () => {
  const { around, inputs } = server();
  const user = userEvent.setup();
  await renderIn(around(<EntitlementPanel />));
  await user.type(await screen.findByRole('textbox', { name: 'Name of another tier' }), 'Class 7');
  await user.click(screen.getByRole('button', { name: 'Add tier' }));
  expect(screen.getByRole('combobox', { name: 'For whom' })).toHaveValue('Class 7');
  await user.selectOptions(screen.getByRole('combobox', { name: 'Models' }), 'all');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(inputs('SetEntitlements')).toEqual([{ subjectKind: 'TIER', tier: 'Class 7', models: ['all-team-models'] }]);
});

it('keeps what was chosen while the question of what is set fails in the background', async () => {
  let down = false;
  const { around, inputs } = server(() => (down ? undefined : held()));
  const user = userEvent.setup();
  await renderIn(around(<EntitlementPanel />));
  await user.selectOptions(await screen.findByRole('combobox', { name: 'Models' }), 'unset');
  down = true;
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('OFFLINE')).toBeInTheDocument();
  await user.selectOptions(screen.getByRole('combobox', { name: 'Services' }), 'named');
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(screen.getByRole('combobox', { name: 'Services' })).toHaveValue('named');
  down = false;
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(screen.queryByText('OFFLINE')).not.toBeInTheDocument());
  expect(inputs('SetEntitlements')[1]).toMatchObject({ services: [] });
});

it('shows at once what somebody else granted, beside what is being chosen', async () => {
  let entitlements = held();
  const { around } = server(() => entitlements);
  const user = userEvent.setup();
  await renderIn(around(<EntitlementPanel />));
  await user.selectOptions(await screen.findByRole('combobox', { name: 'Services' }), 'named');
  entitlements = { entitlements: { ...held().entitlements, tenant: { ...nothing, features: ['CHAT'] } } } as never;
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(screen.getByRole('combobox', { name: 'Models' })).toHaveValue('unset'));
  expect(screen.getByRole('combobox', { name: 'Features' })).toHaveValue('named');
});

it('asks before what was chosen is left for another subject', async () => {
  const confirm = jest.spyOn(window, 'confirm').mockReturnValue(false);
  const { around } = server();
  const user = userEvent.setup();
  await renderIn(around(<EntitlementPanel />));
  const subject = await screen.findByRole('combobox', { name: 'For whom' });
  await user.selectOptions(screen.getByRole('combobox', { name: 'Services' }), 'named');
  await user.selectOptions(subject, 'free');
  expect(subject).toHaveValue('');
  expect(screen.getByRole('combobox', { name: 'Services' })).toHaveValue('named');
  await user.type(screen.getByRole('textbox', { name: 'Name of another tier' }), 'Class 7{Enter}');
  expect(subject).toHaveValue('');
  confirm.mockReturnValue(true);
  await user.selectOptions(subject, 'free');
  expect(subject).toHaveValue('free');
  expect(confirm).toHaveBeenCalledTimes(3);
  await user.selectOptions(subject, '');
  expect(screen.getByRole('combobox', { name: 'Services' })).toHaveValue('unset');
  expect(confirm).toHaveBeenCalledTimes(3);
});

it('only shows to those who may not grant', async () => {
  mayGrant = false;
  const { around } = server();
  await renderIn(around(<EntitlementPanel />));
  expect(await screen.findByText('All models')).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Save' })).not.toBeInTheDocument();
});
