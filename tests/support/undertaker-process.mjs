// Outlives the process that started it, however that ends: once its standard input closes, it kills the process groups and
// removes the folders that it was told of and that were not released since.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const groups = new Set();
const folders = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  const { verb, group, folder } = JSON.parse(line);
  if (group !== undefined) groups[verb](group);
  if (folder !== undefined) folders[verb](folder);
}

for (const group of groups) {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') console.error(`Process group ${group} could not be ended: ${error.message}`);
  }
}
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
