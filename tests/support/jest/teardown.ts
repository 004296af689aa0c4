import { disposeAll } from './run-parts.js';

export default disposeAll;
