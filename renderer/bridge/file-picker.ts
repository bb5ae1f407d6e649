import { wantFileMessage } from '#shared/page.ts';

/** Asks the desktop for the path of a file that the person picks. The page sees the path, never the file. */
export class FilePicker {
  #port: MessagePort | null = null;
  #picking = false;

  isThere(): boolean {
    return this.#port !== null;
  }

  /** A picker that is open answers over the port it was asked for by. */
  use(port: MessagePort): void {
    if (!this.#picking) this.#port?.close();
    this.#port = port;
  }

  async pick(): Promise<string | null> {
    const port = this.#port;
    if (port === null || this.#picking) return null;
    this.#picking = true;
    const done = new AbortController();
    try {
      return await new Promise((resolve) => {
        port.onmessage = ({ data }) => resolve(typeof data === 'string' ? data : null);
        port.addEventListener('close', () => resolve(null), { signal: done.signal });
        port.postMessage(wantFileMessage);
      });
    } finally {
      this.#picking = false;
      done.abort();
      if (port !== this.#port) port.close();
    }
  }
}
