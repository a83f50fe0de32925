/** Why a generation failed, as found from the vendor's answer. The order of judgement is in `src/upstreams/classify.ts`. */
export const failureCategoryNames = [
  'quota', 'authentication', 'rate_limit', 'server_error', 'content_policy', 'parameters', 'network', 'timeout', 'interrupted', 'unknown',
] as const;
export type FailureCategory = (typeof failureCategoryNames)[number];

/** A diagnosis as people read it. `summary` is never empty. */
export interface DiagnosisReport {
  summary: string;
  likelyCauses: readonly string[];
  recommendedFixes: readonly string[];
  nextChecks: readonly string[];
}
