import { due } from '#kit/in-slices.ts';

/** A directive as Apache read it: macros, variables and conditions are resolved. */
export interface Directive {
  /** In lower case, without the `<` of a block. */
  name: string;
  /** Everything behind the name, quotes kept. */
  args: string;
  /** As Apache names the place: a path, or `macro 'x' (defined on line …) used on line …`. */
  file: string;
  /** Of its last physical line. */
  line: number;
  /** Null when it is not a block. */
  block: Directive[] | null;
  /** Whether it counts is not known: only our own reading of the files says so, which cannot tell every condition. */
  uncertain?: boolean;
}

/** A file that was read, and by which line of the file around it; null: it is the main one. */
export interface Included {
  path: string;
  line: number | null;
  files: Included[];
}

/** A virtual host at one address, as `-S` lists it. The name is left out: Apache makes one up where none is configured. */
interface Listed {
  /** `*`, an IPv4 address, or an IPv6 address without brackets. */
  host: string;
  /** 0: any. */
  port: number;
  file: string;
  line: number;
}

export interface Dump {
  /** The main configuration file with all that it includes; null: none was told. */
  main: Included | null;
  /** In the order in which Apache asks them at an address, the default one first. */
  listed: Listed[];
  serverRoot: string | null;
  pidPath: string | null;
  errorLogPath: string | null;
  /** As they were when everything was read: one may have been another before. */
  defines: Map<string, string>;
  /** Null: mod_info was not there to print it. */
  tree: Directive[] | null;
}

const configurationMark = '# In file: ';

/** Reads what `-t -D DUMP_VHOSTS -D DUMP_RUN_CFG -D DUMP_INCLUDES -D DUMP_CONFIG` printed. Unknown lines are passed over. */
export async function readDump(text: string): Promise<Dump> {
  const listing = new Listing();
  const tree = new Tree();
  for (let at = 0; at < text.length; ) {
    const feed = text.indexOf('\n', at);
    const line = text.slice(at, feed < 0 ? text.length : feed);
    at = feed < 0 ? text.length : feed + 1;
    if (!tree.takes(line)) listing.take(line);
    const turn = due();
    if (turn !== undefined) await turn;
  }
  return { ...listing.found, tree: tree.begun ? tree.top : null };
}

/**
 * What mod_info prints: the name of the file when it is another than before, and for each directive the number of its line, then
 * the directive, two spaces deeper for each block around. A block without content has no end.
 */
class Tree {
  readonly top: Directive[] = [];
  begun = false;
  readonly #open: Directive[][] = [this.top];
  #file = '';
  #line: number | null = null;

  takes(text: string): boolean {
    if (text.startsWith(configurationMark)) {
      this.#file = text.slice(configurationMark.length);
      this.begun = true;
      return true;
    }
    if (!this.begun) return false;
    const number = this.#line === null ? /^ *# *(\d+):$/.exec(text) : null;
    if (number !== null) {
      this.#line = Number(number[1]);
      return true;
    }
    if (this.#line === null) return /^ *<\//.test(text);
    this.#put(text, this.#line);
    this.#line = null;
    return true;
  }

  #put(text: string, line: number): void {
    const own = text.trimStart();
    const depth = Math.min((text.length - own.length) / 2, this.#open.length - 1);
    const directive = directiveOf(own, this.#file, line);
    this.#open.length = depth + 1;
    this.#open[depth]?.push(directive);
    if (directive.block !== null) this.#open.push(directive.block);
  }
}

/** All the rest that is printed. */
class Listing {
  readonly found: Omit<Dump, 'tree'> = {
    main: null,
    listed: [],
    ...{ serverRoot: null, pidPath: null, errorLogPath: null },
    defines: new Map(),
  };
  readonly #open: Included[] = [];
  #at = { host: '', port: 0 };

  take(line: string): void {
    const { found } = this;
    const include = /^( *)\((\*|\d+)\) (.*)$/.exec(line);
    if (include !== null && found.listed.length === 0) {
      const file = put(this.#open, include);
      found.main ??= file;
      return;
    }
    const head = /^(\S+)\s+is a NameVirtualHost$/.exec(line);
    if (head !== null) this.#at = addressOf(head[1] ?? '');
    const inner = /^\s+port (?:\d+|\*) namevhost (?:\S*) \((.*):(\d+)\)$/.exec(line);
    if (inner !== null) found.listed.push({ ...this.#at, file: inner[1] ?? '', line: Number(inner[2]) });
    const alone = /^(\S+:(?:\d+|\*))\s+\S*\s*\((.*):(\d+)\)$/.exec(line);
    if (alone !== null)
      found.listed.push({ ...addressOf(alone[1] ?? ''), file: alone[2] ?? '', line: Number(alone[3]) });
    readSetting(found, line);
  }
}

/** The main file is at a depth of its own; each further one is two spaces deeper than the file that includes it. */
function put(open: Included[], [, indent = '', line = '*', path = '']: RegExpExecArray): Included {
  const file = { path, line: line === '*' ? null : Number(line), files: [] };
  if (file.line === null) {
    open.splice(0, open.length, file);
    return file;
  }
  const depth = Math.max(1, Math.min(open.length, (indent.length - 2) / 2));
  open.splice(depth, open.length);
  open[depth - 1]?.files.push(file);
  open.push(file);
  return file;
}

function addressOf(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, colon).replace(/^\[|\]$/g, '');
  const port = text.slice(colon + 1);
  return { host: host === '_default_' ? '*' : host, port: port === '*' ? 0 : Number(port) };
}

function readSetting(dump: Omit<Dump, 'tree'>, line: string): void {
  const quoted = /^(ServerRoot|Main ErrorLog|PidFile): "(.*)"$/.exec(line);
  if (quoted?.[1] === 'ServerRoot') dump.serverRoot = quoted[2] ?? null;
  if (quoted?.[1] === 'PidFile') dump.pidPath = quoted[2] ?? null;
  if (quoted?.[1] === 'Main ErrorLog') dump.errorLogPath = quoted[2] ?? null;
  const define = /^Define: ([^=]*)(?:=(.*))?$/.exec(line);
  if (define !== null) dump.defines.set(define[1] ?? '', define[2] ?? '');
}

/** One line as a directive; `<Name arguments>` begins a block. */
export function directiveOf(text: string, file: string, line: number): Directive {
  const space = text.search(/\s/);
  const name = (space < 0 ? text : text.slice(0, space)).toLowerCase();
  const args = space < 0 ? '' : text.slice(space + 1).trim();
  if (!name.startsWith('<')) return { name, args, file, line, block: null };
  return {
    name: name.slice(1).replace(/>$/, ''),
    args: args.replace(/\s*>$/, ''),
    file,
    line,
    block: [],
  };
}

/** Blocks that Apache reads as if they were not there once their condition holds; mod_info may show them. */
const transparent = new Set(['ifmodule', 'ifdefine', 'ifversion', 'iffile', 'ifdirective', 'ifsection']);

/** What counts at one level. */
export function flat(directives: readonly Directive[]): Directive[] {
  if (!directives.some(({ name }) => transparent.has(name))) return [...directives];
  return directives.flatMap((one) => (transparent.has(one.name) ? flat(one.block ?? []) : [one]));
}

/** Every directive of a tree, outermost first. */
export function* walk(directives: readonly Directive[]): Generator<Directive> {
  const open = [{ level: directives, at: 0 }];
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const directive = last.level[last.at++];
    if (directive === undefined) open.pop();
    else {
      yield directive;
      if (directive.block !== null) open.push({ level: directive.block, at: 0 });
    }
  }
}

/** Every file of a configuration by its name, each once, in the order in which Apache read them. */
export function pathsOf(main: Included | null): string[] {
  const paths = new Set<string>();
  const add = (one: Included): void => {
    paths.add(one.path);
    for (const file of one.files) add(file);
  };
  if (main !== null) add(main);
  return [...paths];
}
