import { changePassword } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import type { PasswordChange } from '../passwords/change-passwords.js';

export const changePasswordRoute = (change: (wanted: PasswordChange) => Promise<void>): AnyRoute =>
  route(changePassword, ({ body, caller: { accountId }, credential, source, traceparent }) =>
    change({ ...body, by: { actorId: accountId, traceparent }, session: credential?.token ?? '', source }),
  );
