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
});
