import type { Controller } from '../controllers/runtime.ts';

export const operators = (_stuck: ReadonlySet<string>): readonly Controller[] => [];
