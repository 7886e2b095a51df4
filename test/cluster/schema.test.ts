import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtIn } from '../../src/playground/cluster/kinds.ts';
import { generate } from '../../src/playground/cluster/schema/generate.ts';
import { hasBuiltin } from '../../src/playground/cluster/schema/node.ts';
import { decodeProtobuf } from '../../src/playground/cluster/schema/wire.ts';

const folder = join(import.meta.dirname, '../../src/playground/cluster/schema');

test('the fields of the built-in kinds are those of the client that the bot uses', () => {
  expect(JSON.parse(readFileSync(join(folder, 'builtin.json'), 'utf8'))).toEqual(JSON.parse(generate()));
});

test('every built-in kind has a schema', () => {
  expect(
    builtIn.filter((one) => typeof one.schema !== 'string' || !hasBuiltin(one.schema)).map((one) => one.kind),
  ).toEqual([]);
});

const field = (number: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, body.length]), body]);
const text = (number: number, value: string): Buffer => field(number, Buffer.from(value));

test('Kubernetes’ protobuf is read: texts, maps, bytes, lists of messages', () => {
  const secret = Buffer.concat([
    field(
      1,
      Buffer.concat([text(1, 'db'), text(3, 'shop'), field(11, Buffer.concat([text(1, 'app'), text(2, 'web')]))]),
    ),
    field(2, Buffer.concat([text(1, 'password'), text(2, 'x')])),
    text(3, 'Opaque'),
  ]);
  const head = Buffer.concat([text(1, 'v1'), text(2, 'Secret')]);
  const body = Buffer.concat([Buffer.from('k8s\0'), field(1, head), field(2, secret)]);
  expect(decodeProtobuf(body)).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'shop', labels: { app: 'web' } },
    data: { password: 'eA==' },
    type: 'Opaque',
  });
  expect(decodeProtobuf(Buffer.from('{}'))).toBeUndefined();
  expect(() => decodeProtobuf(body.subarray(0, body.length - 3))).toThrow('ends too early');
});
