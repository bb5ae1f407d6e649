/** The strict stand-in of a WinRM service in a process of its own, as a host is: prints its port, ends with its input. */
import { standardPrograms, users } from '#test/make/winrm.ts';
import { startWsman } from '#test/servers/wsman.ts';

const delayMs = Number(process.argv[2] ?? 0);
const { port } = await startWsman({ users, programs: standardPrograms, anyDestination: true, delayMs });
process.stdout.write(`${port}\n`);
process.stdin.resume().once('end', () => process.exit(0));
