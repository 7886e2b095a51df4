import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The browser tests: the real bot, its playground, and a headless Chromium. Each file has its own, and mostly waits for them. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({ test: { include: ['test/e2e/**/*.e2e.ts'] } }),
);
