import { z } from 'zod';
import { ReadinessReport } from '../questions/every-service.js';
import { defineEndpoint } from './define-endpoint.js';

export const getLiveness = defineEndpoint({
  method: 'get',
  path: '/api/health/live',
  owner: 'every service',
  access: 'anyone',
  summary: 'The process answers',
  response: z.strictObject({ live: z.literal(true) }),
});

/** 503 with the same body while something is missing. */
export const getReadiness = defineEndpoint({
  method: 'get',
  path: '/api/health/ready',
  owner: 'every service',
  access: 'anyone',
  summary: 'Everything that is needed to sign in and see rows is in place',
  response: ReadinessReport,
});

export const getMetrics = defineEndpoint({
  method: 'get',
  path: '/metrics',
  owner: 'every service',
  access: 'operator',
  summary: 'Metrics in the text format of Prometheus',
  answers: 'text',
});

export const getOpenApi = defineEndpoint({
  method: 'get',
  path: '/api/openapi.json',
  owner: 'dashboard',
  access: 'anyone',
  summary: 'This document',
  response: z.unknown(),
});
