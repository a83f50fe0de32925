import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { fakeServer, refusal } from '../../test/fake-server';
import { renderIn } from '../../test/render';
import ImportDialog from './import-dialog';

const rows = (count: number) => Array.from({ length: count }, (_, index) => `u${index}@example.com,U ${index}`);
const fileOf = (count: number) => new File([['email,displayName', ...rows(count)].join('\r\n')], 'people.csv', { type: 'text/csv' });

/** Creates everybody, and refuses the third line of every part. */
function server(reachable: () => boolean = () => true) {
  return fakeServer({
    ImportUsers: ({ input: { csv } }) => (reachable() ? {
      importUsers: {
        position: '1', created: 0, updated: 0, errors: [],
        lines: csv.split('\n').slice(1).map((line: string, index: number) => ({
          line: index + 2,
          outcome: index === 1 ? 'REFUSED' : 'CREATE',
          email: line.split(',')[0],
          errors: index === 1 ? [refusal('is_email', ['input', 'csv', String(index + 2), 'email'])] : [],
        })),
      },
    } : undefined),
  });
}

const input = () => document.querySelector<HTMLInputElement>('input[type=file]')!;

it('tries a long file in parts without changing anything, reports by the lines of the file, then imports', async () => {
  const { around, inputs } = server();
  const user = userEvent.setup();
  const [onClose, onImported] = [jest.fn(), jest.fn()];
  await renderIn(around(<ImportDialog onClose={onClose} onImported={onImported} />));
  await user.upload(input(), fileOf(1_100));
  expect(await screen.findByText('people.csv')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Check' }));

  expect(await screen.findByText('1097 · to create')).toBeInTheDocument();
  expect(inputs('ImportUsers').map(({ csv, dryRun }) => [csv.split('\n').length, csv.split('\n')[1], dryRun])).toEqual([
    [501, 'u0@example.com,U 0', true], [501, 'u500@example.com,U 500', true], [101, 'u1000@example.com,U 1000', true],
  ]);
  await user.click(screen.getByRole('checkbox', { name: 'Only the refused' }));
  const refused = screen.getAllByRole('row').slice(1);
  expect(refused.map((row) => row.querySelector('td')?.textContent)).toEqual(['3', '503', '1003']);
  expect(refused[1]).toHaveTextContent('u501@example.com');
  expect(refused[1]).toHaveTextContent('email This is not an email address.');
  expect(onImported).not.toHaveBeenCalled();

  await user.click(screen.getByRole('button', { name: 'Import' }));
  expect(await screen.findByText('The import is complete.')).toBeInTheDocument();
  expect(screen.getByText('1097 · created')).toBeInTheDocument();
  expect(inputs('ImportUsers').slice(3).map(({ dryRun }) => dryRun)).toEqual([false, false, false]);
  await user.click(screen.getAllByRole('button', { name: 'Close' }).at(-1)!);
  expect(onImported).toHaveBeenCalledTimes(1);
  expect(onClose).toHaveBeenCalledTimes(1);
}, 20_000);

it('goes on where it stopped when a part had no answer', async () => {
  let answers = 0;
  const { around, inputs } = server(() => {
    answers += 1;
    return answers !== 4;
  });
  const user = userEvent.setup();
  await renderIn(around(<ImportDialog onClose={jest.fn()} onImported={jest.fn()} />));
  await user.upload(input(), fileOf(600));
  await user.click(await screen.findByRole('button', { name: 'Check' }));
  await user.click(await screen.findByRole('button', { name: 'Import' }));
  expect(await screen.findByText('The server cannot be reached.')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('The import is complete.')).toBeInTheDocument();
  const applied = inputs('ImportUsers').filter(({ dryRun }) => !dryRun).map(({ csv }) => csv.split('\n')[1]);
  expect(applied).toEqual(['u0@example.com,U 0', 'u500@example.com,U 500', 'u500@example.com,U 500']);
}, 20_000);

it('never turns a trial that had no answer into the import itself', async () => {
  let answers = 0;
  const { around, inputs } = server(() => {
    answers += 1;
    return answers > 1;
  });
  const user = userEvent.setup();
  await renderIn(around(<ImportDialog onClose={jest.fn()} onImported={jest.fn()} />));
  await user.upload(input(), fileOf(3));
  await user.click(await screen.findByRole('button', { name: 'Check' }));
  await user.click(await screen.findByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('2 · to create')).toBeInTheDocument();
  expect(inputs('ImportUsers').map(({ dryRun }) => dryRun)).toEqual([true, true]);
});

it('shows how far the import is, not the trial before it', async () => {
  const seen: number[] = [];
  const { around } = fakeServer({
    ImportUsers: ({ input: { csv, dryRun } }) => {
      if (!dryRun) {
        seen.push(screen.getByRole<HTMLProgressElement>('progressbar').value);
      }
      const lines = csv.split('\n').slice(1).map((_: string, index: number) => ({ line: index + 2, outcome: 'CREATE', email: '', errors: [] }));
      return { importUsers: { position: '1', created: 0, updated: 0, errors: [], lines } };
    },
  });
  const user = userEvent.setup();
  await renderIn(around(<ImportDialog onClose={jest.fn()} onImported={jest.fn()} />));
  await user.upload(input(), fileOf(600));
  await user.click(await screen.findByRole('button', { name: 'Check' }));
  await user.click(await screen.findByRole('button', { name: 'Import' }));
  expect(await screen.findByText('The import is complete.')).toBeInTheDocument();
  expect(seen[0]).toBe(0);
});

it('takes the same file again after it was corrected, and says when one cannot be read', async () => {
  const { around } = server();
  const user = userEvent.setup();
  await renderIn(around(<ImportDialog onClose={jest.fn()} onImported={jest.fn()} />));
  const gone = fileOf(1);
  gone.text = async () => Promise.reject(new DOMException('gone', 'NotReadableError'));
  await user.upload(input(), gone);
  expect(await screen.findByRole('alert')).toBeInTheDocument();
  expect(input().value).toBe('');
  await user.upload(input(), fileOf(2));
  expect(await screen.findByText('people.csv')).toBeInTheDocument();
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
});

it('takes pasted text, and shows what makes a file unreadable', async () => {
  const { around } = fakeServer({
    ImportUsers: () => ({ importUsers: { position: null, lines: null, created: null, updated: null, errors: [refusal('csv_columns', ['input', 'csv'])] } }),
  });
  const user = userEvent.setup();
  await renderIn(around(<ImportDialog onClose={jest.fn()} onImported={jest.fn()} />));
  expect(screen.getByRole('button', { name: 'Check' })).toBeDisabled();
  await user.type(screen.getByRole('textbox', { name: 'Or paste the text' }), 'mail{Enter}a@x.test');
  await user.click(screen.getByRole('button', { name: 'Check' }));
  await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('The columns of the first line are not right.'));
  expect(screen.getByRole('textbox', { name: 'Or paste the text' })).toHaveValue('mail\na@x.test');
});
