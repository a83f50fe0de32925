/**
 * Writes the typed documents of every feature folder (`src/<feature>/gql/documents.ts`) and the trusted-document
 * manifest `schema/operations.json`: {sha256 in hex: document text}, queries, mutations and subscriptions alike.
 * The text in the bundle is byte for byte the text of the manifest. The cache also gets to know which types stand
 * behind each interface (`src/graphql/gql/possible-types.ts`).
 *
 * usage: node client/codegen.mjs [schema file]
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generate } from '@graphql-codegen/cli';
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';
import { buildSchema, isAbstractType, Kind, print, stripIgnoredCharacters, visit } from 'graphql';

const root = resolve(import.meta.dirname, '..');
const source = join(import.meta.dirname, 'src');
const fragmentsFile = join(source, 'graphql', 'fragments.graphql');

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const typeSuffix = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };

/** The operation followed by every fragment it reaches, without ignorable characters. */
function textOf(operation, fragments) {
  const reached = new Map();
  const follow = (node) => visit(node, {
    FragmentSpread({ name }) {
      const fragment = fragments.get(name.value);
      if (fragment && !reached.has(name.value)) {
        reached.set(name.value, fragment);
        follow(fragment);
      }
    },
  });
  follow(operation);
  return stripIgnoredCharacters([operation, ...reached.values()].map(print).join('\n'));
}

/** A codegen plugin: one `document(hash, text)` constant for each operation; `manifest` collects them. */
const documentsPlugin = (manifest) => ({
  plugin(_schema, documents) {
    const definitions = documents.flatMap(({ document }) => document.definitions);
    const fragments = new Map(definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((f) => [f.name.value, f]));
    const content = definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).map((operation) => {
      const text = textOf(operation, fragments);
      const hash = sha256(text);
      manifest[hash] = text;
      const name = operation.name.value;
      const types = `${name}${typeSuffix[operation.operation]}`;
      return `export const ${name}Document = /* @__PURE__ */ document<${types}, ${types}Variables>(\n`
        + `  '${hash}',\n  ${JSON.stringify(text)},\n);`;
    });
    return { prepend: ["import { document } from '../../graphql/document';"], content: content.join('\n') };
  },
});

function possibleTypesModule(schemaFile) {
  const schema = buildSchema(readFileSync(schemaFile, 'utf8'));
  const entries = Object.values(schema.getTypeMap()).filter(isAbstractType)
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]);
  return `/** Types behind each interface and union. */\nexport const possibleTypes: Record<string, string[]> = ${
    JSON.stringify(Object.fromEntries(entries), null, 2)};\n`;
}

/** @param {string} schema path of the SDL */
export async function generateDocuments(schema = join(root, 'schema', 'schema.graphql')) {
  const manifest = {};
  const features = readdirSync(source).filter((name) => existsSync(join(source, name, 'documents.graphql')));
  const pluginLoader = async (name) => (name.endsWith('/documents') ? documentsPlugin(manifest) : import(name));
  await generate({
    schema,
    cwd: root,
    silent: true,
    errorsOnly: true,
    pluginLoader,
    generates: Object.fromEntries(features.map((feature) => [join(source, feature, 'gql', 'documents.ts'), {
      documents: [fragmentsFile, join(source, feature, 'documents.graphql')],
      documentTransforms: [addTypenameSelectionDocumentTransform],
      plugins: ['typescript-operations', 'documents'],
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        skipTypename: true,
        scalars: { DateTime: 'string', Position: 'string', JSON: 'unknown', ID: 'string', Scope: 'string' },
      },
    }])),
  }, true);
  mkdirSync(join(source, 'graphql', 'gql'), { recursive: true });
  writeFileSync(join(source, 'graphql', 'gql', 'possible-types.ts'), possibleTypesModule(schema));
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(join(root, 'schema', 'operations.json'), `${JSON.stringify(sorted, null, 2)}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await generateDocuments(process.argv[2]);
}
