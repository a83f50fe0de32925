import { virtualKeyEvents, type VirtualKeyEvent, type VirtualKeyRequest } from '../../schema/virtual-key/events';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

export type VirtualKeyState =
  | { exists: false }
  | { exists: true; request: VirtualKeyRequest; standing: 'pending' | 'active' | 'failed'; failure: string | undefined };

export type VirtualKeyCommand =
  | { type: 'IssueKey'; request: VirtualKeyRequest }
  | { type: 'RecordProvisioned'; tokenHash: string; expiresAt: string | null }
  | { type: 'RecordProvisioningFailed'; reason: string; final: boolean };

export const virtualKey: Aggregate<VirtualKeyState, VirtualKeyCommand, typeof virtualKeyEvents> = {
  category: 'virtualKey',
  events: virtualKeyEvents,
  initial: () => ({ exists: false }),
  evolve,
  decide,
  begins: ({ type }) => type === 'IssueKey',
};

function evolve(state: VirtualKeyState, event: VirtualKeyEvent): VirtualKeyState {
  switch (event.type) {
    case 'VirtualKeyRequested':
      return { exists: true, request: event.data, standing: 'pending', failure: undefined };
    case 'VirtualKeyProvisioned':
      return state.exists ? { ...state, standing: 'active', failure: undefined } : state;
    case 'VirtualKeyProvisioningFailed':
      return state.exists ? { ...state, standing: event.data.final ? 'failed' : 'pending', failure: event.data.reason } : state;
    default:
      return event satisfies never;
  }
}

function decide(state: VirtualKeyState, command: VirtualKeyCommand): Decision<VirtualKeyEvent> {
  if (command.type === 'IssueKey') return state.exists ? nothing : { events: [{ type: 'VirtualKeyRequested', data: command.request }] };
  if (!state.exists) return refuse('E4041', 'virtual_key_unknown', 'There is no such virtual key.', { path: ['keyId'] });
  switch (command.type) {
    case 'RecordProvisioned':
      return recordProvisioned(state, command);
    case 'RecordProvisioningFailed':
      return recordProvisioningFailed(state, command);
    default:
      return command satisfies never;
  }
}

type Existing = Extract<VirtualKeyState, { exists: true }>;

/** A key that LiteLLM has is active, even when it was given up before: the ledger follows what is true upstream. */
function recordProvisioned(state: Existing, command: Extract<VirtualKeyCommand, { type: 'RecordProvisioned' }>): Decision<VirtualKeyEvent> {
  if (state.standing === 'active') return nothing;
  const { tokenHash, expiresAt } = command;
  return { events: [{ type: 'VirtualKeyProvisioned', data: { keyId: state.request.keyId, tokenHash, expiresAt } }] };
}

/** The same reason again says nothing new until it is final. */
function recordProvisioningFailed(
  state: Existing,
  { reason, final }: Extract<VirtualKeyCommand, { type: 'RecordProvisioningFailed' }>,
): Decision<VirtualKeyEvent> {
  if (state.standing !== 'pending') return nothing;
  if (!final && reason === state.failure) return nothing;
  return { events: [{ type: 'VirtualKeyProvisioningFailed', data: { keyId: state.request.keyId, reason, final } }] };
}
