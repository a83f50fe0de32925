import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import VirtualKeysScreen from './virtual-keys-screen';

jest.mock('../session', () => ({ useMay: () => true }));

it('a key whose secret was lost on the way says so, and what to do now', async () => {
  const answers = [undefined, { issueKey: { position: '9', secret: null, virtualKey: null, errors: [] } }];
  const { calls } = await renderApp(<VirtualKeysScreen />, { answers: {
    VirtualKeys: () => ({ virtualKeys: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } }),
    KeyOwners: () => ({ users: { nodes: [{ id: 'user-1', displayName: 'Ada', email: null }] } }),
    IssueKey: () => answers.shift(),
  } });
  const user = userEvent.setup();
  await user.click((await screen.findAllByRole('button', { name: 'Issue key' }))[0] as HTMLElement);
  const form = await screen.findByRole('dialog');
  const issue = () => user.click(within(form).getByRole('button', { name: 'Issue key' }));
  await user.click(within(form).getByPlaceholderText('Search a user'));
  await user.click(await screen.findByRole('option', { name: 'Ada' }));
  await user.type(within(form).getByLabelText(/^Alias/), 'ada-laptop');
  await issue();
  expect(await within(form).findByText('OFFLINE')).toBeInTheDocument();
  await issue();
  expect(await screen.findByRole('dialog', { name: 'Key ada-laptop is issued' })).toHaveTextContent(/Issue another key under another alias/);
  const sent = calls.filter(({ name }) => name === 'IssueKey').map(({ variables }) => variables.input.idempotencyKey);
  expect(sent[1]).toBe(sent[0]);
});
