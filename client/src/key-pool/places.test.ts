import fc from 'fast-check';
import { placesOf } from './places';

it('keeps everybody in place when one goes, and gives the free place to the next', () => {
  const first = placesOf([], ['a', 'b', 'c']);
  expect(first).toEqual(['a', 'b', 'c']);
  const second = placesOf(first, ['c', 'a']);
  expect(second).toEqual(['a', undefined, 'c']);
  expect(placesOf(second, ['d', 'c', 'a', 'e'])).toEqual(['a', 'd', 'c', 'e']);
  expect(placesOf(second, [])).toEqual([]);
});

it('never moves whoever stays, and shows everybody once', () => {
  const lane = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'));
  fc.assert(fc.property(fc.array(lane, { maxLength: 8 }), (changes) => {
    let held: readonly (string | undefined)[] = [];
    for (const ids of changes) {
      const texts: readonly string[] = ids;
      const next = placesOf(held, ids);
      expect(next.filter((id) => id !== undefined).sort()).toEqual([...ids].sort());
      held.forEach((id, place) => id !== undefined && texts.includes(id) && expect(next[place]).toBe(id));
      held = next;
    }
  }));
});
