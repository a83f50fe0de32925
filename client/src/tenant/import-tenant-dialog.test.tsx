import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import ImportTenantDialog from './import-tenant-dialog';

const imported = (changes: string[]) => ({ importTenant: { position: '1', tenant: null, changes, errors: [] } });
const field = () => screen.getByLabelText(/^Configuration \(JSON\)/);

describe('import of a tenant', () => {
  it('TEST-01: shows what changes before it changes anything, and checks another text anew', async () => {
    const onImported = jest.fn();
    const { calls } = await renderApp(<ImportTenantDialog onClose={() => undefined} onImported={onImported} />, {
      answers: { ImportTenant: () => imported(['name: Acme -> Acme Ltd']) },
    });
    const user = userEvent.setup();
    const modes = () => calls.map(({ variables }) => (variables.input as { dryRun: boolean }).dryRun);
    await user.click(field());
    await user.paste('{"slug": "acme"}');
    expect(screen.queryByRole('button', { name: 'Import' })).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show what changes' }));
    expect(await screen.findByText('name: Acme -> Acme Ltd')).toBeInTheDocument();
    expect(modes()).toEqual([true]);

    await user.click(field());
    await user.paste(' ');
    expect(screen.queryByRole('button', { name: 'Import' })).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show what changes' }));
    await user.click(await screen.findByRole('button', { name: 'Import' }));
    expect(modes()).toEqual([true, true, false]);
    expect(calls[2]?.variables.input).toMatchObject({ configuration: { slug: 'acme' } });
    expect(onImported).toHaveBeenCalledTimes(1);
  });

  it('has nothing to do where nothing changes', async () => {
    await renderApp(<ImportTenantDialog onClose={() => undefined} onImported={() => undefined} />, {
      answers: { ImportTenant: () => imported([]) },
    });
    const user = userEvent.setup();
    await user.click(field());
    await user.paste('{}');
    await user.click(screen.getByRole('button', { name: 'Show what changes' }));
    expect(await screen.findByText('Nothing changes')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Import' })).toBeDisabled();
  });

  it('says so where a file cannot be read, and keeps what was there', async () => {
    await renderApp(<ImportTenantDialog onClose={() => undefined} onImported={() => undefined} />);
    const user = userEvent.setup();
    await user.click(field());
    await user.paste('{}');
    const gone = new File(['x'], 'gone.json', { type: 'application/json' });
    gone.text = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
    await user.upload(screen.getByLabelText('Choose a file'), gone);
    expect(await screen.findByText('This file cannot be read.')).toBeInTheDocument();
    expect(field()).toHaveValue('{}');
  });

  it('knows without the server that a text is not JSON', async () => {
    const { calls } = await renderApp(<ImportTenantDialog onClose={() => undefined} onImported={() => undefined} />);
    const user = userEvent.setup();
    await user.click(field());
    await user.paste('{slug: acme}');
    await user.click(screen.getByRole('button', { name: 'Show what changes' }));
    expect(await screen.findByText('This is not JSON.')).toBeInTheDocument();
    expect(calls).toEqual([]);
  });
});
