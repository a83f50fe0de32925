/** A text sealed with its subject's key, as it stands in an event. */
export interface Sealed {
  sealed: 1;
  alg: 'A256GCM';
  /** Opaque id of the person or conversation whose key seals it. */
  subject: string;
  field: string;
  keyId: string;
  nonce: string;
  ciphertext: string;
  tag: string;
}

/** What opening a sealed text gives after its subject was erased. */
export const ERASED = null;

export interface SecretPlace {
  tenant: string;
  /** Opaque id of the row; events refer to the secret by it. */
  ref: string;
  field: string;
}

/** Envelope encryption: master key -> tenant key -> data keys. Ciphertext is bound to its place by the AAD. */
export interface Vault {
  /** Keeps a secret (provider key, virtual key) in the vault table. Storing the same ref and field again overwrites. */
  putSecret(place: SecretPlace, secret: string): Promise<void>;
  /** @returns the secret, or undefined when there is none */
  getSecret(place: SecretPlace): Promise<string | undefined>;
  deleteSecret(place: SecretPlace): Promise<void>;
  /** Keyed fingerprint (HMAC-SHA256, hex) for lookup and for events. */
  fingerprint(purpose: string, value: string): string;
  /** Seals a personal text for an event; subject and field are bound into it and stand beside the ciphertext. */
  seal(place: { tenant: string; subject: string; field: string }, text: string): Promise<Sealed>;
  /** Opens many at once (one key lookup per subject); ERASED where the subject's key was destroyed, in the order given.
   *  @throws when a key is missing but not erased: that is an outage, never an erasure */
  open(tenant: string, sealed: readonly Sealed[]): Promise<(string | typeof ERASED)[]>;
}

/** Whether a value found in event data is a sealed text. */
export function isSealed(value: unknown): value is Sealed {
  return typeof value === 'object' && value !== null && (value as Sealed).sealed === 1;
}
