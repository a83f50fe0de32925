import type { RunKind } from './events';

/** What a generation run has done, and by which protocol. The pool of an operation is `provider`, or `provider-simulated` with a scenario. */
export const operations = {
  legnext_diffusion: { kind: 'image', provider: 'legnext' },
  kling_image: { kind: 'image', provider: 'kling' },
  kling_text_to_video: { kind: 'video', provider: 'kling' },
  kling_image_to_video: { kind: 'video', provider: 'kling' },
} as const satisfies Record<string, { kind: RunKind; provider: 'legnext' | 'kling' }>;

export type Operation = keyof typeof operations;
export type GenerationProvider = (typeof operations)[Operation]['provider'];

export const operationNames = Object.keys(operations) as [Operation, ...Operation[]];

/** How a simulated vendor behaves towards one run (reference: the mock scenarios TEST-70 to TEST-72). */
export const scenarioNames = ['success', 'failed_402', 'failed_401', 'failed_429', 'server_500', 'timeout'] as const;
export type Scenario = (typeof scenarioNames)[number];

const SIMULATED = '-simulated';

/** The key pool that serves an operation; runs with a scenario never touch a real vendor's keys. */
export const poolOf = (operation: Operation, scenario: Scenario | null): string =>
  operations[operation].provider + (scenario === null ? '' : SIMULATED);

/** The pools whose vendor the server plays itself. */
export const simulatedPools: readonly string[] = [...new Set(operationNames.map((operation) => poolOf(operation, 'success')))];
