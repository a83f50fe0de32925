import type { Refusal } from '../../schema/errors/catalogue';
import { roles, type Role } from '../../schema/access/roles';
import { NewUserInput } from '../../schema/user/inputs';
import type { ImportOutcome } from '../../schema/user/types';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId, step } from '../../src/graphql/mutate';
import { invalidFields } from '../../src/graphql/validation';
import { emailTaken, loginName } from '../login-name/decider';
import { changeUser, commandsFor, firstRefusal, type Wanted } from './change-user';
import { refusalsOf, wayInRefusals } from './create-users';
import { existingIn, user, type By, type UserCommand } from './decider';
import { readImportFile, type FileLine } from './import-file';
import { giveUpOnPassing, inTurn, refusedOnly } from './many';
import { loginNameOf, registerUser } from './register-user';
import { setPasswordOf } from './set-password';

type Services = Pick<Context, 'commands' | 'auth' | 'vault'>;

/** What became of a line, or would. */
export interface LineResult {
  line: number;
  outcome: `${ImportOutcome}`;
  refusals: Refusal[];
}

interface Plan extends LineResult {
  /** Does what the outcome says. */
  carryOut?(): Promise<CommandOutcome<{ userId: string }>>;
}

/**
 * Makes the people of a file, and changes those who are there already to what the file says of them: an empty cell keeps.
 * A line that is refused does not hold up the others.
 * @param dryRun only says what would become of each line
 * @throws RefusedError V1001 for a file that cannot be read; what refused a line in passing, after the others have been done
 */
export async function importUsers(
  context: Services, command: CommandContext, { csv, dryRun }: { csv: string; dryRun: boolean }, by: By,
): Promise<CommandOutcome<KeptReport>> {
  const lines = readImportFile(csv);
  const repeated = repeatedLines(context, lines);
  let position = 0n;
  const results = await inTurn(lines, async (fileLine, index): Promise<LineResult> => {
    const isRepeated = repeated.has(fileLine.line);
    const { carryOut, ...plan } = await planFor(context, step(command, `line ${index}`), fileLine, isRepeated, by);
    if (dryRun || !carryOut) return plan;
    const outcome = await carryOut().catch(refusedOnly);
    if ('position' in outcome && outcome.position > position) position = outcome.position;
    return outcome.accepted ? plan : { ...plan, outcome: 'refused', refusals: [placed(fileLine.line, outcome.refusal)] };
  });
  giveUpOnPassing(results.flatMap(({ refusals }) => refusals));
  const count = (wanted: LineResult['outcome']): number => (dryRun ? 0 : results.filter(({ outcome }) => outcome === wanted).length);
  const answer = { lines: JSON.stringify(results), created: count('create'), updated: count('update') };
  return { accepted: true, answer, position, revision: -1n };
}

/** Kept for repeats, so it is flat and names nobody. */
type KeptReport = { lines: string; created: number; updated: number };

/** What became of each line, with the e-mail addresses of the file. */
export function importReport(
  csv: string, { lines, ...counts }: KeptReport,
): Omit<KeptReport, 'lines'> & { lines: (LineResult & { email?: string })[] } {
  const addresses = new Map(readImportFile(csv).map(({ line, cells }) => [line, cells.email]));
  return { ...counts, lines: (JSON.parse(lines) as LineResult[]).map((result) => ({ ...result, email: addresses.get(result.line) })) };
}

/** Lines about somebody of whom a line before them speaks. One that cannot be read speaks of nobody. */
function repeatedLines(context: Services, lines: readonly FileLine[]): ReadonlySet<number> {
  const seen = new Set<string>();
  const repeated = new Set<number>();
  for (const { line, whole, cells: { email } } of lines) {
    if (!whole || email === undefined) continue;
    const name = loginNameOf(context, email);
    if (seen.has(name)) repeated.add(line);
    seen.add(name);
  }
  return repeated;
}

async function planFor(context: Services, command: CommandContext, fileLine: FileLine, isRepeated: boolean, by: By): Promise<Plan> {
  const { line, cells, whole } = fileLine;
  const refused = (refusals: readonly Refusal[]): Plan => ({ line, outcome: 'refused', refusals: refusals.map((refusal) => placed(line, refusal)) });
  if (!whole) return refused([{ code: 'V1001', rule: 'csv_cells', message: 'This line has not as many cells as the header.' }]);
  if (isRepeated) return refused([{ code: 'V1001', rule: 'email_repeated', message: 'The same e-mail address is there twice.', path: ['email'] }]);
  const wrong = await wrongCells(cells);
  if (wrong.length > 0) return refused(wrong);

  const claimed = (await context.commands.load(loginName, loginNameOf(context, cells.email!))).state.userId;
  const newId = derivedId(command, 'user');
  if (claimed !== undefined && claimed !== newId) return update(claimed);
  if (cells.displayName === undefined) {
    return refused([{ code: 'E4003', rule: 'required', message: 'Somebody new needs a name.', path: ['displayName'] }]);
  }
  const { email, displayName, role = 'user', ...others } = cells;
  const newUser = { userId: newId, email: email!, displayName, role: role as Role, ...others };
  const refusals = refusalsOf(newUser, by);
  if (refusals.length > 0) return refused(refusals);
  return { line, outcome: 'create', refusals: [], carryOut: () => registerUser(context, command, { ...newUser, batch: true }) };

  async function update(userId: string): Promise<Plan> {
    const state = existingIn((await context.commands.load(user, userId)).state, by.tenantId);
    if (!state) return refused([emailTaken]);
    const { email: _email, password, passwordHash, ...texts } = cells;
    const wanted = texts as Wanted;
    const wayIn = password !== undefined || passwordHash !== undefined ? [{ type: 'RecordPasswordSet', by } satisfies UserCommand] : [];
    const planned: UserCommand[] = [...await commandsFor(context.vault, state, wanted, by), ...wayIn];
    const refusal = firstRefusal(state, planned);
    const refusals = [...(refusal ? [refusal] : []), ...wayInRefusals({ password, passwordHash })];
    if (refusals.length > 0) return refused(refusals);
    if (planned.length === 0) return { line, outcome: 'unchanged', refusals: [] };
    return {
      line, outcome: 'update', refusals: [],
      carryOut: async () => {
        const changed = await changeUser(context, command, userId, wanted, by);
        if (!changed.accepted || wayIn.length === 0) return changed;
        return setPasswordOf(context, step(command, 'password'), userId, { password, passwordHash, batch: true }, by);
      },
    };
  }
}

/** What is wrong with cells by themselves, judged as the fields of `createUsers` are. */
async function wrongCells(cells: FileLine['cells']): Promise<Refusal[]> {
  if (cells.email === undefined) return [{ code: 'E4003', rule: 'required', message: 'Every line needs an e-mail address.', path: ['email'] }];
  const fields = await invalidFields(Object.assign(new NewUserInput(), cells), '');
  const refusals = fields.map((refusal) => ({ ...refusal, path: refusal.path?.slice(1) }));
  if (cells.role === undefined || roles.includes(cells.role as Role)) return refusals;
  return [...refusals, { code: 'V1001', rule: 'role', message: `A role is one of ${roles.join(', ')}.`, path: ['role'] }];
}

function placed(line: number, refusal: Refusal): Refusal {
  return { ...refusal, path: ['input', 'csv', String(line), ...(refusal.path ?? []).filter((name) => name !== 'userId')] };
}
