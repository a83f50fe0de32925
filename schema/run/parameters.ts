import { z } from 'zod';
import type { Operation } from './operations';

/** Parameters of the vendors, with their bounds (reference rows TEST-50 and TEST-52). The client's forms are made from the same lists. */

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

const prompt = (length: number) => z.string().trim().min(1).max(length);

export const legnextParameters = z.strictObject({
  prompt: prompt(LEGNEXT_TEXT_LENGTH),
  /** Null leaves all parameters to the vendor. */
  options: z.strictObject({
    aspectRatio: z.enum(legnextRatios).default('1:1'),
    version: z.enum(legnextVersions).default('7'),
    quality: z.enum(legnextQualities).default('1'),
    stylize: z.int().min(0).max(1_000).default(250),
    chaos: z.int().min(0).max(100).default(0),
    weird: z.int().min(0).max(3_000).default(0),
    stop: z.int().min(10).max(100).default(100),
    tile: z.boolean().default(false),
    raw: z.boolean().default(false),
    draft: z.boolean().default(false),
  }).nullable(),
});

const klingCommon = {
  prompt: prompt(KLING_PROMPT_LENGTH),
  negativePrompt: z.string().trim().max(KLING_PROMPT_LENGTH).default(''),
  model: z.enum(klingModels).default('kling-v1'),
};

export const klingImageParameters = z.strictObject({
  ...klingCommon,
  aspectRatio: z.enum(klingImageRatios).default('1:1'),
  count: z.int().min(1).max(9).default(1),
});

const klingVideoCommon = {
  ...klingCommon,
  mode: z.enum(klingModes).default('std'),
  durationSeconds: z.enum(klingDurations).default('5'),
  /** 0 keeps to the prompt, 10 is free. The vendor's `cfg_scale` is its inverse. */
  creativity: z.int().min(0).max(10).default(5),
};

export const klingTextToVideoParameters = z.strictObject({ ...klingVideoCommon, aspectRatio: z.enum(klingVideoRatios).default('16:9') });
/** `image` is the id of an output of an earlier run of the same user, or an https address. The vendor takes its ratio from the picture. */
export const klingImageToVideoParameters = z.strictObject({ ...klingVideoCommon, image: z.string().min(1).max(2_000) });

export const parameterSchemas = {
  legnext_diffusion: legnextParameters,
  kling_image: klingImageParameters,
  kling_text_to_video: klingTextToVideoParameters,
  kling_image_to_video: klingImageToVideoParameters,
} as const satisfies Record<Operation, z.ZodType>;

export type LegnextParameters = z.infer<typeof legnextParameters>;
export type KlingImageParameters = z.infer<typeof klingImageParameters>;
export type KlingTextToVideoParameters = z.infer<typeof klingTextToVideoParameters>;
export type KlingImageToVideoParameters = z.infer<typeof klingImageToVideoParameters>;

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
