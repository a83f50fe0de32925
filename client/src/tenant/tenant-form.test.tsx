import { useState } from 'react';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { refusal } from '../../test/fake-server';
import { someViewer } from '../../test/viewer';
import { expired, hasSignedInAgain } from '../graphql/session-expiry';
import { refreshSession, useSession } from '../session';
import type { TenantRow } from './list';
import { logoProblem, putLogo } from './logo';
import { slugOf } from './slug';
import { TenantForm } from './tenant-form';

jest.mock('../session', () => ({ useSession: jest.fn(), refreshSession: jest.fn() }));

const tenant: TenantRow = {
  __typename: 'Tenant', id: 'tenant-1', name: 'Acme', slug: 'acme', state: 'ACTIVE', isDefault: false, features: ['CHAT'],
  branding: { __typename: 'Branding', pageTitle: 'Acme keys', browserTitle: null, logoUrl: '/logo/held' },
  createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z', revision: '1',
};

const fetchLogo = jest.fn();

beforeEach(() => {
  jest.mocked(useSession).mockReturnValue({ viewer: someViewer() } as unknown as ReturnType<typeof useSession>);
  fetchLogo.mockReset();
  globalThis.fetch = fetchLogo;
});

const saved = (field: string) => ({ [field]: { position: '2', tenant, errors: [] } });
const preview = () => screen.getByRole('figure', { name: 'Preview of header and browser tab' });
const logoOf = (place: HTMLElement) => [...place.querySelectorAll('img')].map((image) => image.getAttribute('src'))
  .filter((source) => source !== '/favicon.svg');

describe('branding', () => {
  it('TEST-03: shows header and browser tab while they are typed, before anything is saved', async () => {
    const { calls } = await renderApp(<TenantForm tenant={tenant} onSaved={async () => undefined} />);
    expect(preview()).toHaveTextContent('Overview · Keyledger');
    expect(preview()).toHaveTextContent('Acme keys');
    expect(logoOf(preview())).toEqual(['/logo/held']);
    const user = userEvent.setup();
    await user.clear(screen.getByLabelText('Name in the header'));
    expect(preview()).toHaveTextContent(/Keyledger.*Keyledger/);
    await user.type(screen.getByLabelText('Name in the header'), 'School A');
    await user.type(screen.getByLabelText('Name in the browser tab'), 'A!');
    await user.type(screen.getByLabelText(/^Name of the tenant/), ' Ltd');
    expect(preview()).toHaveTextContent('Overview · A!');
    expect(within(preview()).getByText('School A')).toBeInTheDocument();
    expect(within(preview()).getByText('Acme Ltd')).toBeInTheDocument();
    expect(calls).toEqual([]);
  });

  it('saves only what was changed, and clears with an empty field', async () => {
    const onSaved = jest.fn(async () => undefined);
    const { calls, inputs } = await renderApp(<TenantForm tenant={tenant} onSaved={onSaved} />, {
      answers: { ChangeBranding: () => saved('changeBranding') },
    });
    const user = userEvent.setup();
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
    await user.clear(screen.getByLabelText('Name in the header'));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(onSaved).toHaveBeenCalled());
    expect(calls.map(({ name }) => name)).toEqual(['ChangeBranding']);
    expect(inputs('ChangeBranding')).toEqual([{ pageTitle: null }]);
  });

  it('undoes nothing that somebody else changed meanwhile: sends only what was typed, and shows the rest as it is', async () => {
    const changed = { ...tenant, name: 'Acme Ltd', branding: { ...tenant.branding, pageTitle: 'Acme Ltd keys' } };
    function Held() {
      const [held, setHeld] = useState(tenant);
      return (
        <>
          <TenantForm tenant={held} onSaved={async () => undefined} />
          <button type="button" onClick={() => setHeld(changed)}>Somebody else saves</button>
        </>
      );
    }
    const { inputs } = await renderApp(<Held />, { answers: { ChangeBranding: () => saved('changeBranding') } });
    const user = userEvent.setup();
    await user.type(screen.getByLabelText('Name in the browser tab'), 'A!');
    await user.click(screen.getByRole('button', { name: 'Somebody else saves' }));
    expect(screen.getByLabelText(/^Name of the tenant/)).toHaveValue('Acme Ltd');
    expect(screen.getByLabelText('Name in the header')).toHaveValue('Acme Ltd keys');
    expect(screen.getByLabelText('Name in the browser tab')).toHaveValue('A!');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(inputs('ChangeBranding')).toEqual([{ browserTitle: 'A!' }]));
    expect(inputs('RenameTenant')).toEqual([]);
  });

  it('asks for what is held only after something was saved, and keeps what was refused as it was typed', async () => {
    const onSaved = jest.fn(async () => undefined);
    const answers = [undefined, saved('renameTenant')];
    const { inputs } = await renderApp(<TenantForm tenant={tenant} onSaved={onSaved} />, { answers: { RenameTenant: () => answers.shift() } });
    const user = userEvent.setup();
    const save = () => user.click(screen.getByRole('button', { name: 'Save' }));
    await user.type(screen.getByLabelText(/^Name of the tenant/), ' Ltd');
    await save();
    expect(await screen.findByText('OFFLINE')).toBeInTheDocument();
    expect(onSaved).not.toHaveBeenCalled();
    expect(screen.getByLabelText(/^Name of the tenant/)).toHaveValue('Acme Ltd');

    await save();
    await waitFor(() => expect(onSaved).toHaveBeenCalledTimes(1));
    expect(inputs('RenameTenant')).toHaveLength(2);
  });

  it('forgets a refusal of what is not asked for any more', async () => {
    const taken = { renameTenant: { position: null, tenant: null, errors: [refusal('tenant_name', ['input', 'name'])] } };
    await renderApp(<TenantForm tenant={tenant} onSaved={async () => undefined} />, {
      answers: { RenameTenant: () => taken, ChangeBranding: () => saved('changeBranding') },
    });
    const user = userEvent.setup();
    const name = screen.getByLabelText(/^Name of the tenant/);
    await user.type(name, '!');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(name).toBeInvalid());
    await user.type(name, '{Backspace}');
    await user.type(screen.getByLabelText('Name in the browser tab'), 'A!');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(name).toBeValid());
  });

  it('shows a chosen logo at once and puts it in place on save', async () => {
    fetchLogo.mockResolvedValue({ ok: true, json: async () => ({ tenant: {} }) });
    const onSaved = jest.fn(async () => undefined);
    await renderApp(<TenantForm tenant={tenant} onSaved={onSaved} />);
    const user = userEvent.setup();
    const file = new File(['<svg/>'], 'logo.svg', { type: 'image/svg+xml' });
    await user.upload(screen.getByLabelText(/Logo/), file);
    await waitFor(() => expect(logoOf(preview())[0]).toMatch(/^data:image\/svg\+xml;base64,/));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(onSaved).toHaveBeenCalled());
    expect(fetchLogo).toHaveBeenCalledWith('/logo', expect.objectContaining({
      method: 'PUT', body: file, headers: expect.objectContaining({ 'content-type': 'image/svg+xml' }),
    }));
  });

  it('says on the field why the server refused a logo, and keeps it chosen', async () => {
    fetchLogo.mockResolvedValue({ ok: false, json: async () => ({ errors: [{ extensions: { code: 'V1001', rule: 'svg' } }] }) });
    await renderApp(<TenantForm tenant={tenant} onSaved={async () => undefined} />);
    const user = userEvent.setup();
    await user.upload(screen.getByLabelText(/Logo/), new File(['x'], 'logo.png', { type: 'image/png' }));
    await waitFor(() => expect(logoOf(preview())[0]).toMatch(/^data:/));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('This is not a drawing that can be shown safely.')).toBeInTheDocument();
    expect(logoOf(preview())[0]).toMatch(/^data:/);
  });

  it('keeps a good logo where the next file will not do, and says on the field why', async () => {
    await renderApp(<TenantForm tenant={tenant} onSaved={async () => undefined} />);
    const user = userEvent.setup({ applyAccept: false });
    const field = screen.getByLabelText(/Logo/);
    await user.upload(field, new File(['x'], 'logo.png', { type: 'image/png' }));
    await waitFor(() => expect(logoOf(preview())[0]).toMatch(/^data:/));
    await user.upload(field, new File(['x'], 'logo.gif', { type: 'image/gif' }));
    await waitFor(() => expect(field).toHaveAccessibleDescription(/A logo is a PNG or an SVG file/));
    expect(logoOf(preview())[0]).toMatch(/^data:/);
    jest.spyOn(FileReader.prototype, 'readAsDataURL').mockImplementationOnce(function fail(this: FileReader) {
      this.dispatchEvent(new ProgressEvent('error'));
    });
    await user.upload(field, new File(['x'], 'gone.png', { type: 'image/png' }));
    await waitFor(() => expect(field).toHaveAccessibleDescription(/This file cannot be read/));
    expect(logoOf(preview())[0]).toMatch(/^data:/);
  });

  it('MAMA-50: asks to sign in again where the session is over, and puts the same logo in place then', async () => {
    const refused = (code: string) => ({ ok: false, json: async () => ({ errors: [{ extensions: { code } }] }) });
    fetchLogo.mockResolvedValueOnce(refused('E4011')).mockResolvedValueOnce(refused('E4031'));
    const file = new File(['x'], 'logo.png', { type: 'image/png' });
    const sent = putLogo(file);
    await waitFor(() => expect(expired.get()).toBe(true));
    expect(fetchLogo).toHaveBeenCalledTimes(1);
    hasSignedInAgain();
    expect(await sent).toMatchObject({ code: 'E4031' });
    expect(fetchLogo.mock.calls.map(([, { body }]) => body)).toEqual([file, file]);
    expect(refreshSession).toHaveBeenCalledTimes(1);
  });

  it('removes the logo on save, and not before', async () => {
    const { calls } = await renderApp(<TenantForm tenant={tenant} onSaved={async () => undefined} />, {
      answers: { RemoveLogo: () => saved('removeLogo') },
    });
    const user = userEvent.setup();
    await user.click(screen.getByRole('button', { name: 'Remove logo' }));
    expect(logoOf(preview())).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(logoOf(preview())).toEqual(['/logo/held']);
    expect(calls).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Remove logo' }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(calls.map(({ name }) => name)).toEqual(['RemoveLogo']));
  });
});

it.each([
  ['image/png', 1_048_576, undefined],
  ['image/svg+xml', 10, undefined],
  ['image/png', 1_048_577, 'logo_size'],
  ['image/jpeg', 10, 'content_type'],
  ['', 10, 'content_type'],
])('a logo of %s with %d bytes', (type, size, rule) => {
  expect(logoProblem({ type, size })?.rule).toBe(rule);
});

it.each([
  ['School A', 'school-a'], ['  Café  Zürich! ', 'cafe-zurich'], ['a_b -- c', 'a-b-c'], ['서울', ''], ['-x-', 'x'],
])('the short name of %j is %j', (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
