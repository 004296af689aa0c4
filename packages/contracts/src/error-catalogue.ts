interface CatalogueEntry {
  readonly status: number;
  /** A sentence that is safe to show to anybody. */
  readonly message: string;
  /** What makes it go away, for `docs/errors.md`. */
  readonly remedy: string;
  readonly onEvent?: 'dead-letter';
  readonly retryAfterSeconds?: number;
  /** Every answer with this code is the same to the byte, so that it tells nothing apart; its id is the code. */
  readonly constant?: true;
}

/** Every code that leaves a service, over HTTP or as the reason of a dead letter. Codes are stable: never renamed, only added. */
export const errorCatalogue = {
  internal_error: {
    status: 500,
    message: 'Something went wrong. The id finds it in the log.',
    remedy: 'Look the id up in the log of the service that answered.',
  },
  'request.invalid': {
    status: 400,
    message: 'The request is not valid.',
    remedy: 'Each entry of `details.faults` names a field and what it should be.',
  },
  'request.not_found': {
    status: 404,
    message: 'There is nothing at this address.',
    remedy: 'See /api/openapi.json for what there is.',
  },
  'request.method_not_allowed': {
    status: 405,
    message: 'This address does not answer that method.',
    remedy: 'Use a method that the `Allow` header lists.',
  },
  'request.too_large': {
    status: 413,
    message: 'The request body is too large.',
    remedy: 'Send at most 256 KiB.',
  },
  'request.not_json': {
    status: 415,
    message: 'The request body must be JSON.',
    remedy: 'Send valid JSON with `Content-Type: application/json`.',
  },
  'request.cross_origin': {
    status: 403,
    message: 'A request with a session cookie that changes something must come from this site.',
    remedy: 'Send an `Origin` header of this site, or sign the request with a header instead of the cookie.',
  },
  'service.unavailable': {
    status: 503,
    message: 'A part of the system does not answer. Nothing was changed.',
    remedy: 'Try again; look at /api/health/ready for the part that is missing.',
    retryAfterSeconds: 1,
  },
  'service.database_unavailable': {
    status: 503,
    message: 'A database of the system does not answer.',
    remedy: 'Try again; what a request was to change may have been changed nevertheless.',
    retryAfterSeconds: 1,
  },
  'service.credential_required': {
    status: 401,
    message: 'This address is for the services of the system.',
    remedy: 'Send the service credential as `Authorization: Bearer`.',
  },

  'auth.session_required': {
    status: 401,
    message: 'Sign in first.',
    remedy:
      'Send a session by the cookie sandgate.SESSION, X-Metabase-Session or Authorization: Bearer; an API key by X-Api-Key or Authorization: Bearer.',
  },
  'auth.administrator_required': {
    status: 403,
    message: 'Only an administrator may do this.',
    remedy: 'Sign in as a member of Administrators.',
  },
  'auth.sign_in_refused': {
    status: 401,
    message: 'The sign-in was refused. Start again from the application that sent you here.',
    remedy: 'The log of the auth service holds the reason code of each refused token.',
    constant: true,
  },
  'auth.sso_disabled': {
    status: 400,
    message: 'Single sign-on is not enabled.',
    remedy: 'Enable the provider and set its identityProviderUri.',
  },
  'auth.browser_required': {
    status: 400,
    message: 'Signing in like this leads a browser through an OpenID Connect provider, which a program cannot follow.',
    remedy:
      'Let the host application sign tokens, with a JWT provider that has an identityProviderUri; or use an API key.',
  },
  'auth.provider_required': {
    status: 400,
    message: 'Several providers are enabled, and the address does not say which.',
    remedy: 'Add `provider=` and the name of one to the address.',
  },
  'auth.cookie_blocked': {
    status: 400,
    message: 'The browser keeps the session cookie of this site back.',
    remedy:
      'In a frame of another site: set SANDGATE_COOKIE_SAMESITE=none, or put both under one site, such as app.example.com and dashboards.example.com.',
  },
  'auth.return_to_unsafe': {
    status: 400,
    message: 'return_to must be a path on this site.',
    remedy: 'Send a path that begins with one slash, or an address on the origin of SANDGATE_SITE_URL.',
  },
  'auth.token_malformed': {
    status: 401,
    message:
      'The token is not three canonical base64url segments of at most 8 KiB, or its header is no JSON object with unique members.',
    remedy: 'Send the compact form exactly as the signing library made it.',
  },
  'auth.token_claims_malformed': {
    status: 401,
    message: 'The signature is right, but the claims are no JSON object of at most 100 unique members and four levels.',
    remedy: 'Name each claim once; leave out what is nested deeply.',
  },
  'auth.token_algorithm': {
    status: 401,
    message: 'The token is not signed with the algorithm of the configured key.',
    remedy: 'Sign with HS256, or with the algorithm of the public key or key set that the provider has.',
  },
  'auth.token_header': {
    status: 401,
    message: 'The header asks for something that is not supported: crit, b64, or a typ other than JWT.',
    remedy: 'Sign a plain JWT; leave typ out or send JWT.',
  },
  'auth.token_key_unknown': {
    status: 401,
    message: 'The token names a key id that is not configured.',
    remedy: 'Leave `kid` out or send the id of a key of this provider.',
  },
  'auth.token_signature': {
    status: 401,
    message: 'The signature does not match any valid key.',
    remedy: 'Both sides need the same signing key; its bytes are the UTF-8 bytes of its text.',
  },
  'auth.token_unbounded': {
    status: 401,
    message: 'The token has neither exp nor iat, or no iat and an exp more than ten minutes ahead.',
    remedy: 'Add iat, exp or both; without iat, exp may be at most 600 seconds ahead.',
  },
  'auth.token_claim_invalid': {
    status: 401,
    message: 'A registered claim has a wrong type or value.',
    remedy: 'exp, iat and nbf are whole seconds; iss and jti are strings; see details in the log.',
  },
  'auth.token_expired': {
    status: 401,
    message: 'The token is expired: life is the smaller of exp and iat plus the maximum age.',
    remedy: 'Sign a fresh token for each sign-in, and check the clocks.',
  },
  'auth.token_not_yet_valid': {
    status: 401,
    message: 'The token is issued or valid only in the future.',
    remedy: 'Check the clocks; the tolerance is five seconds.',
  },
  'auth.token_issuer': {
    status: 401,
    message: 'The issuer is not the configured one.',
    remedy: 'Set `iss` to the issuer of the provider settings.',
  },
  'auth.token_audience': {
    status: 401,
    message: 'The audience does not contain the configured one.',
    remedy: 'Set `aud` to the audience of the provider settings.',
  },
  'auth.token_jti_required': {
    status: 401,
    message: 'The provider requires a jti.',
    remedy: 'Add a unique jti to each token, or turn requireJti off.',
  },
  'auth.token_used': {
    status: 401,
    message: 'The token has been used already.',
    remedy: 'Sign a fresh token for each sign-in.',
  },
  'auth.token_email_invalid': {
    status: 401,
    message: 'The e-mail claim is missing or not an address that is accepted.',
    remedy: 'Send a plain ASCII address of at most 254 characters in the configured claim.',
  },
  'auth.token_groups_invalid': {
    status: 401,
    message: 'The groups claim is neither a list of at most 200 names, null nor absent.',
    remedy: 'Send a list of strings.',
  },
  'auth.token_key_set_unavailable': {
    status: 401,
    message: 'The key set of the provider was never fetched, or holds no key of the algorithm.',
    remedy: 'Check that jwksUri answers 200 with a JSON Web Key Set within five seconds, without a redirect.',
  },
  'auth.provider_unknown': {
    status: 401,
    message: 'There is no enabled provider of the name that the sign-in asks for.',
    remedy: 'Leave `provider` out, or send the name of an enabled provider.',
  },
  'auth.oidc_unreachable': {
    status: 401,
    message: 'The OpenID Connect provider does not answer, or not with what its issuer should have.',
    remedy: 'Open `issuer` + `/.well-known/openid-configuration` from where auth runs; its `issuer` is the one to set.',
  },
  'auth.oidc_state_unknown': {
    status: 401,
    message: 'The browser does not hold the state of this sign-in: begun over ten minutes ago, elsewhere, or altered.',
    remedy: 'Start again, and let cookies of this site through.',
  },
  'auth.oidc_refused': {
    status: 401,
    message: 'The OpenID Connect provider sent the browser back with an error instead of a code.',
    remedy:
      'The log line beside it holds the error; the redirect address, the scopes and who is assigned are set there.',
  },
  'auth.oidc_code_refused': {
    status: 401,
    message: 'The OpenID Connect provider does not exchange the code.',
    remedy:
      'The log line beside it holds the error: invalid_client means the client secret, invalid_grant a code used twice.',
  },
  'auth.oidc_answer_invalid': {
    status: 401,
    message:
      'What the OpenID Connect provider answered is not valid: signature, issuer, audience, nonce, life or at_hash.',
    remedy: 'The log line beside it names the check; mostly it is the issuer, the client id or a clock.',
  },
  'auth.oidc_email_unverified': {
    status: 401,
    message: 'The OpenID Connect provider says that the e-mail address is not verified.',
    remedy: 'The person verifies the address there.',
  },
  'auth.account_unknown': {
    status: 401,
    message: 'There is no such account and the provider may not create one.',
    remedy: 'Turn userProvisioning on or create the account first.',
  },
  'auth.account_deactivated': {
    status: 401,
    message: 'The account is deactivated.',
    remedy: 'An administrator can reactivate it; a sign-in never does.',
  },
  'auth.account_has_password': {
    status: 401,
    message: 'The account signs in with a password, and the provider is not trusted for its domain.',
    remedy: 'Use another address for one of the two, or add the domain to trustedDomains of the provider.',
  },
  'auth.account_of_another_provider': {
    status: 401,
    message: "The account with this e-mail is another provider's, and this one is not trusted for the domain.",
    remedy: 'Add the domain to trustedDomains of the provider if its e-mail addresses are to be believed.',
  },
  'auth.account_of_another_subject': {
    status: 401,
    message: 'The provider knows the account with this e-mail under another `sub`.',
    remedy: 'Send the same `sub` for one person in every token; who has a new one needs an e-mail of their own.',
  },
  'auth.domain_of_another_provider': {
    status: 401,
    message: 'The domain of the e-mail belongs to a provider that is trusted for it.',
    remedy: 'Sign in through that provider, or add the domain to trustedDomains of this one too.',
  },
  'auth.password_wrong': {
    status: 401,
    message: 'Username or password is wrong.',
    remedy: 'Check both.',
  },
  'auth.password_busy': {
    status: 429,
    message: 'Too many password sign-ins at once.',
    remedy: 'Try again in a second.',
    retryAfterSeconds: 1,
  },
  'auth.provider_not_found': {
    status: 404,
    message: 'There is no such provider.',
    remedy: 'GET /api/providers lists them.',
  },
  'auth.provider_of_another_kind': {
    status: 400,
    message:
      'A JWT provider is dry-run by `jwt`, an OpenID Connect provider by `claims`; only the latter has a discovery document.',
    remedy: 'GET /api/providers lists the providers with their kind.',
  },
  'auth.provider_exists': {
    status: 409,
    message: 'There is a provider of this name already.',
    remedy: 'Choose another name, or change the one there is.',
  },
  'auth.provider_built_in': {
    status: 409,
    message: 'The provider jwt is always there.',
    remedy: 'Disable it instead.',
  },
  'auth.too_many_refusals': {
    status: 429,
    message: 'Too many sign-ins from your address were refused.',
    remedy: 'Try again after `Retry-After`. A valid token is never held up by this.',
    retryAfterSeconds: 3,
  },
  'auth.password_sign_in_disabled': {
    status: 403,
    message: 'Signing in with a password is turned off.',
    remedy:
      'Sign in from the application that leads here. An operator turns it on again by `npm run admin -- enable-password-sign-in`.',
  },
  'auth.current_password_wrong': {
    status: 403,
    message: 'The current password is wrong.',
    remedy: 'Check it; an administrator can make a link by which you set another one.',
  },
  'auth.password_weak': {
    status: 400,
    message: 'The new password is not good enough.',
    remedy: 'At least 12 characters, not the e-mail address, not one of the commonest; `details.faults` says which.',
  },
  'auth.password_reset_invalid': {
    status: 400,
    message: 'This link has been used, has expired, or was replaced by another one.',
    remedy: 'Ask an administrator for a new one; it is good once, for 48 hours.',
    constant: true,
  },
  'auth.account_not_found': {
    status: 404,
    message: 'There is no such account.',
    remedy: 'GET /api/accounts lists them.',
  },
  'auth.account_exists': {
    status: 409,
    message: 'There is an account with this e-mail already.',
    remedy:
      'GET /api/accounts?search= finds it; POST /api/accounts/{id}/password-reset makes a new link for one with a password.',
  },
  'auth.domain_of_provider': {
    status: 409,
    message: 'The domain of the e-mail belongs to a provider that is trusted for it.',
    remedy: 'The person signs in through that provider; or remove the domain from its trustedDomains.',
  },
  'auth.account_without_password': {
    status: 409,
    message: 'This account has no password and gets none: it signs in through its provider, or is that of an API key.',
    remedy: 'Sign in through the provider.',
  },
  'auth.no_other_way_in': {
    status: 409,
    message:
      'No administrator has signed in yet through a provider that is enabled and has a key that does not retire, so that nobody could look after the system.',
    remedy: 'Sign in through the provider with an account that is in Administrators, then turn passwords off.',
  },
  'auth.last_way_in': {
    status: 409,
    message:
      'Passwords are turned off, and no other provider is enabled and has a key that does not retire: nobody could sign in any more.',
    remedy:
      'Enable another provider, give this one another key, or turn passwords on by PUT /api/password-sign-in, first.',
  },
  'auth.session_not_found': {
    status: 404,
    message: 'There is no such session.',
    remedy: 'GET /api/sessions lists those that are not over.',
  },
  'auth.api_key_groups_invalid': {
    status: 400,
    message: 'An API key cannot be in these groups; nothing was saved.',
    remedy: 'Each entry of `details.faults` names a group and what is wrong with it.',
  },
  'auth.api_key_not_found': {
    status: 404,
    message: 'There is no such API key.',
    remedy: 'GET /api/api-keys lists them.',
  },
  'auth.key_not_found': {
    status: 404,
    message: 'There is no such key.',
    remedy: 'GET /api/providers/{provider} lists the keys.',
  },
  'auth.issuer_in_use': {
    status: 409,
    message: 'People are known by what the issuer of this provider calls them, and another issuer may call others so.',
    remedy: 'Make a provider of its own for the other issuer.',
  },
  'auth.key_limit': {
    status: 409,
    message: 'Two keys are valid already.',
    remedy: 'Retire or delete the one that is no longer in use, then add the new one.',
  },
  'auth.key_from_environment': {
    status: 409,
    message: 'This key comes from SANDGATE_JWT_SHARED_SECRET and cannot be deleted here.',
    remedy: 'Change the environment and restart.',
  },
  'auth.settings_invalid': {
    status: 400,
    message: 'The provider settings are not valid.',
    remedy: 'Each entry of `details.faults` names a field and what it should be.',
  },

  'directory.account_not_found': {
    status: 404,
    message: 'There is no such account.',
    remedy: 'GET /api/accounts lists them.',
  },
  'directory.status_change_in_progress': {
    status: 409,
    message: 'Another change of the status of this account is not finished yet. Nothing was changed.',
    remedy: 'Try again in a few seconds; one that was interrupted is finished by itself.',
  },
  'directory.account_not_yet_applied': {
    status: 503,
    message: 'The sign-in has not reached the directory yet.',
    remedy: 'Try again.',
    retryAfterSeconds: 1,
  },

  'permissions.group_not_found': {
    status: 404,
    message: 'There is no such group.',
    remedy: 'GET /api/groups lists them.',
  },
  'permissions.group_name_taken': {
    status: 409,
    message: 'A group of this name exists.',
    remedy: 'Choose another name.',
  },
  'permissions.group_built_in': {
    status: 409,
    message: 'All Users and Administrators cannot be renamed, deleted or restricted.',
    remedy: 'Use a group of your own.',
  },
  'permissions.membership_automatic': {
    status: 409,
    message: 'Everybody is a member of All Users.',
    remedy: 'Use a group of your own.',
  },
  'permissions.membership_from_provider': {
    status: 409,
    message: 'The membership comes from a provider and would come back.',
    remedy: 'Change the mapping or what the provider says; `details.sources` names where it comes from.',
  },
  'permissions.membership_of_api_key': {
    status: 409,
    message: 'The account is that of an API key, which is in the groups that the key names and in no other.',
    remedy: 'PATCH /api/api-keys/:id changes its groups.',
  },
  'permissions.last_administrator': {
    status: 409,
    message: 'This is the last active administrator that was added by hand.',
    remedy: 'Add another administrator first.',
  },
  'permissions.account_not_found': {
    status: 404,
    message: 'There is no such account.',
    remedy: 'GET /api/accounts lists them; a fresh account may need a moment.',
  },
  'permissions.settings_invalid': {
    status: 400,
    message: 'The change was refused; nothing was saved.',
    remedy: 'Each entry of `details.faults` names what is unknown or not allowed and what would be right.',
  },
  'permissions.sandbox_not_found': {
    status: 404,
    message: 'There is no such sandbox.',
    remedy: 'GET /api/sandboxes lists them.',
  },
  'permissions.sandbox_exists': {
    status: 409,
    message: 'The group has a sandbox on this table already.',
    remedy: 'Change that one.',
  },
  'permissions.not_yet_applied': {
    status: 503,
    message: 'The latest sign-in or change is not in force yet, so no rows are shown.',
    remedy: 'Try again.',
    retryAfterSeconds: 1,
  },
  'permissions.table_denied': {
    status: 403,
    message: 'No group of yours may see this table.',
    remedy: 'An administrator can grant it to one of your groups.',
  },
  'permissions.table_unknown': {
    status: 403,
    message: 'The table is not known.',
    remedy: 'GET /api/tables lists what you may see.',
  },
  'permissions.account_deactivated': {
    status: 403,
    message: 'The account is deactivated.',
    remedy: 'An administrator can reactivate it.',
  },
  'permissions.attribute_missing': {
    status: 403,
    message: 'The row rule needs an attribute that your account does not have.',
    remedy: 'Send the attribute in the token or set it by hand; `details.attributes` names it.',
  },
  'permissions.attribute_mistyped': {
    status: 403,
    message: 'An attribute of your account does not fit the type of the column that the row rule compares it with.',
    remedy: 'Send the value with the type of the column; `details.attributes` names it.',
  },
  'permissions.rule_unresolvable': {
    status: 403,
    message: 'The row rule names a column or a foreign key that the table no longer has.',
    remedy: 'An administrator must mend the sandbox; `details` names it.',
  },

  'dashboard.table_not_found': {
    status: 404,
    message: 'There is no such table.',
    remedy: 'The page / lists what you may see.',
  },
  'dashboard.query_invalid': {
    status: 400,
    message: 'The query is not valid.',
    remedy: 'Each entry of `details.faults` names what is wrong and what would be right.',
  },
  'dashboard.query_failed': {
    status: 502,
    message: 'The database did not answer the query.',
    remedy: 'Look the id up in the log of the dashboard service.',
  },
  'dashboard.query_timeout': {
    status: 504,
    message: 'The query took too long and was stopped.',
    remedy: 'Ask for less: fewer rows, a filter, an aggregation.',
  },
  'dashboard.catalogue_differs': {
    status: 503,
    message: 'The table has changed since the permission was decided, so no rows are shown.',
    remedy: 'Try again.',
    retryAfterSeconds: 1,
  },

  'event.malformed': {
    status: 400,
    message: 'The message is not a valid event of a known type and version.',
    remedy: 'Mend the producer; `npm run admin -- dead-letters` shows what was wrong.',
    onEvent: 'dead-letter',
  },
  'event.attempts_exhausted': {
    status: 500,
    message: 'The message failed on every attempt.',
    remedy: 'Mend the cause, then re-drive the dead letter.',
    onEvent: 'dead-letter',
  },
  'event.consumer_died': {
    status: 500,
    message: 'The consumer died on every delivery of the message.',
    remedy: 'Mend the cause, then re-drive the dead letter.',
    onEvent: 'dead-letter',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCatalogue, code);
