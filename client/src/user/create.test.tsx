import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { fakeServer, refusal } from '../../test/fake-server';
import { renderIn } from '../../test/render';
import CreateUserDialog from './create-user-dialog';
import { SearchHelp } from './search-help';
import { aUser } from './user.fixture';

jest.mock('../session', () => ({ useSession: () => ({ viewer: { role: 'ADMIN', user: { id: 'me' } } }) }));

describe('creating people', () => {
  it('offers only roles that one may give', async () => {
    const { around } = fakeServer({});
    await renderIn(around(<CreateUserDialog onClose={jest.fn()} onCreated={jest.fn()} />));
    expect(screen.getAllByRole('option').map(({ textContent }) => textContent)).toEqual(['Auditor', 'User']);
  });

  it('makes a pasted list, says whom the server refused, and keeps the list to be corrected', async () => {
    let taken = true;
    const { around, inputs } = fakeServer({
      CreateUsers: ({ input: { users } }) => ({
        createUsers: taken
          ? { position: null, results: null, errors: [refusal('email_taken', ['input', 'users', '1', 'email'], 'E4091')] }
          : { position: '1', results: users.map((_: object, index: number) => ({ index, user: aUser(`U${index}`), errors: [] })), errors: [] },
      }),
    });
    const user = userEvent.setup();
    const [onClose, onCreated] = [jest.fn(), jest.fn()];
    await renderIn(around(<CreateUserDialog onClose={onClose} onCreated={onCreated} />));
    await user.click(screen.getByRole('radio', { name: 'Several' }));
    await user.click(screen.getByRole('textbox', { name: 'Addresses' }));
    await user.paste('ada@example.com, Ada\nBob <bob@example.com>\nnot an address');
    expect(screen.getByText('No address in 1 line: not an address')).toBeInTheDocument();
    await user.type(screen.getByRole('textbox', { name: 'Organisation' }), 'Physics');
    await user.click(screen.getByRole('button', { name: 'Create 2 users' }));

    expect(await screen.findByRole('alert')).toHaveTextContent('bob@example.com: Another user has this email.');
    expect(onClose).not.toHaveBeenCalled();
    expect(inputs('CreateUsers')).toEqual([{
      users: [
        { email: 'ada@example.com', displayName: 'Ada', role: 'USER', organization: 'Physics' },
        { email: 'bob@example.com', displayName: 'Bob', role: 'USER', organization: 'Physics' },
      ],
    }]);
    taken = false;
    await user.click(screen.getByRole('button', { name: 'Create 2 users' }));
    expect(onCreated).toHaveBeenCalledTimes(2);
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it('keeps in the list only whom it did not make, to be corrected', async () => {
    const { around, inputs } = fakeServer({
      CreateUsers: ({ input: { users } }) => ({
        createUsers: {
          position: '1', errors: [],
          results: users.map(({ email }: { email: string }, index: number) => (email.startsWith('bob')
            ? { index, user: null, errors: [refusal('email_taken', ['input', 'users', String(index), 'email'], 'E4091')] }
            : { index, user: aUser(`U${index}`), errors: [] })),
        },
      }),
    });
    const user = userEvent.setup();
    const onClose = jest.fn();
    await renderIn(around(<CreateUserDialog onClose={onClose} onCreated={jest.fn()} />));
    await user.click(screen.getByRole('radio', { name: 'Several' }));
    await user.click(screen.getByRole('textbox', { name: 'Addresses' }));
    await user.paste('ada@example.com, Ada\n"Bond, Bob" <bob@example.com>\nnot an address');
    await user.click(screen.getByRole('button', { name: 'Create 2 users' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('bob@example.com: Another user has this email.');
    expect(screen.getByRole('textbox', { name: 'Addresses' })).toHaveValue('"Bond, Bob" <bob@example.com>\nnot an address');
    await user.click(screen.getByRole('button', { name: 'Create 1 user' }));
    expect(inputs('CreateUsers')[1]).toEqual({ users: [{ email: 'bob@example.com', displayName: 'Bond, Bob', role: 'USER' }] });
    expect(onClose).not.toHaveBeenCalled();
  });

  it('keeps what was typed for one and for several while one looks at the other', async () => {
    const { around } = fakeServer({});
    const user = userEvent.setup();
    await renderIn(around(<CreateUserDialog onClose={jest.fn()} onCreated={jest.fn()} />));
    await user.type(screen.getByRole('textbox', { name: 'Name' }), 'Ada');
    await user.click(screen.getByRole('radio', { name: 'Several' }));
    await user.type(screen.getByRole('textbox', { name: 'Addresses' }), 'a@x.test');
    await user.click(screen.getByRole('radio', { name: 'One' }));
    expect(screen.getByRole('textbox', { name: 'Name' })).toHaveValue('Ada');
    await user.click(screen.getByRole('radio', { name: 'Several' }));
    expect(screen.getByRole('textbox', { name: 'Addresses' })).toHaveValue('a@x.test');
  });

  it('takes a hundred at once and no more', async () => {
    const { around } = fakeServer({});
    const user = userEvent.setup();
    await renderIn(around(<CreateUserDialog onClose={jest.fn()} onCreated={jest.fn()} />));
    await user.click(screen.getByRole('radio', { name: 'Several' }));
    await user.click(screen.getByRole('textbox', { name: 'Addresses' }));
    await user.paste(Array.from({ length: 101 }, (_, index) => `u${index}@example.com`).join('\n'));
    expect(screen.getByText('At most 100 at once. Use the import for more.')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Create 101 users' })).toBeDisabled();
  });
});

it('explains the prefixes of the search', async () => {
  const user = userEvent.setup();
  await renderIn(<SearchHelp />);
  await user.click(screen.getByRole('button', { name: 'How to search' }));
  const help = await screen.findByRole('dialog', { name: 'How to search' });
  ['@user:', '@org:', '@model:', '@info:'].forEach((prefix) => expect(help).toHaveTextContent(prefix));
  await user.keyboard('{Escape}');
  expect(screen.getByRole('button', { name: 'How to search' })).toHaveFocus();
});
