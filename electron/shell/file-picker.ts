import type { BrowserWindow, Dialog, MessagePortMain } from 'electron';
import type { Log } from '#kit/log.ts';
import { wantFileMessage } from '#shared/page.ts';

/** Of the main process' end of a port: what is used here. @internal */
export type RequestPort = Pick<MessagePortMain, 'on' | 'postMessage' | 'start'>;

interface Parts {
  /** Path of the file that the person picked; null when they changed their mind. */
  pick(): Promise<string | null>;
  log: Log;
}

/**
 * The only thing the page may ask of the shell: that the person picks a file. The request has no words of the page in it,
 * one picker is open at a time, and the answer is a path or null, never what is in the file.
 */
export function answerRequests({ pick, log }: Parts): (port: RequestPort) => void {
  let open = false;
  const answer = async (): Promise<string | null> => {
    if (open) return null;
    open = true;
    try {
      return await pick();
    } catch (error) {
      log.warn('the file picker failed', { error });
      return null;
    } finally {
      open = false;
    }
  };
  return (port) => {
    port.on('message', ({ data }) => {
      if (data === wantFileMessage) void answer().then((path) => port.postMessage(path));
      else log.warn('the page asked for something unknown');
    });
    port.start();
  };
}

/** The picker of the operating system over our window. Keys lie in hidden folders, and belong in no list of recent files. */
export async function pickFile(
  dialog: Pick<Dialog, 'showOpenDialog'>,
  window: BrowserWindow | null,
): Promise<string | null> {
  if (window === null) return null;
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openFile', 'showHiddenFiles', 'dontAddToRecent'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}
