import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Draft, Fields, Json } from '../json.ts';

/*
 * Kubernetes' protobuf, read only: Go clients send built-in kinds in it, and take JSON as the answer. A field of
 * wire.json reads `name:type`: s text, i integer, b boolean, d double, x bytes, else a message; * a list, % a map; no
 * name when Go embeds the struct.
 */

/** One field as it comes: a number, or bytes. */
export type Reader = { readonly number: number; readonly value: number; readonly bytes: Uint8Array };
const none = new Uint8Array();

export function readFields(buffer: Uint8Array): readonly Reader[] {
  const fields: Reader[] = [];
  let at = 0;
  const varint = (): number => {
    let result = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = buffer[at++];
      if (byte === undefined) throw new RangeError('the protobuf message ends too early');
      result |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, result));
    }
  };
  while (at < buffer.length) {
    const tag = varint();
    const number = tag >>> 3;
    const wire = tag & 7;
    if (wire === 0) fields.push({ number, value: varint(), bytes: none });
    else if (wire === 2) {
      const size = varint();
      if (size < 0 || at + size > buffer.length) throw new RangeError('the protobuf message ends too early');
      fields.push({ number, value: 0, bytes: buffer.subarray(at, at + size) });
      at += size;
    } else if (wire === 1 || wire === 5) {
      const size = wire === 1 ? 8 : 4;
      const bytes = buffer.slice(at, at + size);
      at += size;
      fields.push({ number, value: wire === 1 ? new DataView(bytes.buffer).getFloat64(0, true) : 0, bytes });
    } else throw new RangeError(`the protobuf wire type ${wire} is not known`);
  }
  return fields;
}

type Messages = Readonly<Record<string, Readonly<Record<string, string>>>>;
let loaded: Messages | undefined;
const messages = (): Messages => {
  loaded ??= JSON.parse(readFileSync(join(import.meta.dirname, 'wire.json'), 'utf8')) as Messages;
  return loaded;
};

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const of = (fields: readonly Reader[], number: number): Reader | undefined =>
  fields.findLast((one) => one.number === number);

const time = (bytes: Uint8Array, precise: boolean): Json => {
  const fields = readFields(bytes);
  const seconds = of(fields, 1)?.value ?? 0;
  // Go's zero time is no time.
  if (seconds <= 0) return null;
  const text = new Date(seconds * 1000 + Math.floor((of(fields, 2)?.value ?? 0) / 1e6)).toISOString();
  return precise ? text.replace('Z', '000Z') : `${text.slice(0, 19)}Z`;
};

/** Messages that JSON writes in a form of their own. */
const special: Readonly<Record<string, (bytes: Uint8Array) => Json>> = {
  'meta.v1.Time': (bytes) => time(bytes, false),
  'meta.v1.MicroTime': (bytes) => time(bytes, true),
  'meta.v1.Duration': (bytes) => `${(of(readFields(bytes), 1)?.value ?? 0) / 1e9}s`,
  'resource.Quantity': (bytes) => utf8(of(readFields(bytes), 1)?.bytes ?? none),
  'intstr.IntOrString'(bytes) {
    const fields = readFields(bytes);
    return of(fields, 1)?.value === 1 ? utf8(of(fields, 3)?.bytes ?? none) : (of(fields, 2)?.value ?? 0);
  },
  'meta.v1.FieldsV1': (bytes) => JSON.parse(utf8(of(readFields(bytes), 1)?.bytes ?? none) || '{}') as Json,
  'runtime.RawExtension': (bytes) => JSON.parse(utf8(of(readFields(bytes), 1)?.bytes ?? none) || 'null') as Json,
  'authentication.v1.ExtraValue': (bytes) => readFields(bytes).map((one) => utf8(one.bytes)),
  'authorization.v1.ExtraValue': (bytes) => readFields(bytes).map((one) => utf8(one.bytes)),
  'meta.v1.Verbs': (bytes) => readFields(bytes).map((one) => utf8(one.bytes)),
};

function single(type: string, { value, bytes }: Reader): Json {
  if (type === 's') return utf8(bytes);
  if (type === 'x') return Buffer.from(bytes).toString('base64');
  if (type === 'b') return value !== 0;
  if (type === 'i' || type === 'd') return value;
  const own = special[type];
  return own ? own(bytes) : message(type, bytes);
}

function message(type: string, bytes: Uint8Array): Fields {
  const known = messages()[type] ?? {};
  const result: Draft = {};
  for (const one of readFields(bytes)) {
    const [name = '', kind = ''] = (known[one.number] ?? '').split(':');
    if (kind === '') continue;
    if (kind.startsWith('*')) {
      const list = result[name];
      result[name] = [...(Array.isArray(list) ? list : []), single(kind.slice(1), one)];
    } else if (kind.startsWith('%')) {
      const entry = readFields(one.bytes);
      const key = utf8(of(entry, 1)?.bytes ?? none);
      const value = of(entry, 2) ?? { number: 2, value: 0, bytes: none };
      result[name] = { ...(result[name] as Fields | undefined), [key]: single(kind.slice(1), value) };
    } else if (name === '') Object.assign(result, single(kind, one));
    else result[name] = single(kind, one);
  }
  // Go writes nothing, zero and false for what is not set, except where it holds a pointer.
  return Object.fromEntries(
    Object.entries(result).filter(
      ([name, value]) => value !== '' && value !== null && ((value !== 0 && value !== false) || meant.has(name)),
    ),
  );
}

/** Numbers and switches whose zero or false says something. */
const meant: ReadonlySet<string> = new Set([
  ...['replicas', 'minReplicas', 'backoffLimit', 'completions', 'parallelism', 'partition', 'revisionHistoryLimit'],
  ...['successfulJobsHistoryLimit', 'failedJobsHistoryLimit', 'ttlSecondsAfterFinished', 'startingDeadlineSeconds'],
  ...['terminationGracePeriodSeconds', 'gracePeriodSeconds', 'tolerationSeconds', 'progressDeadlineSeconds'],
  ...['runAsUser', 'runAsGroup', 'fsGroup', 'defaultMode', 'priority', 'value', 'exitCode', 'port', 'weight'],
  ...['automountServiceAccountToken', 'allowPrivilegeEscalation', 'readOnlyRootFilesystem', 'runAsNonRoot'],
  ...[
    'privileged',
    'enableServiceLinks',
    'optional',
    'suspend',
    'controller',
    'blockOwnerDeletion',
    'orphanDependents',
  ],
]);

const magic = Buffer.from('k8s\0');

/** The object in a body; undefined when it is of no kind that the table knows. */
export function decodeProtobuf(body: Uint8Array): Fields | undefined {
  if (body.length < 4 || !magic.equals(body.subarray(0, 4))) return undefined;
  const unknown = readFields(body.subarray(4));
  const head = readFields(of(unknown, 1)?.bytes ?? none);
  const apiVersion = utf8(of(head, 1)?.bytes ?? none);
  const kind = utf8(of(head, 2)?.bytes ?? none);
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const name = `${group === '' ? 'core' : group.split('.')[0]}.${version}.${kind}`;
  const found = [name === 'core.v1.DeleteOptions' ? '' : name, `meta.v1.${kind}`].find((one) => messages()[one]);
  return found ? { apiVersion, kind, ...message(found, of(unknown, 2)?.bytes ?? none) } : undefined;
}
