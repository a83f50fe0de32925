import { burstsOf } from './bursts';

it.each([
  ['5, 10, 15', [5, 10, 15]],
  [' 5 10;15 ', [5, 10, 15]],
  ['200', [200]],
  ['', undefined],
  ['201', undefined],
  ['0', undefined],
  ['5, ten', undefined],
  ['1.5', undefined],
  ['1 2 3 4 5 6 7 8 9 10', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ['1 2 3 4 5 6 7 8 9 10 11', undefined],
])('reads %j as %j', (text, bursts) => {
  expect(burstsOf(text)).toEqual(bursts);
});
