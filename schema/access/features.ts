/** Parts of the product that can be switched for a tenant, a tier or a user. What is off is neither shown nor served. */
export const features = {
  chat: 'Chat with models.',
  virtual_keys: 'Virtual keys for LiteLLM.',
  key_pools: 'Pools of provider keys and their leases.',
  runs: 'AI work and its history.',
} as const satisfies Record<string, string>;

export type Feature = keyof typeof features;

export const featureNames = Object.keys(features) as [Feature, ...Feature[]];
