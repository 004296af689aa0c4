export { authSettings } from './config.js';
export { type AuthDependencies, createAuth } from './service.js';
export { canonicalEmail } from './sign-in/canonical-email.js';
export {
  type VerificationKey,
  type VerificationSettings,
  type VerifiedSignIn,
  verifyToken,
} from './sign-in/verify-token.js';
