import { eventDigest } from '../../../src/event-store/digest';
import type { RecordedEvent } from '../../../src/event-store/port';
import { till, type TillEvent, type TillState } from '../../support/till';
import type { Call, History } from './world';

/**
 * Says what is wrong with a history: it sees commands, answers and the log, for the log alone does not show which
 * answer was a lie.
 */
export function judge({ calls, logs, unanswered }: History): string[] {
  const faults: string[] = [];
  if (unanswered > 0) faults.push(`${unanswered} calls were never answered`);
  for (const [stream, log] of logs) {
    const states = statesOf(log);
    const own = calls.filter((call) => call.stream === stream);
    faults.push(...judgeLog(log, states, own));
    for (const call of own) faults.push(...judgeCall(call, log, states).map((fault) => `${describeCall(call)}: ${fault}`));
    for (const [commandId, attempts] of groupBy(own, ({ commandId: id }) => id)) {
      const toldNo = attempts.every(({ outcome }) => outcome && 'failed' in outcome && outcome.failed !== 'E5041');
      const done = log.some(({ metadata }) => metadata.commandId === commandId);
      if (toldNo && done) faults.push(`${commandId}: done, although every caller was told that nothing was`);
    }
  }
  return faults;
}

/** What must hold of the log by itself, and as the effect of what was asked. */
function judgeLog(log: readonly RecordedEvent[], states: readonly TillState[], calls: readonly Call[]): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const [index, event] of log.entries()) {
    const at = `${event.stream}@${index}`;
    if (event.revision !== BigInt(index)) faults.push(`${at}: revision ${event.revision}`);
    if (event.metadata.prev !== (index === 0 ? null : eventDigest(log[index - 1]!))) faults.push(`${at}: the chain of digests is broken`);
    const { commandId } = event.metadata;
    if (seen.has(commandId)) faults.push(`${at}: ${commandId} was done twice`);
    seen.add(commandId);
    const asked = calls.filter((call) => call.commandId === commandId);
    const decided = asked.map(({ command }) => till.decide(states[index]!, command));
    if (!decided.some((decision) => 'events' in decision && decision.events.length === 1 && equal(decision.events[0], plain(event)))) {
      faults.push(`${at}: nobody asked for this in that state`);
    }
  }
  return faults;
}

function judgeCall(call: Call, log: readonly RecordedEvent[], states: readonly TillState[]): string[] {
  const { outcome } = call;
  if (!outcome) return [];
  if ('failed' in outcome) return outcome.failed === 'E5001' ? ['failed with an internal error'] : [];
  const length = Number(outcome.revision) + 1;
  if (length > call.lengthAfter!) return [`answered from revision ${outcome.revision} before that was written`];
  const state = states[length]!;
  const own = log.find(({ metadata }) => metadata.commandId === call.commandId);
  const faults: string[] = [];
  if (outcome.position < (log[length - 1]?.position ?? 0n)) faults.push('its position lies before the state it was judged on');
  if (!outcome.accepted) {
    if (length < call.lengthBefore) faults.push('refused on an old state');
    const decision = till.decide(state, call.command);
    if (!('refusal' in decision) || !equal(decision.refusal, outcome.refusal)) faults.push('refused without reason');
    return faults;
  }
  const { balance, events } = outcome.answer;
  if (!states.slice(length).some((later) => later.balance === balance)) faults.push(`answered with a balance of ${balance} that never was`);
  if (events.length > 0) {
    if (!own || !equal(events, [plain(own)])) faults.push('answered with events that are not in the log');
    else if (own.revision !== outcome.revision) faults.push(`is at ${own.revision}, answered ${outcome.revision}`);
    return faults;
  }
  if (length < call.lengthBefore) faults.push('had nothing to do on an old state');
  const decision = till.decide(state, call.command);
  if (!('events' in decision) || decision.events.length > 0) faults.push('had nothing to do, without reason');
  return faults;
}

/** State before each event, and the last one. */
function statesOf(log: readonly RecordedEvent[]): TillState[] {
  const states = [till.initial()];
  for (const event of log) states.push(till.evolve(states.at(-1)!, plain(event)));
  return states;
}

function plain({ type, data }: RecordedEvent): TillEvent {
  return { type, data } as unknown as TillEvent;
}

function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

function describeCall({ commandId, stream, command, outcome }: Call): string {
  const how = !outcome || 'failed' in outcome ? 'failed' : outcome.accepted ? 'accepted' : 'refused';
  return `${command.type} ${command.amount} on ${stream} (${commandId}, ${how})`;
}
