import { createRequire } from 'node:module';

/*
 * Instants so much earlier or later, by date-fns. Everybody takes them from here, and here they are required: Node reads a
 * package's description, which has 199 KB here, anew for each import of it and of each file in it that is an ES module. That
 * was a twentieth of the start.
 */

const require = createRequire(import.meta.url);

export const { addDays }: typeof import('date-fns/addDays') = require('date-fns/addDays');
export const { addHours }: typeof import('date-fns/addHours') = require('date-fns/addHours');
export const { addMilliseconds }: typeof import('date-fns/addMilliseconds') = require('date-fns/addMilliseconds');
export const { addMinutes }: typeof import('date-fns/addMinutes') = require('date-fns/addMinutes');
export const { addSeconds }: typeof import('date-fns/addSeconds') = require('date-fns/addSeconds');
export const { subDays }: typeof import('date-fns/subDays') = require('date-fns/subDays');
export const { subMinutes }: typeof import('date-fns/subMinutes') = require('date-fns/subMinutes');
