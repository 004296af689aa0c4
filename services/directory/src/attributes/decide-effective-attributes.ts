import type { AdminAttribute, Attributes, EffectiveAttribute } from '@sandgate/contracts';

/** The attributes that count. The token wins over the administrator, unless the administrator's value is pinned. */
export function decideEffectiveAttributes(
  tokenAttributes: Attributes,
  adminAttributes: Readonly<Record<string, AdminAttribute>>,
): Record<string, EffectiveAttribute> {
  const effective = new Map<string, EffectiveAttribute>();
  for (const [name, value] of Object.entries(tokenAttributes)) effective.set(name, { value, source: 'token' });
  for (const [name, { value, pinned }] of Object.entries(adminAttributes)) {
    if (pinned || !effective.has(name)) effective.set(name, { value, source: 'admin' });
  }
  return Object.fromEntries(effective);
}
