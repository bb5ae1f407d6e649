import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '#test/make/agent.ts';
import { licensedParts, licenseText } from '../../../electron/commands/licenses.ts';

test('licenses are read from the list of the package; a checkout has none', async () => {
  const folder = tempDirectory('licenses');
  try {
    const file = join(folder.path, 'licenses.json');
    expect(await licensedParts(file)).toEqual([]);
    const part = { name: 'a', version: '1.0.0', license: 'MIT', text: 'Permission is granted.' };
    writeFileSync(file, JSON.stringify([part]));
    expect(await licensedParts(file)).toEqual([part]);
    expect([await licenseText('a', file), await licenseText('b', file)]).toEqual([
      'Permission is granted.',
      '',
    ]);
  } finally {
    folder.remove();
  }
});
