// A certified OpenID Connect provider as a process of its own. It signs everybody in at once, as whoever was last
// named by `PUT /person` (the claims as JSON). Arguments: port, then its clients as JSON.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [port, clients] = [Number(process.argv[2]), JSON.parse(process.argv[3])];
const people = new Map();
let next = { sub: 'nobody' };

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  pkce: { required: () => true },
  scopes: ['openid', 'email', 'profile'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  features: { devInteractions: { enabled: false } },
  cookies: { keys: ['only for tests'] },
  interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  findAccount: (_context, accountId) => ({ accountId, claims: () => people.get(accountId) }),
});
const handle = provider.callback();

async function signIn(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    people.set(next.sub, next);
    return provider.interactionFinished(request, response, { login: { accountId: next.sub, remember: false } });
  }
  const grant = (grantId && (await provider.Grant.find(grantId))) || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope('openid email profile');
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

async function rememberPerson(request, response) {
  let text = '';
  for await (const chunk of request) text += chunk;
  next = JSON.parse(text);
  response.writeHead(204).end();
}

createServer((request, response) => {
  if (request.method === 'PUT' && request.url === '/person') return void rememberPerson(request, response);
  if (request.url.startsWith('/interaction/')) {
    return void signIn(request, response).catch((error) => response.writeHead(500).end(String(error)));
  }
  handle(request, response);
}).listen(port, '127.0.0.1', () => console.log('listening'));
