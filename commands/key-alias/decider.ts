import { keyAliasEvents, type KeyAliasEvent } from '../../schema/key-alias/events';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

export interface KeyAliasState {
  keyId: string | undefined;
}

export type KeyAliasCommand = { type: 'ClaimKeyAlias' | 'ReleaseKeyAlias'; keyId: string };

/** Makes an alias unique in its tenant: its stream belongs to one key at a time. */
export const keyAlias: Aggregate<KeyAliasState, KeyAliasCommand, typeof keyAliasEvents> = {
  category: 'keyAlias',
  events: keyAliasEvents,
  initial: () => ({ keyId: undefined }),
  evolve,
  decide,
  begins: ({ type }) => type === 'ClaimKeyAlias',
};

/** Names the stream of an alias; aliases that differ only in case or surrounding space are the same. */
export function keyAliasId(fingerprint: (purpose: string, value: string) => string, tenant: string, alias: string): string {
  return fingerprint('key-alias', `${tenant}\n${alias.trim().toLowerCase()}`);
}

function evolve(_state: KeyAliasState, event: KeyAliasEvent): KeyAliasState {
  switch (event.type) {
    case 'KeyAliasClaimed':
      return { keyId: event.data.keyId };
    case 'KeyAliasReleased':
      return { keyId: undefined };
    default:
      return event satisfies never;
  }
}

function decide(state: KeyAliasState, { type, keyId }: KeyAliasCommand): Decision<KeyAliasEvent> {
  switch (type) {
    case 'ClaimKeyAlias':
      if (state.keyId === keyId) return nothing;
      if (state.keyId) return refuse('E4091', 'key_alias_taken', 'Another virtual key already has this alias.', { path: ['keyAlias'] });
      return { events: [{ type: 'KeyAliasClaimed', data: { keyId } }] };
    case 'ReleaseKeyAlias':
      return state.keyId === keyId ? { events: [{ type: 'KeyAliasReleased', data: { keyId } }] } : nothing;
    default:
      return type satisfies never;
  }
}
