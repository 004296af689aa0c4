import { putPasswordSignIn } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';

export const putPasswordSignInRoute = (
  switchPasswordSignIn: (enabled: boolean) => Promise<{ enabled: boolean }>,
): AnyRoute => route(putPasswordSignIn, ({ body }) => switchPasswordSignIn(body.enabled));
