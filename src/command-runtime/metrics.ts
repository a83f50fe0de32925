/** What the runtime tells about itself; the caller maps it to whatever it measures with. */
export interface CommandMetrics {
  /** An append was acknowledged. */
  appended(batch: { commands: number; events: number; milliseconds: number }): void;
  /** An append lost against another one; its commands are decided again. */
  conflicted(): void;
  /** The deadline of an append passed without a definite answer. */
  unknown(): void;
  /** Commands began (positive) or ceased (negative) to wait. */
  waiting(change: number): void;
}

export const noMetrics: CommandMetrics = { appended() {}, conflicted() {}, unknown() {}, waiting() {} };
