import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { v5 as uuidv5 } from 'uuid';
import { eventDigest, identifyEvent } from '../../../src/event-store/digest';
import { anEvent } from '../../support/events';

const event = {
  stream: 'till-a', revision: 12n, type: 'Deposited', data: { b: 1, a: ['x', null, 1.50], ü: { z: true, k: '"' } },
  metadata: anEvent().metadata,
};

it('is SHA-256 over the canonical JSON of what the event says', () => {
  const id = '11111111-2222-4333-8444-555555555555';
  const { actor, at, commandId, prev, tenant, v, $causationId, $correlationId } = event.metadata;
  const sorted = {
    data: { a: ['x', null, 1.5], b: 1, ü: { k: '"', z: true } }, id,
    metadata: { $causationId, $correlationId, actor: { id: actor.id, kind: actor.kind }, at, commandId, prev, tenant, v },
    revision: '12', stream: 'till-a', type: 'Deposited',
  };
  expect(eventDigest({ ...event, id })).toBe(createHash('sha256').update(JSON.stringify(sorted)).digest('hex'));
});

it('does not depend on the order of keys, nor on a trip through JSON', () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.uuid(), (data, id) => {
    const reversed = Object.fromEntries(Object.entries(data).toReversed());
    const digest = eventDigest({ ...event, id, data });
    expect(eventDigest({ ...event, id, data: reversed })).toBe(digest);
    expect(eventDigest({ ...event, id, data: JSON.parse(JSON.stringify(data)) })).toBe(digest);
  }));
});

it.each([
  ['stream', { stream: 'till-b' }],
  ['revision', { revision: 13n }],
  ['type', { type: 'Withdrawn' }],
  ['data', { data: { ...event.data, b: 2 } }],
  ['metadata', { metadata: { ...event.metadata, at: '2026-01-02T03:04:05.679Z' } }],
])('changes, and so does the id, with the %s', (_, change) => {
  const before = identifyEvent(event);
  const after = identifyEvent({ ...event, ...change });
  expect(after.digest).not.toBe(before.digest);
  expect(after.id).not.toBe(before.id);
});

it('is what the event will have once it is recorded under the id it was given', () => {
  const { id, digest, bytes } = identifyEvent(event);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(identifyEvent(structuredClone(event))).toEqual({ id, digest, bytes });
  expect(eventDigest({ ...event, id })).toBe(digest);
  expect(bytes).toBeGreaterThan(JSON.stringify(event.data).length);
});

it('takes the id from where the package uuid takes it', () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
    const { stream, type, metadata } = event;
    const text = canonicalize({ data, id: null, metadata, revision: '12', stream, type })!;
    expect(identifyEvent({ ...event, data }).id).toBe(uuidv5(text, 'a3b1c8a4-52c5-4f0e-9a53-6a3f6f0a7c11'));
  }));
});
