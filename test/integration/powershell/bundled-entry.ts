import { windowsScripts } from '../../../electron/providers/connections/common/windows-bootstrap.ts';

/** Prints the scripts that a build has. The entry of `bundled.test.ts`. */
process.stdout.write(JSON.stringify(windowsScripts));
