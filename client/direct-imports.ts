import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** Which file of a package each name of its index comes from. */
function filesByName(entry: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const [, names = '', file = ''] of readFileSync(entry, 'utf8').matchAll(/import \{ ([^}]+) \} from "([^"]+)"/g)) {
    names.split(', ').forEach((name) => files.set(name, join(dirname(entry), file)));
  }
  return files;
}

/**
 * Turns `import { Button, Modal } from 'a-package'` into one import a file. The bundler lets everything that any
 * screen takes from an index travel with the first screen that touches the index; this keeps each part with its user.
 * @param packages whose ES modules lie in `esm`, with an index of plain re-exports
 */
export function directImports(packages: readonly string[]): Plugin {
  const { resolve } = createRequire(import.meta.url);
  const indexes = new Map(packages.map((name) => [name, filesByName(join(dirname(resolve(name)), '..', 'esm', 'index.mjs'))]));
  const statement = new RegExp(`import \\{([^}]+)\\} from ['"](${packages.join('|')})['"];?`, 'g');
  return {
    name: 'direct-imports',
    enforce: 'post',
    apply: 'build',
    transform(code, id) {
      if (!/\.(?:tsx?|mjs|js)$/.test(id) || !packages.some((name) => code.includes(name))) {
        return null;
      }
      const direct = code.replace(statement, (_all, names: string, from: string) => names
        .split(',').map((part) => part.trim()).filter(Boolean)
        .map((part) => {
          const file = indexes.get(from)?.get(part.split(' as ')[0] ?? '');
          return `import { ${part} } from ${JSON.stringify(file ?? from)};`;
        }).join(' '));
      return { code: direct, map: null };
    },
  };
}
