import { createEvent, fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderIn } from '../../test/render';
import { Composer } from './composer';

const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Your question' });

describe('composer', () => {
  it('sends on Enter and makes a new line on Shift+Enter', async () => {
    const onSend = jest.fn(async () => true);
    const user = userEvent.setup();
    await renderIn(<Composer busy={false} onSend={onSend} />);
    await user.type(field(), 'one{Shift>}{Enter}{/Shift}two{Enter}');
    expect(onSend).toHaveBeenCalledTimes(1);
    expect(onSend).toHaveBeenCalledWith('one\ntwo');
    expect(field()).toHaveValue('');
  });

  it('does not send on the Enter that ends a composition', async () => {
    const onSend = jest.fn(async () => true);
    await renderIn(<Composer busy={false} onSend={onSend} />);
    fireEvent.change(field(), { target: { value: '안녕' } });
    const enter = createEvent.keyDown(field(), { key: 'Enter', keyCode: 229, isComposing: true });
    fireEvent(field(), enter);
    expect(onSend).not.toHaveBeenCalled();
    expect(enter.defaultPrevented).toBe(false);
    fireEvent.keyDown(field(), { key: 'Enter', keyCode: 13 });
    expect(onSend).toHaveBeenCalledWith('안녕');
  });

  it('keeps the text while an answer is running and when the question was refused', async () => {
    const onSend = jest.fn(async () => false);
    const user = userEvent.setup();
    const { unmount } = await renderIn(<Composer busy onSend={onSend} />);
    await user.type(field(), 'wait{Enter}');
    expect(onSend).not.toHaveBeenCalled();
    expect(field()).toHaveValue('wait');
    unmount();
    await renderIn(<Composer busy={false} onSend={onSend} />);
    await user.type(field(), 'again{Enter}');
    expect(onSend).toHaveBeenCalledWith('again');
    expect(field()).toHaveValue('again');
  });
});
