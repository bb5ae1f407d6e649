import type { Plugin } from 'vite';
import { texts } from '../electron/providers/connections/common/windows-scripts/texts.ts';

const place = '/connections/common/windows-scripts/texts.ts';

/** Puts the texts of the PowerShell scripts into the bundle: beside it there are no files to read them from. */
export function windowsScripts(): Plugin {
  return {
    name: 'windows-scripts',
    load: (id) =>
      id.replaceAll('\\', '/').split('?')[0]?.endsWith(place)
        ? `export const texts = ${JSON.stringify(texts)};`
        : null,
  };
}
