import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderIn } from '../../test/render';
import SecretDialog from './secret-dialog';

const secret = 'sk-test-not-a-key';

describe('show-once secret', () => {
  it('cannot be left by Esc, nor before it is said to be stored', async () => {
    const onStored = jest.fn();
    const user = userEvent.setup();
    await renderIn(<SecretDialog title="Key" secret={secret} onStored={onStored} />);
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('button', { name: 'Close' })).not.toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Done' })).toBeDisabled();
    expect(onStored).not.toHaveBeenCalled();
    await user.click(screen.getByRole('checkbox', { name: 'I stored it' }));
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(onStored).toHaveBeenCalledTimes(1);
  });

  it('is masked without telling its length, and revealed on purpose', async () => {
    const user = userEvent.setup();
    await renderIn(<SecretDialog title="Key" secret={secret} onStored={() => undefined} />);
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Secret' });
    expect(document.body.innerHTML).not.toContain(secret);
    expect(field.value).toHaveLength(24);
    await user.click(screen.getByRole('button', { name: 'Reveal' }));
    expect(field).toHaveValue(secret);
  });

  it('asks before the page is left', async () => {
    const { unmount } = await renderIn(<SecretDialog title="Key" secret={secret} onStored={() => undefined} />);
    const leaving = new Event('beforeunload', { cancelable: true });
    window.dispatchEvent(leaving);
    expect(leaving.defaultPrevented).toBe(true);
    unmount();
    const later = new Event('beforeunload', { cancelable: true });
    window.dispatchEvent(later);
    expect(later.defaultPrevented).toBe(false);
  });

  it('copies, and where the browser refuses shows the text selected', async () => {
    const user = userEvent.setup();
    await renderIn(<SecretDialog title="Key" secret={secret} onStored={() => undefined} />);
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(await screen.findByText('Copied to the clipboard.')).toBeInTheDocument();
    expect(await navigator.clipboard.readText()).toBe(secret);

    // Plain http: neither the clipboard API nor, in jsdom, the old command.
    Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(await screen.findByText(/press Ctrl\+C/)).toBeInTheDocument();
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Secret' });
    expect(field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0)).toBe(secret);
  });

  it('is gone from the document after closing', async () => {
    const user = userEvent.setup();
    const { unmount } = await renderIn(<SecretDialog title="Key" secret={secret} usage={`curl -H ${secret}`} onStored={() => undefined} />);
    await user.click(screen.getByRole('button', { name: 'Reveal' }));
    unmount();
    expect(document.documentElement.innerHTML).not.toContain(secret);
  });
});
