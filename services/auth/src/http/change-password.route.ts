import { changePassword } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import type { PasswordChanger } from '../passwords/change-passwords.js';

export const changePasswordRoute = ({ change }: PasswordChanger): AnyRoute =>
  route(changePassword, ({ body, caller: { accountId }, credential, traceparent }) =>
    change({ ...body, by: { actorId: accountId, traceparent }, session: credential?.token ?? '' }),
  );
