import { version } from '#kit/version.ts';
import type { CliIo } from '../cli/io.ts';
import { aboutBuild, licenseText } from '../commands/licenses.ts';

/** What the command line says of this program; no agent and no database is needed. */
export const thisProgram: CliIo['program'] = {
  about: () => aboutBuild(version),
  license: async (name) => ({ text: await licenseText(name) }),
};
