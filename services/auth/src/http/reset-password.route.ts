import { resetPassword } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import type { PasswordChanger } from '../passwords/change-passwords.js';

export const resetPasswordRoute = ({ reset }: PasswordChanger): AnyRoute =>
  route(resetPassword, ({ body, traceparent }) => reset({ ...body, traceparent }));
