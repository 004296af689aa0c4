export { createDirectory, type DirectoryDependencies } from './service.js';
