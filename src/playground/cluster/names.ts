import { randomInt, randomUUID } from 'node:crypto';

// Kubernetes leaves out vowels and digits that look like them, so that no word comes out.
const letters = 'bcdfghjklmnpqrstvwxz2456789';
export const suffix = (length = 5): string => Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
export const uid = (): string => randomUUID();

/** The same for the same text: how the pod-template-hash label looks. */
export function hashName(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return String(hash)
    .split('')
    .map((digit) => letters[Number(digit) + 10])
    .join('');
}

export const stamp = (now: Date): string => `${now.toISOString().slice(0, 19)}Z`;
