import fc from 'fast-check';
import { latch, type Latch, type LatchEvent } from './latch';

const run = (events: readonly LatchEvent[], start: Latch = { following: true }): Latch => events.reduce(latch, start);

describe('scroll latch', () => {
  it('follows a reader who was at the end when the answer started', () => {
    expect(run([{ type: 'answerStarted', atEnd: true }, { type: 'contentGrew' }]).following).toBe(true);
  });

  it('leaves alone a reader who was elsewhere', () => {
    expect(run([{ type: 'answerStarted', atEnd: false }]).following).toBe(false);
  });

  it('lets go when the reader moves away and never takes hold again by itself', () => {
    const passive: fc.Arbitrary<LatchEvent> = fc.constantFrom<LatchEvent>(
      { type: 'contentGrew' }, { type: 'answerFinished' }, { type: 'answerStarted', atEnd: true }, { type: 'answerStarted', atEnd: false });
    fc.assert(fc.property(fc.array(passive), (events) => {
      expect(run([{ type: 'readerMovedAway' }, ...events]).following).toBe(false);
    }));
  });

  it('takes hold again only when asked', () => {
    expect(run([{ type: 'readerMovedAway' }, { type: 'readerAskedForNewest' }, { type: 'contentGrew' }]).following).toBe(true);
  });

  it.each([true, false])('does not change when content grows or an answer ends (following: %s)', (following) => {
    expect(run([{ type: 'contentGrew' }, { type: 'answerFinished' }], { following }).following).toBe(following);
  });
});
