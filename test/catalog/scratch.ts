import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A catalog in a folder of its own, gone after the test. */
export function scratchCatalog(files: Readonly<Record<string, string>> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'catalog-'));
  made.push(root);
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  return { root, write, remove: (file: string) => rmSync(join(root, file), { recursive: true, force: true }) };
}

export const queueYaml = `name: queue
title: Message queue
summary: A queue.
version: 1.0.0
owner: messaging
docs: README.md
parameters:
  required: [name]
  properties:
    name: { title: Name, pattern: '^[a-z]{1,20}$', placeholder: orders, fixed: true }
    size: { enum: [s, m], default: s }
identity: params.name
backend:
  kind: kubernetes
  objects: objects.yaml
  namespace: \${{ slug(team.name) }}
cost: { currency: EUR, by: size, table: { s: 1.5, m: 20 } }
operations:
  - { name: resize, title: Resize, verb: change, fields: [size] }
`;
export const queueObjects = `apiVersion: v1
kind: ConfigMap
metadata:
  name: \${{ params.name }}
data:
  size: \${{ params.size }}
`;
/** A small path that is right. */
export const queue = {
  'queue/path.yaml': queueYaml,
  'queue/objects.yaml': queueObjects,
  'queue/README.md': '# Queue\n',
};
