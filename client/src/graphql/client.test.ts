import { beginSession, sessionRuns } from '../lib/session-runs';
import { createGraphqlClient } from './client';
import { document, toNode } from './document';

const Rename = document<{ rename: unknown }, { name: string }>(
  'hash-rename', 'mutation Rename($name:String!){rename(name:$name){__typename position}}',
);
const Retry = document<{ retryRun: unknown }, { id: string }>(
  'hash-retry', 'mutation Retry($id:ID!){retryRun(id:$id){__typename run{__typename id}}}',
);
const Cancel = document<{ cancelRun: unknown }, { id: string }>(
  'hash-cancel', 'mutation Cancel($id:ID!){cancelRun(id:$id){__typename run{__typename id}}}',
);
const Me = document<{ viewer: { name: string } | null }, Record<string, never>>('hash-me', 'query Me{viewer{__typename name}}');
const Names = document<{ names: string[] }, Record<string, never>>('hash-names', 'query Names{names}');

/** A client, and a server that gives these answers one after the other. */
function rig(answers: readonly object[]) {
  const left = [...answers];
  const fetched = jest.fn(async () => {
    const answer = JSON.stringify(left.shift());
    return { status: 200, ok: true, headers: new Map([['content-type', 'application/json']]), text: async () => answer };
  });
  globalThis.fetch = fetched as unknown as typeof fetch;
  const signInAgain = jest.fn(async () => undefined);
  const onForbidden = jest.fn();
  return { client: createGraphqlClient({ enforceHashes: true, signInAgain, onForbidden }), signInAgain, onForbidden, fetched };
}

const refused = (code: string) => ({ data: null, errors: [{ message: '', extensions: { code } }] });

describe('an answer that tells of the session', () => {
  it('MAMA-50: asks to sign in again where it is over, and repeats what had failed', async () => {
    const { client, signInAgain, onForbidden, fetched } = rig([refused('E4011'), { data: { names: ['Ada'] } }]);
    const { data } = await client.query(toNode(Names), {}).toPromise();
    expect(data).toEqual({ names: ['Ada'] });
    expect(signInAgain).toHaveBeenCalledTimes(1);
    expect(fetched).toHaveBeenCalledTimes(2);
    expect(onForbidden).not.toHaveBeenCalled();
  });

  it('MAMA-50: takes a viewer who is nobody for a session that is over', async () => {
    const viewer = { __typename: 'Viewer', name: 'Ada' };
    const { client, signInAgain } = rig([{ data: { viewer: null } }, { data: { viewer } }]);
    const { data, error } = await client.query(toNode(Me), {}).toPromise();
    expect(signInAgain).toHaveBeenCalledTimes(1);
    expect(error).toBeUndefined();
    expect(data).toEqual({ viewer });
  });

  it('MAMA-50: has the rights looked at again where a query was forbidden', async () => {
    const { client, onForbidden, signInAgain } = rig([refused('E4031')]);
    await client.query(toNode(Names), {}).toPromise();
    expect(onForbidden).toHaveBeenCalledTimes(1);
    expect(signInAgain).not.toHaveBeenCalled();
  });

  it.each([['E4031', 1], ['E4011', 0], ['V1001', 0]])('a mutation refused with %s has them looked at %d times', async (code, times) => {
    const { client, onForbidden, signInAgain } = rig([{ data: { rename: { __typename: 'RenamePayload', position: null, errors: [{ code }] } } }]);
    await client.mutation(toNode(Rename), { name: 'Ada' }).toPromise();
    expect(onForbidden).toHaveBeenCalledTimes(times);
    // A wrong old password is refused with the code of a lost session, but the session stands.
    expect(signInAgain).not.toHaveBeenCalled();
  });
});

it('TEST-84: remembers which runs were started here, not which were only changed', async () => {
  beginSession();
  const answer = (field: string, id: string) => ({ data: { [field]: { __typename: 'Payload', run: { __typename: 'Run', id } } } });
  const { client } = rig([answer('retryRun', 'r1'), answer('cancelRun', 'r2'), { data: { retryRun: { __typename: 'Payload', run: null } } }]);
  await client.mutation(toNode(Retry), { id: 'r1' }).toPromise();
  await client.mutation(toNode(Cancel), { id: 'r2' }).toPromise();
  await client.mutation(toNode(Retry), { id: 'r3' }).toPromise();
  expect(sessionRuns.get()).toEqual(['r1']);
});
