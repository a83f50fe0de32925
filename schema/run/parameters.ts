import { z } from 'zod';
import type { Operation } from './operations';
import {
  klingCount, klingCreativity, klingDurations, klingImageRatios, klingModels, klingModes, klingVideoRatios, KLING_PROMPT_LENGTH, legnextQualities,
  legnextRanges, legnextRatios, legnextVersions, LEGNEXT_TEXT_LENGTH,
} from './parameter-rules';

export * from './parameter-rules';

const prompt = (length: number) => z.string().trim().min(1).max(length);
const within = ({ min, max, initial }: { min: number; max: number; initial: number }) => z.int().min(min).max(max).default(initial);

export const legnextParameters = z.strictObject({
  prompt: prompt(LEGNEXT_TEXT_LENGTH),
  /** Null leaves all parameters to the vendor. */
  options: z.strictObject({
    aspectRatio: z.enum(legnextRatios).default('1:1'),
    version: z.enum(legnextVersions).default('7'),
    quality: z.enum(legnextQualities).default('1'),
    stylize: within(legnextRanges.stylize),
    chaos: within(legnextRanges.chaos),
    weird: within(legnextRanges.weird),
    stop: within(legnextRanges.stop),
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
  count: within(klingCount),
});

const klingVideoCommon = {
  ...klingCommon,
  mode: z.enum(klingModes).default('std'),
  durationSeconds: z.enum(klingDurations).default('5'),
  /** 0 keeps to the prompt, 10 is free. The vendor's `cfg_scale` is its inverse. */
  creativity: within(klingCreativity),
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
