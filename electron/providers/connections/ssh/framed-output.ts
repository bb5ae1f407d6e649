/** Where in the output of a kept interpreter the answer to one request begins and ends. */
interface Marks {
  /** A line of its own. */
  begin: string;
  /** Behind it, up to the end of the line, what the interpreter says of the end. */
  end: string;
}

/**
 * What a request printed to one stream of an interpreter that others use as well: between two marks, of which no program
 * knows the second before it is printed. Whatever stands before the first is the noise of login files.
 */
export class FramedOutput {
  /** There was more than is kept. */
  cut = false;
  /** What stands behind the end mark; null: it has not been printed yet. */
  said: string | null = null;
  #begun = false;
  readonly #begin: Buffer;
  readonly #end: Buffer;
  readonly #limit: number;
  readonly #kept: Buffer[] = [];
  #size = 0;
  /** What may be the beginning of a mark. */
  #held: Buffer = Buffer.alloc(0);
  #ended = false;

  /** Keeps at most `limit` bytes. */
  constructor({ begin, end }: Marks, limit: number) {
    this.#begin = Buffer.from(`${begin}\n`);
    this.#end = Buffer.from(end);
    this.#limit = limit;
  }

  /** The interpreter has taken the request up. */
  get begun(): boolean {
    return this.#begun;
  }

  push(part: Buffer): void {
    if (this.said !== null) return;
    let bytes = this.#held.length === 0 ? part : Buffer.concat([this.#held, part]);
    if (!this.#begun) {
      const at = bytes.indexOf(this.#begin);
      if (at < 0) {
        this.#hold(bytes, this.#begin);
        return;
      }
      this.#begun = true;
      bytes = bytes.subarray(at + this.#begin.length);
    }
    if (!this.#ended) {
      const at = bytes.indexOf(this.#end);
      if (at < 0) {
        this.#keep(this.#hold(bytes, this.#end));
        return;
      }
      this.#keep(bytes.subarray(0, at));
      this.#ended = true;
      bytes = bytes.subarray(at + this.#end.length);
    }
    const line = bytes.indexOf(0x0a);
    if (line >= 0) this.said = bytes.subarray(0, line).toString('latin1').trim();
    else this.#held = bytes;
  }

  /** What was printed between the marks, also before the second one is there. */
  bytes(): Buffer {
    const held = this.#begun && !this.#ended ? this.#held : Buffer.alloc(0);
    return Buffer.concat([...this.#kept, held]);
  }

  /** Holds back as much as may belong to `mark`, and gives the rest. */
  #hold(bytes: Buffer, mark: Buffer): Buffer {
    const from = Math.max(0, bytes.length - mark.length + 1);
    this.#held = bytes.subarray(from);
    return bytes.subarray(0, from);
  }

  #keep(bytes: Buffer): void {
    const room = this.#limit - this.#size;
    if (bytes.length > room) this.cut = true;
    if (bytes.length === 0 || room <= 0) return;
    this.#kept.push(bytes.length > room ? bytes.subarray(0, room) : bytes);
    this.#size += Math.min(bytes.length, room);
  }
}
