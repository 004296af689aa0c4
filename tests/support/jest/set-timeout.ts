import { jest } from '@jest/globals';

// jest has one time limit for all projects; its environment makes the options of a project global.
const { testTimeoutMs } = globalThis as { testTimeoutMs?: number };
if (testTimeoutMs === undefined) throw new Error('The project in jest.config.js names no testTimeoutMs');
jest.setTimeout(testTimeoutMs);
