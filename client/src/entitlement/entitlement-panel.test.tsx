import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { fakeServer } from '../../test/fake-server';
import { renderIn } from '../../test/render';
import { EntitlementPanel } from './entitlement-panel';

let mayGrant = true;

jest.mock('../setup', () => ({ useMay: () => mayGrant }));

const nothing = { __typename: 'Entitlements', models: null, services: null, features: null };

const server = () => fakeServer({
  TenantEntitlements: () => ({
    entitlements: {
      __typename: 'TenantEntitlements',
      tenant: { ...nothing, models: ['all-team-models'] },
      tiers: [{ __typename: 'TierEntitlements', tier: 'free', entitlements: { ...nothing, models: ['gpt-4o-mini'], features: ['CHAT'] } }],
    },
  }),
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
  expect(onGranted).toHaveBeenCalledTimes(1);

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
  await user.type(await screen.findByRole('textbox', { name: 'Name of another tier' }), 'class-7');
  await user.click(screen.getByRole('button', { name: 'Add tier' }));
  expect(screen.getByRole('combobox', { name: 'For whom' })).toHaveValue('class-7');
  await user.selectOptions(screen.getByRole('combobox', { name: 'Models' }), 'all');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(inputs('SetEntitlements')).toEqual([{ subjectKind: 'TIER', tier: 'class-7', models: ['all-team-models'] }]);
});

it('only shows to those who may not grant', async () => {
  mayGrant = false;
  const { around } = server();
  await renderIn(around(<EntitlementPanel />));
  expect(await screen.findByText('All models')).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Save' })).not.toBeInTheDocument();
});
