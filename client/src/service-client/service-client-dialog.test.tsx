import { useState } from 'react';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { refusal } from '../../test/fake-server';
import type { ServiceClientRow } from './list';
import ServiceClientDialog from './service-client-dialog';

const held: ServiceClientRow = {
  __typename: 'ServiceClient', id: 'client-1', name: 'reports', scopes: ['runs:read', 'audit:read'],
  createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z', revision: '1',
};
const taken = { ...held, scopes: ['runs:read'] };

const grantable = () => ({ grantableScopes: ['runs:read', 'audit:read', 'users:read'].map((scope) => ({ scope, about: '' })) });
const updated = () => ({ updateServiceClient: { position: '2', serviceClient: held, errors: [] } });

/** The dialog over a list in which somebody else takes a right away. */
function Opened() {
  const [serviceClient, change] = useState(held);
  return (
    <>
      <ServiceClientDialog serviceClient={serviceClient} onClose={() => undefined} onSaved={() => undefined} />
      <button type="button" onClick={() => change(taken)}>Take away</button>
    </>
  );
}

const takeAway = () => userEvent.setup({ pointerEventsCheck: 0 }).click(screen.getByText('Take away'));

describe('a change of a service client', () => {
  it('sends only the name where only the name was changed', async () => {
    const { inputs } = await renderApp(<Opened />, { answers: { GrantableScopes: grantable, UpdateServiceClient: updated } });
    const user = userEvent.setup();
    await takeAway();
    await user.type(await screen.findByLabelText(/^Name/), ' 2');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(inputs('UpdateServiceClient')).toEqual([{ clientId: 'client-1', name: 'reports 2' }]);
  });

  it('gives back no right that somebody else took away meanwhile', async () => {
    const { inputs } = await renderApp(<Opened />, { answers: { GrantableScopes: grantable, UpdateServiceClient: updated } });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('checkbox', { name: 'see people' }));
    await takeAway();
    expect(screen.getByRole('checkbox', { name: 'read the audit log' })).not.toBeChecked();
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(inputs('UpdateServiceClient')).toEqual([{ clientId: 'client-1', scopes: ['runs:read', 'users:read'] }]);
  });
});

it('what may be granted can be asked for again, and hides no refusal while it is not known', async () => {
  let known = false;
  const refused = { createServiceClient: { position: null, serviceClient: null, errors: [refusal('busy', ['input', 'scopes'])] } };
  await renderApp(<ServiceClientDialog onClose={() => undefined} onSaved={() => undefined} />, {
    answers: { GrantableScopes: () => (known ? grantable() : undefined), CreateServiceClient: () => refused },
  });
  const user = userEvent.setup();
  expect(await screen.findByText('OFFLINE')).toBeInTheDocument();
  await user.type(screen.getByLabelText(/^Name/), 'reports');
  await user.click(screen.getByRole('button', { name: 'Create service client' }));
  expect(await screen.findByText('V1001')).toBeInTheDocument();
  known = true;
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('checkbox', { name: 'see people' })).toBeInTheDocument();
  expect(screen.queryByText('OFFLINE')).not.toBeInTheDocument();
});
