import { z } from 'zod';

/** Text that a database may be asked about or keep. */
export const StorableText = z.string().refine(isStorableText, 'must hold neither NUL nor lone surrogates');

/** A single attribute value. Numbers are finite by JSON; text holds no NUL, which PostgreSQL cannot store. */
export const AttributeScalar = z.union([StorableText.max(1024), z.number(), z.boolean()]);
export type AttributeScalar = z.infer<typeof AttributeScalar>;

/** An attribute keeps its JSON type: a string, a number, a boolean, or a list of these. */
export const AttributeValue = z.union([AttributeScalar, z.array(AttributeScalar).max(200)]);
export type AttributeValue = z.infer<typeof AttributeValue>;

export const AttributeName = StorableText.min(1)
  .max(128)
  .refine((name) => !['__proto__', 'constructor', 'prototype'].includes(name), 'is a reserved name');
export type AttributeName = z.infer<typeof AttributeName>;

export const Attributes = z.record(AttributeName, AttributeValue);
export type Attributes = z.infer<typeof Attributes>;

/** PostgreSQL's text holds any well-formed Unicode but NUL. With the u flag, `\p{Surrogate}` matches lone ones only. */
export function isStorableText(text: string): boolean {
  return !/[\u0000\p{Surrogate}]/u.test(text);
}
