import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import TenantsScreen from './tenants-screen';

it('a tenant whose link was lost on the way says so: its owner cannot get in', async () => {
  const answers = [undefined, { createTenant: { position: '9', tenant: null, passwordLink: null, errors: [] } }];
  const { calls } = await renderApp(<TenantsScreen />, { answers: {
    Tenants: () => ({ tenants: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } }), CreateTenant: () => answers.shift(),
  } });
  const user = userEvent.setup();
  await user.click((await screen.findAllByRole('button', { name: 'Create tenant' }))[0] as HTMLElement);
  const form = await screen.findByRole('dialog');
  const create = () => user.click(within(form).getByRole('button', { name: 'Create tenant' }));
  await user.type(within(form).getByLabelText(/^Name of the tenant/), 'School A');
  await user.type(within(form).getByLabelText(/^Name of its first owner/), 'Ada');
  await user.type(within(form).getByLabelText(/^Email of its first owner/), 'ada@example.test');
  await create();
  expect(await within(form).findByText('OFFLINE')).toBeInTheDocument();
  await create();
  const lost = await screen.findByRole('dialog', { name: 'School A is created, its link is lost' });
  expect(lost).toHaveTextContent(/ada@example\.test sets the first password can no longer be shown.*Suspend this tenant/);
  const sent = calls.filter(({ name }) => name === 'CreateTenant').map(({ variables }) => variables.input.idempotencyKey);
  expect(sent[1]).toBe(sent[0]);
});
