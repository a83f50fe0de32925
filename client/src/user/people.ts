/** Somebody in a pasted list. */
interface Person {
  email: string;
  displayName: string;
}

export interface People {
  people: readonly Person[];
  /** Lines in which no address was found. */
  unread: readonly string[];
}

/** What may stand around an address. */
const apart = /[\s<>,;"]+/;
/** `<ada@example.com>`, as mail programs copy it behind a name. */
const bracketed = /<([^\s<>,;"@]+@[^\s<>,;"@]+)>/g;

const isAddress = (word: string): boolean => word.indexOf('@') > 0 && !word.endsWith('@');

/** `ada.lovelace@…` is called Ada Lovelace until somebody knows better. */
const nameFrom = (email: string): string =>
  email.slice(0, email.indexOf('@')).split(/[._+-]+/).filter(Boolean)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ') || email;

/** The name at the end of what stands before an address in brackets: quoted, or back to the last separator or address. */
function nameBefore(text: string): string {
  const words = text.trim();
  const quote = words.endsWith('"') ? words.lastIndexOf('"', words.length - 2) : -1;
  if (quote >= 0) {
    return words.slice(quote + 1, -1).trim();
  }
  const start = Math.max(...[',', ';', '>'].map((separator) => words.lastIndexOf(separator))) + 1;
  const name = words.slice(start).split(/\s+/);
  return name.slice(name.findLastIndex(isAddress) + 1).join(' ').trim();
}

/** Who stands on a line. Every step goes over it once: a pasted text may be long and of any kind. */
function peopleOf(line: string): readonly Person[] {
  const emails = line.split(apart).filter(isAddress);
  const names = new Map<string, string>();
  let end = 0;
  for (const { 0: whole, 1: email = '', index } of line.matchAll(bracketed)) {
    names.set(email, nameBefore(line.slice(end, index)));
    end = index + whole.length;
  }
  // Words beside the only address of a line are its name.
  const beside = emails.length === 1 ? line.replace(emails[0] ?? '', '').split(apart).join(' ').trim() : '';
  return emails.map((email) => ({ email, displayName: names.get(email) || beside || nameFrom(email) }));
}

/** Reads a pasted list of people: addresses with or without names, one or several a line. Nobody comes twice. */
export function readPeople(text: string): People {
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim()).filter(Boolean)
    .map((line) => ({ line, found: peopleOf(line) }));
  const byAddress = new Map<string, Person>();
  for (const person of lines.flatMap(({ found }) => found)) {
    const key = person.email.toLowerCase();
    byAddress.set(key, byAddress.get(key) ?? person);
  }
  return { people: [...byAddress.values()], unread: lines.filter(({ found }) => found.length === 0).map(({ line }) => line) };
}

/** A line that reads as this person. */
export const lineOf = ({ email, displayName }: Person): string => `"${displayName.replaceAll('"', '’')}" <${email}>`;
