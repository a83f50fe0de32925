import { act, renderHook, waitFor } from '@testing-library/react';
import { fakeServer } from '../../test/fake-server';
import { document } from './document';
import { useAnswer } from './use-answer';

const Names = document<{ names: string[] }, object>('hash-names', 'query Names{names}');

it('what was answered stays while a later question fails, and makes way for the next answer', async () => {
  let names: string[] | undefined;
  const { around } = fakeServer({ Names: () => names && { names } });
  const { result } = renderHook(() => useAnswer(Names, {}), { wrapper: ({ children }) => around(<>{children}</>) });
  const refresh = () => act(() => result.current.refresh());
  await waitFor(() => expect(result.current).toMatchObject({ data: undefined, problem: { code: 'OFFLINE' } }));

  names = ['Ada'];
  await refresh();
  expect(result.current).toMatchObject({ data: { names: ['Ada'] }, problem: undefined });
  names = undefined;
  await refresh();
  expect(result.current).toMatchObject({ data: { names: ['Ada'] }, problem: { code: 'OFFLINE' } });
  names = ['Ada', 'Grace'];
  await refresh();
  expect(result.current).toMatchObject({ data: { names: ['Ada', 'Grace'] }, problem: undefined });
});
