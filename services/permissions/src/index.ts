export { type AttributeValues, compileRowFilter, type RuleScope } from './decisions/compile-row-filter.js';
export { type AccessFacts, decideAccess, type Entry, type GroupOfAccount } from './decisions/decide-access.js';
export { createPermissions, type PermissionsDependencies } from './service.js';
