import { z } from 'zod';

const MONEY = /^\d{1,12}\.\d{6,12}$/;

/** An amount of money in US dollars: a decimal string with at least six places, never a float. */
export const moneySchema = z.string().regex(MONEY);

/**
 * Brings an amount as people write it ("10", "0.5") to the stored form ("10.000000").
 * @returns undefined when it is not a decimal number between 0 and 999,999,999,999 with at most 12 places
 */
export function parseMoney(text: string): string | undefined {
  const parts = /^(\d{1,12})(?:\.(\d{1,12}))?$/.exec(text);
  return parts ? `${BigInt(parts[1]!)}.${(parts[2] ?? '').padEnd(6, '0')}` : undefined;
}
