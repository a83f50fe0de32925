import { positionHeader, sawPosition } from './position';

it('remembers the largest position of all mutations, compared as numbers', () => {
  expect(positionHeader()).toEqual({});
  sawPosition('999');
  sawPosition('10000000000000000001');
  sawPosition('1000');
  sawPosition(null);
  expect(positionHeader()).toEqual({ 'x-min-position': '10000000000000000001' });
  expect(positionHeader('5')).toEqual({ 'x-min-position': '10000000000000000001' });
  expect(positionHeader('10000000000000000002')).toEqual({ 'x-min-position': '10000000000000000002' });
});
