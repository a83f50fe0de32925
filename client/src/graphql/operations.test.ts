import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, toNode, type Document } from './document';

const source = join(__dirname, '..');
const manifest: Record<string, string> = JSON.parse(readFileSync(join(source, '..', '..', 'schema', 'operations.json'), 'utf8'));
const features = readdirSync(source).filter((name) => existsSync(join(source, name, 'documents.graphql')));

const documentsOf = async (feature: string): Promise<[string, Document<unknown, unknown>][]> =>
  Object.entries(await import(join(source, feature, 'gql', 'documents')));

describe.each(features)('documents of %s', (feature) => {
  it('carry the hash of their very text, and stand in the manifest', async () => {
    const documents = await documentsOf(feature);
    expect(documents.length).toBeGreaterThan(0);
    for (const [, { hash, text }] of documents) {
      expect(createHash('sha256').update(text).digest('hex')).toBe(hash);
      expect(manifest[hash]).toBe(text);
    }
  });

  it('keep the hash on the parsed document', async () => {
    for (const [, document] of await documentsOf(feature)) {
      expect(hashOf(toNode(document))).toBe(document.hash);
    }
  });
});

it('the manifest holds nothing that no screen sends', async () => {
  const sent = (await Promise.all(features.map(documentsOf))).flat().map(([, { hash }]) => hash);
  expect(Object.keys(manifest).sort()).toEqual([...new Set(sent)].sort());
});
