/** Parts of the product that can be switched for a tenant, a tier or a user. What is off is neither shown nor served. */
export const features = {
  chat: 'Chat with models.',
  virtual_keys: 'Virtual keys for LiteLLM.',
  key_pools: 'Pools of provider keys and their leases.',
  runs: 'AI work and its history.',
  legnext: 'Images by Midjourney, through LegNext.',
  kling: 'Images and videos by Kling.',
  portal: 'The portal: one page to start from.',
  gallery: 'The gallery of images, with its own prompt line.',
} as const satisfies Record<string, string>;

export type Feature = keyof typeof features;

export const featureNames = Object.keys(features) as [Feature, ...Feature[]];
