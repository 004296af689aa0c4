import { putPasswordSignIn } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';

export const putPasswordSignInRoute = (
  switchPasswordSignIn: (enabled: boolean, by: Author) => Promise<{ enabled: boolean }>,
): AnyRoute =>
  route(putPasswordSignIn, ({ body, ...context }) => switchPasswordSignIn(body.enabled, authorOf(context)));
