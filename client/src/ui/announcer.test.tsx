import { act, screen } from '@testing-library/react';
import { renderIn } from '../../test/render';
import { announce, Announcer } from './announcer';

it('says the same twice, keeps one message beside the next, and forgets them after a while', async () => {
  jest.useFakeTimers();
  await renderIn(<Announcer />);
  act(() => {
    announce('Saved');
    announce('What you may do has changed.');
    announce('Saved');
  });
  expect(screen.getAllByText('Saved')).toHaveLength(2);
  expect(screen.getByRole('status')).toHaveTextContent('What you may do has changed.');
  act(() => jest.advanceTimersByTime(10_000));
  expect(screen.getByRole('status')).toBeEmptyDOMElement();
  jest.useRealTimers();
});
