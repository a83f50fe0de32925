import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import UsersScreen from './users-screen';
import { aUser } from './user.fixture';

jest.mock('../session', () => ({ useSession: () => ({ viewer: { role: 'OWNER', user: { id: 'me' } } }), useMay: () => true }));

const nothing = { __typename: 'Entitlements', models: null, services: null, features: null };
const [ada, bob] = [aUser('Ada'), aUser('Bob')];
const adaGranted = aUser('Ada', { entitlements: { __typename: 'EffectiveEntitlements', models: ['gpt-4o', 'o9'] } });

it('amends the row of whoever is granted something, and leaves the list where it is', async () => {
  const { calls } = await renderApp(<UsersScreen />, {
    path: `/users?peek=${encodeURIComponent(ada.id)}`,
    answers: {
      Users: () => ({ users: { nodes: [ada, bob], pageInfo: { hasNextPage: false, endCursor: null } } }),
      UserById: () => ({ node: adaGranted }),
      UserAccess: () => ({
        node: {
          __typename: 'User', id: ada.id, sessions: [], clientKeys: [],
          usage: { __typename: 'Usage', totalRequests: 0, dailyRequests: 0, dailyLimit: 100, remainingRequests: 100 },
        },
      }),
      UserEntitlements: () => ({
        node: {
          __typename: 'User', id: ada.id,
          entitlements: {
            __typename: 'EffectiveEntitlements', models: ['gpt-4o'], services: [], features: [],
            fromTenant: nothing, fromTier: nothing, fromUser: nothing,
          },
        },
      }),
      SetEntitlements: () => ({ setEntitlements: { position: '1', entitlements: nothing, errors: [] } }),
    },
  });
  const row = await screen.findByRole('row', { name: /Ada/ });
  expect(row).not.toHaveTextContent('o9');
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: 'Change' }));
  await user.selectOptions(await screen.findByRole('combobox', { name: 'Services' }), 'named');
  const asked = () => calls.filter(({ name }) => name === 'Users').length;
  const before = asked();
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(within(row).getByText('o9')).toBeInTheDocument());
  expect(asked()).toBe(before);
});
