import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CommandMetrics } from '../command-runtime/metrics';

/** The figures that decide whether the write side is well: batch size, conflicts, unknown outcomes, queue length. */
export function commandMetrics(registry: Registry): CommandMetrics {
  const registers = [registry];
  const appends = new Histogram({ name: 'command_append_seconds', help: 'Time of one append.', buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 10], registers });
  const batch = new Histogram({ name: 'command_append_commands', help: 'Commands decided together in one append.', buckets: [1, 2, 4, 8, 16, 32, 64, 128], registers });
  const events = new Counter({ name: 'command_events_total', help: 'Events appended.', registers });
  const conflicts = new Counter({ name: 'command_conflicts_total', help: 'Appends that lost against another writer.', registers });
  const unknown = new Counter({ name: 'command_unknown_outcomes_total', help: 'Appends whose deadline passed without an answer.', registers });
  const waiting = new Gauge({ name: 'command_waiting', help: 'Commands waiting in mailboxes.', registers });
  return {
    appended({ commands, events: count, milliseconds }) {
      appends.observe(milliseconds / 1_000);
      batch.observe(commands);
      events.inc(count);
    },
    conflicted: () => conflicts.inc(),
    unknown: () => unknown.inc(),
    waiting: (change) => waiting.inc(change),
  };
}
