import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/*
 * One self-signed certificate for the loopback address, made at each start. kubectl sends a token over TLS only, and
 * node:crypto signs but can't write a certificate; the dozen lines of DER below can.
 */

const length = (bytes: number): Buffer => {
  if (bytes < 128) return Buffer.from([bytes]);
  const hex = bytes.toString(16);
  const raw = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  return Buffer.from([0x80 | raw.length, ...raw]);
};
const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), length(body.length), body]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
const octets = (body: Buffer): Buffer => tlv(0x04, body);
const bits = (body: Buffer): Buffer => tlv(0x03, Buffer.from([0]), body);
const yes = tlv(0x01, Buffer.from([0xff]));
const oid = (text: string): Buffer => {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const more = rest.flatMap((value) => {
    const groups = [value & 127];
    for (let left = value >> 7; left > 0; left >>= 7) groups.unshift((left & 127) | 128);
    return groups;
  });
  return tlv(0x06, Buffer.from([first * 40 + second, ...more]));
};
const generalized = (at: Date): Buffer =>
  tlv(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));

const ecdsaSha256 = sequence(oid('1.2.840.10045.4.3.2'));
const commonName = (name: string): Buffer =>
  sequence(tlv(0x31, sequence(oid('2.5.4.3'), tlv(0x0c, Buffer.from(name)))));
const extension = (id: string, critical: boolean, body: Buffer): Buffer =>
  sequence(oid(id), ...(critical ? [yes] : []), octets(body));

const names = sequence(
  tlv(0x82, Buffer.from('localhost')),
  tlv(0x87, Buffer.from([127, 0, 0, 1])),
  tlv(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])),
);
const days = 24 * 3_600_000;

function certificate(privateKey: KeyObject, publicKey: KeyObject): string {
  const name = commonName('Groundcrew playground');
  // By the machine's clock, since that is the one by which clients judge it.
  const from = new Date(Date.now() - days);
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaSha256,
    name,
    sequence(generalized(from), generalized(new Date(from.getTime() + 366 * days))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(extension('2.5.29.19', true, sequence(yes)), extension('2.5.29.17', false, names))),
  );
  const der = sequence(body, ecdsaSha256, bits(sign('sha256', body, privateKey)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

export function selfSigned(): { readonly key: string; readonly cert: string } {
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    key: pair.privateKey,
    cert: certificate(createPrivateKey(pair.privateKey), createPublicKey(pair.publicKey)),
  };
}
