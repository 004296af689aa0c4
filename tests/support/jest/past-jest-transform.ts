import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';

/** Of a test's global scope: Node's own `import`, which knows nothing of the scope. */
export const importPastJest = 'sandgate.import-past-jest';

const address = (file: string): string => pathToFileURL(file).href;

const exportedNames = async (file: string): Promise<string[]> => Object.keys(await import(address(file)));

/**
 * Gives tests a module as it runs outside of them: loaded by Node, once for all the files of a worker. jest would read, compile and
 * optimise a service anew for each file, which takes as long as most files do.
 */
export default {
  async processAsync(_code: string, file: string): Promise<{ code: string }> {
    const names = await exportedNames(file);
    const load = `globalThis[Symbol.for('${importPastJest}')](${JSON.stringify(address(file))})`;
    // Under names of its own: `default`, or zod's `null`, is none for a constant.
    const taken = names.map((name, n) => `${name}: _${n}`).join(', ');
    const given = names.map((name, n) => `_${n} as ${name}`).join(', ');
    return { code: `const { ${taken} } = await ${load};\nexport { ${given} };` };
  },

  // A module also changes with what it exports again from elsewhere.
  async getCacheKeyAsync(_code: string, file: string): Promise<string> {
    const names = await exportedNames(file);
    return createHash('sha256')
      .update(JSON.stringify([file, names]))
      .digest('hex');
  },
};
