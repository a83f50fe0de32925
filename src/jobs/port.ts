/** What a job may use. Jobs run at least once: every outside effect needs an idempotency key of its own. */
export interface JobHelpers {
  jobId: string;
  /** 1 for the first try. */
  attempt: number;
  maxAttempts: number;
  /** Aborts when the worker shuts down. */
  signal: AbortSignal;
}

/** Code of one task. Throwing means: try again later (graphile-worker's back-off), up to `maxAttempts`. */
export type Task = (payload: any, helpers: JobHelpers) => Promise<void>;
export type Tasks = Readonly<Record<string, Task>>;
