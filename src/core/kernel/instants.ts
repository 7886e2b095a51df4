/*
 * Instants so much earlier or later, by date-fns. Everybody takes them from here: Node reads a package's description anew
 * for each file that imports it, and that of date-fns has 199 KB.
 */
export { addDays } from 'date-fns/addDays';
export { addHours } from 'date-fns/addHours';
export { addMilliseconds } from 'date-fns/addMilliseconds';
export { addMinutes } from 'date-fns/addMinutes';
export { addSeconds } from 'date-fns/addSeconds';
export { subDays } from 'date-fns/subDays';
export { subMinutes } from 'date-fns/subMinutes';
