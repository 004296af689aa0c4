import { resetPassword } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import type { PasswordReset } from '../passwords/change-passwords.js';

export const resetPasswordRoute = (reset: (wanted: PasswordReset) => Promise<void>): AnyRoute =>
  route(resetPassword, ({ body, source, traceparent }) => reset({ ...body, source, traceparent }));
