import type { RunExchange } from '../../schema/run/parts';
import type { RunDetailsRow } from './sql';

/** What was said to the vendor and what it answered. It was redacted before it was sealed. */
export function exchangeOf({ endpoint, parameters, request, response }: RunDetailsRow): RunExchange {
  return { endpoint, parameters: jsonOf(parameters), request: jsonOf(request), response: jsonOf(response) };
}

/** The value of a JSON text; the text itself where it was cut. */
function jsonOf(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
