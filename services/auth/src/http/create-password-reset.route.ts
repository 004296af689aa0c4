import { createPasswordReset } from '@sandgate/contracts';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import type { PasswordChanger } from '../passwords/change-passwords.js';

export const createPasswordResetRoute = ({ createLink }: PasswordChanger): AnyRoute =>
  route(createPasswordReset, ({ params, ...context }) => createLink(params.id, authorOf(context)));
