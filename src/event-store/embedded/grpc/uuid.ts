import { UUID } from '@eventstore/db-client/generated/shared_pb';

const TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Reads a UUID in either form of the protocol: a text, or two signed 64-bit halves with the most significant first.
 * @returns lower case with hyphens, or undefined when it is none
 */
export function uuidText(uuid: UUID | undefined): string | undefined {
  const halves = uuid?.getStructured();
  if (!halves) {
    const text = uuid?.getString().toLowerCase();
    return text && TEXT.test(text) ? text : undefined;
  }
  const hex = [halves.getMostSignificantBits(), halves.getLeastSignificantBits()]
    .map((half) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The two signed halves of a UUID, as decimal texts. */
export function uuidHalves(text: string): { most: string; least: string } {
  const hex = text.replaceAll('-', '');
  const half = (digits: string): string => BigInt.asIntN(64, BigInt(`0x${digits}`)).toString();
  return { most: half(hex.slice(0, 16)), least: half(hex.slice(16)) };
}

/** A UUID message in its structured form. */
export function structuredUuid(text: string): UUID {
  const { most, least } = uuidHalves(text);
  const halves = new UUID.Structured();
  halves.setMostSignificantBits(most);
  halves.setLeastSignificantBits(least);
  return new UUID().setStructured(halves);
}
