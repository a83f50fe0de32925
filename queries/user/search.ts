/** Where a word of a search looks: everywhere, or only where its prefix says. */
export type SearchField = 'any' | 'user' | 'org' | 'model' | 'info';

export interface SearchTerm {
  field: SearchField;
  text: string;
}

/** A word, or words in quotes, with or without a prefix in front. A quote that is not closed reaches to the end. */
const TERM = /(?:@(user|org|model|info):)?(?:"([^"]*)(?:"|$)|(\S+))/gi;

/**
 * Reads what somebody typed into a search: `kim @org:"Class 3" @model:gpt`. All terms have to hold. Prefixes that are
 * not known are plain words, so that an address can be searched for; those without a word are left out.
 */
export function parseSearch(search: string): SearchTerm[] {
  return [...search.matchAll(TERM)].flatMap(([whole, prefix, quoted, word]) => {
    if (prefix === undefined && /^@(user|org|model|info):$/i.test(whole)) return [];
    const text = (quoted ?? word ?? '').trim();
    return text === '' ? [] : [{ field: (prefix?.toLowerCase() ?? 'any') as SearchField, text }];
  });
}
