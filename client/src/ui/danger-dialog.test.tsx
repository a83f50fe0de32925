import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderIn } from '../../test/render';
import DangerDialog from './danger-dialog';

describe('danger dialog', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('acts only after a pause and with the exact name typed', async () => {
    const onConfirm = jest.fn();
    const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });
    await renderIn(
      <DangerDialog title="Deactivate Ada" consequences={['Her sessions end.']} name="ada@example.com" act="Deactivate" busy={false}
        problems={[]} onConfirm={onConfirm} onClose={() => undefined} />);
    const button = screen.getByRole('button', { name: 'Deactivate' });
    await user.type(screen.getByRole('textbox'), 'ada@example.com');
    await user.keyboard('{Enter}');
    expect(button).toBeDisabled();
    expect(onConfirm).not.toHaveBeenCalled();
    act(() => jest.advanceTimersByTime(2_000));
    expect(button).toBeEnabled();
    await user.type(screen.getByRole('textbox'), 'x');
    expect(button).toBeDisabled();
    await user.keyboard('{Backspace}{Enter}');
    expect(onConfirm).toHaveBeenCalledTimes(1);
  });

  it('offers another try only for the name that is typed, and cannot be left while it acts', async () => {
    const [onConfirm, onClose] = [jest.fn(), jest.fn()];
    const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });
    const dialog = (busy: boolean) => (
      <DangerDialog title="Deactivate Ada" consequences={[]} name="ada@example.com" act="Deactivate" busy={busy}
        problems={[{ code: 'OFFLINE' }]} onConfirm={onConfirm} onClose={onClose} />);
    const { unmount } = await renderIn(dialog(false));
    act(() => jest.advanceTimersByTime(2_000));
    expect(screen.queryByRole('button', { name: 'Try again' })).not.toBeInTheDocument();
    await user.type(screen.getByRole('textbox'), 'ada@example.com');
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onConfirm).toHaveBeenCalledTimes(1);
    unmount();
    await renderIn(dialog(true));
    expect(screen.getByRole('button', { name: 'Cancel' })).toBeDisabled();
    expect(screen.queryByRole('button', { name: 'Close' })).not.toBeInTheDocument();
    await user.keyboard('{Escape}');
    expect(onClose).not.toHaveBeenCalled();
  });
});
