import type { LegnextParameters } from './parameters';

/**
 * Choices and bounds of the vendors' parameters (reference rows TEST-50 and TEST-52), apart from their schemas: the client's forms
 * are made from the same lists, and need no schema library for it.
 */

export const legnextRatios = ['1:1', '16:9', '9:16', '4:5', '2:3', '3:2', '21:9'] as const;
export const legnextVersions = ['7', '6.1', '6.0', '5.2', '5.1', 'niji 6', 'niji 5'] as const;
export const legnextQualities = ['.25', '.5', '1'] as const;
export const klingModels = ['kling-v1', 'kling-v1-pro'] as const;
export const klingImageRatios = ['1:1', '16:9', '9:16', '4:3', '3:4'] as const;
export const klingVideoRatios = ['16:9', '9:16', '1:1'] as const;
export const klingModes = ['std', 'pro'] as const;
export const klingDurations = ['5', '10'] as const;

/** LegNext takes 1 to 8,192 characters with the parameters. */
export const LEGNEXT_TEXT_LENGTH = 8_192;
export const KLING_PROMPT_LENGTH = 2_500;

/** Whole numbers: the least, the greatest, and what stands there unless somebody chose. */
export const legnextRanges = {
  stylize: { min: 0, max: 1_000, initial: 250 },
  chaos: { min: 0, max: 100, initial: 0 },
  weird: { min: 0, max: 3_000, initial: 0 },
  stop: { min: 10, max: 100, initial: 100 },
} as const;
export const klingCount = { min: 1, max: 9, initial: 1 } as const;
/** 0 keeps to the prompt, 10 is free. */
export const klingCreativity = { min: 0, max: 10, initial: 5 } as const;

/**
 * The text that LegNext gets: the prompt, then its parameters. Ratio, version, quality, stylize and chaos always go along
 * when there are options at all; weird, stop and the switches only where they change something (TEST-50).
 */
export function legnextText({ prompt: words, options }: LegnextParameters): string {
  if (!options) return words;
  const { aspectRatio, version, quality, stylize, chaos, weird, stop, tile, raw, draft } = options;
  return [
    words,
    `--ar ${aspectRatio}`,
    version.startsWith('niji') ? `--${version}` : `--v ${version}`,
    `--q ${quality}`,
    `--s ${stylize}`,
    `--c ${chaos}`,
    ...(weird > 0 ? [`--w ${weird}`] : []),
    ...(stop < 100 ? [`--stop ${stop}`] : []),
    ...(tile ? ['--tile'] : []),
    ...(raw ? ['--style raw'] : []),
    ...(draft ? ['--draft'] : []),
  ].join(' ');
}

/** Kling's `cfg_scale`, 0 to 1, where more is closer to the prompt. */
export const cfgScaleOf = (creativity: number): number => Math.round((1 - creativity / 10) * 100) / 100;
