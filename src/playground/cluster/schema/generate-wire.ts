import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Reader, readFields } from './wire.ts';

/*
 * Writes wire.json: the numbers of the fields of the built-in kinds in Kubernetes' protobuf encoding. Go clients carry
 * them as compressed descriptors, so they are read out of kubectl's own binary:
 * node generate-wire.ts path/to/kubectl
 */

const packages = [
  'k8s.io.api.core.v1',
  'k8s.io.api.apps.v1',
  'k8s.io.api.batch.v1',
  'k8s.io.api.autoscaling.v1',
  'k8s.io.api.autoscaling.v2',
  'k8s.io.api.networking.v1',
  'k8s.io.api.policy.v1',
  'k8s.io.api.rbac.v1',
  'k8s.io.api.storage.v1',
  'k8s.io.api.coordination.v1',
  'k8s.io.api.discovery.v1',
  'k8s.io.api.scheduling.v1',
  'k8s.io.api.authentication.v1',
  'k8s.io.api.authorization.v1',
  'k8s.io.api.admissionregistration.v1',
  'k8s.io.apimachinery.pkg.apis.meta.v1',
  'k8s.io.apimachinery.pkg.runtime',
  'k8s.io.apimachinery.pkg.api.resource',
  'k8s.io.apimachinery.pkg.util.intstr',
];
const short = (name: string): string =>
  name.replace(/^\./, '').replace(/^k8s\.io\.(?:api\.|apimachinery\.pkg\.(?:apis\.|api\.|util\.)?)/, '');

/** Numbers of google/protobuf/descriptor.proto. */
const scalar: Readonly<Record<number, string>> = { 1: 'd', 3: 'i', 5: 'i', 8: 'b', 9: 's', 12: 'x', 13: 'i' };
const text = (reader: Reader | undefined): string => (reader ? Buffer.from(reader.bytes).toString('utf8') : '');

type Message = { readonly name: string; readonly fields: Record<string, string>; readonly entry: boolean };

function messages(descriptor: Uint8Array, prefix: string): readonly Message[] {
  const all = readFields(descriptor);
  const name = `${prefix}.${text(all.find((one) => one.number === 1))}`;
  const nested = all.filter((one) => one.number === 3).flatMap((one) => messages(one.bytes, name));
  const options = all.find((one) => one.number === 7);
  const entry = options ? readFields(options.bytes).some((one) => one.number === 7 && one.value === 1) : false;
  const fields: Record<string, string> = {};
  for (const one of all.filter((each) => each.number === 2)) {
    const parts = readFields(one.bytes);
    const of = (number: number) => parts.find((part) => part.number === number);
    const repeated = of(4)?.value === 3 ? '*' : '';
    const type = of(5)?.value === 11 ? short(text(of(6))) : (scalar[of(5)?.value ?? 0] ?? '?');
    fields[String(of(3)?.value)] = `${text(of(1))}:${repeated}${type}`;
  }
  return [...nested, { name: short(name), fields, entry }];
}

const magic = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff]);
const binary = readFileSync(process.argv[2] ?? '');
const found: Message[] = [];
for (let at = binary.indexOf(magic); at >= 0; at = binary.indexOf(magic, at + 1)) {
  let file: Buffer;
  try {
    file = gunzipSync(binary.subarray(at, at + 400_000), { finishFlush: 2 });
  } catch {
    continue;
  }
  if (!file.subarray(0, 200).includes('k8s.io/')) continue;
  const parts = readFields(file);
  const name = text(parts.find((one) => one.number === 2));
  if (packages.includes(name))
    found.push(...parts.filter((one) => one.number === 4).flatMap((one) => messages(one.bytes, name)));
}

const builtin = JSON.parse(readFileSync(join(import.meta.dirname, 'builtin.json'), 'utf8')) as Record<
  string,
  Record<string, string>
>;
const entries = new Map(
  found.filter((one) => one.entry).map((one) => [one.name, one.fields['2']?.split(':')[1] ?? '?']),
);
const inlined: string[] = [];

/** Go embeds some structs: their fields stand in JSON beside the others, though they are a message of their own. */
function isInline(message: string, field: string, type: string): boolean {
  const [group = '', version = '', kind = ''] = message.split('.');
  const model =
    builtin[`V${version.slice(1)}${kind}`] ??
    builtin[`${group[0]?.toUpperCase()}${group.slice(1)}V${version.slice(1)}${kind}`];
  const inline =
    model !== undefined &&
    type.includes('.') &&
    !type.startsWith('*') &&
    model[field] === undefined &&
    field !== 'metadata';
  if (inline) inlined.push(`${message}.${field}`);
  return inline;
}

const lines = found
  .filter((one) => !one.entry)
  .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  .map(({ name, fields }) => {
    const written = Object.entries(fields).map(([number, field]) => {
      const [key = '', type = ''] = field.split(':');
      const map = entries.get(type.slice(1));
      return [number, `${isInline(name, key, type) ? '' : key}:${map ? `%${map}` : type}`];
    });
    return `${JSON.stringify(name)}: ${JSON.stringify(Object.fromEntries(written))}`;
  });
writeFileSync(join(import.meta.dirname, 'wire.json'), `{\n${lines.join(',\n')}\n}\n`);
process.stdout.write(`${lines.length} messages; embedded: ${inlined.join(', ')}\n`);
