/** Scopes of one concern, by the word before the colon. */
const concerns = {
  access: ['users', 'tenant', 'entitlements', 'clients', 'tenants', 'account'],
  keys: ['keys', 'pools', 'leases'],
  work: ['runs', 'chats', 'usage'],
  ledger: ['audit', 'operations'],
} as const;

type Concern = keyof typeof concerns | 'other';

/** The scopes on offer by what they are about, in a fixed order; a concern without any goes. */
export function groupScopes<Option extends { scope: string }>(options: readonly Option[]): { concern: Concern; options: Option[] }[] {
  const groups = new Map<Concern, Option[]>([...Object.keys(concerns) as Concern[], 'other' as const].map((concern) => [concern, []]));
  for (const option of options) {
    const word = option.scope.split(':')[0] ?? '';
    const concern = Object.entries(concerns).find(([, words]) => (words as readonly string[]).includes(word))?.[0] ?? 'other';
    groups.get(concern as Concern)?.push(option);
  }
  return [...groups].filter(([, held]) => held.length > 0).map(([concern, held]) => ({ concern, options: held }));
}
