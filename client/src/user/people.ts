/** Somebody in a pasted list. */
export interface Person {
  email: string;
  displayName: string;
}

export interface People {
  people: readonly Person[];
  /** Lines in which no address was found. */
  unread: readonly string[];
}

const address = /[^\s<>,;"]+@[^\s<>,;"]+/g;
/** `Ada Lovelace <ada@example.com>`, as mail programs copy it. */
const named = /(?:"([^"]*)"|([^<>,;]*))\s*<([^\s<>]+@[^\s<>]+)>/g;

/** `ada.lovelace@…` is called Ada Lovelace until somebody knows better. */
const nameFrom = (email: string): string =>
  email.slice(0, email.indexOf('@')).split(/[._+-]+/).filter(Boolean)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ') || email;

function peopleOf(line: string): readonly Person[] {
  const copied = [...line.matchAll(named)].map(([, quoted, plain, email = '']) => ({ email, displayName: (quoted ?? plain ?? '').trim() }));
  const emails = line.match(address) ?? [];
  if (copied.length > 0 && copied.length === emails.length) {
    return copied.map((person) => ({ ...person, displayName: person.displayName || nameFrom(person.email) }));
  }
  return emails.map((email) => {
    // Words beside the only address of a line are the name.
    const words = emails.length === 1 ? line.replace(email, '').replace(/[\s<>,;"]+/g, ' ').trim() : '';
    return { email, displayName: words || nameFrom(email) };
  });
}

/** Reads a pasted list of people: addresses with or without names, one or several a line. Nobody comes twice. */
export function readPeople(text: string): People {
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim()).filter(Boolean);
  const byAddress = new Map<string, Person>();
  for (const person of lines.flatMap(peopleOf)) {
    const key = person.email.toLowerCase();
    byAddress.set(key, byAddress.get(key) ?? person);
  }
  return { people: [...byAddress.values()], unread: lines.filter((line) => peopleOf(line).length === 0) };
}
