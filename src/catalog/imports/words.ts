import { shorten } from '../../core/kernel/text.ts';

/** Descriptions of others as a hint: one line, and no longer than one. */
export const hintOf = (text: string): string => shorten(text.replace(/\s+/g, ' ').trim(), 300);
