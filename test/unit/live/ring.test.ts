import { createRing } from '../../../src/live/ring';
import type { PlacedRow } from '../../../src/live/rows';

const entry = (key: string, position: number): PlacedRow => ({ place: { position: BigInt(position), key }, row: { tenant_id: 't' } });
const numbersAfter = (ring: ReturnType<typeof createRing>, position: bigint): string[] => {
  const keys: string[] = [];
  for (let number = ring.after({ position, key: null })!, found = ring.at(number); found; found = ring.at(++number)) {
    if (!ring.superseded(number)) keys.push(`${found.place.key}${found.place.position}`);
  }
  return keys;
};

describe('a ring', () => {
  it('has each row once for who is behind: in its newest state', () => {
    const ring = createRing(10);
    ring.reset(0n);
    ring.push([entry('a', 1), entry('b', 2)], 2n);
    ring.push([entry('a', 3)], 3n);
    expect(numbersAfter(ring, 0n)).toEqual(['b2', 'a3']);
    expect(numbersAfter(ring, 2n)).toEqual(['a3']);
  });

  it('keeps knowing the newest when old entries fall off, and forgets rows that are gone', () => {
    const ring = createRing(4);
    ring.reset(0n);
    for (let position = 1; position <= 20; position++) ring.push([entry(position % 2 ? 'a' : 'b', position)], BigInt(position));
    expect(ring.after({ position: 1n, key: null })).toBeUndefined();
    expect(numbersAfter(ring, 16n)).toEqual(['a19', 'b20']);
    ring.reset(30n);
    ring.push([entry('a', 31)], 31n);
    expect(numbersAfter(ring, 30n)).toEqual(['a31']);
  });
});
