import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { fakeServer, refusal } from '../../test/fake-server';
import { renderIn } from '../../test/render';
import BatchDeactivateDialog from './batch-deactivate-dialog';
import BatchDeleteDialog from './batch-delete-dialog';
import BatchEditDialog from './batch-edit-dialog';
import { aUser } from './user.fixture';

jest.mock('../session', () => ({ useSession: () => ({ viewer: { role: 'OWNER', user: { id: 'me' } } }), useMay: () => true }));

const [ada, bob, eve] = [aUser('Ada'), aUser('Bob'), aUser('Eve')];
const done = (index: number, user: object) => ({ index, user, errors: [] });
const refused = (index: number, rule: string) => ({ index, user: null, errors: [refusal(rule)] });

describe('editing many', () => {
  const server = (results: object[]) => fakeServer({ UpdateUsers: () => ({ updateUsers: { position: '1', results, errors: [] } }) });

  it('sends what was set and cleared, keeps the rest, and tells what became of each', async () => {
    const { around, inputs } = server([done(0, { ...ada, tier: 'pro', revision: '1' }), refused(1, 'role_above'), done(2, eve)]);
    const user = userEvent.setup();
    const [onChanged, onDone] = [jest.fn(), jest.fn()];
    await renderIn(around(<BatchEditDialog users={[ada, bob, eve]} onChanged={onChanged} onDone={onDone} />));
    await user.type(screen.getByRole('textbox', { name: 'Note' }), 'typed, then cleared after all');
    await user.click(screen.getByRole('checkbox', { name: 'Clear Note' }));
    expect(screen.getByRole('textbox', { name: 'Note' })).toBeDisabled();
    await user.type(screen.getByRole('textbox', { name: 'Tier' }), 'pro');
    await user.click(screen.getByRole('button', { name: 'Edit 3' }));

    expect(await screen.findByText('2 done, 1 refused.')).toBeInTheDocument();
    expect(inputs('UpdateUsers')).toEqual([{ userIds: [ada.id, bob.id, eve.id], note: null, tier: 'pro' }]);
    expect(onChanged).toHaveBeenCalledTimes(2);
    expect(onChanged).toHaveBeenCalledWith(expect.objectContaining({ id: ada.id, tier: 'pro' }));
    const items = within(screen.getByRole('list', { name: 'Result for each' })).getAllByRole('listitem');
    expect(items[0]).toHaveTextContent('Bob You manage only people whose role is below yours.');
    await user.click(screen.getByRole('button', { name: 'Select the refused' }));
    expect(onDone).toHaveBeenCalledWith([bob.id]);
  });

  it('sends nothing when nothing would change, and says so', async () => {
    const { around, asked } = server([]);
    const user = userEvent.setup();
    await renderIn(around(<BatchEditDialog users={[ada, bob]} onChanged={jest.fn()} onDone={jest.fn()} />));
    await user.click(screen.getByRole('button', { name: 'Edit 2' }));
    expect(screen.getByRole('alert')).toHaveTextContent('Nothing would change');
    expect(asked).toEqual([]);
  });
});

describe('deleting many', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('asks for the number in words and sends each part with its own', async () => {
    const users = Array.from({ length: 130 }, (_, index) => aUser(`U${index}`));
    const { around, inputs } = fakeServer({
      DeleteUsers: ({ input }) => ({
        deleteUsers: { position: '1', results: input.userIds.map((id: string, index: number) => done(index, { ...ada, id })), errors: [] },
      }),
    });
    const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });
    await renderIn(around(<BatchDeleteDialog users={users} onChanged={jest.fn()} onDone={jest.fn()} />));
    act(() => jest.advanceTimersByTime(2_000));
    const button = screen.getByRole('button', { name: 'Delete 130 users' });
    await user.type(screen.getByRole('textbox'), 'delete 13 users');
    expect(button).toBeDisabled();
    await user.clear(screen.getByRole('textbox'));
    await user.type(screen.getByRole('textbox'), 'delete 130 users');
    await user.click(button);
    expect(await screen.findByText('130 done, 0 refused.')).toBeInTheDocument();
    expect(inputs('DeleteUsers').map(({ userIds, confirmation }) => [userIds.length, confirmation]))
      .toEqual([[100, 'delete 100 users'], [30, 'delete 30 users']]);
  });
});

describe('deactivating many', () => {
  it('goes on past a refusal, stops where there is no answer, and goes on from there', async () => {
    let reachable = false;
    const { around, inputs } = fakeServer({
      DeactivateUser: ({ input: { userId } }) => {
        if (userId === eve.id && !reachable) {
          return undefined;
        }
        return { deactivateUser: userId === ada.id
          ? { position: null, user: null, errors: [refusal('last_owner', null, 'B2003')] }
          : { position: '1', user: { ...bob, id: userId, state: 'DEACTIVATED' }, errors: [] } };
      },
      ReactivateUser: ({ input: { userId } }) => ({ reactivateUser: { position: '2', user: { ...bob, id: userId }, errors: [] } }),
    });
    const user = userEvent.setup();
    const onDone = jest.fn();
    await renderIn(around(<BatchDeactivateDialog users={[ada, bob, eve]} onChanged={jest.fn()} onDone={onDone} />));
    await user.click(screen.getByRole('button', { name: 'Deactivate 3 users' }));
    expect(await screen.findByText('The server cannot be reached.')).toBeInTheDocument();
    reachable = true;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('2 done, 1 refused.')).toBeInTheDocument();
    expect(inputs('DeactivateUser').map(({ userId }) => userId)).toEqual([ada.id, bob.id, eve.id, eve.id]);

    await user.click(screen.getByRole('button', { name: 'Undo: reactivate them' }));
    await waitFor(() => expect(onDone).toHaveBeenCalledWith([]));
    expect(inputs('ReactivateUser').map(({ userId }) => userId)).toEqual([bob.id, eve.id]);
  });

  it.each(['E5031', 'E5041', 'E5001', 'E4291'])('asks a server that answers %s about nobody else', async (code) => {
    const { around, inputs } = fakeServer({
      DeactivateUser: () => ({ deactivateUser: { position: null, user: null, errors: [refusal('cost_budget', null, code)] } }),
    });
    const user = userEvent.setup();
    const onDone = jest.fn();
    await renderIn(around(<BatchDeactivateDialog users={[ada, bob, eve]} onChanged={jest.fn()} onDone={onDone} />));
    await user.click(screen.getByRole('button', { name: 'Deactivate 3 users' }));
    expect(await screen.findByRole('button', { name: 'Try again' })).toBeInTheDocument();
    expect(inputs('DeactivateUser')).toHaveLength(1);
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(onDone).toHaveBeenCalledWith([]);
  });

  it('shows what was done when one leaves it half way, to be undone or gone on with', async () => {
    const { around, inputs } = fakeServer({
      DeactivateUser: ({ input: { userId } }) => (userId === eve.id ? undefined
        : { deactivateUser: { position: '1', user: { ...bob, id: userId, state: 'DEACTIVATED' }, errors: [] } }),
      ReactivateUser: ({ input: { userId } }) => ({ reactivateUser: { position: '2', user: { ...bob, id: userId }, errors: [] } }),
    });
    const user = userEvent.setup();
    const onDone = jest.fn();
    await renderIn(around(<BatchDeactivateDialog users={[ada, eve, bob]} onChanged={jest.fn()} onDone={onDone} />));
    await user.click(screen.getByRole('button', { name: 'Deactivate 3 users' }));
    await screen.findByText('The server cannot be reached.');
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(onDone).not.toHaveBeenCalled();
    expect(screen.getByText('1 done, 0 refused.')).toBeInTheDocument();
    expect(screen.getByText('The server cannot be reached.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Undo: reactivate them' }));
    await waitFor(() => expect(onDone).toHaveBeenCalledWith([eve.id, bob.id]));
    expect(inputs('ReactivateUser')).toEqual([{ userId: ada.id }]);
  });
});

describe('while it works', () => {
  it('an edit of many cannot be left', async () => {
    const { around } = fakeServer({ UpdateUsers: () => ({ updateUsers: { position: '1', results: [done(0, ada)], errors: [] } }) });
    const user = userEvent.setup();
    const onDone = jest.fn();
    await renderIn(around(<BatchEditDialog users={[ada, bob]} onChanged={jest.fn()} onDone={onDone} />));
    await user.type(screen.getByRole('textbox', { name: 'Tier' }), 'pro');
    // Not awaited: the answer is still on its way.
    fireEvent.click(screen.getByRole('button', { name: 'Edit 2' }));
    expect(screen.getByRole('button', { name: 'Cancel' })).toBeDisabled();
    expect(screen.queryByRole('button', { name: 'Close' })).not.toBeInTheDocument();
    // The second has no result: that is no success.
    expect(await screen.findByText('1 done, 1 refused.')).toBeInTheDocument();
  });
});
