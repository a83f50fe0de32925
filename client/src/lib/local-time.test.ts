import { isoOfLocal, localOfIso } from './local-time';

it('goes to the reader’s time and back', () => {
  const iso = '2030-05-05T12:34:56.000Z';
  expect(localOfIso(iso)).toMatch(/^2030-05-0[456]T\d\d:34:56$/);
  expect(isoOfLocal(localOfIso(iso))).toBe(iso);
});

it.each([undefined, '', 'yesterday'])('makes nothing of %p', (text) => {
  expect(localOfIso(text)).toBe('');
  expect(isoOfLocal(text ?? '')).toBe('');
});
