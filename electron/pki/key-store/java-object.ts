import { unsupported } from './failures.ts';
import type { JavaBytes } from './java-bytes.ts';

/**
 * Finds where a serialized Java object ends (Java Object Serialization Specification, chapter 6): a JCEKS store keeps its secret
 * keys so, without telling their length. Makes nothing of what it reads. Failure `key-store.corrupt` or `key-store.unsupported`.
 */
export function skipObject(bytes: JavaBytes): void {
  if (bytes.int() !== streamStart) throw unsupported('a secret key that is written in an unknown way');
  new ObjectSkipper(bytes).content(deepest);
}

/** Magic and version. */
const streamStart = 0xaced0005;
const deepest = 32;
/** Far more than a secret key has. */
const mostParts = 10_000;

const tags = {
  null: 0x70,
  reference: 0x71,
  classDescription: 0x72,
  object: 0x73,
  string: 0x74,
  array: 0x75,
  class: 0x76,
  blockData: 0x77,
  endBlockData: 0x78,
  longBlockData: 0x7a,
  longString: 0x7c,
  enum: 0x7e,
} as const;
const flags = { writeMethod: 1, serializable: 2, externalizable: 4, blockData: 8 } as const;
const firstHandle = 0x7e0000;

interface ClassDescription {
  name: string;
  flags: number;
  /** Type code of each field. */
  fields: string[];
  above: ClassDescription | null;
}

const sizes: Readonly<Record<string, number>> = { B: 1, C: 2, D: 8, F: 4, I: 4, J: 8, S: 2, Z: 1 };

class ObjectSkipper {
  readonly #bytes: JavaBytes;
  /** By their number: what later parts of the stream refer to. */
  readonly #handles: (ClassDescription | null)[] = [];
  #parts = 0;

  constructor(bytes: JavaBytes) {
    this.#bytes = bytes;
  }

  /** One object, or one block of data; true at the end of a list of them. */
  content(depth: number): boolean {
    const bytes = this.#bytes;
    this.#parts += 1;
    if (depth === 0 || this.#parts > mostParts) throw unsupported('a secret key that is nested too deeply');
    const tag = bytes.byte();
    switch (tag) {
      case tags.null:
        return false;
      case tags.endBlockData:
        return true;
      case tags.reference:
        this.#referred();
        return false;
      case tags.classDescription:
        this.#described(depth);
        return false;
      case tags.class:
        this.#classOf(depth);
        this.#handles.push(null);
        return false;
      case tags.object:
        this.#object(depth);
        return false;
      case tags.array:
        this.#array(depth);
        return false;
      case tags.string:
        this.#handles.push(null);
        bytes.take(bytes.short());
        return false;
      case tags.longString:
        this.#handles.push(null);
        bytes.take(bytes.long());
        return false;
      case tags.blockData:
        bytes.take(bytes.byte());
        return false;
      case tags.longBlockData:
        bytes.take(bytes.int());
        return false;
      case tags.enum:
        this.#classOf(depth);
        this.#handles.push(null);
        return this.content(depth - 1);
      default:
        throw unsupported('a secret key that is written in an unknown way');
    }
  }

  #referred(): ClassDescription | null {
    const found = this.#handles[this.#bytes.int() - firstHandle];
    if (found === undefined) throw unsupported('a secret key that refers to nothing');
    return found;
  }

  /** A description of a class where one must be; null: there is none. */
  #classOf(depth: number): ClassDescription | null {
    const tag = this.#bytes.byte();
    if (tag === tags.null) return null;
    if (tag === tags.reference) return this.#referred();
    if (tag !== tags.classDescription) throw unsupported('a secret key that is written in an unknown way');
    return this.#described(depth);
  }

  #described(depth: number): ClassDescription {
    if (depth === 0) throw unsupported('a secret key that is nested too deeply');
    const bytes = this.#bytes;
    const description: ClassDescription = { name: bytes.text(), flags: 0, fields: [], above: null };
    bytes.take(8); // its version
    this.#handles.push(description);
    description.flags = bytes.byte();
    for (let left = bytes.short(); left > 0; left -= 1) {
      const code = String.fromCharCode(bytes.byte());
      bytes.text();
      if (sizes[code] === undefined) this.content(depth - 1);
      description.fields.push(code);
    }
    this.#untilEnd(depth);
    description.above = this.#classOf(depth - 1);
    return description;
  }

  #untilEnd(depth: number): void {
    while (!this.content(depth - 1)) {
      // until the end of its annotations
    }
  }

  #object(depth: number): void {
    const own = this.#classOf(depth);
    this.#handles.push(null);
    const classes: ClassDescription[] = [];
    for (let one = own; one !== null && classes.length < deepest; one = one.above) classes.unshift(one);
    for (const one of classes) this.#fieldsOf(one, depth);
  }

  #fieldsOf(one: ClassDescription, depth: number): void {
    if ((one.flags & flags.serializable) !== 0) {
      for (const code of one.fields) this.#value(code, depth);
      if ((one.flags & flags.writeMethod) !== 0) this.#untilEnd(depth);
    } else if ((one.flags & flags.externalizable) !== 0) {
      if ((one.flags & flags.blockData) === 0)
        throw unsupported('a secret key that is written in an unknown way');
      this.#untilEnd(depth);
    }
  }

  #value(code: string, depth: number): void {
    const size = sizes[code];
    if (size === undefined) this.content(depth - 1);
    else this.#bytes.take(size);
  }

  #array(depth: number): void {
    const own = this.#classOf(depth);
    this.#handles.push(null);
    const code = own?.name[1] ?? '';
    const count = this.#bytes.int();
    const size = sizes[code];
    if (size !== undefined) this.#bytes.take(count * size);
    else for (let left = count; left > 0; left -= 1) this.content(depth - 1);
  }
}
