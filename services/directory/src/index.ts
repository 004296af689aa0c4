export { directorySettings } from './config.js';
export { createDirectory, type DirectoryDependencies } from './service.js';
