import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { someViewer } from '../../test/viewer';
import type { TenantRow } from './list';
import TenantScreen from './tenant-screen';

jest.mock('../session', () => ({
  changeViewer: jest.fn(), refreshSession: jest.fn(), useMay: () => false, useSession: () => ({ viewer: someViewer() }),
}));

const tenant: TenantRow = {
  __typename: 'Tenant', id: 'tenant-1', name: 'Acme', slug: 'acme', state: 'ACTIVE', isDefault: false, features: [],
  branding: { __typename: 'Branding', pageTitle: null, browserTitle: null, logoUrl: null },
  createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z', revision: '1',
};

it('keeps what was typed while the server cannot be reached, after a save as well', async () => {
  let down = false;
  await renderApp(<TenantScreen />, { answers: {
    OwnTenant: () => (down ? undefined : { viewer: { __typename: 'Viewer', tenant } }),
    ChangeBranding: () => ({ changeBranding: { position: '2', tenant, errors: [] } }),
  } });
  const user = userEvent.setup();
  down = true;
  await user.type(await screen.findByLabelText(/^Name of the tenant/), ' Ltd');
  await user.type(screen.getByLabelText('Name in the browser tab'), 'A!');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('OFFLINE')).toBeInTheDocument();
  expect(screen.getByLabelText(/^Name of the tenant/)).toHaveValue('Acme Ltd');
  expect(screen.getByLabelText('Name in the browser tab')).toHaveValue('A!');
});

it('keeps the form where something was saved and what is held now cannot be asked for', async () => {
  let down = false;
  await renderApp(<TenantScreen />, { answers: {
    OwnTenant: () => (down ? undefined : { viewer: { __typename: 'Viewer', tenant } }),
    RenameTenant: () => ({ renameTenant: { position: '2', tenant, errors: [] } }),
    ChangeBranding: () => undefined,
  } });
  const user = userEvent.setup();
  down = true;
  await user.type(await screen.findByLabelText(/^Name of the tenant/), ' Ltd');
  await user.type(screen.getByLabelText('Name in the browser tab'), 'A!');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  // One for what is held now, one for the titles.
  expect(await screen.findAllByText('OFFLINE')).toHaveLength(2);
  expect(screen.getByLabelText('Name in the browser tab')).toHaveValue('A!');
  down = false;
  await user.click(screen.getAllByRole('button', { name: 'Try again' })[0] as HTMLElement);
  expect(await screen.findAllByText('OFFLINE')).toHaveLength(1);
  expect(screen.getByLabelText('Name in the browser tab')).toHaveValue('A!');
});
