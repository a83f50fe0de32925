import type { GenerationRow, Output } from './generations';

export interface LightboxItem {
  run: GenerationRow;
  output: Output;
}

/** The files of runs that can be looked at, in order. */
export const lightboxItems = (runs: readonly GenerationRow[]): readonly LightboxItem[] =>
  runs.flatMap((run) => run.outputs.filter(({ url }) => url !== null).map((output) => ({ run, output })));
